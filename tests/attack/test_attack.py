"""The attackers themselves: they see what they look for, and go nowhere else."""

import ast
import math
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path

import pytest

from tests.attack import victim as victims
from tests.attack import wire
from tests.attack.__main__ import THEMES
from tests.attack.forged import _leads_away
from tests.attack.leaks import BEHIND
from tests.attack.outcome import NothingShownError, Tally, judged
from tests.attack.run import name_of, outcome_of
from tests.attack.words import SCRIPTS, executable, runs
from tests.own_site import ROOT, WebServer
from tests.smtp_peer import RawPeer, SmtpPeer

LONGEST_NAME = 90


def every_attack():
    return [attack for theme in THEMES for attack in import_module(f"tests.attack.{theme}").ATTACKS]


@pytest.mark.parametrize("host", ["192.0.2.1", "10.0.0.1", "2001:db8::1", "0.0.0.0"])  # noqa: S104 -- not to be bound
def test_no_other_machine_is_attacked(host):
    with pytest.raises(wire.NotOursError):
        wire.require_loopback(host)


def test_each_attack_has_a_name_of_its_own_that_fits_the_table():
    names = [name_of(attack) for attack in every_attack()]

    assert len(set(names)) == len(names) > 50
    assert [name for name in names if len(name) > LONGEST_NAME] == []


@pytest.mark.parametrize(
    "words", [each for each in SCRIPTS if each.startswith(("<script", '">', "'>", "<svg", "<a "))]
)
def test_a_script_that_is_let_through_is_seen(words):
    assert executable(f"<p>{words}</p>")
    assert executable(f"<p>{words.replace('&', '&amp;').replace('<', '&lt;')}</p>") == []


@pytest.mark.parametrize("cell", ["=1", "+1", "@SUM(1)", " =1", "a;=1", "a\t=1", "a\n=1", "\uff1d1"])
def test_a_cell_that_would_run_is_seen(cell):
    assert runs(cell)
    assert not runs(f"'{cell}" if cell[0] in "=+@" else "a - b = c")


@pytest.mark.parametrize(
    "to", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"]
)
def test_a_redirect_that_leads_away_is_seen(to):
    assert _leads_away(to)
    assert not _leads_away("/admin/")


def test_a_trace_in_an_answer_is_seen():
    assert BEHIND.search('<pre>File "/srv/site/cms/urls.py", line 3</pre>')


def test_what_is_wrong_does_not_hold():
    assert judged(3, "nothing", []).held
    assert not judged(3, "nothing", ["one"]).held


def tally_of(*, tries: int = 1, required: int = 1) -> Tally:
    tally = Tally()
    for _ in range(tries):
        tally.saw("as it should be", wrong=False)
    for _ in range(required):
        tally.require("the bait is there", True)
    return tally


def test_what_was_tried_and_could_have_failed_holds():
    assert tally_of().outcome("nothing").held


@pytest.mark.parametrize(
    ("tally", "seen"), [(tally_of(tries=0), "a"), (tally_of(required=0), "a"), (tally_of(), "")]
)
def test_an_attack_that_tries_requires_or_says_nothing_does_not_hold(tally, seen):
    assert not tally.outcome(seen).held


def test_an_attack_whose_bait_is_not_there_has_shown_nothing():
    def without_bait(victim):
        """An attack"""
        tally_of().require("the bait is there", None)

    with pytest.raises(NothingShownError, match="the bait is there"):
        without_bait(None)
    assert not outcome_of(without_bait, None, until=math.inf).held


@pytest.mark.parametrize("way", ["saw", "found"])
def test_one_thing_that_is_wrong_is_enough(way):
    tally = tally_of()
    getattr(tally, way)("wrong", wrong="yes")

    assert not tally.outcome("nothing").held


@pytest.mark.parametrize("theme", THEMES)
def test_attacks_count_what_they_try_and_leave_the_verdict_to_the_tally(theme):
    """No constants in place of counts, no outcome of one's own making."""
    tree = ast.parse(Path(import_module(f"tests.attack.{theme}").__file__).read_text())
    called = {
        node.func.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    set_by_hand = [
        ast.unparse(node)
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store) and node.attr in vars(Tally())
    ]

    assert "Tally" in called
    assert called.isdisjoint({"judged", "Outcome"})
    assert set_by_hand == []


class Wall(WebServer):
    """What stands where the site should be, and gives every request one and the same answer."""

    def __init__(self, answer: bytes) -> None:
        self.answer, self.port, self.log = answer, 0, Path(os.devnull)

    @contextmanager
    def standing(self) -> Iterator["Wall"]:
        with RawPeer(self._refuse) as peer:
            self.port = peer.port
            yield self

    def _refuse(self, line: socket.socket, over: threading.Event) -> None:
        request = line.makefile("rb")
        length = 0
        while (header := request.readline(65_536)).strip():
            if header.lower().startswith(b"content-length:"):
                length = int(header.split(b":")[1])
        request.read(length)
        line.sendall(self.answer)


@pytest.mark.once
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(b"200 OK\r\n", marks=pytest.mark.long),
        pytest.param(b"302 Found\r\nLocation: /admin/login/\r\n", marks=pytest.mark.long),
        pytest.param(b"403 Forbidden\r\n", marks=pytest.mark.long),
        pytest.param(b"429 Too Many Requests\r\n", marks=pytest.mark.long),
    ],
    ids=lambda answer: answer[:3].decode(),
)
def test_no_attack_is_withstood_by_a_wall_that_answers_everything_alike(
    answer, settings, monkeypatch, tmp_path
):
    """It gives nothing away and lets nobody in, but serves nobody either: an attack has to notice."""
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr(victims, "DELIVERED_WITHIN", 0)  # there is no worker
    rest = b"Content-Type: text/html; charset=utf-8\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
    with SmtpPeer() as peer, Wall(b"HTTP/1.1 " + answer + rest).standing() as wall:
        victim = victims.furnish(wall, peer, tmp_path)
        held = [
            attack.__name__ for attack in every_attack() if outcome_of(attack, victim, until=math.inf).held
        ]

    assert held == []


@pytest.mark.once
@pytest.mark.django_db(transaction=True)
def test_the_cookies_of_a_whole_site_withstand(template: str, tmp_path: Path):
    command = [sys.executable, "-m", "tests.attack", "--only", "sessions", "--template", template]
    variables = {**os.environ, "DATA_DIR": str(tmp_path), "PORT": ""}
    run = subprocess.run(command, check=False, cwd=ROOT, env=variables, capture_output=True, text=True)

    assert run.returncode == 0, run.stdout + run.stderr
    assert "All were withstood." in run.stdout
