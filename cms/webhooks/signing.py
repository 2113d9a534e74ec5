"""
Secrets, and the signature of a request, as Standard Webhooks 1.0 has it (standardwebhooks.com).

The signature is HMAC-SHA256 over ``id.timestamp.body`` in Base64, after ``v1,``; one for each secret, with
spaces between. A secret is 32 random bytes in Base64, after ``whsec_``.
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Iterable

PREFIX = "whsec_"
BYTES = 32


def new_secret() -> str:
    return PREFIX + base64.b64encode(secrets.token_bytes(BYTES)).decode()


def headers(keys: Iterable[str], *, name: str, moment: int, body: bytes) -> dict[str, str]:
    """Return the headers that prove who sent a body, and when: ``moment`` in seconds since 1970."""
    signed = f"{name}.{moment}.".encode() + body
    return {
        "webhook-id": name,
        "webhook-timestamp": str(moment),
        "webhook-signature": " ".join(f"v1,{_digest(key, signed)}" for key in keys),
    }


def _digest(secret: str, signed: bytes) -> str:
    key = base64.b64decode(secret.removeprefix(PREFIX))
    return base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
