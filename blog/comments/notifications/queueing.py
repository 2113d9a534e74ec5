"""
Which mail is due to whom. A mail is a row in the outbox, written with the change and worded when it is sent.

This module decides when; ``letters`` has the words for readers, ``notices`` those for moderators.
"""

from collections.abc import Iterable, Mapping

from django.db.models import Max, OuterRef, Q, Subquery

from blog.comments.models import Decision, ReaderComment, Subscription
from blog.comments.notifications import notices, subscribing
from blog.comments.notifications.letters import PUBLISHED, REFUSED, REPLIED
from blog.comments.states import PUBLIC, Status
from cms.outbox import actions as outbox


def queue_for_new(comment: ReaderComment) -> None:
    """Queue the mail for a comment that was sent and kept."""
    subscribing.subscribe(comment)
    if comment.status == Status.PENDING:
        notices.tell_at_once(comment)
    elif comment.status in PUBLIC and not comment.under_held:
        _tell_threads([comment])


def queue_for_edit(comment: ReaderComment) -> None:
    """Queue the mail for an edit of a public comment, which waits for a moderator."""
    notices.tell_at_once(comment)


def queue_for_report(comment: ReaderComment) -> None:
    """Queue the mail for a report, before it is kept. While reports are open, the moderators already know."""
    if not comment.reports.open().exists():
        notices.tell_of_report(comment)


def queue_for_moves(comments: list[ReaderComment], before: Mapping[int, Status]) -> None:
    """Queue the mail for comments that have moved from the states in ``before``."""
    published = [each for each in comments if each.status in PUBLIC and before[each.pk] not in PUBLIC]
    seen = _come_into_sight(published, before)
    _tell_authors(PUBLISHED, seen)
    _tell_threads(seen)
    refused = (each for each in comments if each.status == Status.TRASH)
    _tell_authors(REFUSED, [each for each in refused if before[each.pk] == Status.PENDING])


def _come_into_sight(comments: list[ReaderComment], before: Mapping[int, Status]) -> list[ReaderComment]:
    """The comments, and the replies in their threads that were approved while they were held above them."""
    seen = {comment.pk: comment for comment in comments if not comment.under_held}
    held_by = _held_by([comment for comment in comments if before[comment.pk] == Status.PENDING])
    if held_by:
        approved_by = Decision.objects.filter(comment=OuterRef("pk"), to_status__in=PUBLIC).order_by("-pk")
        replies = ReaderComment.objects.approved().filter(root__in=held_by)
        decided = replies.annotate(approved_by=Subquery(approved_by.values("pk")[:1]))
        for reply in decided.filter(approved_by__gt=min(held_by.values())):
            if reply.root_id and reply.approved_by > held_by[reply.root_id]:
                seen[reply.pk] = reply
    return list(seen.values())


def _held_by(comments: list[ReaderComment]) -> dict[int, int]:
    """Return for each thread of those that were answered the id of the decision that first held one."""
    roots = {comment.pk: comment.root_id or comment.pk for comment in comments}
    answered = ReaderComment.objects.filter(in_reply_to__in=roots).order_by().values("in_reply_to")
    last = Decision.objects.filter(comment__in=answered, to_status=Status.PENDING).order_by()
    first: dict[int, int] = {}
    for comment, decision in last.values("comment").annotate(Max("pk")).values_list("comment", "pk__max"):
        first[roots[comment]] = min(decision, first.get(roots[comment], decision))
    return first


def _tell_threads(comments: Iterable[ReaderComment]) -> None:
    """Queue one mail for each reply and subscriber of its thread, except the author of the reply."""
    replies = [(comment.root_id, comment) for comment in comments if comment.root_id]
    listening = _listeners({root_id for root_id, _ in replies}) if replies else {}
    for root_id, reply in replies:
        for reader, pk in listening.get(root_id, {}).items():
            if reader != reply.reader_id:
                outbox.queue(REPLIED, reply.pk, f"subscription:{pk}")


def _listeners(roots: set[int]) -> dict[int, dict[int, int]]:
    """Return the subscribers of each thread: reader, and the first of their subscriptions."""
    found: dict[int, dict[int, int]] = {}
    active = Subscription.objects.active().filter(Q(comment__in=roots) | Q(comment__root__in=roots))
    for pk, reader, comment, root in active.order_by("pk").values_list(
        "pk", "reader_id", "comment_id", "comment__root_id"
    ):
        found.setdefault(root or comment, {}).setdefault(reader, pk)
    return found


def _tell_authors(event: str, comments: Iterable[ReaderComment]) -> None:
    """
    Queue mail to those authors who asked for it with this comment, and confirmed that.

    An address proven for another comment proves nothing: someone else may have typed it here.
    """
    asked = [comment.pk for comment in comments if comment.followup]
    if asked:
        active = Subscription.objects.active().filter(comment__in=asked)
        for comment, reader in active.values_list("comment_id", "comment__reader_id"):
            outbox.queue(event, comment, f"reader:{reader}")
