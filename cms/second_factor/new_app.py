"""
An app that is being set up: its key, and the recovery codes that come with a first factor.

Both wait in the session until the app has shown a code. A form that is sent twice at once so sets up one app,
with the same codes.
"""

from typing import NamedTuple

from django.http import HttpRequest

from cms.second_factor import codes

KEY = "second_factor_new_app"


class NewApp(NamedTuple):
    sealed_key: bytes
    recovery_codes: list[str]


def current(request: HttpRequest) -> NewApp:
    """Return the session's app; a new one if there is none, or its key can no longer be read."""
    key, recovery_codes = request.session.get(KEY, ("", []))
    if not codes.is_readable(key.encode()):
        key, recovery_codes = codes.new_key().decode(), codes.new_recovery_codes()
        request.session[KEY] = key, recovery_codes
    return NewApp(key.encode(), recovery_codes)


def forget(request: HttpRequest) -> None:
    del request.session[KEY]
