"""Long work says what it is doing."""

import threading

from django.core.management import call_command

from cms.progress import doing


def test_work_that_takes_long_says_so_again_and_how_far_it_is():
    said, heard = [], threading.Event()

    def say(sentence: str) -> None:
        said.append(sentence)
        if "3 of 12" in sentence:
            heard.set()

    with doing("Drawing", say, every=0.01) as step:
        step.at(3, 12, "a door")
        assert heard.wait(10)

    assert said[0] == "Drawing …"
    assert "Drawing: 3 of 12, a door …" in said


def test_work_that_does_not_tell_is_looked_at():
    said, heard = [], threading.Event()

    def say(sentence: str) -> None:
        said.append(sentence)
        if len(said) > 1:
            heard.set()

    with doing("Collecting", say, every=0.01, look=lambda: "7 written"):
        assert heard.wait(10)

    assert said[1] == "Collecting: 7 written …"


def test_short_work_is_said_once_and_nothing_follows_its_end():
    said = []
    with doing("Loading", said.append, every=60):
        pass

    assert said == ["Loading …"]


def test_each_migration_is_told_with_its_number(db):
    told = []
    call_command("migrate", "previews", "zero", fake=True, verbosity=0)
    call_command("migrate", "previews", fake=True, verbosity=0, tell=lambda *step: told.append(step))

    assert told == [(1, 1, "previews.0001_links_and_front_end")]
