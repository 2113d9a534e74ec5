"""
Every regular expression of the site takes time in step with the length of the text.

They are found in the code, and in what it made of them; the hostile texts are made of each pattern itself:
every part of it repeated, after what comes before it, with an end that fits nowhere. A new one is tried too.
"""

import ast
import importlib
import pkgutil
import re
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import product
from pathlib import Path
from re import _constants as constants
from re import _parser as parser

import pytest
from django.core.validators import RegexValidator
from django.db import connection
from django.urls import get_resolver
from django.urls.resolvers import URLResolver

import blog
import cms
import home

pytestmark = pytest.mark.once

ROOT = Path(__file__).parents[1]
SHORT, LONG = 2_000, 8_000
FLOOR = 0.004  # seconds
GIVEN_UP_AFTER = 0.5  # seconds of processor time
NO_FIT = "\0"
METHODS = {"search", "match", "fullmatch", "findall", "finditer", "sub", "subn", "split"}
NOT_FOR_STRANGERS = ("migrations", "management", "demo")  # read what staff and the site itself wrote
OTHER_DATABASES = {"sqlite": ("postgres",), "postgresql": ("sqlite",)}[connection.vendor]
Pattern = re.Pattern[str] | re.Pattern[bytes]


def modules() -> Iterator[object]:
    for package in (blog, cms, home):
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            left_out = {*NOT_FOR_STRANGERS, *OTHER_DATABASES} & set(found.name.split("."))
            if not left_out and ".settings." not in found.name:
                yield importlib.import_module(found.name)


def patterns_in(value: object) -> Iterator[Pattern]:
    if isinstance(value, re.Pattern):
        yield value
    elif isinstance(value, RegexValidator):
        yield value.regex._wrapped if hasattr(value.regex, "_wrapped") else value.regex
    elif isinstance(value, (tuple, list)):
        for each in value:
            yield from patterns_in(each)


def written_in(path: Path) -> Iterator[Pattern]:
    """Return the patterns that are named where they are used: ``re.sub("…", …)``."""
    for call in ast.walk(ast.parse(path.read_text())):
        if _is_of_re(call) and call.args and isinstance(call.args[0], ast.Constant):
            yield re.compile(call.args[0].value)


def _is_of_re(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "re"
        and node.func.attr in METHODS
    )


def of_addresses(resolver: URLResolver) -> Iterator[Pattern]:
    for entry in resolver.url_patterns:
        if str(entry.pattern) == "admin/":
            continue
        yield re.compile(entry.pattern.regex.pattern)
        if isinstance(entry, URLResolver):
            yield from of_addresses(entry)


def every_pattern() -> list[Pattern]:
    found = {
        pattern for module in modules() for value in vars(module).values() for pattern in patterns_in(value)
    }
    for package in ("blog", "cms", "home"):
        for path in (ROOT / package).rglob("*.py"):
            if not set(NOT_FOR_STRANGERS) & set(path.parts):
                found |= set(written_in(path))
    found |= set(of_addresses(get_resolver()))
    return sorted(found, key=repr)


def samples(parsed: object) -> list[str]:
    """Return a text that fits each part of a pattern, in its order."""
    return [_sample(kind, given) for kind, given in parsed]


def _sample(kind: object, given: object) -> str:
    return _SAMPLES[kind](given) if kind in _SAMPLES else ""


def _of_set(members: list) -> str:
    if members[0][0] is constants.NEGATE:
        test = re.compile(f"[{''.join(map(_spelt, members))}]")
        return next(char for char in "a1-. é\n" if test.match(char))
    kind, given = members[0]
    if kind is constants.RANGE:
        return chr(given[0])
    return chr(given) if kind is constants.LITERAL else {"DIGIT": "1", "SPACE": " "}.get(str(given)[9:], "a")


def _spelt(member: tuple) -> str:
    kind, given = member
    if kind is constants.NEGATE:
        return "^"
    if kind is constants.RANGE:
        return f"{re.escape(chr(given[0]))}-{re.escape(chr(given[1]))}"
    if kind is constants.LITERAL:
        return re.escape(chr(given))
    return {"DIGIT": r"\d", "NOT_DIGIT": r"\D", "SPACE": r"\s", "NOT_SPACE": r"\S", "WORD": r"\w"}.get(
        str(given)[9:], r"\W"
    )


def _repeated(given: tuple) -> str:
    return "".join(samples(given[2])) * max(given[0], 1)


