"""
A mail as it leaves: who it is from, and its HTML, made from its text in a frame with the brand of the site.

The words of a mail are written once, as text, so its two parts cannot differ and no mail is without HTML:
what Wagtail sends gets the same frame. Only a mail with words of visitors has a template for its HTML as well
(``framed``): read from the text, their words could pass for ours.
"""

from email.headerregistry import Address
from email.utils import parseaddr
from typing import Any, NamedTuple

from django.conf import settings
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from cms.brand import colours, memory
from cms.text.cleaning import printable_line
from cms.text.mail_parts import Block, Parts, Piece, parts

LONGEST = 50_000  # characters; a longer text goes without HTML
LONGEST_LABEL = 60
COLONS = ":\uff1a \u00a0\u202f"

_SERIF = 'Charter, "Sitka Text", Cambria, Georgia, serif'
_SANS = '"Segoe UI", Roboto, "Noto Sans", "Helvetica Neue", Arial, sans-serif'
FONTS = {
    "leaflet": (f'"Iowan Old Style", "Palatino Linotype", Palatino, {_SERIF}', _SANS),
    "plain": (f"system-ui, {_SANS}", f"system-ui, {_SANS}"),
    "book": (_SERIF, _SERIF),
}
CORNERS = {"leaf": "14px 3px", "plain": "8px"}


class Letter(EmailMultiAlternatives):
    """A mail as text. ``link`` is the main one in it, shown as a button with this ``label``."""

    def __init__(
        self, subject: str = "", body: str = "", *, link: str = "", label: str = "", **options: Any
    ) -> None:
        super().__init__(subject, body, **options)
        self.link = link
        self.label = label


class Shown(NamedTuple):
    """A block of the text as the template shows it. An aside is smaller: how to stop these mails."""

    kind: str
    lines: list[list[Piece]]
    url: str
    label: str
    is_aside: bool

    @property
    def text(self) -> str:
        return "\n".join("".join(piece.text for piece in line) for line in self.lines)


def dress(mail: EmailMessage) -> EmailMessage:
    """Give a mail its sender and, where it is text alone, its HTML. Others keep theirs."""
    if mail.from_email == settings.DEFAULT_FROM_EMAIL:
        mail.from_email = sender()
    if isinstance(mail, EmailMultiAlternatives) and _is_text_alone(mail):
        mail.attach_alternative(_html(mail), "text/html")
    return mail


def sender() -> str:
    """Return name and address that mails come from, for a header: one line, quoted where it must be."""
    brand = memory.brand()
    local, _, domain = (brand.sender_address or parseaddr(settings.DEFAULT_FROM_EMAIL)[1]).rpartition("@")
    name = printable_line(brand.sender_name or brand.name).replace("=?", "= ?")  # no word that is decoded
    return str(Address(name, local, domain))


def framed(template: str, words: dict[str, Any], *, subject: str, stop: str = "") -> SafeString:
    """Render a template that extends ``cms/outbox/mail/frame.html``."""
    brand = memory.brand()
    light, dark = colours.palettes_of_brand(brand.looks.accent)
    heading, text = FONTS[brand.looks.faces]
    look = {
        "light": light,
        "dark": dark,
        "heading": heading,
        "text": text,
        "corners": CORNERS[brand.looks.corners],
    }
    always = {"subject": subject, "brand": brand, "look": look, "stop": stop, "site": settings.SITE_URL}
    return render_to_string(template, {**words, **always})


def _is_text_alone(mail: EmailMultiAlternatives) -> bool:
    return not mail.alternatives and mail.content_subtype == "plain" and len(mail.body) <= LONGEST


def _html(mail: EmailMultiAlternatives) -> SafeString:
    read = parts(str(mail.body), settings.SITE_URL)
    stop = mail.extra_headers.get("List-Unsubscribe", "").strip("<>")
    link, label = (mail.link, mail.label) if isinstance(mail, Letter) else ("", "")
    foot = [] if " ".join(read.foot) == memory.brand().name else read.foot  # the frame has the name
    words = {"blocks": _shown(read, link, label, stop), "foot": foot}
    return framed("cms/outbox/mail/letter.html", words, subject=str(mail.subject), stop=stop)


def _shown(read: Parts, link: str, label: str, stop: str) -> list[Shown]:
    """Mark the main link, once, and the end that says how to stop these mails, with the line before it."""
    with_stop = [at for at, block in enumerate(read.blocks) if stop and stop in block.urls]
    asides_from = with_stop[0] - 1 if with_stop else len(read.blocks)
    labels = [_label(block, link, label) for block in read.blocks]
    main = next((at for at, found in enumerate(labels) if found), None)
    return [
        Shown(
            "button" if at == main else block.kind,
            block.lines,
            link if at == main else "",
            labels[at] if at == main else "",
            at >= asides_from,
        )
        for at, block in enumerate(read.blocks)
    ]


def _label(block: Block, link: str, label: str) -> str:
    """Return what is on the button, if a block is the main link, or ends with it after "Open the desk: "."""
    if len(block.lines) != 1 or not link or block.lines[0][-1].url != link:
        return ""
    before = "".join(piece.text for piece in block.lines[0][:-1])
    if block.kind == "link":
        return label or gettext("Open the page")
    bare = before.rstrip(COLONS)
    return bare if bare != before.rstrip() and len(bare) <= LONGEST_LABEL else ""
