"""A browser in a few words, enough for its owner to recognise it and too few to track them by."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext

from cms.sessions import store

LONGEST = 500
UNKNOWN, ON = "Another program", " on "  # as they are stored; ``shown`` translates them
# The first that a user agent contains: most of them name others too.
BROWSERS = {
    "Edg": "Edge",
    "OPR/": "Opera",
    "SamsungBrowser/": "Samsung Internet",
    "Firefox/": "Firefox",
    "FxiOS/": "Firefox",
    "CriOS/": "Chrome",
    "Chrome/": "Chrome",
    "Safari/": "Safari",
}
SYSTEMS = {
    "Android": "Android",
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Windows": "Windows",
    "CrOS": "ChromeOS",
    "Mac OS X": "macOS",
    "Linux": "Linux",
}


def words(user_agent: str) -> str:
    """Return the name of a browser and its system, like "Firefox on Linux"."""
    said = user_agent[:LONGEST]
    browser, system = _first(BROWSERS, said), _first(SYSTEMS, said)
    if not browser:
        return UNKNOWN
    return f"{browser}{ON}{system}" if system else browser


def shown(stored: str) -> str:
    """Return what ``words`` returned, in the active language."""
    browser, on, system = stored.partition(ON)
    if on:
        return gettext("%(browser)s on %(system)s") % {"browser": browser, "system": system}
    return gettext("Another program") if stored == UNKNOWN else stored or gettext("Unknown")


def note(request: HttpRequest, **kwargs: Any) -> None:
    """Record in a session that its person has logged in, and by which browser."""
    store.of(request).begin(words(request.META.get("HTTP_USER_AGENT", "")))


def _first(names: dict[str, str], said: str) -> str:
    return next((name for sign, name in names.items() if sign in said), "")
