"""
Which addresses may be called: https to the public internet, and what ``WEBHOOK_ALLOWED`` names besides.

``split`` judges an address as it is written, ``resolve`` where its name leads to at this moment. Who connects
uses what ``resolve`` returned and asks no name server again: a name that changes in between (DNS rebinding)
changes nothing. Whatever spelling of a number a resolver takes, it is the resolved address that is judged.
"""

import ipaddress
import socket
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext_lazy as _

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

PORTS = {"http": 80, "https": 443}
FIRST_FREE_PORT = 1024  # below it, beside 80 and 443, are servers that are no web servers
MOST_TRIED = 2  # addresses of one name
EMBEDDED_V4 = tuple(ipaddress.IPv6Network(each) for each in ("::/96", "64:ff9b::/96"))
REFUSED = tuple(
    ipaddress.ip_network(each)
    for each in (
        "168.63.129.16/32",  # Azure's own server of metadata, on a public address
        "192.0.0.0/24",  # of protocols; Oracle's metadata
        "192.88.99.0/24",  # relays of 6to4
        "64:ff9b:1::/48",  # NAT64 into the own network
        "fec0::/10",  # site-local, once
    )
)
NOT_AN_ADDRESS = _("Enter an address like https://www.example.org/webhooks.")


class DestinationError(ValueError):
    """An address that is not called: ``problem`` is one word for it, the message says it to staff."""

    def __init__(self, problem: str, words: object = "") -> None:
        self.problem = problem
        super().__init__(str(words))


@dataclass(frozen=True, slots=True)
class Destination:
    scheme: str
    host: str
    port: int
    target: str

    @property
    def authority(self) -> str:
        """What the header ``Host`` says."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"


def split(url: str) -> Destination:
    """Judge an address as it is written. Raises DestinationError."""
    try:
        parts = urlsplit(url)
        port = PORTS.get(parts.scheme, 0) if parts.port is None else parts.port
    except ValueError:
        raise DestinationError("address", NOT_AN_ADDRESS) from None
    if not _is_plain(url) or parts.scheme not in PORTS or not parts.hostname or not port:
        raise DestinationError("address", NOT_AN_ADDRESS)
    if "@" in parts.netloc or parts.fragment:
        raise DestinationError("address", _("Leave out user name, password and fragment."))
    found = Destination(parts.scheme, parts.hostname, port, _target(parts.path, parts.query))
    if not _is_allowed(found.host):
        _require_public_form(found)
    return found


def resolve(destination: Destination) -> list[str]:
    """
    Return the numeric addresses of a host now, each of them checked; at most MOST_TRIED.

    Raises DestinationError when any of them may not be called, and OSError when there is none.
    """
    try:
        found = socket.getaddrinfo(destination.host, destination.port, type=socket.SOCK_STREAM)
    except UnicodeError:
        raise DestinationError("address") from None
    addresses = list(dict.fromkeys(str(info[4][0]) for info in found))
    if destination.host.rstrip(".") not in settings.WEBHOOK_ALLOWED.hosts:
        for address in addresses:
            if not may_be_called(address):
                raise DestinationError("private address")
    return addresses[:MOST_TRIED]


def may_be_called(address: str) -> bool:
    """Say whether a numeric address is public, or in an allowed network."""
    number = ipaddress.ip_address(address)
    if any(number in network for network in settings.WEBHOOK_ALLOWED.networks):
        return True
    inner = _embedded(number)
    return may_be_called(str(inner)) if inner is not None else _is_public(number)


def _is_public(number: Address) -> bool:
    named = any(number in network for network in REFUSED)
    return number.is_global and not (number.is_multicast or number.is_reserved or named)


def _embedded(number: Address) -> ipaddress.IPv4Address | None:
    """Return the IPv4 address that traffic to an IPv6 address ends at: mapped, 6to4, Teredo, NAT64."""
    if not isinstance(number, ipaddress.IPv6Address):
        return None
    teredo = number.teredo[1] if number.teredo else None
    if any(number in network for network in EMBEDDED_V4):
        return ipaddress.IPv4Address(int(number) & 0xFFFFFFFF)
    return number.ipv4_mapped or number.sixtofour or teredo


def _require_public_form(found: Destination) -> None:
    """Raises DestinationError for what only an allowed host may have."""
    if found.scheme != "https":
        raise DestinationError("address", _("The address must begin with https://."))
    if found.port not in PORTS.values() and found.port < FIRST_FREE_PORT:
        raise DestinationError("address", _("This port is not used by web servers."))
    number = _number(found.host)
    if number is not None and not may_be_called(str(number)):
        raise DestinationError("private address", _("This address is in a private network."))


def _is_plain(url: str) -> bool:
    """Say whether it has no character that a URL has not, such as a space or a letter beyond ASCII."""
    return url.isascii() and url.isprintable() and not {*' "<>\\^`{|}'} & {*url}


def _is_allowed(host: str) -> bool:
    number = _number(host)
    named = host.rstrip(".") in settings.WEBHOOK_ALLOWED.hosts
    return named or (number is not None and any(number in net for net in settings.WEBHOOK_ALLOWED.networks))


def _number(host: str) -> Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _target(path: str, query: str) -> str:
    return (path or "/") + (f"?{query}" if query else "")
