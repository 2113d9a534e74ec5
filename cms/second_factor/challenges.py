"""What a passkey has to sign: random, kept in the session, used up by the first answer."""

import base64
import secrets

from django.http import HttpRequest

KEY = "second_factor_challenge"


def current(request: HttpRequest) -> bytes:
    """Return the challenge that awaits an answer; a new one if there is none."""
    if KEY not in request.session:
        request.session[KEY] = base64.b64encode(secrets.token_bytes(32)).decode()
    return base64.b64decode(request.session[KEY])


def take(request: HttpRequest) -> bytes:
    """Return the pending challenge and forget it. Where there is none, a new one, which no answer fits."""
    challenge = current(request)
    del request.session[KEY]
    return challenge
