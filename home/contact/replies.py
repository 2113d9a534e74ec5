"""A link that opens a mail program to reply to a message, with subject and quote."""

from urllib.parse import quote

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext

from home.contact.mail import subject_of
from home.contact.models import ContactMessage

LONGEST = 1800  # characters; some programs cut a link off at 2,000
CUT = "> […]"


def mailto(message: ContactMessage) -> str:
    """Return the link. It quotes as much of the message as fits."""
    start = (
        f"mailto:{quote(message.reply_address, safe='@')}?subject={quote('Re: ' + subject_of(message))}&body="
    )
    return start + _quoted(message, LONGEST - len(start))


def _quoted(message: ContactMessage, room: int) -> str:
    day = date_format(timezone.localtime(message.submitted_at), "SHORT_DATE_FORMAT")
    wrote = gettext("On %(day)s %(name)s wrote:") % {"day": day, "name": message.name}
    lines = ["", "", wrote]
    original = [line for _, words in message.fields[-1:] for line in words.split("\n")]
    for line in original:
        more = quote("\r\n".join([*lines, f"> {line}"]))
        if len(more) + len(quote("\r\n" + CUT)) > room:
            return quote("\r\n".join([*lines, *_piece(lines, line, room), CUT]))
        lines.append(f"> {line}")
    return quote("\r\n".join(lines))


def _piece(lines: list[str], line: str, room: int) -> list[str]:
    """Return the beginning of a line that does not fit as a whole."""
    words = line[:room].split(" ")
    while words and len(quote("\r\n".join([*lines, "> " + " ".join(words), CUT]))) > room:
        words.pop()
    return ["> " + " ".join(words)] if words else []
