"""What granian calls for each request, on its event loop."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Callable
from functools import partial
from io import BytesIO
from typing import Any

from django.conf import settings
from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from granian.rsgi import HTTPProtocol, ProtocolClosed, Scope

from cms.errors.problems import API, CONTENT_TYPE, problem
from cms.front import bodies, limits, wsgi
from cms.front.answers import Ready, make_ready
from cms.front.bodies import Body, RefusedRequestError
from cms.front.threads import Threads
from cms.http import lost_login, proxies
from cms.http.csp import dress
from cms.wsgi import application as django

log = logging.getLogger(__name__)

# One computes while the other waits for the database. More would be in each other's way: all want the one
# interpreter, and with SQLite the one lock.
THREADS = 2
MOST_WAITING = 256  # for a thread of one process, those that have one included
ALIVE = "/healthz"
OPENED_WITHIN = 60.0  # seconds in which granian surely opens a file that it is to send
RETRY_AFTER = "5"  # seconds
CLOSING = {"cache-control": "no-store", "connection": "close"}

SENTENCES = {
    400: _("The request was cut off, or cannot be read. Send it again."),
    408: _("The request took too long to arrive. Send it again."),
    413: _("The request is too large."),
    414: _("The address is too long."),
    431: _("A header of the request, such as its cookies, is too long."),
    500: _("Something went wrong on our side. Try again later."),
    503: _("The site is busy. Try again in a few seconds."),
}


class Front:
    """One for each process. What it holds is made after the fork, by ``__rsgi_init__``."""

    def __rsgi_init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self.threads = Threads(loop, THREADS)
        self.waiting = 0
        self.room = bodies.Room()

    def __rsgi_del__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.threads.shutdown()

    async def __rsgi__(self, scope: Scope, protocol: HTTPProtocol) -> None:
        with Body(self.room) as body:
            try:
                await self.receive(scope, protocol, body)
                ready = await self.answer(scope, body)
            except RefusedRequestError as refused:
                refuse(scope, protocol, refused.status)
            except OSError:  # no room for a long answer
                refuse(scope, protocol, 503)
            except Exception as error:  # noqa: BLE001 -- its words and granian's traceback may quote a visitor
                log.error("A request failed outside Django: %s.", type(error).__name__)
                refuse(scope, protocol, 500)
            else:
                self.send(protocol, ready)

    async def receive(self, scope: Scope, protocol: HTTPProtocol, body: Body) -> None:
        """Collect the body. Raises RefusedRequestError."""
        if status := limits.refuse_head(scope):
            raise RefusedRequestError(status)
        length = announced(scope)
        if length == 0:
            return
        chunks = chunks_of(protocol, length)
        try:
            await bodies.collect(chunks, body, length, self.limit(scope))
        except RefusedRequestError as refused:
            if refused.status in (413, 503) and "expect" not in scope.headers:
                await bodies.discard(chunks, length)
            raise

    async def answer(self, scope: Scope, body: Body) -> Ready:
        """Raises RefusedRequestError."""
        if scope.path == ALIVE and scope.method in ("GET", "HEAD"):
            return answer(scope, body)  # needs no database; threads that are busy are alive
        return await self.in_a_thread(answer, scope, body)

    def limit(self, scope: Scope) -> bodies.Limit:
        ask = partial(self.in_a_thread, ask_limit, scope) if limits.may_be_longer(scope.path) else None
        return bodies.Limit(limits.of_form(scope.headers.get("content-type", "")), ask)

    async def in_a_thread(self, work: Callable[..., Any], *given: Any) -> Any:
        """Raises RefusedRequestError when too many wait for a thread."""
        if self.waiting >= MOST_WAITING:
            raise RefusedRequestError(503)
        self.waiting += 1
        try:
            return await self.threads.run(work, *given)
        finally:
            self.waiting -= 1

    def send(self, protocol: HTTPProtocol, ready: Ready) -> None:
        if not ready.path:
            protocol.response_bytes(ready.status, ready.headers, ready.body)
            return
        protocol.response_file(ready.status, ready.headers, ready.path)
        if ready.held:
            self.loop.call_later(OPENED_WITHIN, ready.held.close)


async def chunks_of(protocol: HTTPProtocol, length: int | None) -> AsyncIterator[bytes]:
    """
    Return what can be read in parts; granian lets itself be read once.

    A short body is one part: each part that is waited for takes the interpreter from the threads, and so a
    comment costs a seventh less. Raises RefusedRequestError when its client goes away.
    """
    if length is not None and length <= bodies.IN_MEMORY:
        try:
            yield await protocol()
        except ProtocolClosed:
            raise RefusedRequestError(400) from None
        return
    async for chunk in protocol:
        yield chunk


def announced(scope: Scope) -> int | None:
    """Return how many bytes a body is said to have, None where that is not said."""
    return None if "transfer-encoding" in scope.headers else int(scope.headers.get("content-length") or 0)


def ask_limit(scope: Scope) -> int:
    return limits.of(wsgi.environ(scope, BytesIO(), 0))


def answer(scope: Scope, body: Body) -> Ready:
    """Run Django on a whole request. Raises RefusedRequestError."""
    if limits.too_many_parts(scope, body):
        raise RefusedRequestError(413)
    if limits.is_badly_escaped(scope, body):
        raise RefusedRequestError(400)
    return make_ready(wsgi.call(django, wsgi.environ(scope, body.file, body.size)))


def refuse(scope: Scope, protocol: HTTPProtocol, status: int) -> None:
    """Answer in Django's place. The connection ends: the rest of the body may still be on its way."""
    kind, words = "text/plain; charset=utf-8", f"{SENTENCES[status]}\n"
    heard = _heard(scope)
    if status == 413 and scope.path.startswith(settings.ADMIN_PATH):
        kind, words = in_the_admin(heard)
    elif scope.path.startswith(API):
        told = problem(status, SENTENCES[status])
        kind, words = CONTENT_TYPE, told.content.decode()
    response = HttpResponse(words, kind, status, headers=CLOSING)
    if status == 503:
        response["retry-after"] = RETRY_AFTER
    headers = [(name.lower(), value) for name, value in dress(heard, response).items()]
    protocol.response_str(status, headers, words)


def _heard(scope: Scope) -> WSGIRequest:
    """Return what Django would have heard, without the headers that it cannot always read, or not in time."""
    heard = wsgi.environ(scope, BytesIO(), 0)
    for name in ("CONTENT_TYPE", "HTTP_COOKIE"):
        heard.pop(name, None)
    proxies.believe(heard)
    return WSGIRequest(heard)


def in_the_admin(request: WSGIRequest) -> tuple[str, str]:
    """Say what became of an editor's words: to the editor's autosave as JSON, else on a page."""
    if lost_login.is_autosave(request):
        return "application/json", json.dumps(lost_login.in_the_editor(lost_login.TOO_LONG))
    return "text/plain; charset=utf-8", f"{lost_login.GO_BACK}\n"


application = Front()
