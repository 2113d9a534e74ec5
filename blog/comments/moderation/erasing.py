"""
Taking words out of comments, and whose they were, from every row that holds them.

What is left keeps its state and its place, so that other people's replies keep theirs.
"""

from django.db import transaction
from django.db.models import F

from blog.comments.models import Decision, ReaderComment, Revision, Subscription, Token
from blog.comments.notifications import announcing
from cms.text.mail_address import spellings

NOBODY = "Deleted reader"


@transaction.atomic
def empty(comment_ids: list[int]) -> None:
    """Take the words out of comments, and whose they were. Their state and place in the thread stay."""
    announcing.announce_edits(comment_ids)
    Revision.objects.filter(comment__in=comment_ids).update(text="")
    ReaderComment.objects.filter(pk__in=comment_ids).update(comment="", held_revision=None)
    _unlink(comment_ids)


@transaction.atomic
def anonymise(comment_ids: list[int], *, address: str) -> None:
    """Leave the words of comments, but not whose they were; where the words give the address, it goes."""
    announcing.announce_edits(comment_ids)
    for comment in ReaderComment.objects.filter(pk__in=comment_ids):
        ReaderComment.objects.filter(pk=comment.pk).update(comment=_without(address, comment.comment))
    for revision in Revision.objects.filter(comment__in=comment_ids):
        Revision.objects.filter(pk=revision.pk).update(text=_without(address, revision.text))
    _unlink(comment_ids)


@transaction.atomic
def delete(comment_ids: list[int]) -> None:
    """Delete comments that nothing answers. What was decided about them stays, without the reasons."""
    announcing.announce_removals(comment_ids)
    Decision.objects.filter(comment__in=comment_ids).update(reasons=[])
    ReaderComment.objects.filter(pk__in=comment_ids).delete()


def _unlink(comment_ids: list[int]) -> None:
    """A reason may quote the words, and a key is made of them."""
    Decision.objects.filter(comment__in=comment_ids).update(reasons=[])
    Token.objects.filter(comment__in=comment_ids).delete()
    Subscription.objects.filter(comment__in=comment_ids).delete()
    ReaderComment.objects.filter(pk__in=comment_ids).update(
        user_name=NOBODY,
        user_email="",
        user_url="",
        user=None,
        ip_address=None,
        followup=False,
        reader=None,
        proven_at=None,
        words_key=None,
        idempotency_key=None,
        version=F("version") + 1,
    )


def _without(address: str, words: str) -> str:
    return spellings(address).sub("[address removed]", words)
