"""What a moderator can read of one person, and of the mail about one comment. Never an address."""

from datetime import datetime
from typing import NamedTuple

from django.contrib.contenttypes.models import ContentType
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Concat
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext
from wagtail.models import ModelLogEntry

from blog.comments.models import Reader, ReaderComment, ReaderNote, Subscription
from blog.comments.notifications import letters, notices, subscribing
from blog.comments.states import Status
from cms import vault
from cms.outbox import queries as outbox
from cms.outbox import suppression
from cms.outbox.models import Delivery
from cms.reading import keyset

COMMENTS_A_PAGE = 20
LINES = 20  # of mail, of wishes for mail, of the log: the newest
MOST_NOTES = 50
MOST_NAMES = 10
MOST_COUNTED = 10_000
NAMES_LOOKED_FOR_IN = 200  # comments, the newest
MAILS = {
    subscribing.CONFIRM: _("Request to confirm the address"),
    letters.PUBLISHED: _("Comment published"),
    letters.REFUSED: _("Comment not published"),
    letters.REPLIED: _("New reply"),
    notices.HELD: _("Comment waiting"),
    notices.REPORTED: _("Comment reported"),
}
WHOM = {"reader": _("its author"), "subscription": _("a subscriber to the thread"), "user": _("a moderator")}


class Mail(NamedTuple):
    """One mail in words: what it is about, to whom, what became of it, after how many attempts."""

    about: int
    what: str
    whom: str
    state: str
    attempts: int
    caused: datetime
    finished: datetime | None


class Numbers(NamedTuple):
    """How many comments a person has in each state, of the newest MOST_COUNTED, and when they wrote."""

    by_status: dict[str, int]
    waiting: int
    first: datetime | None
    last: datetime | None

    @property
    def cut(self) -> bool:
        """Say whether there may be more than were counted."""
        return sum(self.by_status.values()) >= MOST_COUNTED


class Wish(NamedTuple):
    """A subscription to mail about replies, and what became of it."""

    comment: ReaderComment
    asked: datetime
    state: str


def numbers(reader: Reader) -> Numbers:
    newest = _by(reader).values("pk")[:MOST_COUNTED]
    each = {status.value: Count("pk", filter=Q(status=status)) for status in Status}
    waiting = Count("pk", filter=Q(waiting=True))
    found = ReaderComment.objects.filter(pk__in=newest).aggregate(**each, waiting=waiting)
    wrote = _by(reader).values_list("submit_date", flat=True)
    by_status = {status: found[status] for status in each}
    return Numbers(by_status, found["waiting"], wrote.last(), wrote.first())


def names(reader: Reader) -> list[str]:
    """Return the names a person used of late, the last one first."""
    used = _by(reader).values_list("user_name", flat=True)[:NAMES_LOOKED_FOR_IN]
    return list(dict.fromkeys(used))[:MOST_NAMES]


def comments(reader: Reader, status: str = "", before: int | None = None) -> QuerySet[ReaderComment]:
    """Return a person's comments in every state or in one, the newest first, from before one with an id."""
    found = _by(reader).select_related("page")
    if status:
        # the state as no index has it: by its own SQLite would read all the site's spam for one person's
        found = found.alias(state=Concat("status", Value(""))).filter(state=status)
    return keyset.after(found, before, newest_first=True)


def notes(reader: Reader) -> QuerySet[ReaderNote]:
    return reader.notes.select_related("by").order_by("-pk")[:MOST_NOTES]


def wishes(reader: Reader) -> list[Wish]:
    """Return a person's subscriptions, the newest first."""
    asked = reader.subscriptions.select_related("comment__page").order_by("-pk")[:LINES]
    return [Wish(each.comment, each.created_at, _state(each)) for each in asked]


def wants_no_mail(reader: Reader) -> bool:
    """Say whether the owner of the address wants no mail ever; False where no key can read it."""
    try:
        return suppression.wants_no_mail(reader.address)
    except vault.AddressUnreadableError:
        return False


def mail_to(reader: Reader) -> list[Mail]:
    """Return the newest mails to a person, including those about threads they follow."""
    followed = reader.subscriptions.order_by("-pk").values_list("pk", flat=True)[:MOST_COUNTED]
    to = [f"reader:{reader.pk}", *(f"subscription:{pk}" for pk in followed)]
    return [_in_words(row) for row in outbox.to(to).order_by("-pk")[:LINES]]


def mail_about(comment: ReaderComment) -> list[Mail]:
    """Return the newest mails about a comment."""
    rows = Delivery.objects.filter(event__in=MAILS, subject_id=comment.pk)
    return [_in_words(row) for row in rows.order_by("-pk")[:LINES]]


def log_of(reader: Reader) -> QuerySet[ModelLogEntry]:
    """Return what was last done to a person, and by whom."""
    kind = ContentType.objects.get_for_model(Reader)
    about = ModelLogEntry.objects.filter(content_type=kind, object_id=str(reader.pk))
    return about.select_related("user").order_by("-timestamp", "-pk")[:LINES]


def banned() -> QuerySet[Reader]:
    """Return the banned, the last one first, each with the ``last_name`` used, if a comment is left."""
    theirs = ReaderComment.objects.filter(reader=OuterRef("pk")).order_by("-pk")
    return Reader.objects.banned().annotate(last_name=Subquery(theirs.values("user_name")[:1]))


def _by(reader: Reader) -> QuerySet[ReaderComment]:
    return ReaderComment.objects.filter(reader=reader).order_by("-pk")


def _state(wish: Subscription) -> str:
    if wish.ended_at:
        return pgettext("a subscription", "ended")
    if wish.confirmed_at:
        return pgettext("a subscription", "confirmed")
    return pgettext("a subscription", "not confirmed, so nothing is sent")


def _in_words(row: Delivery) -> Mail:
    return Mail(
        row.subject_id,
        str(MAILS.get(row.event, row.event)),
        str(WHOM.get(row.recipient.partition(":")[0], _("unknown"))),
        row.get_state_display(),
        row.attempts,
        row.created_at,
        row.finished_at,
    )
