"""What a reader sent, and the receipt they get."""

from dataclasses import dataclass
from functools import cached_property

from wagtail.models import Page

from blog.comments.models import ReaderComment
from blog.comments.states import PUBLIC
from cms import vault
from cms.credentials.staff import Staff
from cms.rate_limit.clients import Client


@dataclass(frozen=True)
class Submission:
    """
    A comment as it was sent, its shape already checked.

    ``page`` is the specific page it was sent to; ``proofs`` are the author's tokens that came with it.
    """

    page: Page
    name: str
    address: str
    text: str
    notify: bool = False
    reply_to_id: int | None = None
    honeypot_filled: bool = False
    seconds_open: float | None = None
    idempotency_key: str = ""
    proofs: tuple[str, ...] = ()
    client: Client | None = None

    @cached_property
    def indexes(self) -> list[str]:
        """The person's index under every key, the one in use first; empty without an address."""
        return vault.indexes(self.address) if self.address else []

    @cached_property
    def words_key(self) -> str:
        """Equal for the same words by the same person in the same place."""
        person = self.indexes[0] if self.indexes else ""
        return vault.keyed_digest(
            "comment words",
            "\0".join((str(self.page.pk), str(self.reply_to_id or 0), person, self.name, self.text)),
        )

    @property
    def client_key(self) -> str | None:
        """The client's own key for this submission, on this page."""
        if not self.idempotency_key:
            return None
        return vault.keyed_digest("idempotency key", f"{self.page.pk}\0{self.idempotency_key}")


@dataclass(frozen=True, slots=True)
class Receipt:
    """
    The answer to a submission. Authors learn whether it is approved or waiting, never that it is spam.

    ``token`` is empty for a repeat of the same words, whose sender need not be their author.
    """

    comment_id: int
    approved: bool
    token: str

    @classmethod
    def of(cls, comment: ReaderComment, token: str = "") -> "Receipt":
        return cls(comment_id=comment.pk, approved=comment.status in PUBLIC, token=token)

    @property
    def status(self) -> str:
        return "approved" if self.approved else "pending"


def staff_key(above: ReaderComment, text: str, by: Staff) -> str:
    """Equal for the same answer by the same account to the same comment."""
    return vault.keyed_digest("staff words", f"{above.pk}\0{by.pk}\0{text}")
