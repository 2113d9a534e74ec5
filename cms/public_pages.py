"""Pages that anyone may read."""

from django.db.models import CharField, Exists, ExpressionWrapper, F, OuterRef, QuerySet
from django.http import Http404
from wagtail.models import Page, PageViewRestriction
from wagtail.query import PageQuerySet

LONGEST_ID = 18


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


class MostlyPublicMixin:
    """A page that asks no more about its privacy once it was told that the site has no private section."""

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
