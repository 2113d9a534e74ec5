"""What a reader sends: a comment, a message, or a message with files. All of it follows from its number."""

import json
from dataclasses import dataclass
from secrets import token_hex

from cms.outbox.questions import MOST_AN_HOUR
from home.contact.file_kinds import MOST_FILES

BOUNDARY = token_hex(16)
ONE_ASKS_IN = 50
FILE_BYTES = 30_000


@dataclass(frozen=True, slots=True)
class Post:
    """
    The number is in the words, the address and the key. Some ask for mail about replies: all together no more
    than the site asks within an hour.
    """

    number: int

    @property
    def is_message(self) -> bool:
        return self.number % 4 == 0

    @property
    def has_files(self) -> bool:
        """Every other message: it goes through the form of the page, since the API takes no files."""
        return self.number % 8 == 0

    @property
    def notify(self) -> bool:
        return self.number % ONE_ASKS_IN == 1 and self.number < ONE_ASKS_IN * MOST_AN_HOUR

    @property
    def words(self) -> str:
        return f"Words of number {self.number}"

    @property
    def files(self) -> list[bytes]:
        if not self.has_files:
            return []
        lines = [f"%PDF-1.7 file {which} of number {self.number}\n".encode() for which in range(MOST_FILES)]
        return [line * (FILE_BYTES // len(line)) for line in lines]

    @property
    def body(self) -> bytes:
        person = {"name": "Ada", "email": f"reader{self.number}@example.org"}
        said = {"message": self.words} if self.is_message else {"comment": self.words, "notify": self.notify}
        return self._form({**person, **said}) if self.has_files else json.dumps({**person, **said}).encode()

    @property
    def headers(self) -> dict[str, str]:
        client = f"10.{self.number // 65536 % 256}.{self.number // 256 % 256}.{self.number % 256}"
        form = f"multipart/form-data; boundary={BOUNDARY}"
        return {
            "Content-Type": form if self.has_files else "application/json",
            "Idempotency-Key": f"key-{self.number}",
            "X-Forwarded-For": client,
        }

    def _form(self, fields: dict[str, str]) -> bytes:
        parts = [(f'name="{name}"', words.encode()) for name, words in fields.items()]
        parts += [(f'name="files"; filename="{which}.pdf"', file) for which, file in enumerate(self.files)]
        written = [
            f"--{BOUNDARY}\r\nContent-Disposition: form-data; {head}\r\n\r\n".encode() + content + b"\r\n"
            for head, content in parts
        ]
        return b"".join([*written, f"--{BOUNDARY}--\r\n".encode()])
