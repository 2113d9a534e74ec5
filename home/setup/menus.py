"""Which pages are in the menu of a site, and which its footer can link to."""

from collections.abc import Collection

from django.db.models import Q
from wagtail.models import Page, Revision, Site
from wagtail.query import PageQuerySet

from cms.credentials.staff import Staff
from cms.reading import public_pages
from home import navigation
from home.models import FooterLink

MOST_PAGES = 100
LINKED_TO = ("homepage", "standardpage", "contactpage", "blogindexpage")
MARK = "show_in_menus"


def at_top(site: Site) -> list[Page]:
    """Return the public pages just below the front page, in the order of the tree."""
    return list(navigation.at_top(site)[:MOST_PAGES])


def linkable(site: Site) -> PageQuerySet:
    """Return the public pages that are no articles, and what is linked to already."""
    below = public_pages.of(Page.objects.descendant_of(site.root_page, inclusive=True))
    kinds = below.filter(content_type__model__in=LINKED_TO).order_by("path")[:MOST_PAGES]
    linked = FooterLink.objects.filter(footer__site=site).values_list("page", flat=True)
    return Page.objects.filter(Q(pk__in=[page.pk for page in kinds]) | Q(pk__in=linked)).order_by("path")


def may_publish(page: Page, user: Staff) -> bool:
    return bool(page.permissions_for_user(user).can_publish())


def put(site: Site, wanted: Collection[int], by: Staff) -> list[Page]:
    """
    Let the pages with these ids be in the menu and the others not. Return those that changed.

    What a person may not publish stays as it is. A draft gets the same mark: published later, it would
    otherwise take it back.
    """
    changed = [
        page for page in at_top(site) if page.show_in_menus != (page.pk in wanted) and may_publish(page, by)
    ]
    for page in changed:
        page.show_in_menus = not page.show_in_menus
        Page.objects.filter(pk=page.pk).update(show_in_menus=page.show_in_menus)
        _mark_drafts(page)
    return changed


def _mark_drafts(page: Page) -> None:
    drafts = Revision.page_revisions.filter(object_id=str(page.pk))
    for draft in drafts.filter(Q(pk=page.latest_revision_id) | Q(approved_go_live_at__isnull=False)):
        draft.content[MARK] = page.show_in_menus
        draft.save(update_fields=["content"])
