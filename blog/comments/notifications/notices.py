"""Mail to moderators about waiting comments, as often as each chose, without addresses or readers' words."""

from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Q, QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext_lazy
from wagtail.models import Page

from blog.comments.models import ModeratorNotice, ReaderComment
from cms.credentials.staff import Staff
from cms.outbox import actions as outbox
from cms.outbox import digests
from cms.outbox.letters import Letter
from cms.reading.prepared import Given, prepared

HELD = "comment.held"
REPORTED = "comment.reported"
DIGEST = "desk.digest"
DAILY_AT = 8
MOST_TITLES = 10
SUBJECTS = {
    "digest": ngettext_lazy("A comment is waiting", "%(count)s comments are waiting", "count"),
    "reported_digest": ngettext_lazy("A comment was reported", "%(count)s comments were reported", "count"),
}
DESK_QUERIES = dict.fromkeys(
    ("reported", "reported_digest"), "?status=reported"
)  # as these templates have it
Frequency = ModeratorNotice.Frequency


def tell_at_once(comment: ReaderComment) -> None:
    """Write to the moderators when the queue was empty: while something waits, they already know."""
    if _another_waits(pk=comment.pk):
        return
    _tell(HELD, comment)


@prepared
def _another_waits() -> QuerySet:
    return ReaderComment.objects.held().exclude(pk=Given("pk")).order_by().values_list("pk")[:1]


def tell_of_report(comment: ReaderComment) -> None:
    _tell(REPORTED, comment)


def _tell(event: str, comment: ReaderComment) -> None:
    for pk, address in _moderators(Frequency.AT_ONCE).values_list("pk", "email"):
        digests.queue(event, comment.pk, f"user:{pk}", address=address)


@transaction.atomic
def queue_digests() -> None:
    """Queue a digest of what waited at the last full hour or morning, one for each moderator."""
    for frequency, struck in _strokes(timezone.localtime()).items():
        if ReaderComment.objects.held().filter(submit_date__lt=struck).exists():
            for pk in _moderators(frequency).values_list("pk", flat=True):
                outbox.queue(DIGEST, int(struck.timestamp()), f"user:{pk}")


def held_mail(comment_id: int, recipient: str) -> Letter | None:
    """Word the mail to one moderator: no address, no text, and no link but those that open the desk."""
    user = _recipient(recipient, Frequency.AT_ONCE)
    comment = ReaderComment.objects.held().filter(pk=comment_id).select_related("page").first()
    if user is None or comment is None:
        return None
    title = " ".join(comment.page.title.split())[:100]
    subject = gettext("A comment is waiting: %(title)s") % {"title": title}
    return _notice(user, subject, "held", {"title": title})


def reported_mail(comment_id: int, recipient: str) -> Letter | None:
    """Word the mail about a reported comment; none once a moderator has dealt with it."""
    user = _recipient(recipient, Frequency.AT_ONCE)
    comment = ReaderComment.objects.reported().filter(pk=comment_id).select_related("page").first()
    if user is None or comment is None:
        return None
    title = " ".join(comment.page.title.split())[:100]
    subject = gettext("A comment was reported: %(title)s") % {"title": title}
    return _notice(user, subject, "reported", {"title": title})


def digest_mail(struck: int, recipient: str) -> Letter | None:
    """Word a digest of all that waits by now."""
    user = _recipient(recipient, Frequency.HOURLY, Frequency.DAILY)
    return _many(user, ReaderComment.objects.held(), "digest")


def held_digest(comment_ids: list[int], recipient: str) -> tuple[Letter, set[int]] | None:
    """Word one mail instead of many, about everything that waits."""
    return _instead_of(comment_ids, recipient, ReaderComment.objects.held(), "digest")


def reported_digest(comment_ids: list[int], recipient: str) -> tuple[Letter, set[int]] | None:
    return _instead_of(comment_ids, recipient, ReaderComment.objects.reported(), "reported_digest")


def _instead_of(
    comment_ids: list[int], recipient: str, comments: QuerySet, template: str
) -> tuple[Letter, set[int]] | None:
    """None about a single comment, which has a mail of its own. What was dealt with meanwhile is left out."""
    current = set(comments.filter(pk__in=comment_ids).values_list("pk", flat=True))
    user = _recipient(recipient, Frequency.AT_ONCE)
    if comments.order_by().values_list("pk")[:2].count() < 2:
        return None
    letter = _many(user, comments, template)
    return (letter, current) if letter else None


def _many(user: Staff | None, comments: QuerySet, template: str) -> Letter | None:
    count = comments.count()
    if user is None or not count:
        return None
    pages = Page.objects.filter(pk__in=comments.order_by().values("page")).order_by("title")
    titles = [" ".join(title.split())[:100] for title in pages.values_list("title", flat=True)]
    words = {"count": count, "titles": titles[:MOST_TITLES], "more": len(titles) - MOST_TITLES}
    return _notice(user, SUBJECTS[template] % {"count": count}, template, words)


def _notice(user: Staff, subject: str, template: str, words: dict[str, object]) -> Letter:
    links = {
        "desk": settings.SITE_URL + reverse("blog_comments:desk"),
        "account": settings.SITE_URL + reverse("wagtailadmin_account"),
    }
    body = render_to_string(f"blog/comments/email/{template}.txt", {**words, **links})
    return Letter(subject, body, to=[user.email], link=links["desk"] + DESK_QUERIES.get(template, ""))


def _strokes(now: datetime) -> dict[Frequency, datetime]:
    """Return when the clock last struck, for each kind of digest."""
    hour = now.replace(minute=0, second=0, microsecond=0)
    morning = hour.replace(hour=DAILY_AT)
    return {
        Frequency.HOURLY: hour,
        Frequency.DAILY: morning if morning <= now else morning - timedelta(days=1),
    }


def _moderators(*frequencies: Frequency) -> QuerySet:
    """Those who chose one of these. Without a choice, moderators get mail at once and superusers never."""
    users = get_user_model().objects.with_perm(
        "blog_comments.moderate_comments", backend="django.contrib.auth.backends.ModelBackend"
    )
    chosen_by = Q(pk__in=ModeratorNotice.objects.filter(frequency__in=frequencies).values("user"))
    if Frequency.AT_ONCE in frequencies:
        chosen_by |= Q(is_superuser=False) & ~Q(pk__in=ModeratorNotice.objects.values("user"))
    return users.filter(chosen_by, is_active=True).exclude(email="")


def _recipient(recipient: str, *frequencies: Frequency) -> Staff | None:
    return _moderators(*frequencies).filter(pk=recipient.removeprefix("user:")).first()
