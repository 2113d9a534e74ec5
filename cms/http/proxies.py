"""
Where a request comes from, and whether by https: the word of our own proxies, and no one else's.

``believe`` puts what they say in the place of what the connection says and removes the headers: what reads
REMOTE_ADDR or ``request.is_secure()`` behind it need not check again. X-Forwarded-Host is never believed: a
proxy passes Host on.
"""

import logging
from ipaddress import IPv4Address, IPv6Address, ip_address
from threading import Event
from typing import Any

from django.conf import settings

log = logging.getLogger(__name__)

Address = IPv4Address | IPv6Address

MOST_HOPS = 10
complained = Event()  # of an unknown proxy; once a process


def believe(environ: dict[str, Any]) -> None:
    """
    Set REMOTE_ADDR to the last hop that is no proxy of ours, and the scheme to what the nearest one saw.

    ``X-Forwarded-For`` is read from the right and only as far as TRUSTED_PROXIES vouch for it: what is
    further left is the client's own word.
    """
    names = [name for name in environ if name.startswith("HTTP_X_FORWARDED_") or name == "HTTP_FORWARDED"]
    said = {name: environ.pop(name) for name in names}
    nearest = parse(environ.get("REMOTE_ADDR", ""))
    if nearest is None or not _is_trusted(nearest):
        if "HTTP_X_FORWARDED_PROTO" in said:
            _complain_of(nearest)
        return
    environ["REMOTE_ADDR"] = str(_client(nearest, said.get("HTTP_X_FORWARDED_FOR", "")))
    scheme = said.get("HTTP_X_FORWARDED_PROTO", "").rpartition(",")[2].strip().lower()
    if scheme in ("http", "https"):
        environ["wsgi.url_scheme"] = scheme


def parse(text: str) -> Address | None:
    """Return an address without its port or zone, as in 192.0.2.1:80, [2001:db8::1]:80 and fe80::1%eth0."""
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def _complain_of(proxy: Address | None) -> None:
    """Warn of what seems to be a proxy of ours. A public address may be a visitor's, and is not logged."""
    if proxy is None or not proxy.is_private or complained.is_set():
        return
    complained.set()
    log.warning("%s sends X-Forwarded-Proto and is not in TRUSTED_PROXIES: it is not believed.", proxy)


def _client(nearest: Address, forwarded: str) -> Address:
    for hop in reversed(forwarded.rsplit(",", MOST_HOPS)[-MOST_HOPS:]):
        before = parse(hop)
        if before is None:
            break
        nearest = before
        if not _is_trusted(nearest):
            break
    return nearest


def _is_trusted(address: Address) -> bool:
    return any(address in network for network in settings.TRUSTED_PROXIES)
