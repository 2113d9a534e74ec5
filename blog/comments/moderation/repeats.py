"""A comment that was sent before: it is not kept twice."""

from django.db.models import QuerySet

from blog.comments.models import ReaderComment
from blog.comments.moderation.submissions import Submission, staff_key
from cms.credentials.staff import Staff
from cms.reading.prepared import Given, prepared


class KeyReusedError(Exception):
    """The same Idempotency-Key came with other words."""


def find(submission: Submission) -> tuple[ReaderComment, bool] | None:
    """
    Return the comment that was kept the first time, and whether its author sends it again.

    The client's own key shows that. The same words alone do not. Raises KeyReusedError.
    """
    if submission.client_key and (comment := _of_client_key.first(key=submission.client_key)):
        if comment.words_key != submission.words_key:
            raise KeyReusedError
        return comment, True
    comment = _of_words_key.first(key=submission.words_key)
    return (comment, False) if comment else None


def by_staff(above: ReaderComment, text: str, by: Staff) -> ReaderComment | None:
    """Return the same answer by the same account to the same comment: a button pressed twice."""
    return ReaderComment.objects.filter(words_key=staff_key(above, text, by)).first()


@prepared
def _of_client_key() -> QuerySet[ReaderComment]:
    return ReaderComment.objects.filter(idempotency_key=Given("key")).only("status", "words_key")


@prepared
def _of_words_key() -> QuerySet[ReaderComment]:
    return ReaderComment.objects.filter(words_key=Given("key")).only("status", "words_key")
