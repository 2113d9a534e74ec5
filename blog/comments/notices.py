"""What moderators are told, each as he chose: that comments wait. No address, no reader's words."""

from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractBaseUser
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import Q, QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Page

from blog.comments.models import ReaderComment
from blog.comments.subscriptions import ModeratorNotice
from cms.outbox import actions as outbox
from cms.outbox import chores, events
from cms.prepared import Given, prepared

HELD = "comment.held"
REPORTED = "comment.reported"
DIGEST = "desk.digest"
DAILY_AT = 8
MOST_TITLES = 10
Frequency = ModeratorNotice.Frequency


def tell_at_once(comment: ReaderComment) -> None:
    """Write to the moderators when the queue was empty: while something waits, they know already."""
    if _another_waits(pk=comment.pk):
        return
    for pk in _moderators(Frequency.AT_ONCE).values_list("pk", flat=True):
        outbox.queue(HELD, comment.pk, f"user:{pk}")


@prepared
def _another_waits() -> QuerySet:
    return ReaderComment.objects.held().exclude(pk=Given("pk")).order_by().values_list("pk")[:1]


def tell_of_report(comment: ReaderComment) -> None:
    for pk in _moderators(Frequency.AT_ONCE).values_list("pk", flat=True):
        outbox.queue(REPORTED, comment.pk, f"user:{pk}")


@transaction.atomic
def queue_digests() -> None:
    """Promise a digest of what waited when the clock last struck, one for each stroke and moderator."""
    for frequency, struck in _strokes(timezone.localtime()).items():
        if ReaderComment.objects.held().filter(submit_date__lt=struck).exists():
            for pk in _moderators(frequency).values_list("pk", flat=True):
                outbox.queue(DIGEST, int(struck.timestamp()), f"user:{pk}")


def held_mail(comment_id: int, recipient: str) -> EmailMessage | None:
    """Word the mail to one moderator: no address, no text, and no link but those that open the desk."""
    user = _recipient(recipient, Frequency.AT_ONCE)
    comment = ReaderComment.objects.held().filter(pk=comment_id).select_related("page").first()
    if user is None or comment is None:
        return None
    title = " ".join(comment.page.title.split())[:100]
    return _notice(user, f"A comment is waiting: {title}", "held", {"title": title})


def reported_mail(comment_id: int, recipient: str) -> EmailMessage | None:
    """Word the mail that somebody reported a comment; none once a moderator has seen to it."""
    user = _recipient(recipient, Frequency.AT_ONCE)
    comment = ReaderComment.objects.reported().filter(pk=comment_id).select_related("page").first()
    if user is None or comment is None:
        return None
    title = " ".join(comment.page.title.split())[:100]
    return _notice(user, f"A comment was reported: {title}", "reported", {"title": title})


def digest_mail(struck: int, recipient: str) -> EmailMessage | None:
    """Word a digest of all that waits by now."""
    user = _recipient(recipient, Frequency.HOURLY, Frequency.DAILY)
    held = ReaderComment.objects.held()
    count = held.count()
    if user is None or not count:
        return None
    pages = Page.objects.filter(pk__in=held.order_by().values("page")).order_by("title")
    titles = [" ".join(title.split())[:100] for title in pages.values_list("title", flat=True)]
    words = {"count": count, "titles": titles[:MOST_TITLES], "more": len(titles) - MOST_TITLES}
    subject = f"{count} comments are waiting" if count > 1 else "A comment is waiting"
    return _notice(user, subject, "digest", words)


def _notice(user: AbstractBaseUser, subject: str, template: str, words: dict[str, object]) -> EmailMessage:
    links = {
        "desk": settings.SITE_URL + reverse("blog_comments:desk"),
        "account": settings.SITE_URL + reverse("wagtailadmin_account"),
    }
    body = render_to_string(f"blog/comments/email/{template}.txt", {**words, **links})
    return EmailMessage(subject=subject, body=body, to=[user.email])


def _strokes(now: datetime) -> dict[Frequency, datetime]:
    """Return when the clock last struck, for each kind of digest."""
    hour = now.replace(minute=0, second=0, microsecond=0)
    morning = hour.replace(hour=DAILY_AT)
    return {
        Frequency.HOURLY: hour,
        Frequency.DAILY: morning if morning <= now else morning - timedelta(days=1),
    }


def _moderators(*frequencies: Frequency) -> QuerySet:
    """Those who chose one of these; a moderator who has not chosen is told at once, a superuser never."""
    users = get_user_model().objects.with_perm(
        "blog_comments.moderate_comments", backend="django.contrib.auth.backends.ModelBackend"
    )
    told = Q(pk__in=ModeratorNotice.objects.filter(frequency__in=frequencies).values("user"))
    if Frequency.AT_ONCE in frequencies:
        told |= Q(is_superuser=False) & ~Q(pk__in=ModeratorNotice.objects.values("user"))
    return users.filter(told, is_active=True).exclude(email="")


def _recipient(recipient: str, *frequencies: Frequency) -> AbstractBaseUser | None:
    return _moderators(*frequencies).filter(pk=recipient.removeprefix("user:")).first()


events.register(HELD, held_mail)
events.register(REPORTED, reported_mail)
events.register(DIGEST, digest_mail)
chores.register("queue digests", timedelta(minutes=1), queue_digests)
