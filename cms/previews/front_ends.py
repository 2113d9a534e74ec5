"""The address of a front end: which one is taken, its origin, and how a token is added to it."""

import re
from urllib.parse import SplitResult, parse_qs, urlencode, urlsplit

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

LOCAL = ("localhost", "127.0.0.1")
TOKEN = "token"  # noqa: S105 -- the name of a parameter
EXPECTED = _(
    "Enter an address like https://www.example.org/preview, without a user name, a fragment, or a parameter "
    "named “token”. Without TLS, only localhost is taken."
)
_PLACE = re.compile(r"[A-Za-z0-9.-]+(:[0-9]{1,5})?", re.ASCII)  # what stands in a policy as it is
_SAFE = re.compile(r"[!-~]+", re.ASCII)


def validate(url: str) -> None:
    """Raises ValidationError for anything but the address of a page that a token can be sent to."""
    try:
        parts = urlsplit(url)
        good = bool(_SAFE.fullmatch(url)) and parts.port != 0 and _is_front_end(parts)
    except ValueError:
        good = False
    if not good:
        raise ValidationError(EXPECTED)


def _is_front_end(parts: SplitResult) -> bool:
    secure = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOCAL)
    told = parts.fragment or TOKEN in parse_qs(parts.query, keep_blank_values=True)
    return secure and bool(_PLACE.fullmatch(parts.netloc)) and not told


def origin_of(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def with_token(url: str, token: str) -> str:
    """Return the address that shows what a token stands for."""
    parts = urlsplit(url)
    return parts._replace(query="&".join(filter(None, (parts.query, urlencode({TOKEN: token}))))).geturl()
