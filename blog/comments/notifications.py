"""
What is told to whom. A mail is a row in the outbox, written with the change and worded when it is sent.

Here is when; ``letters`` has the words for readers, ``notices`` those for moderators.
"""

from collections.abc import Iterable, Mapping

from django.db.models import Q

from blog.comments import notices, subscribing
from blog.comments.letters import PUBLISHED, REFUSED, REPLIED
from blog.comments.models import Decision, ReaderComment
from blog.comments.states import PUBLIC, Status
from blog.comments.subscriptions import Subscription
from cms.outbox import actions as outbox


def arrived(comment: ReaderComment) -> None:
    """A comment was sent and kept."""
    subscribing.subscribe(comment)
    if comment.status == Status.PENDING:
        notices.tell_at_once(comment)
    elif comment.status in PUBLIC and not comment.under_held:
        _tell_threads([comment])


def edited(comment: ReaderComment) -> None:
    """The author of a public comment changed it, and the new words wait."""
    notices.tell_at_once(comment)


def reported(comment: ReaderComment) -> None:
    """A reader is about to report a public comment. While reports are open, the moderators know already."""
    if not comment.reports.open().exists():
        notices.tell_of_report(comment)


def moved(comments: list[ReaderComment], before: Mapping[int, Status]) -> None:
    """Comments came from the states they were in to the one they are in."""
    published = [each for each in comments if each.status in PUBLIC and before[each.pk] not in PUBLIC]
    seen = _come_into_sight(published, before)
    _tell_authors(PUBLISHED, seen)
    _tell_threads(seen)
    refused = (each for each in comments if each.status == Status.TRASH)
    _tell_authors(REFUSED, [each for each in refused if before[each.pk] == Status.PENDING])


def _come_into_sight(comments: list[ReaderComment], before: Mapping[int, Status]) -> list[ReaderComment]:
    """The comments, and the replies in their threads that were approved while they were held above them."""
    seen = {comment.pk: comment for comment in comments if not comment.under_held}
    were_held = [comment for comment in comments if before[comment.pk] == Status.PENDING]
    for comment in _answered(were_held):
        seen |= {reply.pk: reply for reply in _approved_below(comment)}
    return list(seen.values())


def _answered(comments: list[ReaderComment]) -> list[ReaderComment]:
    answers = ReaderComment.objects.filter(in_reply_to__in=[comment.pk for comment in comments])
    answered = set(answers.values_list("in_reply_to_id", flat=True))
    return [comment for comment in comments if comment.pk in answered]


def _approved_below(comment: ReaderComment) -> Iterable[ReaderComment]:
    held_by = Decision.objects.filter(comment=comment, to_status=Status.PENDING).order_by("-pk").values("pk")
    approved_since = Decision.objects.filter(pk__gt=held_by[:1], to_status__in=PUBLIC).values("comment")
    thread = ReaderComment.objects.approved().filter(root=comment.root_id or comment.pk)
    return thread.filter(pk__in=approved_since).exclude(pk=comment.pk)


def _tell_threads(comments: Iterable[ReaderComment]) -> None:
    """Write of each reply once to each person who listens to its thread, but not to whom said it."""
    replies = [comment for comment in comments if comment.root_id]
    listening = _listeners({reply.root_id for reply in replies}) if replies else {}
    for reply in replies:
        for reader, pk in listening.get(reply.root_id, {}).items():
            if reader != reply.reader_id:
                outbox.queue(REPLIED, reply.pk, f"subscription:{pk}")


def _listeners(roots: set[int]) -> dict[int, dict[int, int]]:
    """Return for each thread who listens: reader, and the first of his subscriptions."""
    found: dict[int, dict[int, int]] = {}
    active = Subscription.objects.active().filter(Q(comment__in=roots) | Q(comment__root__in=roots))
    for pk, reader, comment, root in active.order_by("pk").values_list(
        "pk", "reader_id", "comment_id", "comment__root_id"
    ):
        found.setdefault(root or comment, {}).setdefault(reader, pk)
    return found


def _tell_authors(event: str, comments: Iterable[ReaderComment]) -> None:
    """
    Only who asked for it with this comment, and confirmed that.

    An address proven for another comment is no proof: somebody else may have typed it with this one.
    """
    asked = [comment.pk for comment in comments if comment.followup]
    if asked:
        active = Subscription.objects.active().filter(comment__in=asked)
        for comment, reader in active.values_list("comment_id", "comment__reader_id"):
            outbox.queue(event, comment, f"reader:{reader}")
