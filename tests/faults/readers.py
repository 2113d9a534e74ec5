"""Readers who post comments and messages over HTTP, and send again what was not acknowledged."""

import http.client
import json
import random
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count

from blog.comments.asking import MOST_AN_HOUR
from tests.own_site import HOST, WebServer

READERS = 4
PAUSE = 0.1  # seconds at most between two posts of a reader
BEFORE_A_REPEAT = 0.1  # seconds
ONE_ASKS_IN = 50
ACCEPTED, TO_WAIT = 202, 503


@dataclass(frozen=True, slots=True)
class Post:
    """
    The number is in the words, the address and the key. Some ask for mail about replies: all together no more
    than the site asks within an hour.
    """

    number: int

    @property
    def is_message(self) -> bool:
        return self.number % 4 == 0

    @property
    def notify(self) -> bool:
        return self.number % ONE_ASKS_IN == 1 and self.number < ONE_ASKS_IN * MOST_AN_HOUR

    @property
    def words(self) -> str:
        return f"Words of number {self.number}"

    @property
    def body(self) -> str:
        person = {"name": "Ada", "email": f"reader{self.number}@example.org"}
        said = {"message": self.words} if self.is_message else {"comment": self.words, "notify": self.notify}
        return json.dumps({**person, **said})

    @property
    def headers(self) -> dict[str, str]:
        client = f"10.{self.number // 65536 % 256}.{self.number // 256 % 256}.{self.number % 256}"
        return {
            "Content-Type": "application/json",
            "Idempotency-Key": f"key-{self.number}",
            "X-Forwarded-For": client,
        }


@dataclass(slots=True)
class Readers:
    """
    ``acknowledged`` holds the id of each accepted comment by its number, None for a message.

    ``waits`` counts the answers that asked to come again later, where that is no fault.
    """

    servers: list[WebServer]
    comments: str
    messages: str
    acknowledged: dict[int, int | None] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)
    repeats: int = 0
    told_to_wait_is_no_fault: bool = False
    waits: int = 0
    numbers: Iterator[int] = field(default_factory=lambda: count(1))
    over: threading.Event = field(default_factory=threading.Event)

    @contextmanager
    def posting(self) -> Iterator[None]:
        """Let them post; at the end each first gets his last post acknowledged."""
        threads = [threading.Thread(target=self._post_on, args=(seed,)) for seed in range(READERS)]
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

    def _is_acknowledged(self, post: Post, server: WebServer) -> bool:
        """Say whether anything came back. What is not 202 then is a fault as well."""
        door = http.client.HTTPConnection(HOST, server.port, timeout=30)
        try:
            door.request("POST", self.messages if post.is_message else self.comments, post.body, post.headers)
            answer = door.getresponse()
            said = answer.read()
        except (OSError, http.client.HTTPException):
            return False
        finally:
            door.close()
        if self.told_to_wait_is_no_fault and answer.status == TO_WAIT and answer.getheader("Retry-After"):
            self.waits += 1
            return False
        if answer.status == ACCEPTED:
            self.acknowledged[post.number] = json.loads(said).get("id")
        else:
            self.refused.append(f"number {post.number}: {answer.status}")
        return True
