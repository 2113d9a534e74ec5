"""docs/asvs.md: every requirement is there once, and what it names is there."""

import ast
import re
from collections import Counter
from functools import cache
from importlib import import_module
from pathlib import Path

from tests.attack.__main__ import THEMES
from tests.attack.run import OF_THE_WHOLE, name_of
from tests.own_site import ROOT

DOCS = ROOT / "docs"
TABLE = DOCS / "asvs.md"
# How many requirements of levels 1 and 2 each section of ASVS 5.0 has, numbered from 1.
SECTIONS = """
    1.1:2 1.2:9 1.3:11 1.4:3 1.5:2 2.1:3 2.2:3 2.3:4 2.4:1 3.2:2 3.3:4 3.4:6 3.5:5 3.7:2 4.1:3 4.2:1 4.3:2
    4.4:4 5.1:1 5.2:3 5.3:2 5.4:3 6.1:3 6.2:12 6.3:4 6.4:4 6.5:5 6.6:3 6.8:4 7.1:3 7.2:4 7.3:2 7.4:5 7.5:2
    7.6:2 8.1:2 8.2:3 8.3:1 8.4:1 9.1:3 9.2:4 10.1:2 10.2:2 10.3:4 10.4:11 10.5:5 10.6:2 10.7:3 11.1:2
    11.2:3 11.3:3 11.4:4 11.5:1 11.6:1 12.1:3 12.2:2 12.3:4 13.1:1 13.2:5 13.3:2 13.4:5 14.1:2 14.2:4 14.3:3
    15.1:3 15.2:3 15.3:7 16.1:1 16.2:5 16.3:4 16.4:3 16.5:3 17.1:1 17.2:4 17.3:2
"""
ROW = re.compile(r"^\| (\d+\.\d+\.\d+) \| ([^|]+) \| (met|not met|n/a) \| (.+) \|$", re.MULTILINE)
TOLD = re.compile(r"^\| ([^|]+) \| [\d,]+ \| [^|]+ \| (\w+) \|$", re.MULTILINE)
TEST = re.compile(r"`([\w/]+\.py)::(\w+)`")
LINK = re.compile(r"\]\(([^)#:]*)(?:#([^)]*))?\)")


def rows() -> list[tuple[str, str, str, str]]:
    """Return number, topic, verdict and reason of each requirement."""
    return ROW.findall(TABLE.read_text())


def requirements() -> list[str]:
    counted = (section.split(":") for section in SECTIONS.split())
    return [f"{name}.{number}" for name, count in counted for number in range(1, int(count) + 1)]


@cache
def functions(path: Path) -> set[str]:
    tree = ast.parse(path.read_text()) if path.exists() else ast.Module([], [])
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


@cache
def anchors(path: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", path.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_each_requirement_is_there_once_and_in_order():
    assert len(requirements()) == 253
    assert [number for number, *_ in rows()] == requirements()


def test_each_that_is_met_says_by_what():
    assert [
        number
        for number, _, verdict, reason in rows()
        if verdict == "met" and not TEST.search(reason) and not LINK.search(reason)
    ] == []


def test_each_test_that_is_named_is_there():
    named = {test for page in DOCS.glob("*.md") for test in TEST.findall(page.read_text())}

    assert len(named) > 60
    assert [test for test in sorted(named) if test[1] not in functions(ROOT / "tests" / test[0])] == []


def test_each_attack_that_a_met_row_cites_is_tried_and_was_withstood():
    """One that `make attack` does not run shows nothing, nor does one that was lost."""
    cited = {test for *_, verdict, reason in rows() if verdict == "met" for test in attacks_in(reason)}
    said = told_of_attacks()

    assert len(cited) > 30
    assert [attack for attack in sorted(cited) if said.get(name_of_attack(*attack)) != "yes"] == []


def attacks_in(reason: str) -> list[tuple[str, str]]:
    named = (test for test in TEST.findall(reason) if test[0].startswith("attack/"))
    return [(Path(file).stem, function) for file, function in named if Path(file).stem in THEMES]


def name_of_attack(theme: str, function: str) -> str:
    """Return the name of an attack in the table; nothing for a function that is no attack."""
    attacks = {attack.__name__: attack for attack in import_module(f"tests.attack.{theme}").ATTACKS}
    return name_of(attacks[function]) if function in attacks else ""


def told_of_attacks() -> dict[str, str]:
    """Return whether each attack was withstood, as docs/security.md says."""
    return dict(TOLD.findall((DOCS / "security.md").read_text()))


def test_the_table_of_attacks_has_each_once():
    names = [name_of(attack) for theme in THEMES for attack in import_module(f"tests.attack.{theme}").ATTACKS]
    told = [name for name, _ in TOLD.findall((DOCS / "security.md").read_text())]

    assert Counter(told) == Counter([*names, OF_THE_WHOLE])


def test_each_link_of_the_security_pages_leads_somewhere():
    for page in (TABLE, DOCS / "security.md", DOCS / "security-reference.md"):
        links = LINK.findall(page.read_text())
        assert links, page.name
        for target, anchor in links:
            path = (DOCS / target).resolve() if target else page
            assert path.exists(), (page.name, target)
            assert not anchor or anchor in anchors(path), (page.name, target, anchor)


def test_the_sum_is_right():
    verdicts = Counter(verdict for _, _, verdict, _ in rows())
    said = f"{verdicts['met']} are met, {verdicts['not met']} are not met, {verdicts['n/a']} do not apply."

    assert said in TABLE.read_text()
