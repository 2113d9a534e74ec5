"""
What is told to whom. A mail is a row in the outbox, written with the change and worded when it is sent.

Here is when; ``letters`` has the words for readers, ``notices`` those for moderators.
"""

from django.db.models import Min, QuerySet

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
        _tell_thread(comment)


def edited(comment: ReaderComment) -> None:
    """The author of a public comment changed it, and the new words wait."""
    notices.tell_at_once(comment)


def moved(comment: ReaderComment, before: Status) -> None:
    """A comment came from one state to the one it is in."""
    if comment.status in PUBLIC and before not in PUBLIC:
        for shown in _come_into_sight(comment, before):
            _tell_author(PUBLISHED, shown)
            _tell_thread(shown)
    elif comment.status == Status.TRASH and before == Status.PENDING:
        _tell_author(REFUSED, comment)


def _come_into_sight(comment: ReaderComment, before: Status) -> list[ReaderComment]:
    """The comment, and the replies in its thread that were approved while it was held above them."""
    seen = [] if comment.under_held else [comment]
    if before != Status.PENDING:
        return seen
    held_by = Decision.objects.filter(comment=comment, to_status=Status.PENDING).order_by("-pk").values("pk")
    approved_since = Decision.objects.filter(pk__gt=held_by[:1], to_status__in=PUBLIC).values("comment")
    thread = ReaderComment.objects.approved().filter(root=comment.root_id or comment.pk)
    return [*seen, *thread.filter(pk__in=approved_since).exclude(pk=comment.pk)]


def _tell_thread(reply: ReaderComment) -> None:
    """Write once to each person who listens to the thread, but not to whom said it."""
    if reply.root_id is None:
        return
    listening = Subscription.objects.active().in_thread(reply.root_id).exclude(reader=reply.reader_id)
    for pk in _one_for_each_reader(listening):
        outbox.queue(REPLIED, reply.pk, f"subscription:{pk}")


def _one_for_each_reader(subscriptions: QuerySet[Subscription]) -> QuerySet:
    first = subscriptions.order_by().values("reader").annotate(first=Min("pk"))
    return first.order_by("first").values_list("first", flat=True)


def _tell_author(event: str, comment: ReaderComment) -> None:
    """
    Only who asked for it with this comment, and confirmed that.

    An address proven for another comment is no proof: somebody else may have typed it with this one.
    """
    if comment.followup and Subscription.objects.active().filter(comment=comment).exists():
        outbox.queue(event, comment.pk, f"reader:{comment.reader_id}")
