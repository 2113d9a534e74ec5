"""docs/architecture.md names nothing that is not there."""

import importlib.util
import re
from pathlib import Path

import pytest

import cms

PAGE = (Path(cms.__file__).parents[1] / "docs" / "architecture.md").read_text()
NAMED = sorted(set(re.findall(r"`((?:cms|home|blog)(?:\.[a-z_]+)+)`", PAGE)))


def test_it_names_modules():
    assert len(NAMED) > 30


@pytest.mark.parametrize("name", NAMED)
def test_every_module_it_names_is_there(name):
    assert importlib.util.find_spec(name)


def test_every_room_of_the_picture_is_there():
    picture = PAGE.partition("```\n")[2].partition("```")[0]
    ground = picture.partition(" ground ")[2]
    rooms = re.findall(r"^ *((?:[a-z_]+ {1,2})*[a-z_]+)(?: {3,}|$)", ground, re.MULTILINE)
    names = [name for line in rooms for name in line.split()]
    assert len(names) > 15
    for name in names:
        assert importlib.util.find_spec(f"cms.{name}"), name
