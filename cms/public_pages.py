"""Pages that anyone may read."""

from functools import lru_cache

from django.db.models import CharField, Exists, ExpressionWrapper, F, OuterRef, QuerySet
from django.http import Http404
from wagtail.models import Page, PageViewRestriction
from wagtail.query import PageQuerySet

from cms.prepared import Given, Prepared

LONGEST_ID = 18
TO_FIND = ("path", "depth", "slug", "url_path", "live", "locale", "content_type")


def of(pages: PageQuerySet) -> PageQuerySet:
    """
    Return those that are published and in no private section.

    The same as Wagtail's ``live().public()``, which would read all private sections anew for each list.
    """
    path = ExpressionWrapper(OuterRef("path"), output_field=CharField())
    above = PageViewRestriction.objects.alias(asked=path).filter(asked__startswith=F("page__path"))
    return pages.live().filter(~Exists(above))


def with_privacy(pages: PageQuerySet) -> PageQuerySet:
    """Tell pages, as they are read, whether the site has any private section."""
    return pages.annotate(site_has_private_pages=Exists(PageViewRestriction.objects.all()))


def child(model: type[Page], parent: Page, slug: str, *, shown: bool = True) -> Page | None:
    """
    Return a page's child of a kind by its slug, public or not.

    With all that its page shows; or, not to be ``shown``, with what it takes to answer a form.
    """
    return _children(model, shown).first(slug=slug, path=parent.path, depth=parent.depth + 1)


@lru_cache
def _children(model: type[Page], shown: bool) -> Prepared:
    below = {"slug": Given("slug"), "depth": Given("depth"), "path__startswith": Given("path")}
    pages = model.objects.filter(**below)
    pages = pages.select_related(*model.shown_with) if shown else pages.only(*TO_FIND, *model.asked_by_forms)
    return Prepared(lambda: with_privacy(pages))


class MostlyPublicMixin:
    """A page that asks no more about its privacy once it was told that the site has no private section."""

    shown_with: tuple[str, ...] = ()
    asked_by_forms: tuple[str, ...] = ()
    site_has_private_pages = True

    def get_view_restrictions(self) -> QuerySet[PageViewRestriction]:
        return (
            super().get_view_restrictions()
            if self.site_has_private_pages
            else PageViewRestriction.objects.none()
        )


def find(pages: PageQuerySet, key: str) -> Page:
    """Return the one with an id, else the one with a slug. Raises Http404."""
    found = None
    if key.isascii() and key.isdigit() and len(key) <= LONGEST_ID:
        found = pages.filter(pk=int(key)).first()
    if found is None and "\0" not in key:
        found = pages.filter(slug=key).first()
    if found is None:
        raise Http404
    return found
