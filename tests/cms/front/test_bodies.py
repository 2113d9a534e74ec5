"""What a process holds of bodies altogether, and when it asks how long one may be."""

import asyncio
import resource
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from cms.front import bodies
from cms.front.bodies import Body, Limit, RefusedRequestError, Room


async def chunks(*parts: bytes) -> AsyncIterator[bytes]:
    for part in (*parts, b""):
        yield part


def collect(body: Body, *parts: bytes, length: int | None = None, limit: Limit | None = None) -> None:
    work = bodies.collect(chunks(*parts), body, length, limit or Limit(1000))
    with ThreadPoolExecutor(1) as apart:  # in this thread Playwright may have a loop
        apart.submit(asyncio.run, work).result()


def refusal(body: Body, *parts: bytes, **how: object) -> int:
    with pytest.raises(RefusedRequestError) as refused:
        collect(body, *parts, **how)
    return refused.value.status


def test_bodies_share_the_room_of_a_process_and_give_it_back():
    room = Room(100)
    with Body(room) as first, Body(room) as second:
        collect(first, b"x" * 60)
        assert refusal(second, b"x" * 40, b"x") == 503
        assert room.left == 0
    assert room.left == 100
    with Body(room) as third:
        collect(third, b"x" * 100)
        assert (third.size, third.file.read()) == (100, b"x" * 100)


def test_nobody_is_asked_before_so_much_has_come():
    asked = []

    async def ask() -> int:
        asked.append(True)
        return 50

    with Body(Room()) as body:
        assert refusal(body, b"x" * 9, length=40, limit=Limit(10, ask)) == 400
        assert not asked
    with Body(Room()) as body:
        collect(body, *[b"x" * 10] * 4, length=40, limit=Limit(10, ask))
        assert asked == [True]
    with Body(Room()) as body:
        assert refusal(body, *[b"x" * 10] * 6, length=60, limit=Limit(10, ask)) == 413


def test_what_is_announced_beyond_all_bounds_is_refused_at_once():
    with Body(Room()) as body:
        assert refusal(body, length=bodies.LONGEST + 1) == 413
        assert body.size == 0


def test_where_the_disk_has_no_room_it_is_said_that_there_is_none():
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (bodies.IN_MEMORY, hard))
    room = Room()
    try:
        with Body(room) as body:
            assert refusal(body, b"x" * bodies.IN_MEMORY, b"x" * bodies.IN_MEMORY, limit=Limit(10**6)) == 503
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert room.left == bodies.ROOM


@pytest.mark.parametrize("parts", [(b"ab", b"", b""), (b"", b"ab")])
def test_a_broken_line_is_told_from_the_end(parts):
    with Body(Room()) as body:
        assert refusal(body, *parts) == 400
