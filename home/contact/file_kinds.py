"""Which files a visitor may send: told by their first bytes, never by their name."""

from dataclasses import dataclass

MOST_FILES = 3
MOST_BYTES = 5 * 1024 * 1024
CONTROLS = frozenset(chr(code) for code in range(32)) - frozenset("\t\n\r\f")


@dataclass(frozen=True, slots=True)
class Kind:
    label: str
    ending: str
    starts: tuple[bytes, ...]


KINDS = (
    Kind("PDF", "pdf", (b"%PDF-",)),
    Kind("PNG", "png", (b"\x89PNG\r\n\x1a\n",)),
    Kind("JPEG", "jpg", (b"\xff\xd8\xff",)),
)
WEBP = Kind("WebP", "webp", ())
TEXT = Kind("Text", "txt", ())
NAMES = ", ".join([*(kind.label for kind in KINDS), WEBP.label, "plain text"])


def of(content: bytes) -> Kind | None:
    """Return the kind of a file, None for one that is not taken."""
    for kind in KINDS:
        if content.startswith(kind.starts):
            return kind
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return WEBP
    return TEXT if _is_text(content) else None


def _is_text(content: bytes) -> bool:
    try:
        words = content.decode()
    except UnicodeDecodeError:
        return False
    return bool(words.strip()) and not CONTROLS.intersection(words)
