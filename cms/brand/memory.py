"""
The identity of the default site, as each process knows it: at most a second old.

Mails, errors and the clock of every request need it. It does not change while it is read, so threads share
it; an error page has it also when the database is away.
"""

import time
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import SynchronousOnlyOperation
from django.db import DatabaseError
from django.db.models import QuerySet

from cms.brand.models import Logo, SiteIdentity
from cms.brand.stylesheet import Looks
from cms.reading.prepared import prepared


class Brand(NamedTuple):
    name: str
    tagline: str
    own_language: str  # empty for that of the server
    zone: ZoneInfo
    stylesheet_url: str
    letters: str
    looks: Looks
    address: str
    shown_logo: Logo | None
    logo_beside_name: bool
    favicon_url: str
    touch_icon_url: str
    theme_colours: tuple[str, str]
    sender_name: str
    sender_address: str

    @property
    def language(self) -> str:
        return self.own_language or settings.LANGUAGE_CODE


class _Memory(NamedTuple):
    brand: Brand
    read_at: float  # seconds, of the process's clock


_memory: list[_Memory] = []  # one at most; a thread replaces it as a whole


def brand() -> Brand:
    """Return the brand of the default site. Never raises: what was read last is better than an error."""
    last = next(iter(_memory), None)  # another thread may forget it meanwhile
    if last and time.monotonic() - last.read_at < settings.BRAND_KEPT:
        return last.brand
    try:
        fresh = _read()
    except SynchronousOnlyOperation:  # on the event loop, where /healthz is answered and nothing may wait
        return last.brand if last else _of(SiteIdentity())
    except DatabaseError:
        fresh = last.brand if last else _of(SiteIdentity())
    _memory[:] = [_Memory(fresh, time.monotonic())]
    return fresh


def forget(**signal: Any) -> None:
    """Read it anew the next time; other processes do within a second."""
    _memory.clear()


def _read() -> Brand:
    return _of(_of_default_site.first() or SiteIdentity())


@prepared
def _of_default_site() -> QuerySet[SiteIdentity]:
    return SiteIdentity.base_queryset().filter(site__is_default_site=True)


def _of(identity: SiteIdentity) -> Brand:
    return Brand(
        name=" ".join(str(identity.name).split()),
        tagline=identity.tagline,
        own_language=identity.language,
        zone=ZoneInfo(identity.time_zone or settings.TIME_ZONE),
        stylesheet_url=identity.stylesheet_url,
        letters=identity.letters,
        looks=identity.looks,
        address=identity.address,
        shown_logo=identity.shown_logo,
        logo_beside_name=identity.logo_beside_name,
        favicon_url=identity.favicon_url,
        touch_icon_url=identity.touch_icon_url,
        theme_colours=identity.theme_colours,
        sender_name=identity.sender_name,
        sender_address=identity.sender_address,
    )
