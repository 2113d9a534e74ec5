"""Request bodies, collected on the event loop within bounds of size, time and room."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from tempfile import SpooledTemporaryFile
from typing import Self

MEGABYTE = 1024 * 1024
IN_MEMORY = 16 * 1024  # bytes of one body; the rest goes to a file without a name
ROOM = 256 * MEGABYTE  # bytes of all bodies of a process
FIRST_BYTES_WITHIN = 10.0  # seconds
SLOWEST = 16 * 1024  # bytes a second that a client may take, after that
LONGEST = 64 * MEGABYTE  # bytes; who announces more is refused at once
DISCARDED_WITHIN = 5.0  # seconds


class RefusedRequestError(Exception):
    """What is not taken: 400 cut off or unreadable, 408 too slow, 413, 414 and 431 too long, 503 no room."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class Limit:
    """The most bytes a body may have. ``ask`` may allow more; it is called once, when so many have come."""

    def __init__(self, most: int, ask: Callable[[], Awaitable[int]] | None = None) -> None:
        self.most = most
        self.ask = ask

    async def require(self, size: int) -> None:
        """Raises RefusedRequestError."""
        if size > self.most and self.ask:
            ask, self.ask = self.ask, None
            self.most = max(self.most, await ask())
        if size > self.most:
            raise RefusedRequestError(413)


class Room:
    """How many bytes of bodies a process holds."""

    def __init__(self, most: int = ROOM) -> None:
        self.left = most

    def take(self, size: int) -> None:
        """Raises RefusedRequestError."""
        if size > self.left:
            raise RefusedRequestError(503)
        self.left -= size


class Body:
    """A body as it comes; closed, it gives its room back."""

    def __init__(self, room: Room) -> None:
        self.room = room
        self.file = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 -- closed with the body
        self.size = 0

    def write(self, chunk: bytes) -> None:
        """Raises RefusedRequestError."""
        self.room.take(len(chunk))
        self.size += len(chunk)
        try:
            self.file.write(chunk)
        except OSError:
            raise RefusedRequestError(503) from None

    def read(self) -> bytes:
        """Return all of it, and leave it at its start."""
        content = self.file.read()
        self.file.seek(0)
        return content

    def count(self, wanted: bytes) -> int:
        """Return how often some bytes occur in it, and leave it at its start."""
        found, before = 0, b""
        while chunk := self.file.read(MEGABYTE):
            found += (before + chunk).count(wanted)
            before = chunk[1 - len(wanted) :]
        self.file.seek(0)
        return found

    def close(self) -> None:
        self.file.close()
        self.room.left += self.size
        self.size = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()


async def collect(chunks: AsyncIterator[bytes], body: Body, length: int | None, limit: Limit) -> None:
    """
    Fill a body, and leave it at its start.

    ``length`` is what the client announced, None when it did not. Raises RefusedRequestError.
    """
    if length is not None and length > LONGEST:
        raise RefusedRequestError(413)
    try:
        async with asyncio.timeout(FIRST_BYTES_WITHIN + (length or limit.most) / SLOWEST):
            await _copy(chunks, body, limit)
    except TimeoutError:
        raise RefusedRequestError(408) from None
    if length not in (None, body.size):
        raise RefusedRequestError(400)
    body.file.seek(0)


async def _copy(chunks: AsyncIterator[bytes], body: Body, limit: Limit) -> None:
    """Granian 2.8 ends a body by one empty chunk; another one before it is all it says of a broken line."""
    empty = 0
    async for chunk in chunks:
        empty += not chunk
        if empty > 1:
            raise RefusedRequestError(400)
        await limit.require(body.size + len(chunk))
        body.write(chunk)


async def discard(chunks: AsyncIterator[bytes], length: int | None) -> None:
    """Let the rest of too long a body arrive: a client that is cut off while sending reads no answer."""
    if length is not None and length > LONGEST:
        return
    with suppress(TimeoutError):
        async with asyncio.timeout(DISCARDED_WITHIN):
            async for _ in chunks:
                pass
