"""
The language a page is shown in: that of its locale.

What is no page of Wagtail (the search, an error, what a link in a mail opens) is shown in the language of the
site (`cms.brand.clock`), and the admin in the language each person has chosen.
"""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import override
from wagtail.models import Page

from cms.brand import memory
from cms.reading.sites import find_site

Untyped: Any = object  # what is mixed into a page of Wagtail, which brings no types


def language_of(page: Page, request: HttpRequest) -> str:
    """
    Return the language of a page's locale.

    As long as translations are off, the locale of the front page of the default site stands for the site's
    language, whatever that was when the site was set up; this takes no query.
    """
    site = find_site(request)
    is_own = site is not None and site.is_default_site and site.root_page.locale_id == page.locale_id
    return memory.brand().language if is_own and not _are_translated() else page.locale.language_code


def _are_translated() -> bool:
    return getattr(settings, "WAGTAIL_I18N_ENABLED", False)


class OwnLanguageMixin(Untyped):
    """A page that is shown, and answers its forms, in its own language: also to an editor who has another."""

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        with override(language_of(self, request)):
            return _rendered(super().serve(request, *args, **kwargs))

    def serve_preview(self, request: HttpRequest, mode_name: str) -> HttpResponse:
        with override(language_of(self, request)):
            return _rendered(super().serve_preview(request, mode_name))


def _rendered(response: HttpResponse) -> HttpResponse:
    """Render a page that Django would render later, when the language is another one."""
    return response.render() if hasattr(response, "render") else response
