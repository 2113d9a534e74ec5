"""
The site's language and time zone, around each request and each mail.

A page has the language of its locale, and staff have what they chose; this is for all the rest.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone, translation

from cms.brand import memory


@contextmanager
def site_locale() -> Iterator[None]:
    brand = memory.brand()
    with translation.override(brand.language), timezone.override(brand.zone):
        yield


Answer = Callable[[HttpRequest], HttpResponseBase]


def keep(get_response: Answer) -> Answer:
    def middleware(request: HttpRequest) -> HttpResponseBase:
        with site_locale():
            return get_response(request)

    return middleware
