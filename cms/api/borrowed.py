"""
Wagtail's own APIs, for programs that were written for them. All that is borrowed goes through this module.

v2 reads: public pages of the requested site, with no field that our own API does not show. Pictures and
documents have no lists here: those would give away what no page shows yet. v3 is a preview in Wagtail 8.0. It
is there where ``AUTHORING_API`` is on, for tokens of editors alone, and reads: drafts too. It does not write,
and answers 405: ``filter_form_options`` narrows a form to the fields that were sent, and leaves the rights of
the others in it, so that whoever lacks one of these meets a KeyError. Both were read at 8.0.1; a test sees it
end.
"""

import re
from functools import wraps
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.response import SimpleTemplateResponse
from django.urls import URLPattern, URLResolver
from django.utils.translation import gettext
from ninja import NinjaAPI
from rest_framework.fields import Field, SkipField
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from wagtail.api import APIField
from wagtail.api.v2.router import WagtailAPIRouter
from wagtail.api.v2.views import PagesAPIViewSet
from wagtail.api.v3.errors import register_exception_handlers
from wagtail.api.v3.routers import pages, schema, sites
from wagtail.models import Page
from wagtail.utils.urlpatterns import decorate_urlpatterns

from cms.api.manners import with_manners
from cms.body.api import body
from cms.credentials.tokens import StaffToken
from cms.errors import problems
from cms.http.methods import READING, View, answer_without
from cms.rate_limit import clients, reading
from cms.reading import public_pages
from cms.search import words
from cms.text.numbers import read_number

MOST_SEARCHES_A_MINUTE = 120  # of one network, as on the site
LONGEST = 500  # characters of a parameter
LARGEST_OFFSET = 10_000
DEEPEST = 3  # levels of `fields`
MOST_NAMED = 10  # types, fields to order by
LONGEST_DETAIL = 200
UNREAD = {"site", "_", "format", "rich_text_format"}  # other sites' pages, and what changes nothing here
UNSHOWN = {"alias_of", "show_in_menus"}
ODD = re.compile(r"\0|[0-9]{16}")
OPERATORS = ("and", "or")

Patterns = tuple[list[URLResolver | URLPattern], str, str]


class Blocks(Field):
    """The body of a page as our own API gives it."""

    def get_attribute(self, instance: Page) -> Page:
        if not hasattr(instance, "body"):
            raise SkipField
        return instance

    def to_representation(self, value: Page) -> list[Any]:
        return body(value)["blocks"]


class PublicPages(PagesAPIViewSet):
    """Wagtail's pages, for strangers: nobody logs in here, by a session or by a password in a header."""

    authentication_classes = permission_classes = ()
    renderer_classes = (JSONRenderer,)
    http_method_names = ("get",)
    known_query_parameters = PagesAPIViewSet.known_query_parameters - UNREAD
    meta_fields = [name for name in PagesAPIViewSet.meta_fields if name not in UNSHOWN]
    body_fields = [*PagesAPIViewSet.body_fields, APIField("blocks", serializer=Blocks())]
    detail_only_fields = [*PagesAPIViewSet.detail_only_fields, "blocks"]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Raises TooManyError for one client that searches again and again."""
        super().initial(request, *args, **kwargs)
        if "search" in request.GET:
            client = clients.client_of(request, "search")
            reading.take(client, most=MOST_SEARCHES_A_MINUTE, seconds=60)

    def get_queryset(self) -> QuerySet[Page]:
        return super().get_queryset().select_related("locale")

    def get_base_queryset(self) -> QuerySet[Page]:
        """Return what anyone may read of the requested site, as all our lists do."""
        if "search" in self.request.GET:
            return public_pages.searchable(self.request)
        return public_pages.in_site(public_pages.of(Page.objects.order_by("pk")), self.request)

    def handle_exception(self, exc: Exception) -> HttpResponse:
        """Answer with a problem. What DRF does not know is raised, and judged where all faults are."""
        if isinstance(exc, Http404):
            return problems.problem(404, problems.NOTHING_PUBLIC)
        if isinstance(exc, ValidationError):
            return problems.problem(400, problems.UNREADABLE)
        answer = super().handle_exception(exc)
        said = answer.data.get("message") or answer.data.get("detail") or ""
        return problems.problem(answer.status_code, str(said)[:LONGEST_DETAIL])


def _refusal(request: HttpRequest) -> HttpResponse | None:
    """Refuse what Wagtail takes to the database, or into a recursion, as it comes."""
    sent = request.GET
    words_sent = [request.path, *sent, *(value for _, values in sent.lists() for value in values)]
    if any(ODD.search(each) or len(each) > LONGEST for each in words_sent):
        return problems.problem(400, problems.UNREADABLE)
    too_deep = sent.get("fields", "").count("(") > DEEPEST
    too_many = any(sent.get(name, "").count(",") >= MOST_NAMED for name in ("type", "order"))
    too_long = len(sent.get("search", "")) > words.LONGEST_QUERY
    too_far = (read_number(sent.get("offset", "0")) or 0) > LARGEST_OFFSET
    unknown = sent.get("search_operator", "and") not in OPERATORS
    if too_deep or too_many or too_long or too_far or unknown:
        return problems.problem(400, gettext("One of the parameters asks for too much."))
    return None


def v2() -> Patterns:
    """Return the addresses below ``/api/wagtail/v2/``."""
    router = WagtailAPIRouter("wagtail-v2")
    router.register_endpoint("pages", PublicPages)
    patterns, app, namespace = router.urls
    return decorate_urlpatterns(patterns, _as_ours), app, namespace


def _as_ours(view: View) -> View:
    """Give a view of Wagtail's what holds for all answers of the API."""

    @wraps(view)
    def rendered(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        response = _refusal(request) or view(request, *args, **kwargs)
        return response.render() if isinstance(response, SimpleTemplateResponse) else response

    return with_manners(rendered)


authoring = NinjaAPI(
    title="Wagtail's pages for editors",
    version="3.0.0",
    description="A preview in Wagtail 8.0: any update may change it.",
    urls_namespace="wagtailapi_v3",  # the name by which Wagtail finds its own addresses
    openapi_url="/openapi.json",
    docs_url=None,
)
register_exception_handlers(authoring)
for prefix, router in (("/pages/", pages.router), ("/schema/", schema.router), ("/sites/", sites.router)):
    authoring.add_router(prefix, router)
TOKEN = StaffToken("wagtailadmin.access_admin")


def v3() -> Patterns:
    """Return the addresses below ``/api/wagtail/v3-preview/``."""
    patterns, app, namespace = authoring.urls
    return decorate_urlpatterns(patterns, lambda view: _as_ours(_for_editors(view))), app, namespace


def _for_editors(view: View) -> View:
    @wraps(view)
    def answer(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        if not settings.AUTHORING_API:
            return problems.problem(404, problems.NOTHING_PUBLIC)
        try:
            token = TOKEN(request)
        except PermissionDenied:
            return problems.problem(403, problems.NOT_ALLOWED)
        if not token:
            return problems.token_required()
        return answer_without(request, READING) or view(request, *args, **kwargs)

    return answer
