"""
Answers as gzip and Brotli.

Only what anyone may read is compressed: beside a secret, the length of a compressed page tells what of a
visitor's own words is in it (BREACH).
"""

import gzip
from functools import lru_cache

import brotli

from cms.front.answers import Ready

LEAST = 500  # bytes; shorter ones hardly become shorter
GZIP, BROTLI = 6, 5  # how hard: a long article takes a millisecond or two
BETTER_FIRST = ("br", "gzip")
TEXTS = (
    "text/",
    "application/json",
    "application/problem+json",
    "application/xml",
    "application/atom+xml",
    "application/manifest+json",
)


def is_text(kind: str) -> bool:
    return kind.startswith(TEXTS)


@lru_cache(maxsize=256)
def choose(accepted: str) -> str:
    """Return the best encoding that an Accept-Encoding takes; empty for none."""
    offers = [part.split(";") for part in accepted.lower().split(",")[:20]]
    refused = {"q=0", "q=0.0", "q=0.00", "q=0.000"}
    taken = {
        name.strip() for name, *given in offers if not refused & {each.replace(" ", "") for each in given}
    }
    return next((name for name in BETTER_FIRST if name in taken), "")


def encode(body: bytes, encoding: str) -> bytes:
    if encoding == "br":
        return brotli.compress(body, quality=BROTLI, mode=brotli.MODE_TEXT)
    return gzip.compress(body, GZIP, mtime=0)


def compress(ready: Ready, accepted: str) -> Ready:
    """Return an answer to nobody in particular as its client takes it best."""
    headers, encoding = dict(ready.headers), choose(accepted)
    if (
        not encoding
        or len(ready.body) < LEAST
        or not is_text(headers.get("content-type", ""))
        or not {"content-encoding", "set-cookie"}.isdisjoint(headers)
        or "no-store" in headers.get("cache-control", "")
    ):
        return ready
    body = encode(ready.body, encoding)
    if "etag" in headers:
        headers["etag"] = weak(headers["etag"])
    headers["vary"] = varying(headers.get("vary", ""), "Accept-Encoding")
    headers |= {"content-encoding": encoding, "content-length": str(len(body))}
    return ready._replace(headers=list(headers.items()), body=body)


def weak(etag: str) -> str:
    """The same words in several encodings are not the same bytes."""
    return etag if etag.startswith("W/") else f"W/{etag}"


def varying(vary: str, *names: str) -> str:
    there = [name.strip() for name in vary.split(",") if name.strip()]
    return ", ".join([*there, *(name for name in names if name.lower() not in vary.lower())])
