"""Processes that live and die together."""

import ctypes
import multiprocessing
import os
import signal
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import django
from django.core.management.base import CommandError

LOOK_EVERY = 0.1  # seconds
STOPPED_WITHIN = 20.0  # seconds; a request or a mail under way may take ten
# A forked process shares the memory of the site that is loaded already. Elsewhere forking is not safe.
WAYS = (
    multiprocessing.get_context("fork") if sys.platform == "linux" else multiprocessing.get_context("spawn")
)
WAY_TO_START = WAYS.get_start_method()


class Children:
    """Each child has a process group of its own, so that Ctrl-C reaches us alone and we stop it in order."""

    def __init__(self) -> None:
        self.processes: dict[str, multiprocessing.process.BaseProcess] = {}
        self.asked_to_stop = False

    def start(self, name: str, target: Callable[..., object], *given: Any) -> None:
        """Run a function of a module in a process of its own."""
        child = WAYS.Process(target=live, args=(target, *given), name=name)
        child.start()
        self.processes[name] = child

    def finish(self, name: str, target: Callable[..., object], *given: Any) -> None:
        """Run such a function to its end. Exit when it fails, having said why, and when asked to stop."""
        self.start(name, target, *given)
        while self.all_well():
            time.sleep(LOOK_EVERY)
        self.stop()
        failed = self.processes.pop(name).exitcode
        if self.asked_to_stop or failed:
            raise SystemExit(0 if self.asked_to_stop else 1)

    def ask_to_stop(self, *signal_and_frame: object) -> None:
        self.asked_to_stop = True

    def wait_until(self, condition: Callable[[], bool], seconds: float) -> bool:
        """Return whether the condition came true while all children were alive and no stop was requested."""
        deadline = time.monotonic() + seconds
        while self.all_well() and time.monotonic() < deadline:
            if condition():
                return True
            time.sleep(LOOK_EVERY)
        return False

    def wait(self) -> str:
        """Wait until a child ends or a stop is requested, stop the rest, and return what went wrong."""
        while self.all_well():
            time.sleep(LOOK_EVERY)
        ended = {name: process.exitcode for name, process in self.processes.items()}
        self.stop()
        if self.asked_to_stop:
            return ""
        return " ".join(
            f"The {name} stopped unexpectedly (exit code {code})."
            for name, code in ended.items()
            if code is not None
        )

    def all_well(self) -> bool:
        return not self.asked_to_stop and all(child.exitcode is None for child in self.processes.values())

    def stop(self) -> None:
        """Ask all, wait for all; then end what is left of each group, such as a killed server's workers."""
        deadline = time.monotonic() + STOPPED_WITHIN
        for child in self.processes.values():
            child.terminate()
        for child in self.processes.values():
            child.join(max(0.0, deadline - time.monotonic()))
            if child.pid:
                with suppress(ProcessLookupError):
                    os.killpg(child.pid, signal.SIGKILL)
            child.join()


def live(target: Callable[..., object], *given: Any) -> None:
    """Be a child: in a group of its own, with the default signal handlers, ended when its parent ends."""
    os.setpgid(0, 0)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    stop_with_parent()
    django.setup()
    try:
        target(*given)
    except CommandError as error:
        raise SystemExit(f"{type(error).__name__}: {error}") from None


def stop_with_parent() -> None:
    """Ask Linux to send us SIGTERM when our parent is killed and cannot: the port must not stay taken."""
    if sys.platform == "linux":
        pr_set_pdeathsig = 1
        ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGTERM)
