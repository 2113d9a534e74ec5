"""Web servers and workers that are killed and started again, each by itself, while the others go on."""

import random
import time
from pathlib import Path

from cms.outbox.models import Worker
from tests.own_site import WORKER, Process, WebServer
from tests.smtp_peer import free_port

EACH = 2  # of them: while one starts, the other works and may be killed
BEGINS_WITHIN = 120.0  # seconds
WAITS_AT_MOST = 0.5  # seconds from a victim's readiness to its death


class Fleet:
    def __init__(self, folder: Path, dice: random.Random) -> None:
        self.servers = [WebServer(folder / f"web{number}.log", free_port()) for number in range(EACH)]
        self.workers = [Process(WORKER, folder / f"worker{number}.log") for number in range(EACH)]
        self.dice = dice
        self.killed = {"web": 0, "worker": 0}

    def start(self) -> None:
        for process in self.processes:
            process.start()

    def stop(self) -> None:
        for process in self.processes:
            if process.running:
                process.kill()
                process.require_no_fault()

    @property
    def processes(self) -> list[Process]:
        return [*self.servers, *self.workers]

    def round(self) -> None:
        """Kill what the dice say, at a moment they say, and start it again. Nobody waits for that."""
        victims = self._victims()
        for victim in victims:
            self._wait_for(victim)
        time.sleep(self.dice.uniform(0, WAITS_AT_MOST))
        for victim in victims:
            victim.require_alive()
            victim.kill()
            self.killed["web" if victim in self.servers else "worker"] += 1
        for victim in victims:
            victim.start()

    def _victims(self) -> list[Process]:
        web, worker = self.dice.choice(self.servers), self.dice.choice(self.workers)
        lots = [[web]] * 4 + [[worker]] * 4 + [[web, worker]] * 3 + [self.processes]
        return self.dice.choice(lots)

    def _wait_for(self, victim: Process) -> None:
        if isinstance(victim, WebServer):
            victim.wait_until_it_answers()
            return
        deadline = time.monotonic() + BEGINS_WITHIN
        while not Worker.objects.filter(name__endswith=f":{victim.running.pid}").exists():
            victim.require_alive()
            assert time.monotonic() < deadline, victim.log.read_text()
            time.sleep(0.05)
