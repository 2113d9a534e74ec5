"""How a view says that its answer may be kept, and what it shows. One that says nothing is not kept."""

from collections.abc import Callable, Collection
from functools import wraps

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from cms.page_cache.watched import SITE

TERMS = "cms.page_cache.terms"  # in the environment of a request whose answer may be kept


class Terms:
    """What the view of one request has said; ``shows`` is empty as long as it has said nothing."""

    def __init__(self) -> None:
        self.shows: frozenset[str] = frozenset()


def may_keep(request: HttpRequest, *shows: str, query: Collection[str] = ()) -> None:
    """
    Allow that an answer is kept, unless the address asks for more than ``query`` names.

    ``shows`` are subjects beside the site, which every answer shows.
    """
    terms = request.META.get(TERMS)
    if terms is not None and set(request.GET) <= set(query):
        terms.shows = frozenset((SITE, *shows))


def kept(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Let the answers of a view be kept that shows the site alone, and asks for nothing."""

    @wraps(view)
    def keeping(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        may_keep(request)
        return view(request, *args, **kwargs)

    return keeping
