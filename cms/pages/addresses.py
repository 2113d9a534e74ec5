"""
What the address of a page promises: the page is read there, and it redirects when it changes.

A slug is refused where something else answers: at the top of a site the prefixes of ``cms.urls`` and of
files, below a page the routes of that page. Both are read from where they are written: none is forgotten.
"""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.pages import CopyForm
from wagtail.contrib.redirects.models import Redirect
from wagtail.contrib.routable_page.models import RoutablePageMixin
from wagtail.models import AbstractPage, Page, Site

from cms.pages import scheduling

TOP = 2  # depth of what may be the root of a site: its children are at the top
REFUSED = _("“%(slug)s” is used by the site itself here. Choose another slug.")
_PLAIN = re.compile(r"[\w.-]+")
Untyped: Any = object  # what is mixed into a page of Wagtail, which brings no types


def is_hidden(parent: Page, slug: str, page: Page | None = None) -> bool:
    """
    Say whether something else answers at, or below, the address of a page's child.

    A ``page`` that has the slug there already keeps it: it stays savable.
    """
    if slug not in _taken_below(parent):
        return False
    return page is None or page.pk is None or not parent.get_children().filter(pk=page.pk, slug=slug).exists()


def _taken_below(parent: Page) -> set[str]:
    model, taken = parent.specific_class or Page, set()
    if issubclass(model, RoutablePageMixin):
        taken |= set(_first_parts(model.get_subpage_urls()))
    if parent.depth == TOP or any(root.root_path == parent.url_path for root in Site.get_site_root_paths()):
        taken |= _taken_at_the_top(settings.ROOT_URLCONF)
    return taken


@cache
def _taken_at_the_top(urlconf: str) -> set[str]:
    files = (urlsplit(url) for url in (settings.STATIC_URL, settings.MEDIA_URL))
    own_files = {url.path.strip("/").partition("/")[0] for url in files if not url.netloc}
    return {*_first_parts(get_resolver(urlconf).url_patterns), *own_files} - {""}


def _first_parts(patterns: Iterable[URLPattern | URLResolver]) -> Iterator[str]:
    """Return the first part of each address that is no page's, where it is plain words."""
    for each in patterns:
        route = str(each.pattern).removeprefix("^")
        if isinstance(each, URLResolver) and not route:
            yield from _first_parts(each.url_patterns)
        elif getattr(each, "name", "") != "wagtail_serve":
            first = route.partition("/")[0]
            if _PLAIN.fullmatch(first):
                yield first


class PageForm(scheduling.PageForm):
    """The editor of a page. A slug that would hide it is refused in words."""

    def full_clean(self) -> None:
        super().full_clean()
        slug = self.data.get(self.add_prefix("slug"), "") if self.is_bound else ""
        if slug and self.parent_page and is_hidden(self.parent_page, slug, self.instance):
            self._errors["slug"] = self.error_class([REFUSED % {"slug": slug}])


class PageCopyForm(CopyForm):
    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        parent, slug = cleaned.get("new_parent_page") or self.page.get_parent(), cleaned.get("new_slug")
        if slug and is_hidden(parent, slug):
            self.add_error("new_slug", REFUSED % {"slug": slug})
        return cleaned


class AddressMixin(Untyped):
    """A page whose address keeps its promises. It comes before the other parents of a page."""

    base_form_class = PageForm
    copy_form_class = PageCopyForm

    def get_route_paths(self) -> list[str]:
        """Return what redirects when the address changes: nothing that was never public, or is too long."""
        was_public = self.live or self.first_published_at
        fits = len(self.url_path) <= Redirect._meta.get_field("old_path").max_length
        return super().get_route_paths() if was_public and fits else []

    def get_sitemap_urls(self, request: HttpRequest | None = None) -> list[dict[str, Any]]:
        return [] if self.alias_of_id else super().get_sitemap_urls(request)

    @property
    def canonical(self) -> str:
        """The address for search engines: on another site, an alias's source, or the page's own."""
        source = self.alias_of.full_url if self.alias_of_id else None
        return getattr(self, "canonical_url", "") or source or self.full_url or ""


def refuse_hidden_move(instance: Page, parent_page_after: Page, **kwargs: Any) -> None:
    """Raises ValidationError; the views that move pages have checked before, with their own messages."""
    if is_hidden(parent_page_after, instance.slug, instance):
        raise ValidationError({"slug": REFUSED % {"slug": instance.slug}})


def forget_roots(**kwargs: Any) -> None:
    """Wagtail keeps the paths of sites' roots, and does not see that a page above one has moved."""
    Site.clear_site_root_paths_cache()


def take_hidden_slugs() -> None:
    """
    Let Wagtail take a slug that would hide a page for one in use.

    Wagtail 8.0.1 asks one private method wherever it saves, moves (several pages at once, too) or makes up a
    slug; tests/cms/pages/test_addresses.py sees it go.
    """
    is_free = AbstractPage._slug_is_available

    def is_available(slug: str, parent_page: Page | None, page: Page | None = None) -> bool:
        free = is_free(slug, parent_page, page)
        return free and not (parent_page is not None and is_hidden(parent_page, slug, page))

    AbstractPage._slug_is_available = staticmethod(is_available)
