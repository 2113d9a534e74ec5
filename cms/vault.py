"""
E-mail addresses at rest: encrypted, yet searchable with the key.

``seal`` encrypts an address with the first of ``settings.ADDRESS_KEYS``; ``unseal`` reads what any of them
sealed. ``index`` is a keyed digest of the normalised address: equal addresses have equal indexes, and
without the key the index reveals nothing. Look an address up by its ``indexes``, one for each key, so that a
key can be replaced while the site runs.

``seal_text`` does the same for text that must not be read, such as a queued mail.

Sub-keys are derived with HKDF (RFC 5869), one for each purpose. Addresses are padded before encryption, so
that the length of a ciphertext does not reveal the address.
"""

import base64
import binascii
import hashlib
import hmac
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from cms.text.mail_address import normalise

KEY_BYTES = 32
INDEX_BYTES = 16
BLOCK = 64
ADDRESS, TEXT = b"address cipher", b"text cipher"


class AddressUnreadableError(Exception):
    """What is stored cannot be read with any key this site has."""


def seal(address: str) -> bytes:
    """Encrypt an address as it was typed."""
    return _cipher(_keys(), ADDRESS).encrypt(_pad(address.strip().encode()))


def unseal(sealed: bytes | memoryview) -> str:
    """Return the address. Raises AddressUnreadableError when no key fits."""
    try:
        return _cipher(_keys(), ADDRESS).decrypt(bytes(sealed)).rstrip(b"\0").decode()
    except InvalidToken as error:
        raise AddressUnreadableError from error


def seal_text(text: str) -> bytes:
    """Encrypt a text."""
    return _cipher(_keys(), TEXT).encrypt(text.encode())


def unseal_text(sealed: bytes | memoryview) -> str:
    """Return the text. Raises AddressUnreadableError when no key fits."""
    try:
        return _cipher(_keys(), TEXT).decrypt(bytes(sealed)).decode()
    except InvalidToken as error:
        raise AddressUnreadableError from error


def sealed_with_key_in_use(sealed: bytes | memoryview, purpose: bytes = ADDRESS) -> bool:
    """Say whether the first key alone can read it, so that it does not need the others."""
    try:
        _cipher(_keys()[:1], purpose).decrypt(bytes(sealed))
    except InvalidToken:
        return False
    return True


def index(address: str) -> str:
    """Return the keyed index of an address under the key in use: 32 hexadecimal characters."""
    return indexes(address)[0]


def indexes(address: str) -> list[str]:
    """Return the keyed index of an address under every key, the one in use first."""
    message = normalise(address).encode()
    return [_digest(_derive(key, b"address index"), message) for key in _keys()]


def fingerprints() -> list[str]:
    """Return the fingerprint of each key, the one in use first. It does not reveal the key."""
    return [fingerprint(key) for key in _keys()]


def fingerprint(key: str) -> str:
    return _digest(_derive(key, b"key fingerprint"), b"")


def digest_with(secret: bytes, purpose: bytes) -> str:
    """Return a digest by which a secret can be recognised, and which does not reveal it."""
    return _digest(secret, purpose)


def keyed_digest(purpose: str, message: str) -> str:
    """Return a digest of something that is not an address, under a sub-key of its own."""
    return keyed_digests(purpose, message)[0]


def keyed_digests(purpose: str, message: str) -> list[str]:
    """Return such a digest under every key, the one in use first."""
    return [_digest(_derive(key, purpose.encode()), message.encode()) for key in _keys()]


def _digest(key: bytes, message: bytes) -> str:
    return hmac.digest(key, message, hashlib.sha256)[:INDEX_BYTES].hex()


def _pad(plain: bytes) -> bytes:
    return plain + b"\0" * (-len(plain) % BLOCK)


def _keys() -> tuple[str, ...]:
    return tuple(settings.ADDRESS_KEYS)


@lru_cache(maxsize=16)
def _cipher(keys: tuple[str, ...], purpose: bytes) -> MultiFernet:
    return MultiFernet([Fernet(base64.urlsafe_b64encode(_derive(key, purpose))) for key in keys])


@lru_cache(maxsize=64)
def _derive(key: str, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=purpose).derive(_decode(key))


def _decode(key: str) -> bytes:
    try:
        raw = base64.urlsafe_b64decode(key)
    except (binascii.Error, ValueError) as error:
        raise ImproperlyConfigured("ADDRESS_KEYS: each key is 32 bytes in URL-safe base64.") from error
    if len(raw) != KEY_BYTES:
        raise ImproperlyConfigured("ADDRESS_KEYS: each key is 32 bytes in URL-safe base64.")
    return raw
