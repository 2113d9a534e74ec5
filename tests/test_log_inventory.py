"""docs/security-reference.md names everything that writes a line of the log, and where lines go."""

import re

from django.conf import settings

from tests.own_site import ROOT

WRITES = re.compile(r"^\w+ = logging\.getLogger\((.*)\)$", re.MULTILINE)
NAMED = re.compile(r"`((?:cms|home|blog)\.[\w.]+)`")


def writers() -> set[str]:
    """Return the modules of ours that have a logger of their own."""
    found = set()
    for package in ("cms", "home", "blog"):
        for path in (ROOT / package).rglob("*.py"):
            if loggers := WRITES.findall(path.read_text()):
                assert loggers == ["__name__"], path
                found.add(".".join(path.relative_to(ROOT).with_suffix("").parts))
    return found


def inventory() -> str:
    page = (ROOT / "docs/security-reference.md").read_text()
    return page.partition("## What is written down")[2].partition("\n## ")[0]


def test_every_module_that_writes_lines_is_in_the_inventory_and_no_other():
    assert len(writers()) > 10
    assert set(NAMED.findall(inventory())) == writers()


def test_lines_go_to_stderr_and_nowhere_else():
    kinds = {name: handler["class"] for name, handler in settings.LOGGING["handlers"].items()}
    used = {name for logger in settings.LOGGING["loggers"].values() for name in logger.get("handlers", ())}

    assert kinds == {"stderr": "logging.StreamHandler", "nowhere": "logging.NullHandler"}
    assert used | set(settings.LOGGING["root"]["handlers"]) == kinds.keys()
    assert "stderr" in inventory()
