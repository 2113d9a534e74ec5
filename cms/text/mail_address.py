"""
What an e-mail address is, its one spelling, and how a mail server is given it.

Letters of any script may come before the @ (RFC 6531) and in the domain (IDNA). Not taken are characters that
cannot be seen, that turn the direction of text, that are another way to write a letter (ｊ for j), and words
that mix Latin, Greek and Cyrillic: these imitate other people's addresses.
"""

import re
import unicodedata
from urllib.parse import quote

from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator
from django.utils.translation import gettext_lazy as _

LONGEST = 254  # characters, and as bytes on the wire (RFC 5321)
LONGEST_LOCAL = 64  # bytes before the @, where one of them is beyond ASCII
INVALID = _("Enter an email address in the correct format, like name@example.com")

_KEPT_BY_IDNA_2008 = re.compile("[ßς]")  # Python's codec knows IDNA 2003, which leads them to another domain
_LETTERS_WRITTEN_WITH_TWO = re.compile("[\u0e33\u0eb3]")  # Thai and Lao, not another way to write a letter
_ALIKE = frozenset({"LATIN", "GREEK", "CYRILLIC"})
_WORD = re.compile(r"[^\W\d_]+")
_ONE_HOST_WITHOUT_DOTS = frozenset({"gmail.com", "googlemail.com"})
_FULL_STOPS = re.compile("[.\u3002\uff0e\uff61]")


class AddressValidator(EmailValidator):
    """Django's, for letters of every script. In ASCII it takes what that one takes, but nothing invisible."""

    def __call__(self, value: str | None) -> None:
        stand_in = _in_ascii_letters(value) if value and len(value) <= LONGEST else None
        if stand_in is None:
            raise ValidationError(self.message, code=self.code)
        super().__call__(stand_in)


def is_valid(address: str) -> bool:
    try:
        AddressValidator()(address)
    except ValidationError:
        return False
    return True


def normalise(address: str) -> str:
    """Return the one spelling of a mailbox: NFKC, trimmed, lower case, its domain in IDNA."""
    local, at, domain = unicodedata.normalize("NFKC", address).strip().lower().rpartition("@")
    return unicodedata.normalize("NFKC", local) + at + domain_in_ascii(domain)


def mailbox_of(address: str) -> str:
    """
    Return the mailbox of an address, as far as can be told: without a ``+tag``, quotes and, at Gmail, dots.

    To count by, never to write to: whether these are one mailbox is the host's affair (RFC 5233). Where they
    are two, the second is asked the next day.
    """
    local, at, domain = normalise(address).rpartition("@")
    if local.startswith('"'):
        local = local.strip('"').replace("\\", "")
    local = local.partition("+")[0] or local
    if domain in _ONE_HOST_WITHOUT_DOTS:
        local, domain = local.replace(".", "") or local, "gmail.com"
    return local + at + domain


def on_the_wire(address: str) -> str:
    """Return an address as a mail server is given it: the domain in ASCII, the rest composed (RFC 6532)."""
    local, at, domain = unicodedata.normalize("NFC", address).rpartition("@")
    return local + at + (domain if domain.isascii() else domain_in_ascii(domain))


def spellings(address: str) -> re.Pattern[str]:
    """Return what finds an address in a text: composed or not, its domain in IDNA or not, percent-encoded."""
    local, _, domain = address.rpartition("@")
    domains = {domain, domain_in_ascii(domain), _shown(domain)}
    return re.compile(f"{_any_form({local})}(?:@|%40|\uff20){_any_form(domains)}", re.IGNORECASE)


def needs_smtputf8(address: str) -> bool:
    """Say whether only a mail server that offers SMTPUTF8 can take it."""
    return not on_the_wire(address).isascii()


def domain_in_ascii(domain: str) -> str:
    """Return a domain as mail servers know it: lower case, IDNA; unchanged where it cannot be."""
    if len(domain) > LONGEST:
        return domain
    domain = unicodedata.normalize("NFC", domain.lower())
    try:
        return ".".join(map(_label_in_ascii, _FULL_STOPS.split(domain)))
    except UnicodeError:
        return domain


def _any_form(texts: set[str]) -> str:
    composed = sorted({unicodedata.normalize("NFC", text) for text in texts}, key=len, reverse=True)
    return f"(?:{'|'.join(''.join(map(_any_case, text)) for text in composed)})"


def _any_case(char: str) -> str:
    """Each form once, in a group that is not entered twice: else a long text would take for ever."""
    cases = (char.lower(), char.upper())
    forms = {unicodedata.normalize("NFC", case) for case in cases} | {
        unicodedata.normalize("NFD", case) for case in cases
    }
    forms = {form.lower() for form in forms} | {quote(form).lower() for form in forms}
    return f"(?>{'|'.join(map(re.escape, sorted(forms, key=len, reverse=True)))})"


def _label_in_ascii(label: str) -> str:
    if _KEPT_BY_IDNA_2008.search(label):
        return f"xn--{label.encode('punycode').decode('ascii')}"
    return label.encode("idna").decode("ascii")


def _in_ascii_letters(address: str) -> str | None:
    """Return an address of ASCII that is valid if this one is; None where that cannot be."""
    local, at, domain = unicodedata.normalize("NFC", address).rpartition("@")
    ascii_domain = domain if domain.isascii() else domain_in_ascii(domain)
    if not (
        address.isprintable() and ascii_domain.isascii() and _is_of_one_script(f"{local}@{_shown(domain)}")
    ):
        return None
    if local.isascii():
        return local + at + ascii_domain
    letters = "".join(char if char.isascii() else "x" for char in local)
    return letters + at + ascii_domain if _is_readable(local) else None


def _is_readable(local: str) -> bool:
    """Whether what is beyond ASCII is letters, marks on letters and digits, written as they are."""
    beyond = [char for char in local if not char.isascii()]
    plain = _LETTERS_WRITTEN_WITH_TWO.sub("", local)
    return (
        len(local.encode()) <= LONGEST_LOCAL
        and all(unicodedata.category(char)[0] in "LMN" for char in beyond)
        and unicodedata.category(local[0])[0] != "M"
        and unicodedata.normalize("NFKC", plain) == plain
    )


def _is_of_one_script(text: str) -> bool:
    """Say whether no word mixes scripts whose letters the eye cannot tell apart."""
    if text.isascii():
        return True
    return all(len(_scripts(word)) <= 1 for word in _WORD.findall(text))


def _scripts(word: str) -> set[str]:
    return {unicodedata.name(char, "").partition(" ")[0] for char in word} & _ALIKE


def _shown(domain: str) -> str:
    """Return a domain as it is shown: without this, what is refused in letters would pass in punycode."""
    try:
        return domain.lower().encode("ascii").decode("idna") if "xn--" in domain.lower() else domain
    except UnicodeError:
        return domain
