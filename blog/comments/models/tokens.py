"""The secrets that let a reader act on a comment without an account."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from blog.comments.models.comments import ReaderComment
from cms.outbox.tokens import OneTimeToken, OneTimeTokenQuerySet


class TokenQuerySet(OneTimeTokenQuerySet):
    def matching(self, *, purpose: str, secrets_shown: list[str]) -> "TokenQuerySet":
        """The tokens of one purpose that these secrets belong to and that have not expired."""
        return self.shown(*secrets_shown).filter(purpose=purpose)


class Token(OneTimeToken):
    """A secret that lets its holder do one thing to one comment."""

    class Purpose(models.TextChoices):
        AUTHOR = "author", _("See, edit and withdraw one's own comment")
        CONFIRM = "confirm", _("Prove one's address and begin a subscription")
        UNSUBSCRIBE = "unsubscribe", _("End a subscription, or all mail")

    DIGESTED_FOR = "token"
    PREFIX = "comment_"  # of an author's: programs and log scanners recognise it

    comment = models.ForeignKey(ReaderComment, on_delete=models.CASCADE, related_name="tokens")
    purpose = models.CharField(max_length=12, choices=Purpose)

    objects = TokenQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.purpose} token of comment {self.comment_id}"
