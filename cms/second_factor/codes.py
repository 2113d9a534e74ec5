"""
Codes of an app (RFC 6238: six digits, a new one every 30 seconds) and recovery codes.

A code of the app is accepted within 30 seconds of its time, and only if it is newer than the last one: of two
simultaneous requests with one code, one gets in.
"""

import base64
import hashlib
import secrets
import time

import segno
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor import InvalidToken
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from django.utils.translation import gettext

from cms import vault
from cms.brand import names
from cms.credentials.staff import Staff
from cms.second_factor.models import Authenticator, RecoveryCode

KEY_BYTES = 20
DIGITS, STEP = 6, 30  # seconds
NEAR = (0, -1, 1)  # steps from now: a clock may be a little wrong
RECOVERY_CODES = 10
RECOVERY_BYTES = 15
LONGEST = 50  # characters of input


def new_key() -> bytes:
    """Return a key for an app, sealed."""
    return vault.seal_text(_random(KEY_BYTES))


def is_readable(sealed_key: bytes) -> bool:
    """Say whether a key can be unsealed: ``ADDRESS_KEYS`` may have changed."""
    try:
        vault.unseal_text(sealed_key)
    except vault.AddressUnreadableError:
        return False
    return True


def key_in_words(sealed_key: bytes) -> str:
    """Return a key as it is typed into an app."""
    return _in_fours(vault.unseal_text(sealed_key))


def picture(sealed_key: bytes, user: Staff) -> str:
    """Return a QR code as SVG, for an app to read the key from."""
    address = _totp(sealed_key).get_provisioning_uri(user.get_username(), names.site_name())
    return segno.make(address, error="m").svg_inline(
        scale=4, light="#fff", title=gettext("QR code"), omitsize=True
    )


def step_of(sealed_key: bytes, typed: str) -> int | None:
    """Return the step of time in which an app with this key shows a code, or None."""
    now = int(time.time()) // STEP
    return next((now + near for near in NEAR if _is_shown(sealed_key, typed, now + near)), None)


def is_short(typed: str) -> bool:
    """Say whether a code is as short as an app's, which can be guessed."""
    return len(_bare(typed)) == DIGITS


def accept(user: Staff, typed: str) -> bool:
    """Say whether a code is right, and use it up."""
    code = _bare(typed)
    if is_short(typed):
        return _accept_shown(user, code)
    return bool(RecoveryCode.objects.filter(user=user, digest=_digest(code)).delete()[0])


def new_recovery_codes() -> list[str]:
    """Return recovery codes as they are shown. They do not work until they are stored."""
    return [_in_fours(_random(RECOVERY_BYTES).lower()) for _ in range(RECOVERY_CODES)]


def keep_first(user: Staff, new: list[str]) -> bool:
    """Store recovery codes of a user who has none. Say whether these are the ones they have."""
    mine = RecoveryCode.objects.filter(user=user)
    if not mine.exists():
        _keep(user, new)
    return mine.filter(digest=_digest(_bare(new[0]))).exists()


def renew_recovery_codes(user: Staff) -> list[str]:
    """Return new recovery codes, the only time they are known. The old ones no longer work."""
    new = new_recovery_codes()
    RecoveryCode.objects.filter(user=user).delete()
    _keep(user, new)
    return new


def _keep(user: Staff, new: list[str]) -> None:
    kept = (RecoveryCode(user=user, digest=_digest(_bare(code))) for code in new)
    RecoveryCode.objects.bulk_create(kept, ignore_conflicts=True)


def _bare(typed: str) -> str:
    return "".join(typed[:LONGEST].lower().split()).replace("-", "")


def _accept_shown(user: Staff, code: str) -> bool:
    app = Authenticator.objects.filter(user=user).first()
    step = step_of(app.sealed_key, code) if app else None
    if app is None or not step:
        return False
    return bool(Authenticator.objects.filter(pk=app.pk, last_step__lt=step).update(last_step=step))


def _is_shown(sealed_key: bytes, typed: str, step: int) -> bool:
    try:
        _totp(sealed_key).verify(typed.encode(), step * STEP)
    except (InvalidToken, vault.AddressUnreadableError):
        return False
    return True


def _totp(sealed_key: bytes) -> TOTP:
    key = base64.b32decode(vault.unseal_text(sealed_key))
    return TOTP(key, DIGITS, SHA1(), STEP)  # noqa: S303 -- what every app knows; an HMAC of it is not broken


def _random(length: int) -> str:
    return base64.b32encode(secrets.token_bytes(length)).decode()


def _digest(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()


def _in_fours(text: str) -> str:
    return "-".join(text[place : place + 4] for place in range(0, len(text), 4))
