"""Answers made ready in the thread that ran Django, and sent by granian while no thread waits."""

import os
import stat
from collections.abc import Iterable
from contextlib import closing
from functools import partial
from io import BufferedReader
from itertools import chain
from tempfile import TemporaryFile
from typing import BinaryIO, NamedTuple

from cms.front.wsgi import Answer, FileAnswer, Headers

IN_MEMORY = 256 * 1024  # bytes of one answer; a longer one is sent from a file


class Ready(NamedTuple):
    """
    An answer whose body is bytes, or else a whole file by its path.

    ``held`` has to stay open until that path is opened.
    """

    status: int
    headers: Headers
    body: bytes = b""
    path: str = ""
    held: BinaryIO | None = None


def make_ready(answer: Answer) -> Ready:
    """Return an answer that needs no thread any more."""
    body = answer.body
    with closing(body):
        if isinstance(body, FileAnswer):
            if path := _whole_file(body.file):
                return Ready(answer.status, answer.headers, path=path)
            return _collected(answer, iter(partial(body.file.read, IN_MEMORY), b""))
        return _collected(answer, body)


def _whole_file(file: BinaryIO) -> str:
    """Return the path of an open file of the disk that is to be sent from its start, or an empty string."""
    file = getattr(file, "file", file)  # Django wraps those of a storage
    if not isinstance(file, BufferedReader) or not isinstance(file.name, str) or file.tell():
        return ""
    return os.path.realpath(file.name) if stat.S_ISREG(os.fstat(file.fileno()).st_mode) else ""


def _collected(answer: Answer, chunks: Iterable[bytes]) -> Ready:
    kept, size, rest = [], 0, iter(chunks)
    for chunk in rest:
        kept.append(chunk)
        size += len(chunk)
        if size > IN_MEMORY:
            return _in_a_file(answer, chain(kept, rest))
    return Ready(answer.status, answer.headers, b"".join(kept))


def _in_a_file(answer: Answer, chunks: Iterable[bytes]) -> Ready:
    file = TemporaryFile()  # noqa: SIM115 -- without a name; gone when it is closed, or the process killed
    file.writelines(chunks)
    file.seek(0)  # which writes what was buffered
    return Ready(answer.status, answer.headers, path=f"/dev/fd/{file.fileno()}", held=file)
