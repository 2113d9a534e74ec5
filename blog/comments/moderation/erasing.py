"""
Taking words out of comments, and whose they were, from every row that holds them.

What is left keeps its state and its place, so that other people's replies keep theirs.
"""

from django.db import transaction
from django.db.models import F, QuerySet
from django_comments.models import Comment

from blog.comments.models import Decision, Reader, ReaderComment, Revision, Subscription, Token
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
    _take_out(address, Comment.objects.filter(pk__in=comment_ids), "comment")
    _take_out(address, Revision.objects.filter(comment__in=comment_ids), "text")
    _unlink(comment_ids)


@transaction.atomic
def delete(comment_ids: list[int]) -> None:
    """Delete comments that nothing answers. What was decided about them stays, without the reasons."""
    announcing.announce_removals(comment_ids)
    _let_go_of_readers(comment_ids)
    Decision.objects.filter(comment__in=comment_ids).update(reasons=[])
    ReaderComment.objects.filter(pk__in=comment_ids).delete()


def _unlink(comment_ids: list[int]) -> None:
    """A reason may quote the words, and a key is made of them."""
    _let_go_of_readers(comment_ids)
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


def _let_go_of_readers(comment_ids: list[int]) -> None:
    """Those who wrote the comments, and those who wanted mail about answers, by their keys."""
    wrote = ReaderComment.objects.filter(pk__in=comment_ids).values_list("reader", flat=True)
    asked = Subscription.objects.filter(comment__in=comment_ids).values_list("reader", flat=True)
    Reader.objects.filter(pk__in={*wrote, *asked} - {None}).look_at()


def _take_out(address: str, rows: QuerySet, field: str) -> None:
    """Take an address out of those of some texts that give it."""
    said = dict(rows.values_list("pk", field))
    without = {pk: spellings(address).sub("[address removed]", words) for pk, words in said.items()}
    changed = [rows.model(pk=pk, **{field: words}) for pk, words in without.items() if words != said[pk]]
    rows.model.objects.bulk_update(changed, [field])
