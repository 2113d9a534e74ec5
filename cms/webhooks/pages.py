"""
What happens to pages, as Wagtail's and Django's signals tell it, in the transaction of the act.

One event names the page that was acted on; ``descendants`` says how many published pages below it are
concerned in the same way. Aliases elsewhere that follow such a page have events of their own. Nothing is told
of what was never published.
"""

from typing import Any

from django.db.models import Model, Q, QuerySet
from wagtail.models import Page, PageViewRestriction
from wagtail.query import PageQuerySet

from cms.webhooks import events, things
from cms.webhooks.announcing import Thing, announce

BEFORE = "webhooks_before"  # on a page that is being saved: as it was
TOLD = "webhooks_told"  # on a page that was created live: a copy is published as well
MOST_ALIASES = 500
OPEN = "none"


def after_publish(instance: Page, **kwargs: Any) -> None:
    """Tell of a page that went live. What is only scheduled is told when its time has come."""
    if instance.live and not vars(instance).pop(TOLD, False):
        announce(events.PAGE_PUBLISHED, lambda: [things.page(instance)])


def after_unpublish(instance: Page, **kwargs: Any) -> None:
    """Tell of a page that is down; not of one that Wagtail unpublishes in memory because it is deleted."""
    announce(events.PAGE_UNPUBLISHED, lambda: _down(instance))


def before_save(
    instance: Page, raw: bool = False, update_fields: frozenset[str] | None = None, **kwargs: Any
) -> None:
    """Keep what a page was, if its address changes: by its slug, or because it moves."""
    if raw or not instance.pk:
        return
    if update_fields is None or "url_path" in update_fields:
        before = Page.objects.filter(pk=instance.pk).exclude(url_path=instance.url_path).first()
        vars(instance)[BEFORE] = before


def after_save(instance: Page, created: bool, raw: bool = False, **kwargs: Any) -> None:
    if raw:
        return
    before = vars(instance).pop(BEFORE, None)
    if created and instance.live:
        announce(events.PAGE_PUBLISHED, lambda: [things.page(instance)])
        vars(instance)[TOLD] = True
    elif before is not None:
        announce(events.PAGE_MOVED, lambda: _moved(instance, before))


def before_delete(instance: Page, origin: Any, **kwargs: Any) -> None:
    """Tell of the topmost page that is deleted; Django names each one below as well."""
    if not _goes_with_its_parent(instance, origin):
        announce(events.PAGE_DELETED, lambda: _section(instance, public=False))


def after_restriction(instance: PageViewRestriction, **kwargs: Any) -> None:
    announce(events.PAGE_RESTRICTED, lambda: _restricted(instance.page, instance.restriction_type))


def after_restriction_is_gone(instance: PageViewRestriction, origin: Any, **kwargs: Any) -> None:
    """Tell of a page that is open again; not of one that is being deleted with its restriction."""
    if getattr(origin, "model", type(origin)) is PageViewRestriction:
        announce(events.PAGE_RESTRICTED, lambda: _restricted(instance.page, OPEN))


def after_groups_change(instance: Model, action: str, **kwargs: Any) -> None:
    if action in ("post_add", "post_remove", "post_clear") and isinstance(instance, PageViewRestriction):
        after_restriction(instance)


def _goes_with_its_parent(page: Page, origin: Any) -> bool:
    if not isinstance(origin, QuerySet) or not issubclass(origin.model, Page) or page.is_root():
        return False
    return origin.filter(path=page.path[: -page.steplen]).exists()


def _down(page: Page) -> list[Thing]:
    return [] if _is_live(page) else [things.page(page, public=False)]


def _is_live(page: Page) -> bool:
    """Say whether a page is published in the database, whatever became of it in memory."""
    return Page.objects.live().filter(pk=page.pk).exists()


def _moved(page: Page, before: Page) -> list[Thing]:
    return _section(page, previous_url=things.name(before)["url"])


def _restricted(page: Page, restriction: str) -> list[Thing]:
    page = Page.objects.get(pk=page.pk)
    found = _section(page, restriction=restriction)
    return found + [things.page(alias, descendants=0, restriction=restriction) for alias in _aliases_of(page)]


def _section(page: Page, *, public: bool | None = None, **more: Any) -> list[Thing]:
    """Return a page with how many are below it; nothing where none of them is published."""
    below = things.live_below(page)
    if not below and not _is_live(page):
        return []
    return [things.page(page, public=public, descendants=below, **more)]


def _aliases_of(page: Page) -> PageQuerySet:
    """Return published pages elsewhere that show what is in a section: they are as private as that."""
    inside = Q(path__startswith=page.path)
    return Page.objects.live().filter(alias_of__path__startswith=page.path).exclude(inside)[:MOST_ALIASES]
