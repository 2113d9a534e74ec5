"""Passkeys (WebAuthn): what the browser is asked for, and which of its answers are accepted."""

import hashlib
import json
import struct
from collections.abc import Callable
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from cryptography.exceptions import InvalidSignature
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from fido2.cose import CoseKey
from fido2.server import Fido2Server
from fido2.utils import websafe_encode
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticationResponse,
    AuthenticatorData,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialUserEntity,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from cms.brand import names
from cms.credentials.staff import Staff
from cms.second_factor.models import Passkey

LONGEST = 10_000  # characters of an answer
VERIFIED = UserVerificationRequirement.REQUIRED
NUMBER = _("Passkeys need a domain name, and the address of this site is a number. Use an app instead.")
LETTERS = _("Passkeys do not work here: SITE_URL is set with letters beyond ASCII. Use an app instead.")
OPEN_LINE = _("Passkeys need https, which this site does not have. Use an app instead.")
ELSEWHERE = _("Passkeys work only at %(site)s, and you opened this site at another address.")
# What python-fido2 raises for an answer that no browser gives, besides its own ValueError.
MALFORMED = (
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    AssertionError,
    NotImplementedError,
    RecursionError,
    OverflowError,
    struct.error,
)


def obstacle(host: str) -> str:
    """
    Return why browsers make and use no passkey on a host; an empty string where they do.

    By the name alone: a proxy may hide the scheme and port that the browser sees. ``_server`` holds answers
    to the whole origin, so at another port a passkey is asked for, and refused.
    """
    site = urlsplit(settings.SITE_URL)
    name = site.hostname or ""
    if _is_number(name):
        return str(NUMBER)
    if not name.isascii():
        return str(LETTERS)
    if site.scheme != "https" and name.rpartition(".")[2] != "localhost":
        return str(OPEN_LINE)
    return "" if urlsplit(f"//{host}").hostname == name else ELSEWHERE % {"site": settings.SITE_URL}


def wish_for_new(user: Staff, challenge: bytes) -> dict[str, Any]:
    """Return the browser's options for making a passkey."""
    who = PublicKeyCredentialUserEntity(
        id=str(user.pk).encode(), name=user.get_username(), display_name=user.get_username()
    )
    options, _ = _server().register_begin(
        who,
        credentials=_credentials(user),
        resident_key_requirement=ResidentKeyRequirement.PREFERRED,
        user_verification=VERIFIED,
        challenge=challenge,
    )
    return dict(options.public_key)


def wish_for_proof(user: Staff, challenge: bytes) -> dict[str, Any] | None:
    """Return the browser's options for using a passkey; None for a user without one."""
    credentials = _credentials(user)
    if not credentials:
        return None
    options, _ = _server().authenticate_begin(credentials, user_verification=VERIFIED, challenge=challenge)
    return dict(options.public_key)


def made(challenge: bytes, answer: str) -> AuthenticatorData | None:
    """Return the new passkey of an answer, if it is one."""
    return _read(answer, lambda said: _made(challenge, said))


def keep(user: Staff, name: str, new: AuthenticatorData) -> Passkey | None:
    """Return None for a passkey that is stored already."""
    credential = _credential_of(new)
    found, is_new = Passkey.objects.get_or_create(
        digest=_digest(credential),
        defaults={
            "user": user,
            "name": name,
            "credential": bytes(credential),
            "sign_count": new.counter,
        },
    )
    return found if is_new else None


def accept(user: Staff, challenge: bytes, answer: str) -> bool:
    """Say whether one of the user's passkeys has signed this challenge."""
    signed = _read(answer, lambda said: _signed(user, challenge, said))
    return bool(signed) and _count(user, *signed)


def _made(challenge: bytes, said: Any) -> AuthenticatorData | None:
    server = _server()
    new = server.register_complete(_state(challenge), said)
    key = _credential_of(new).public_key
    known = key.ALGORITHM in {each.alg for each in server.allowed_algorithms}
    return new if known and _can_verify(key) else None


def _credential_of(new: AuthenticatorData) -> AttestedCredentialData:
    """Raises ValueError for an answer that brings none."""
    if new.credential_data is None:
        raise ValueError("There is no credential in this answer.")
    return new.credential_data


def _can_verify(key: CoseKey) -> bool:
    """Say whether a key is usable: it must reject an empty signature."""
    try:
        key.verify(b"", b"")
    except InvalidSignature:
        return True
    return False


def _signed(user: Staff, challenge: bytes, said: Any) -> tuple[AttestedCredentialData, int]:
    credential = _server().authenticate_complete(_state(challenge), _credentials(user), said)
    return credential, AuthenticationResponse.from_dict(said).response.authenticator_data.counter


def _count(user: Staff, credential: AttestedCredentialData, counter: int) -> bool:
    """Refuse a copy, whose count lags behind. Passkeys that are synchronised between devices do not count."""
    mine = Passkey.objects.filter(user=user, digest=_digest(credential))
    going_on = mine.filter(sign_count__lt=counter) if counter else mine.filter(sign_count=0)
    return bool(going_on.update(sign_count=counter, last_used_at=timezone.now()))


def _is_number(host: str) -> bool:
    try:
        return bool(ip_address(host))
    except ValueError:
        return False


def _read(answer: str, read: Callable[[Any], Any]) -> Any:
    if len(answer) > LONGEST:
        return None
    try:
        return read(json.loads(answer))
    except MALFORMED:
        return None


def _server() -> Fido2Server:
    host = urlsplit(settings.SITE_URL).hostname
    site = PublicKeyCredentialRpEntity(name=names.site_name(), id=host)
    return Fido2Server(site, verify_origin=lambda origin: origin == settings.SITE_URL)


def _state(challenge: bytes) -> dict[str, Any]:
    return {"challenge": websafe_encode(challenge), "user_verification": VERIFIED}


def _credentials(user: Staff) -> list[AttestedCredentialData]:
    kept = Passkey.objects.filter(user=user).values_list("credential", flat=True)
    return [AttestedCredentialData(bytes(each)) for each in kept]


def _digest(credential: AttestedCredentialData) -> str:
    return hashlib.sha256(credential.credential_id).hexdigest()