REPEATS = (constants.MAX_REPEAT, constants.MIN_REPEAT, constants.POSSESSIVE_REPEAT)
_SAMPLES: dict[object, Callable[..., str]] = {
    constants.LITERAL: chr,
    constants.NOT_LITERAL: lambda given: "a" if given != ord("a") else "b",
    constants.ANY: lambda given: "a",
    constants.IN: _of_set,
    constants.BRANCH: lambda given: "".join(samples(given[1][0])),
    constants.SUBPATTERN: lambda given: "".join(samples(given[3])),
    constants.ATOMIC_GROUP: lambda given: "".join(samples(given)),
    **dict.fromkeys(REPEATS, _repeated),
}


def hostile(pattern: Pattern) -> Iterator[tuple[str, str]]:
    """Return what comes first and what is repeated after it: each part of a pattern, and each two of them."""
    text = pattern.pattern if isinstance(pattern.pattern, str) else pattern.pattern.decode("latin-1")
    parts = [part for part in _all_samples(parser.parse(text, pattern.flags & ~re.UNICODE)) if part]
    atoms = list(dict.fromkeys(parts))[:8]
    if not atoms:
        return
    for repeated in dict.fromkeys([*atoms, *map("".join, product(atoms[:4], repeat=2)), "".join(atoms)]):
        yield atoms[0], repeated


def _all_samples(parsed: object) -> Iterator[str]:
    for kind, given in parsed:
        yield _sample(kind, given)
        for inner in _inside(kind, given):
            yield from _all_samples(inner)


def _inside(kind: object, given: object) -> list:
    if kind is constants.BRANCH:
        return list(given[1])
    place = {constants.SUBPATTERN: 3, constants.ASSERT: 1, constants.ASSERT_NOT: 1} | dict.fromkeys(
        REPEATS, 2
    )
    if kind is constants.ATOMIC_GROUP:
        return [given]
    return [given[place[kind]]] if kind in place else []


class TooLongError(Exception):
    pass


@contextmanager
def given_up() -> Iterator[None]:
    """Interrupt what takes for ever. A regular expression looks at signals now and then."""

    def give_up(*args: object) -> None:
        raise TooLongError

    before = signal.signal(signal.SIGVTALRM, give_up)
    signal.setitimer(signal.ITIMER_VIRTUAL, GIVEN_UP_AFTER)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def seconds(read: Callable[[str], object], text: str) -> float:
    took = []
    for _ in range(3):
        start = time.thread_time()
        read(text)
        took.append(time.thread_time() - start)
        if took[-1] < FLOOR:
            break
    return min(took)


def slow(pattern: Pattern) -> list[tuple[str, str]]:
    """Return the texts for which four times the length takes much more than four times as long."""
    return [
        (start, repeated)
        for start, repeated in hostile(pattern)
        for read in (lambda text: list(pattern.finditer(text)), pattern.fullmatch)
        if _is_slow(read, *(_text(pattern, start, repeated, length) for length in (SHORT, LONG)))
    ]


def _text(pattern: Pattern, start: str, repeated: str, length: int) -> str | bytes:
    text = start + repeated * (length // len(repeated)) + NO_FIT
    return text if isinstance(pattern.pattern, str) else text.encode("latin-1", "replace")


def _is_slow(read: Callable[[str], object], short: str, long: str) -> bool:
    try:
        with given_up():
            return all(_takes_the_square(read, short, long) for _ in range(2))  # once can be a busy neighbour
    except TooLongError:
        return True


def _takes_the_square(read: Callable[[str], object], short: str, long: str) -> bool:
    took = seconds(read, long)
    return took > FLOOR and took > 8 * seconds(read, short)


@pytest.mark.parametrize("pattern", every_pattern(), ids=lambda pattern: repr(pattern.pattern)[:60])
def test_four_times_the_text_takes_about_four_times_as_long(pattern):
    assert slow(pattern) == []


@pytest.mark.parametrize(
    "pattern", [r"a+a+b", r"(a|a)*c", r"(?:x+)+y", r"\s+$", r"[a-z]+\d", r"<.*?>", r"-+\n", r".*b.*c"]
)
def test_the_eyes_of_this_test_see_one_that_takes_the_square(pattern):
    assert slow(re.compile(pattern))


def test_every_regular_expression_of_the_code_is_found():
    found = {pattern.pattern for pattern in every_pattern()}
    written = set()
    for path in (path for package in ("blog", "cms", "home") for path in (ROOT / package).rglob("*.py")):
        if set(NOT_FOR_STRANGERS) & set(path.parts):
            continue
        for call in ast.walk(ast.parse(path.read_text())):
            named = isinstance(call, ast.Call) and ast.unparse(call.func) in ("re.compile", "RegexValidator")
            if named and isinstance(call.args[0], ast.Constant):
                written.add((call.args[0].value, f"{path.relative_to(ROOT)}:{call.lineno}"))

    assert len(written) > 20
    assert [place for pattern, place in written if pattern not in found] == []
