"""The secret that lets the author of a comment see, edit and withdraw it."""

from datetime import timedelta

from blog.comments.models import ReaderComment, Token

LIFE = timedelta(days=30)
FRESH = 5  # of one comment


def issue(comment: ReaderComment, *, again: bool = False) -> str:
    """Draw the secret and store its digest. ``again`` keeps FRESH of them, so that repeats fill no table."""
    if again:
        _keep_newest(FRESH - 1, comment)
    return Token.issue(LIFE, prefix=Token.PREFIX, comment=comment, purpose=Token.Purpose.AUTHOR)


def _keep_newest(number: int, comment: ReaderComment) -> None:
    tokens = Token.objects.filter(comment=comment, purpose=Token.Purpose.AUTHOR).order_by("-pk")
    tokens.filter(pk__in=list(tokens.values_list("pk", flat=True)[number:])).delete()
