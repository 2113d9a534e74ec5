"""
Answers that are kept in memory, as they go out, for all who ask in the same words (``cms.page_cache``).

All is done on the event loop, which no lock stops; only the look for changes has a thread. An answer is given
out when the process has looked less than ``LOOKED`` seconds ago and since it last answered a form; one is
kept when what it shows has not changed since its view began.
"""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Coroutine
from datetime import datetime, timedelta
from datetime import time as time_of_day
from hashlib import blake2b
from typing import Any, NamedTuple

from django.conf import settings
from django.db import close_old_connections
from granian.rsgi import HTTPProtocol, Scope

from cms.brand.memory import brand
from cms.front import encodings
from cms.front.answers import Ready
from cms.front.limits import refuse_head
from cms.front.threads import Threads
from cms.front.wsgi import Headers
from cms.http import proxies
from cms.http.hosts import FOR_MONITORS
from cms.page_cache import changes
from cms.page_cache.keeping import Terms
from cms.page_cache.watched import SITE

LOOKED = 0.5  # seconds ago, at most, where an answer is given out
WAITED = 1.0  # seconds for a look, or for another one's answer; then Django is asked
SETTLES = 1.5  # seconds after a change in which other memories of the process may be from before it
LONGEST = 600.0  # seconds that an answer is kept
FORGOTTEN = 1200.0  # seconds without a look, after which all may have changed; less than notes are kept
MOST_REMEMBERED = 10_000  # subjects of which is known when they changed
OVERHEAD = 2048  # bytes of an answer beside its bodies

# One that asks for itself, or for what is not kept. Cookies are those of staff and of readers who wrote.
FOR_ONE = (
    "cookie",
    "authorization",
    "proxy-authorization",
    "origin",
    "range",
    "if-match",
    "if-range",
    "if-unmodified-since",
    "expect",
    "upgrade",
    "transfer-encoding",
)
FILES = (settings.STATIC_URL, settings.MEDIA_URL, "/documents/")
ELSEWHERE = (*FILES, *FOR_MONITORS, settings.ADMIN_PATH, "/preview/", "/mail/")
VARY = frozenset({"accept-encoding", "authorization", "cookie", "origin"})
OF_ITS_OWN = frozenset({"cache-control", "content-encoding", "content-length", "etag", "vary"})
ASK_EACH_TIME = "public, max-age=0, must-revalidate"

Key = tuple[str, str, str, str]


def key_of(scope: Scope) -> Key | None:
    """Return what makes two requests the same: scheme, host, path and query. None where one is of its own."""
    if scope.method not in ("GET", "HEAD") or scope.path.startswith(ELSEWHERE) or scope.authority:
        return None
    headers = scope.headers
    if any(name in headers for name in FOR_ONE) or headers.get("content-length", "0") != "0":
        return None
    if refuse_head(scope) or not (host := headers.get("host")):
        return None
    scheme = scope.scheme
    if forwarded := headers.get("x-forwarded-proto"):
        scheme = proxies.scheme(scope.client.rpartition(":")[0].strip("[]"), forwarded, scheme)
    return scheme, host, scope.path, scope.query_string


class Variant(NamedTuple):
    headers: Headers
    body: bytes


class Answer(NamedTuple):
    """An answer in each encoding. ``until`` is a time since 1970."""

    etag: str
    last_modified: str
    variants: dict[str, Variant]
    unchanged: Headers
    shows: frozenset[str]
    until: float

    def send(self, scope: Scope, protocol: HTTPProtocol) -> None:
        headers = scope.headers
        if self.is_known(headers):
            protocol.response_empty(304, self.unchanged)
            return
        variant = self.variants.get(encodings.choose(headers.get("accept-encoding", ""))) or self.variants[""]
        if scope.method == "HEAD":
            protocol.response_empty(200, variant.headers)
            return
        protocol.response_bytes(200, variant.headers, variant.body)

    def is_known(self, headers: Any) -> bool:
        """Say whether a client has it already. Encodings differ in bytes, not in what they say."""
        if (sent := headers.get("if-none-match")) is not None:
            return bool({self.etag, "*"} & {tag.strip().removeprefix("W/") for tag in sent.split(",")})
        return bool(self.last_modified) and headers.get("if-modified-since") == self.last_modified

    @property
    def size(self) -> int:
        return OVERHEAD + sum(len(variant.body) for variant in self.variants.values())


