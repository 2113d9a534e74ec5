"""Submits the demo's comments and messages as readers do, and decides on them as staff do.

Rows, decisions and counts are therefore real. Only the times are set back afterwards.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Protocol

from django_comments.models import Comment as StoredComment
from wagtail.models import Page

from blog.comments.models import Decision, ReaderComment
from blog.comments.moderation import actions as comments
from blog.comments.moderation.submissions import Submission
from cms.credentials.staff import Staff
from cms.outbox import actions as outbox
from cms.outbox.models import Delivery, State
from home.contact import actions as contact
from home.contact.models import ContactMessage
from home.contact.sent import SentMessage
from home.demo.comments import COMMENTS
from home.demo.messages import MESSAGES
from home.demo.shapes import Comment, Message, at
from home.models import ContactPage

MODERATED_AFTER = timedelta(minutes=40)
HANDLED_AFTER = timedelta(hours=3)
REACH = "When can we reach you best?"


class Decide(Protocol):
    """What a moderator does with a comment."""

    def __call__(self, comment: ReaderComment, *, by: Staff, version: int) -> object: ...


DECISIONS: dict[str, Decide] = {
    "approved": comments.approve,
    "spam": comments.mark_as_spam,
    "trash": comments.trash,
}


def replay_comments(pages: Mapping[str, Page], moderator: Staff) -> None:
    """Send all comments in the order in which they were written, whatever their page."""
    written = sorted(_all_comments(), key=lambda found: at(found[1].at))
    sent: dict[int, int] = {}
    for slug, comment, parent in written:
        reply_to = sent[id(parent)] if parent else None
        sent[id(comment)] = _send_comment(pages[slug], comment, reply_to, moderator)


def _all_comments() -> Iterator[tuple[str, Comment, Comment | None]]:
    """Each comment with its page's slug and the comment it answers."""
    for slug, threads in COMMENTS.items():
        waiting: list[tuple[Comment, Comment | None]] = [(comment, None) for comment in threads]
        while waiting:
            comment, parent = waiting.pop()
            yield slug, comment, parent
            waiting.extend((reply, comment) for reply in comment.replies)


def _send_comment(page: Page, comment: Comment, reply_to: int | None, moderator: Staff) -> int:
    submission = Submission(
        page=page,
        name=comment.name,
        address=comment.email,
        text=comment.text,
        reply_to_id=reply_to,
        seconds_open=90.0,
    )
    pk = comments.submit(submission).comment_id
    stored = ReaderComment.objects.get(pk=pk)
    if decide := DECISIONS.get(comment.state):
        decide(stored, by=moderator, version=stored.version)
    _turn_back_comment(pk, at(comment.at))
    return pk


def _turn_back_comment(pk: int, moment: datetime) -> None:
    StoredComment.objects.filter(pk=pk).update(submit_date=moment)
    decided = Decision.objects.filter(comment_id=pk)
    decided.filter(from_status="").update(at=moment)
    waited = {"at": moment + MODERATED_AFTER, "waited": MODERATED_AFTER.total_seconds()}
    decided.exclude(from_status="").update(**waited)


def replay_messages(page: ContactPage, front_desk: Staff) -> None:
    for message in MESSAGES:
        _send_message(page, message, front_desk)


def _send_message(page: ContactPage, message: Message, front_desk: Staff) -> None:
    answers = (("Telephone", message.telephone), (REACH, message.reach), ("Message", message.text))
    fields = tuple((label, words) for label, words in answers if words)
    sent = SentMessage(name=message.name, address=message.email, fields=fields, subject=message.subject)
    stored = contact.submit(page, sent)
    row = ContactMessage.objects.filter(pk=stored.pk)
    row.update(submitted_at=at(message.at))
    if message.handled:
        contact.mark_handled(stored, by=front_desk)
        row.update(handled_at=at(message.at) + HANDLED_AFTER)


def silence(before: set[int]) -> None:
    """End what was queued since `before` was recorded: there is no mail about fictional people."""
    for delivery in Delivery.objects.filter(state=State.WAITING).exclude(pk__in=before):
        outbox.suppress(delivery)
