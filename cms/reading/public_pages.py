"""Pages that anyone may read, and how a program names one (docs/addresses.md)."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from django.db.models import CharField, Exists, ExpressionWrapper, F, OuterRef
from django.http import Http404, HttpRequest
from wagtail.models import Page, PageLogEntry, PageViewRestriction
from wagtail.query import PageQuerySet

from cms.reading.prepared import Given, Prepared
from cms.reading.sites import find_site
from cms.text.numbers import read_number

LONGEST_SLUG = 255
PARENT_IN_HAND = "_cached_parent_obj"  # of treebeard 5.3; test_policy counts the query that it saves
MOST_NAMED = 20  # pages with the same slug
ID = "id:"
SLUG_OR_ID = (
    "A slug on the requested site; if none matches, an id. `id:12` is always an id. "
    "Where several have the slug, the answer is 404 and its `pages` hold the id and the address of each."
)
COPIED = ("wagtail.copy", "wagtail.copy_for_translation")
Untyped: Any = object  # what is mixed into a page of Wagtail, which brings no types
TO_FIND = ("path", "depth", "slug", "url_path", "live", "locale", "content_type", "alias_of")


def of(pages: PageQuerySet, shown: Page | None = None) -> PageQuerySet:
    """
    Return published pages in no private section, except one that the page ``shown`` is in.

    The same as Wagtail's ``live().public()``, which would read all private sections anew for each list; but
    an alias is as private as its source, as Wagtail has it where it serves one. Nothing is asked where the
    page ``shown`` was read together with the answer that the site has no private section.
    """
    if not getattr(shown, "site_has_private_pages", True):
        return pages.live()
    return pages.live().filter(~_private("path", shown), ~_private("alias_of__path", shown))


def _private(path: str, shown: Page | None = None) -> Exists:
    asked = ExpressionWrapper(OuterRef(path), output_field=CharField())
    sections = PageViewRestriction.objects.alias(asked=asked).filter(asked__startswith=F("page__path"))
    return Exists(sections.exclude(page__path__in=[*above(shown), shown.path]) if shown else sections)


def in_site(pages: PageQuerySet, request: HttpRequest) -> PageQuerySet:
    """Return those of the site that a request is for. Translations are below another root, and in no site."""
    site = find_site(request)
    return pages.filter(path__startswith=site.root_page.path) if site else pages.none()


def searchable(request: HttpRequest) -> PageQuerySet:
    """Return those of a site that anyone may read, for the search: that can be narrowed by no subquery."""
    aliases = Page.objects.filter(_private("alias_of__path"), alias_of__isnull=False)
    private = list(aliases.values_list("pk", flat=True))
    return in_site(Page.objects.live().public(), request).exclude(pk__in=private)


def is_below_a_draft(page: Page) -> bool:
    """
    Say whether a page above one is unpublished.

    Wagtail serves the page nevertheless. We accept no comments or messages there: no one looks after it.
    """
    while parent := vars(page).get(PARENT_IN_HAND):
        if not parent.live and parent.depth > 1:  # one is the root of all trees, which is no page
            return True
        page = parent
    if page.depth <= 2:
        return False
    return Page.objects.filter(path__in=above(page), depth__gte=2, live=False).exists()


def takes_words(page: Page) -> bool:
    """Say whether a page, as it is now, can be read at an address and is below no unpublished one."""
    now = of(type(page).objects.filter(pk=page.pk)).first()
    return now is not None and now.get_url_parts() is not None and not is_below_a_draft(now)


def above(page: Page) -> list[str]:
    """Return the places of all pages above one in the tree."""
    return [page.path[:end] for end in range(page.steplen, len(page.path), page.steplen)]


def with_privacy(pages: PageQuerySet) -> PageQuerySet:
    """Annotate pages with whether the site has any private section."""
    return pages.annotate(site_has_private_pages=Exists(PageViewRestriction.objects.all()))


def child(model: type[Page], parent: Page, slug: str, *, shown: bool = True) -> Page | None:
    """
    Return a page's child of a kind by its slug, public or not.

    With all that its page shows; or, not to be ``shown``, with what it takes to answer a form. It has its
    parent in hand, as one that Wagtail itself finds.
    """
    prepared = _children(model, shown)  # type: ignore[arg-type]  # mypy: an untyped class can be hashed
    found = prepared.first(slug=slug, path=parent.path, depth=parent.depth + 1)
    if found is not None:
        vars(found)[PARENT_IN_HAND] = parent
    return found


@lru_cache
def _children(model: type[Page], shown: bool) -> Prepared:
    below = {"slug": Given("slug"), "depth": Given("depth"), "path__startswith": Given("path")}
    pages = model.objects.filter(**below)
    pages = pages.select_related(*model.shown_with) if shown else pages.only(*TO_FIND, *model.asked_by_forms)
    return Prepared(lambda: with_privacy(pages))


class MostlyPublicMixin(Untyped):
    """A page that makes no query about its privacy where the site has no private section."""

    shown_with: tuple[str, ...] = ()
    asked_by_forms: tuple[str, ...]
    site_has_private_pages = True

    def get_view_restrictions(self) -> Iterable[PageViewRestriction]:
        return super().get_view_restrictions() if self.site_has_private_pages else ()


class SeveralPagesError(Http404):
    """Several pages have a slug, and none has more right to it than the others."""

    def __init__(self, pages: list[Page]) -> None:
        self.pages = pages
        super().__init__("Several pages have this slug.")


def find(pages: PageQuerySet, key: str, request: HttpRequest) -> Page:
    """
    Return the page that a key names: the one with this slug in the site of a request, else with this id.

    ``id:123`` is an id and nothing else. A copy or an alias does not take a slug from its original, and what
    has no address is not found. Raises Http404, or SeveralPagesError.
    """
    found = _with_slug(in_site(pages, request), key) or _with_id(pages, key)
    found = [page for page in found if page.get_url(request)]
    chosen = _originals(found) if len(found) > 1 else found
    if len(chosen) == 1:
        return chosen[0]
    raise SeveralPagesError(found) if found else Http404


def named(pages: PageQuerySet, key: str) -> list[Page]:
    """Return all with a slug, on whichever site; where there is none, the one with an id."""
    return _with_slug(pages, key) or _with_id(pages, key)


def _with_slug(pages: PageQuerySet, key: str) -> list[Page]:
    possible = key and len(key) <= LONGEST_SLUG and "\0" not in key and not key.startswith(ID)
    return list(pages.filter(slug=key).order_by("pk")[:MOST_NAMED]) if possible else []


def _with_id(pages: PageQuerySet, key: str) -> list[Page]:
    number = read_number(key.removeprefix(ID))
    return [] if number is None else list(pages.filter(pk=number))


def _originals(found: list[Page]) -> list[Page]:
    """Return those that were neither copied from another page nor follow one."""
    copied = PageLogEntry.objects.filter(action__in=COPIED, page__in=[page.pk for page in found])
    copies = set(copied.values_list("page_id", flat=True))
    return [page for page in found if page.pk not in copies and not page.alias_of_id]
