"""Who is asking, without keeping who it was."""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

from cms import vault

Address = IPv4Address | IPv6Address


def of(request: HttpRequest, form: str) -> str:
    """
    Return a client's key for one form: 32 hexadecimal characters, good for one day.

    An IPv6 client is its /64 network: a single machine has the whole of it.
    """
    return vault.keyed_digest("client", f"{timezone.now().date()}\0{form}\0{_network(address_of(request))}")


def address_of(request: HttpRequest) -> Address | None:
    """
    Return the address a request comes from: of the last hop that is no proxy of ours.

    ``X-Forwarded-For`` is read from the right and only as far as TRUSTED_PROXIES vouch for it: what stands
    further left is the client's own word.
    """
    nearest = _parse(request.META.get("REMOTE_ADDR", ""))
    hops = request.headers.get("X-Forwarded-For", "").split(",")
    while nearest is not None and _is_trusted(nearest) and hops:
        before = _parse(hops.pop())
        if before is None:
            break
        nearest = before
    return nearest


def _network(address: Address | None) -> str:
    if isinstance(address, IPv6Address):
        return str(ip_network((address, 64), strict=False))
    return str(address)


def _parse(text: str) -> Address | None:
    try:
        address = ip_address(text.strip())
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def _is_trusted(address: Address) -> bool:
    return any(address in network for network in settings.TRUSTED_PROXIES)
