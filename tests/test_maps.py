"""The docstring of a package is its map: it names every module and package in it."""

import ast
import re
import tomllib
from pathlib import Path

import pytest

import cms

ROOT = Path(cms.__file__).parents[1]
WIRING = {"__init__", "apps", "admin_urls", "management", "migrations", "templatetags", "wagtail_hooks"}
ROOMS = sorted(
    path.parent
    for root in ("blog", "cms", "home")
    for path in (ROOT / root).rglob("__init__.py")
    if not {"migrations", "management", "templatetags"} & set(path.parts) and path.parent.name != "sqlite"
)


def named(room: Path) -> set[str]:
    """Return what stands in the left column of the map, and in backticks."""
    words = ast.get_docstring(ast.parse((room / "__init__.py").read_text())) or ""
    found = [*re.findall(r"^ {4}(\S.*?)(?: {2,}|$)", words, re.MULTILINE), *re.findall(r"`+([^`]+)`+", words)]
    return set(re.findall(r"\w+", " ".join(found)))


def modules(room: Path) -> set[str]:
    return {
        path.stem for path in room.iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()
    } - WIRING


def test_there_are_rooms_with_modules_in_them():
    assert {"blog", "cms", "home", "comments", "outbox", "contact"} <= {room.name for room in ROOMS}
    assert sum(len(modules(room)) for room in ROOMS) > 150


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: str(room.relative_to(ROOT)))
def test_every_module_has_its_place_on_the_map(room):
    assert modules(room) <= named(room)


@pytest.mark.parametrize("name", sorted(modules(ROOT / "cms")))
def test_every_module_of_the_ground_floor_has_its_layer_below_the_blog(name):
    """The contract has no container, so import-linter does not see that one is missing."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]

    assert f"cms.{name}" in " ".join(contracts[0]["layers"]).split()
