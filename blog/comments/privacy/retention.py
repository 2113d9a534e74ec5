"""
What is deleted after a time. The worker purges every hour, in batches, each a transaction of its own.

How many days is the site's own setting (``Discussion``). Spam, trash and withdrawn comments go that long
after the last decision: deleted when nothing answers them, else emptied, so that other people's replies keep
their place. 0 days is: at the next hour.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from wagtail.models import Page, Site

from blog.comments.models import Decision, Discussion, Reader, ReaderComment, Report, Subscription, Token
from blog.comments.moderation import erasing
from blog.comments.privacy.personal_data import EVENTS
from blog.comments.states import REFUSED, Status
from cms.outbox import actions as outbox
from cms.outbox.chores import BATCH, in_batches

KEEP_SETTLED_DAYS = 30
KEEP_DECISIONS_DAYS = 365  # of comments that are no more
NOT_KEPT = REFUSED | {Status.WITHDRAWN}


def purge() -> None:
    """Do all of it. Safe to repeat, and to do twice at once."""
    for discussion, pages in _sites():
        refused = _refused(_ago(discussion.keep_refused_days)).filter(page__in=pages)
        in_batches(partial(_delete, refused))
        in_batches(partial(_empty, refused))
        unconfirmed = Subscription.objects.filter(
            comment__page__in=pages,
            confirmed_at=None,
            created_at__lt=_ago(discussion.keep_unconfirmed_days),
        )
        in_batches(partial(_drop, unconfirmed))
    in_batches(lambda: _drop(Token.objects.expired()))
    in_batches(lambda: _drop(_forgotten()))
    Report.objects.filter(at__lt=_ago(1)).exclude(client=None).update(client=None)
    in_batches(lambda: _drop(Report.objects.filter(settled_at__lt=_ago(KEEP_SETTLED_DAYS))))
    orphans = Decision.objects.filter(comment=None)
    orphans.exclude(reasons=[]).update(reasons=[])
    in_batches(lambda: _drop(orphans.filter(at__lt=_ago(KEEP_DECISIONS_DAYS))))


def _sites() -> Iterator[tuple[Discussion, QuerySet[Page]]]:
    """Each site's settings with its pages; last the defaults, with the pages of no site."""
    elsewhere = Page.objects.all()
    for site in Site.objects.select_related("root_page"):
        here = Q(path__startswith=site.root_page.path)
        elsewhere = elsewhere.exclude(here)
        yield Discussion.for_site(site), Page.objects.filter(here)
    yield Discussion(), elsewhere


def _ago(days: int) -> datetime:
    return timezone.now() - timedelta(days=days)


def _refused(before: datetime) -> QuerySet[ReaderComment]:
    later = Decision.objects.filter(comment=OuterRef("pk"), at__gte=before)
    old = ReaderComment.objects.filter(status__in=NOT_KEPT, submit_date__lt=before)
    return old.filter(~Exists(later)).order_by("pk")


@transaction.atomic
def _delete(refused: QuerySet[ReaderComment]) -> int:
    """Delete a batch of comments without replies."""
    pks = _held(refused.filter(~Exists(_answers())))
    outbox.forget_about(EVENTS, pks)
    erasing.delete(pks)
    return len(pks)


@transaction.atomic
def _empty(refused: QuerySet[ReaderComment]) -> int:
    """Empty a batch of comments that have replies."""
    full = ~Q(comment="") | ~Q(user_name=erasing.NOBODY) | Q(reader__isnull=False)
    pks = _held(refused.filter(full, Exists(_answers())))
    outbox.forget_about(EVENTS, pks)
    erasing.empty(pks)
    return len(pks)


def _answers() -> QuerySet[ReaderComment]:
    return ReaderComment.objects.filter(in_reply_to=OuterRef("pk"))


def _forgotten() -> QuerySet[Reader]:
    """Readers that nothing refers to any more. A ban is remembered until it is lifted."""
    comments = ReaderComment.objects.filter(reader=OuterRef("pk"))
    subscriptions = Subscription.objects.filter(reader=OuterRef("pk"))
    return Reader.objects.filter(~Exists(comments), ~Exists(subscriptions), ban="")


@transaction.atomic
def _drop(rows: QuerySet) -> int:
    pks = _held(rows)
    rows.model.objects.filter(pk__in=pks).delete()
    return len(pks)


def _held(rows: QuerySet) -> list[int]:
    """Lock a batch, skipping rows locked elsewhere, so that no one restores one meanwhile."""
    batch = rows.select_for_update(of=("self",), skip_locked=True).order_by("pk").only("pk")[:BATCH]
    return [row.pk for row in batch]
