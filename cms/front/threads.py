"""A few threads for Django, whose work is awaited on the event loop."""

import asyncio
from collections.abc import Callable
from queue import SimpleQueue
from threading import Thread
from typing import Any, NamedTuple


class Piece(NamedTuple):
    """What is to be done, and the future that waits for it."""

    future: asyncio.Future
    work: Callable[..., Any]
    given: tuple[Any, ...]


class Threads:
    """
    Does what a ThreadPoolExecutor does for an event loop, with one future instead of two and without locks.

    For a comment, all that runs on the loop is 160 calls instead of 233.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, number: int) -> None:
        self.loop = loop
        self.queue: SimpleQueue[Piece | None] = SimpleQueue()
        self.threads = [Thread(target=self._live, daemon=True) for _ in range(number)]
        for each in self.threads:
            each.start()

    def run(self, work: Callable[..., Any], *given: Any) -> asyncio.Future:
        """Have some work done. To be called on the loop."""
        future = self.loop.create_future()
        self.queue.put(Piece(future, work, given))
        return future

    def shutdown(self) -> None:
        """Wait until all is done."""
        for _ in self.threads:
            self.queue.put(None)
        for each in self.threads:
            each.join()

    def _live(self) -> None:
        while piece := self.queue.get():
            self._do(*piece)
            del piece  # else a request would be held until the next one comes

    def _do(self, future: asyncio.Future, work: Callable[..., Any], given: tuple[Any, ...]) -> None:
        settle: Callable[[Any], None]
        try:
            settle, outcome = future.set_result, work(*given)
        except BaseException as error:  # noqa: BLE001 -- raised where it is awaited
            settle, outcome = future.set_exception, error
        self.loop.call_soon_threadsafe(_unless_cancelled, future, settle, outcome)


def _unless_cancelled(future: asyncio.Future, settle: Callable[[Any], None], outcome: Any) -> None:
    if not future.cancelled():
        settle(outcome)
