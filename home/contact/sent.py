"""What a visitor sent."""

import hashlib
from dataclasses import dataclass

from cms import vault


@dataclass(frozen=True, slots=True)
class SentFile:
    """A file whose size and kind were checked. ``kind`` is the ending of its kind."""

    name: str
    kind: str
    content: bytes

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


@dataclass(frozen=True, slots=True)
class SentMessage:
    """
    A message as it was sent, its shape already checked.

    ``fields`` are label and value of all that was filled in besides name, address and subject; ``recipients``
    those of the subject. ``sealed`` is False when the form did not come from a recent copy of this page.
    """

    name: str
    address: str
    fields: tuple[tuple[str, str], ...]
    subject: str = ""
    recipients: tuple[str, ...] = ()
    honeypot_filled: bool = False
    sealed: bool = True
    seconds_open: float | None = None
    idempotency_key: str = ""
    wants_copy: bool = False
    files: tuple[SentFile, ...] = ()

    def words_key(self, page_id: int) -> str:
        """Equal for the same words by the same person on the same page."""
        parts = [*(part for pair in self.fields for part in pair), *(file.digest for file in self.files)]
        words = "\0".join(parts)
        person = vault.index(self.address)
        return vault.keyed_digest(
            "message words", "\0".join((str(page_id), person, self.name, self.subject, words))
        )

    def client_key(self, page_id: int) -> str | None:
        """The client's own key for this message, on this page."""
        if not self.idempotency_key:
            return None
        return vault.keyed_digest("message idempotency key", f"{page_id}\0{self.idempotency_key}")
