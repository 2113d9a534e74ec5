"""
The score of the HTTP Observatory for one answer over https.

After mdn/mdn-http-observatory, commit 94042bb of 2026-08-20 (src/grader/charts.js, src/analyzer/tests/): what
an answer of this site can be marked for. The redirection to https has a test of its own.
"""

import re
from collections.abc import Iterable
from http.cookies import SimpleCookie

BEGINS_AT, EXTRA_CREDIT_FROM = 100, 90
SIX_MONTHS = 15_552_000
TOO_BROAD = {"ftp:", "http:", "https:", "*", "http://*", "http://*.*", "https://*", "https://*.*"}
INLINE = {"'unsafe-inline'", "data:"}
PRIVATE_REFERRERS = {"no-referrer", "same-origin", "strict-origin", "strict-origin-when-cross-origin"}
OPENERS = {"same-origin": 10, "same-origin-allow-popups": 10, "noopener-allow-popups": 10, "unsafe-none": 0}
RESOURCES = {"same-origin": 10, "same-site": 10, "cross-origin": 0}
EMBEDDERS = {"require-corp": 10, "credentialless": 10, "unsafe-none": 0}
SCRIPT = re.compile(r"<script\b[^>]*\bsrc=[\"']?(?:https?:)?//", re.IGNORECASE)


def score(headers: Iterable[tuple[str, str]], body: str = "") -> int:
    """Return the score: penalties first, and a bonus only for who has 90 points without one."""
    marks = [*_marks(headers, body)]
    base = BEGINS_AT + sum(mark for mark in marks if mark < 0)
    return max(base + (sum(mark for mark in marks if mark > 0) if base >= EXTRA_CREDIT_FROM else 0), 0)


def _marks(headers: Iterable[tuple[str, str]], body: str) -> Iterable[int]:
    headers = [(name.lower(), value) for name, value in headers]
    found = dict(headers)
    policy = _policy(found.get("content-security-policy", ""))
    yield _content(policy)
    yield _frames(found, policy)
    yield _transport(found.get("strict-transport-security", ""))
    yield 0 if found.get("x-content-type-options", "").strip().lower() == "nosniff" else -5
    yield _referrer(found.get("referrer-policy"))
    yield OPENERS.get(found.get("cross-origin-opener-policy", "unsafe-none"), -5)
    yield RESOURCES.get(found.get("cross-origin-resource-policy", "cross-origin"), -5)
    yield EMBEDDERS.get(found.get("cross-origin-embedder-policy", "unsafe-none"), -5)
    yield _cookies([value for name, value in headers if name == "set-cookie"])
    yield -50 if found.get("access-control-allow-credentials") == "true" else 0
    yield -50 if SCRIPT.search(body) else 0


def _policy(text: str) -> dict[str, set[str]]:
    parts = (part.split() for part in text.split(";"))
    return {name.lower(): set(sources) for name, *sources in filter(None, parts)}


def _content(policy: dict[str, set[str]]) -> int:
    if not policy:
        return -25
    default = policy.get("default-src", {"*"})
    scripts, styles, objects = (
        policy.get(name, default) for name in ("script-src", "style-src", "object-src")
    )
    scripts, styles = _without_overruled(scripts), _without_overruled(styles)
    if scripts & (TOO_BROAD | INLINE) or objects & TOO_BROAD:
        return -20
    if "'unsafe-eval'" in scripts | styles:
        return -10
    if styles & (TOO_BROAD | INLINE):
        return 0
    return 10 if default == {"'none'"} else 5


def _without_overruled(sources: set[str]) -> set[str]:
    known = any(source.startswith(("'nonce-", "'sha256-", "'sha384-", "'sha512-")) for source in sources)
    return sources - {"'unsafe-inline'"} if known else sources


def _frames(found: dict[str, str], policy: dict[str, set[str]]) -> int:
    by_header = found.get("x-frame-options", "").lower() in ("deny", "sameorigin")
    return 5 if by_header or policy.get("frame-ancestors") else -20


def _transport(value: str) -> int:
    seconds = re.search(r"max-age=(\d+)", value)
    if not seconds:
        return -20
    return 0 if int(seconds[1]) >= SIX_MONTHS else -10


def _referrer(value: str | None) -> int:
    if value is None:
        return 0
    return 5 if value.split(",")[-1].strip() in PRIVATE_REFERRERS else -5


def _cookies(lines: list[str]) -> int:
    marks = [mark for line in lines for mark in map(_cookie, SimpleCookie(line).values())]
    return min(marks, default=0)


def _cookie(cookie) -> int:
    session = any(word in cookie.key.lower() for word in ("login", "sess"))
    if not cookie["secure"]:
        return -10 if session else -5
    if session and not cookie["httponly"]:
        return -30
    if "csrf" in cookie.key.lower() and not cookie["samesite"]:
        return -20
    return 5 if cookie["samesite"] else 0
