"""
Links that show the latest draft of a page to whoever has them: one function for each verb.

A link shows nothing once it has ended or is revoked, once its page is deleted, or as long as its maker may
not edit the page; ``purge`` then deletes it.
"""

from datetime import timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from wagtail.admin.models import FormState
from wagtail.log_actions import log
from wagtail.models import Page

from cms.credentials.staff import Staff
from cms.outbox import chores
from cms.previews.models import SharedDraft
from cms.previews.signals import draft_shown

MANAGE = "previews.manage_shared_drafts"
SHARED = "previews.share"
REVOKED = "previews.revoke"
MOST_OF_A_PAGE = 20


class TooManyLinksError(Exception):
    """A page has as many links as it may have."""


def may_share(page: Page, user: Staff) -> bool:
    return user.is_active and page.permissions_for_user(user).can_edit()


@transaction.atomic
def share(page: Page, *, days: int, by: Staff) -> str:
    """Return the secret of a new link. Raises PermissionDenied and TooManyLinksError."""
    if not may_share(page, by):
        raise PermissionDenied
    Page.objects.select_for_update(no_key=True).get(pk=page.pk)  # counted by one at a time
    if of_page(page).count() >= MOST_OF_A_PAGE:
        raise TooManyLinksError
    token = SharedDraft.issue(timedelta(days=days), prefix=SharedDraft.PREFIX, page=page, made_by=by)
    log(page, SHARED, user=by, data={"days": days})
    draft_shown.send(type(page), instance=page.get_latest_revision_as_object())
    return token


@transaction.atomic
def revoke(link: SharedDraft, *, by: Staff) -> None:
    """Raises PermissionDenied for those who may neither edit the page nor manage all links."""
    if not (by.has_perm(MANAGE) or may_share(link.page, by)):
        raise PermissionDenied
    if SharedDraft.objects.filter(pk=link.pk).delete()[0]:
        log(link.page, REVOKED, user=by)


def live() -> QuerySet[SharedDraft]:
    """Return the links that have not ended, with page and maker, the newest first."""
    links = SharedDraft.objects.filter(expires_at__gt=timezone.now())
    return links.select_related("page", "made_by").order_by("-pk")


def of_page(page: Page) -> QuerySet[SharedDraft]:
    return live().filter(page=page)


def opened(token: str) -> SharedDraft | None:
    """Return the link that a secret opens now; None for any other secret."""
    link = SharedDraft.objects.shown(token).select_related("page", "made_by").first()
    return link if link and may_share(link.page, link.made_by) else None


def purge() -> None:
    """Delete links that have ended or whose maker may not edit the page, and forms older than a day."""
    chores.in_batches(_delete_ended)
    for link in live()[: chores.BATCH]:
        if not may_share(link.page, link.made_by):
            link.delete()
    FormState.objects.stale().delete()


def _delete_ended() -> int:
    ended = SharedDraft.objects.expired().values_list("pk", flat=True)[: chores.BATCH]
    return SharedDraft.objects.filter(pk__in=list(ended)).delete()[0]
