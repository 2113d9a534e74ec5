"""Identifies a client, without storing its address."""

from ipaddress import IPv6Address, ip_network
from typing import NamedTuple

from django.http import HttpRequest
from django.utils import timezone

from cms import vault
from cms.http.proxies import Address, parse

SITE = 48  # bits of an IPv6 address that a household or an office shares


class Client(NamedTuple):
    """The key of a client's network, and that of its IPv6 /48, since one person may have all of it."""

    network: str
    site: str = ""


def client_of(request: HttpRequest, form: str) -> Client:
    """Return a client for one form, as ``actions.take_post`` counts it."""
    address = address_of(request)
    network = _key(address, form)
    if not isinstance(address, IPv6Address):
        return Client(network)
    return Client(network, _key(address, f"{form} of a site", SITE))


def of(request: HttpRequest, form: str, *, bits: int = 64) -> str:
    """
    Return a client's key for one form: 32 hexadecimal characters, good for one day.

    An IPv6 client is its /64 network: a single machine has the whole of it.
    """
    return _key(address_of(request), form, bits)


def _key(address: Address | None, form: str, bits: int = 64) -> str:
    network = _network(address, bits)
    return vault.keyed_digest("client", f"{timezone.now().date()}\0{form}\0{network}")


def address_of(request: HttpRequest) -> Address | None:
    """Return the address a request comes from, as confirmed by trusted proxies (``cms.http.proxies``)."""
    return parse(request.META.get("REMOTE_ADDR", ""))


def _network(address: Address | None, bits: int) -> str:
    if isinstance(address, IPv6Address):
        return str(ip_network((address, bits), strict=False))
    return str(address)
