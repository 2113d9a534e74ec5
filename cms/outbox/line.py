"""
A connection that ends in time, whatever the other side does.

A limit for one step on the wire is not enough: a server that sends one byte now and then never exceeds it. So
a timer limits the whole exchange, and cuts the connection when it takes too long.
"""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress


class TimeLimitError(OSError):
    """The whole exchange took too long."""


class Line:
    """The socket of a connection, which another thread may cut, and whether a whole mail was sent over it."""

    def __init__(self) -> None:
        self.handed_over = False
        self.cut_off = False
        self._socket: socket.socket | None = None
        self._turn = threading.Lock()

    def watch(self, plain: socket.socket) -> None:
        """Keep a duplicate of the socket: TLS takes over the first. Raises TimeLimitError if too late."""
        with self._turn:
            self._forget()
            if self.cut_off:
                plain.close()
                raise TimeLimitError
            self._socket = plain.dup()

    def cut(self) -> None:
        with self._turn:
            self.cut_off = True
            if self._socket:
                with suppress(OSError):  # the other side closed it first
                    self._socket.shutdown(socket.SHUT_RDWR)

    def forget(self) -> None:
        with self._turn:
            self._forget()

    def _forget(self) -> None:
        if self._socket:
            self._socket.close()
        self._socket = None

    @contextmanager
    def at_most(self, seconds: float) -> Iterator[None]:
        """Cut the line when the block takes longer."""
        self.handed_over = self.cut_off = False
        clock = threading.Timer(seconds, self.cut)
        clock.daemon = True
        clock.start()
        try:
            yield
        finally:
            clock.cancel()
