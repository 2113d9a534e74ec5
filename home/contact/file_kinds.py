"""Which files a visitor may send: recognised by their first bytes, never by their name."""

from dataclasses import dataclass

MOST_FILES = 3
MOST_BYTES = 5 * 1024 * 1024
CONTROLS = bytes(set(range(32)) - set(b"\t\n\r\f"))  # in UTF-8 never part of another character


@dataclass(frozen=True, slots=True)
class Kind:
    ending: str
    starts: tuple[bytes, ...]


KINDS = (
    Kind("pdf", (b"%PDF-",)),
    Kind("png", (b"\x89PNG\r\n\x1a\n",)),
    Kind("jpg", (b"\xff\xd8\xff",)),
)
WEBP = Kind("webp", ())
TEXT = Kind("txt", ())


def endings() -> list[str]:
    return [kind.ending for kind in (*KINDS, WEBP, TEXT)]


def of(content: bytes) -> Kind | None:
    """Return the kind of a file, None for one that is not accepted."""
    for kind in KINDS:
        if content.startswith(kind.starts):
            return kind
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return WEBP
    return TEXT if _is_text(content) else None


def _is_text(content: bytes) -> bool:
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return bool(content.strip()) and len(content.translate(None, CONTROLS)) == len(content)