def kept_of(ready: Ready, terms: Terms, begun: float) -> Answer | None:
    """Return an answer as it may be kept; None where its view has not allowed it, or it is for one person."""
    headers = dict(ready.headers)
    if not terms.shows or ready.status != 200 or ready.path or not _is_for_all(headers):
        return None
    digest = blake2b(ready.body, digest_size=16).hexdigest()
    etag = headers.get("etag", f'"{digest}"').removeprefix("W/")
    said = {name: value for name, value in ready.headers if name not in OF_ITS_OWN} | {
        "etag": f"W/{etag}",
        "cache-control": headers.get("cache-control", ASK_EACH_TIME),
        "vary": encodings.varying(headers.get("vary", ""), "Accept-Encoding", "Cookie"),
    }
    return Answer(
        etag,
        headers.get("last-modified", ""),
        _variants(said, ready.body),
        [(name, value) for name, value in said.items() if name != "content-type"],
        terms.shows,
        min(begun + LONGEST, _midnight_after(begun)),
    )


def _is_for_all(headers: dict[str, str]) -> bool:
    control, vary = headers.get("cache-control", ""), headers.get("vary", "").lower()
    return (
        "set-cookie" not in headers
        and "content-encoding" not in headers
        and not any(word in control for word in ("private", "no-store"))
        and {name.strip() for name in vary.split(",") if name.strip()} <= VARY
    )


def _variants(said: dict[str, str], body: bytes) -> dict[str, Variant]:
    bodies = {"": body}
    if len(body) >= encodings.LEAST and encodings.is_text(said.get("content-type", "")):
        bodies |= {name: encodings.encode(body, name) for name in encodings.BETTER_FIRST}
    return {name: Variant(_headers(said, name, each), each) for name, each in bodies.items()}


def _headers(said: dict[str, str], encoding: str, body: bytes) -> Headers:
    encoded = {"content-encoding": encoding} if encoding else {}
    return [*said.items(), *encoded.items(), ("content-length", str(len(body)))]


def _midnight_after(moment: float) -> float:
    """Return when the day of the site ends: comments close by days."""
    zone = brand().zone
    tomorrow = datetime.fromtimestamp(moment, zone).date() + timedelta(days=1)
    return datetime.combine(tomorrow, time_of_day(), zone).timestamp()


def look_for_changes(last: changes.Place | None) -> changes.Look:
    """Raises DatabaseError."""
    close_old_connections()
    return changes.look(last)


