"""Says what a long piece of work is doing: when it begins, and every few seconds until it ends."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

EVERY = 4.0  # seconds

Say = Callable[[str], object]
Look = Callable[[], str]


class Step:
    """How far a piece of work is."""

    def __init__(self, name: str, look: Look) -> None:
        self.name = name
        self.place = ""
        self.look = look

    def at(self, number: int, total: int, what: str = "") -> None:
        """Take note of where it is: ``number`` of ``total`` has begun."""
        self.place = f"{number} of {total}" + (f", {what}" if what else "")

    def __str__(self) -> str:
        place = self.place or self.look()
        return f"{self.name}: {place} …" if place else f"{self.name} …"


@contextmanager
def doing(name: str, say: Say, *, every: float = EVERY, look: Look = str) -> Iterator[Step]:
    """
    Say it now, and again whenever so many seconds have passed: a thread does, whatever the work does.

    ``look`` finds out how far work is that does not tell.
    """
    step, over = Step(name, look), threading.Event()
    say(str(step))

    def go_on_saying() -> None:
        while not over.wait(every):
            say(str(step))

    speaker = threading.Thread(target=go_on_saying, daemon=True)
    speaker.start()
    try:
        yield step
    finally:
        over.set()
        speaker.join()
