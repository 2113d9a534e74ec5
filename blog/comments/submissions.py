"""What a reader sent, and what he is answered."""

from dataclasses import dataclass

from wagtail.models import Page

from cms import vault


@dataclass(frozen=True, slots=True)
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
    client: str = ""

    @property
    def words_key(self) -> str:
        """Equal for the same words by the same person in the same place."""
        person = vault.index(self.address) if self.address else ""
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
    The answer to a submission. ``approved`` or waiting is all an author is told: spam is not told it is spam.

    ``token`` is empty when the words were here already: whoever repeats them need not be who wrote them.
    """

    comment_id: int
    approved: bool
    token: str

    @property
    def status(self) -> str:
        return "approved" if self.approved else "pending"
