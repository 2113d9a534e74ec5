"""Processes that live and die together."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress

from django.conf import settings

LOOK_EVERY = 0.1  # seconds
STOPPED_WITHIN = 20.0  # seconds; a request or a mail under way may take ten


class Children:
    """Each child has a process group of its own, so that Ctrl-C reaches us alone and we stop it in order."""

    def __init__(self) -> None:
        self.processes: dict[str, subprocess.Popen] = {}
        self.asked_to_stop = False

    def start(self, name: str, command: list[str]) -> None:
        self.processes[name] = subprocess.Popen(  # noqa: S603 -- the commands are our own, without a shell
            command,
            cwd=settings.BASE_DIR,
            env=os.environ | {"DATA_DIR": str(settings.DATA_DIR)},
            stdin=subprocess.DEVNULL,
            process_group=0,
            preexec_fn=stop_with_parent if sys.platform == "linux" else None,  # noqa: PLW1509 -- no threads
        )

    def ask_to_stop(self, *signal_and_frame: object) -> None:
        self.asked_to_stop = True

    def wait_until(self, condition: Callable[[], bool], seconds: float) -> bool:
        """Return whether the condition came true while all children lived and nobody asked to stop."""
        deadline = time.monotonic() + seconds
        while self.all_well() and time.monotonic() < deadline:
            if condition():
                return True
            time.sleep(LOOK_EVERY)
        return False

    def wait(self) -> str:
        """Wait until a child ends or somebody asks to stop, stop the rest, and say what went wrong."""
        while self.all_well():
            time.sleep(LOOK_EVERY)
        ended = {name: process.poll() for name, process in self.processes.items()}
        self.stop()
        if self.asked_to_stop:
            return ""
        return " ".join(
            f"The {name} ended by itself (exit code {code})."
            for name, code in ended.items()
            if code is not None
        )

    def all_well(self) -> bool:
        return not self.asked_to_stop and all(process.poll() is None for process in self.processes.values())

    def stop(self) -> None:
        """Ask all, wait for all; then end what is left of each group, such as a killed server's workers."""
        deadline = time.monotonic() + STOPPED_WITHIN
        for process in self.processes.values():
            process.terminate()
        for process in self.processes.values():
            with suppress(subprocess.TimeoutExpired):
                process.wait(max(0.0, deadline - time.monotonic()))
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def stop_with_parent() -> None:
    """Ask Linux to send the child SIGTERM when we are killed and cannot: the port must not stay taken."""
    pr_set_pdeathsig = 1
    ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGTERM)
