"""What is told to whom. A mail is a row in the outbox, written with the change and worded when it is sent."""

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse

from blog.comments.models import ReaderComment
from blog.comments.states import Status
from cms.outbox import actions as outbox
from cms.outbox import events

HELD = "comment.held"


def arrived(comment: ReaderComment) -> None:
    """A comment was sent and kept."""
    if comment.status == Status.PENDING:
        tell_moderators(comment)


def moved(comment: ReaderComment, before: Status) -> None:
    """A comment came from one state to the one it is in."""


def tell_moderators(comment: ReaderComment) -> None:
    """Write to the moderators when the queue was empty: while something waits, they know already."""
    if ReaderComment.objects.held().exclude(pk=comment.pk).exists():
        return
    for pk in _moderators().values_list("pk", flat=True):
        outbox.queue(HELD, comment.pk, f"user:{pk}")


def held_mail(comment_id: int, recipient: str) -> EmailMessage | None:
    """Word the mail to one moderator: no address, no text, and no link but the one that opens the desk."""
    user = _moderators().filter(pk=recipient.removeprefix("user:")).first()
    comment = (
        ReaderComment.objects.filter(pk=comment_id, status=Status.PENDING).select_related("page").first()
    )
    if user is None or comment is None:
        return None
    words = {"title": comment.page.title, "desk": settings.SITE_URL + reverse("blog_comments:desk")}
    return EmailMessage(
        subject=f"A comment is waiting: {' '.join(comment.page.title.split())[:100]}",
        body=render_to_string("blog/comments/email/held.txt", words),
        to=[user.email],
    )


def _moderators():
    users = get_user_model().objects.with_perm(
        "blog_comments.moderate_comments",
        include_superusers=False,
        backend="django.contrib.auth.backends.ModelBackend",
    )
    return users.filter(is_active=True).exclude(email="")


events.register(HELD, held_mail)