class Kept:
    """All that a process keeps, within ``most`` bytes: what was asked for longest ago goes first."""

    def __init__(self, loop: asyncio.AbstractEventLoop, most: int) -> None:
        self.loop = loop
        self.most = most
        self.size = 0
        self.answers: OrderedDict[Key, Answer] = OrderedDict()
        self.showing: dict[str, set[Key]] = {}
        self.building: dict[Key, asyncio.Future] = {}
        self.watcher = Threads(loop, 1 if most else 0)
        self.looking: asyncio.Future | None = None
        self.place: changes.Place | None = None
        self.looks = 0
        self.looked_at = self.answered_at = self.settled_at = self.failed_at = float("-inf")
        self.paused = True
        self.changed: dict[str, int] = {}  # in which look
        self.all_changed = 0  # in which look, as far as is remembered

    def shutdown(self) -> None:
        self.watcher.shutdown()

    async def find(self, key: Key) -> Answer | None:
        """Return what is kept, when it is known to be right at this moment; wait for one who builds it."""
        if not self.most or not (self._has_looked() or await self._look()):
            return None
        if key not in self.answers and (built := self.building.get(key)):
            await asyncio.wait([built], timeout=WAITED)
            if not (self._has_looked() or await self._look()):
                return None
        answer = self.answers.get(key)
        if answer is None or answer.until <= time.time():
            return None
        self.answers.move_to_end(key)
        return answer

    async def build(self, key: Key, make: Coroutine[Any, Any, Ready | Answer]) -> Ready | Answer:
        """Await an answer, and keep it if that is allowed. Others who ask for it meanwhile wait for it."""
        begun = self.looks
        may_keep = self.most and not self.paused and self._has_looked() and time.monotonic() > self.settled_at
        built = None if key in self.building else self.building.setdefault(key, self.loop.create_future())
        try:
            answer = await make
            if may_keep and isinstance(answer, Answer) and self._is_right(answer, begun):
                self._keep(key, answer)
            return answer
        finally:
            if built:
                del self.building[key]
                built.set_result(None)

    def look_again(self) -> None:
        """Look before the next answer: this process may just have made a change."""
        self.answered_at = time.monotonic()

    def _has_looked(self) -> bool:
        return self.looked_at > self.answered_at and time.monotonic() - self.looked_at < LOOKED

    async def _look(self) -> bool:
        """Look for changes, together with all who ask meanwhile. Say whether what is kept is right."""
        if time.monotonic() - self.failed_at < WAITED:
            return False
        for _ in range(2):  # one that is under way may have begun too early
            if self.looking is None:
                self.looking = self.loop.create_task(self._look_now())
            done, _ = await asyncio.wait([self.looking], timeout=WAITED)
            if self._has_looked():
                return True
            if not done:  # the database hangs: Django says so
                self.failed_at = time.monotonic()
                break
        return False

    async def _look_now(self) -> None:
        began = time.monotonic()
        if began - self.looked_at > FORGOTTEN:
            self.place = None
        try:
            look = await self.watcher.run(look_for_changes, self.place)
        except Exception:  # noqa: BLE001 -- whatever it is, what changes is unknown: nothing may be given out
            self.failed_at, self.looked_at = time.monotonic(), float("-inf")
            self.place, self.paused = None, True
            self.looks += 1
            self._forget_all()
        else:
            self.place, self.paused, self.looked_at = look.place, look.paused, began
            self._take_in(look)
        finally:
            self.looking = None

    def _take_in(self, look: changes.Look) -> None:
        self.looks += 1
        if not look.subjects.isdisjoint((SITE, changes.EVERYTHING)):
            self.settled_at = time.monotonic() + SETTLES
        if look.paused or changes.EVERYTHING in look.subjects or len(self.changed) > MOST_REMEMBERED:
            self._forget_all()
        for subject in look.subjects:
            self.changed[subject] = self.looks
            for key in list(self.showing.get(subject, ())):
                self._drop(key)

    def _is_right(self, answer: Answer, begun: int) -> bool:
        changed = (self.changed.get(subject, 0) for subject in answer.shows)
        return max(self.all_changed, *changed) <= begun

    def _keep(self, key: Key, answer: Answer) -> None:
        if key in self.answers:
            self._drop(key)
        if answer.size > self.most:
            return
        self.answers[key] = answer
        self.size += answer.size
        for subject in answer.shows:
            self.showing.setdefault(subject, set()).add(key)
        while self.size > self.most:
            self._drop(next(iter(self.answers)))

    def _drop(self, key: Key) -> None:
        answer = self.answers.pop(key)
        self.size -= answer.size
        for subject in answer.shows:
            self.showing[subject].discard(key)
            if not self.showing[subject]:
                del self.showing[subject]

    def _forget_all(self) -> None:
        self.answers.clear()
        self.showing.clear()
        self.changed.clear()
        self.size, self.all_changed = 0, self.looks
