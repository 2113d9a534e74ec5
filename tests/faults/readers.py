"""Readers who post and read over HTTP, and send again what was not acknowledged."""

import http.client
import json
import random
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count, cycle
from typing import Any

from tests.faults.posts import Post
from tests.own_site import HOST, WebServer

READERS = 4
PAUSE = 0.1  # seconds at most between two posts of a reader
BEFORE_A_REPEAT = 0.1  # seconds
READ, ACCEPTED, THANKED, TO_WAIT = 200, 202, 303, 503


@dataclass(slots=True)
class Readers:
    """
    ``comments`` and ``messages`` are doors of the API, ``form`` takes messages with files; one reader opens
    ``pages`` in turn. ``acknowledged`` holds each accepted comment's id by its number, None for a message.

    ``waits`` counts the answers that asked to come again later, where that is no fault.
    ``longest`` is how many seconds an answer took at most.
    """

    servers: list[WebServer]
    comments: str
    messages: str
    form: str
    pages: list[str]
    acknowledged: dict[int, int | None] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)
    repeats: int = 0
    told_to_wait_is_no_fault: bool = False
    waits: int = 0
    longest: float = 0.0
    numbers: Iterator[int] = field(default_factory=lambda: count(1))
    over: threading.Event = field(default_factory=threading.Event)

    @contextmanager
    def posting(self) -> Iterator[None]:
        """Let them post; at the end each first gets his last post acknowledged."""
        threads = [threading.Thread(target=self._post_on, args=(seed,)) for seed in range(READERS)]
        threads.append(threading.Thread(target=self._read_on))
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self.over.set()
            for thread in threads:
                thread.join()

    def _post_on(self, seed: int) -> None:
        dice = random.Random(seed)
        while not self.over.wait(dice.uniform(0, PAUSE)):
            post = Post(next(self.numbers))
            while not self._is_acknowledged(post, dice.choice(self.servers)):
                self.repeats += 1
                time.sleep(BEFORE_A_REPEAT)

    def _read_on(self) -> None:
        for page, server in zip(cycle(self.pages), cycle(self.servers), strict=False):
            if self.over.wait(PAUSE):
                return
            status, _ = self._ask(server, "GET", page)
            if status and status != READ:
                self.refused.append(f"page {page}: {status}")

    def _is_acknowledged(self, post: Post, server: WebServer) -> bool:
        """Say whether anything came back. What is no acknowledgement then is a fault as well."""
        status, said = self._ask(server, "POST", self._door(post), post.body, post.headers)
        if status == (THANKED if post.has_files else ACCEPTED):
            self.acknowledged[post.number] = None if post.is_message else json.loads(said)["id"]
        elif status:
            self.refused.append(f"number {post.number}: {status}")
        return bool(status)

    def _door(self, post: Post) -> str:
        if post.has_files:
            return self.form
        return self.messages if post.is_message else self.comments

    def _ask(self, server: WebServer, *asked: Any) -> tuple[int, bytes]:
        """Return status and body; 0 for no answer, and for the word to come later where that is no fault."""
        door = http.client.HTTPConnection(HOST, server.port, timeout=30)
        begun = time.monotonic()
        try:
            door.request(*asked)
            answer = door.getresponse()
            said = answer.read()
        except (OSError, http.client.HTTPException):
            return 0, b""
        finally:
            door.close()
            self.longest = max(self.longest, time.monotonic() - begun)
        if self.told_to_wait_is_no_fault and answer.status == TO_WAIT and answer.getheader("Retry-After"):
            self.waits += 1
            return 0, b""
        return answer.status, said
