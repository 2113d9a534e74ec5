"""What a plain text mail consists of."""

import time

import pytest

from cms.text.mail_parts import COLUMNS, is_own, parts
from tests.work import at_usual_pace

pytestmark = pytest.mark.once

SITE = "https://site.example"


def read(text: str) -> list[tuple[str, list[str]]]:
    blocks = parts(text, SITE).blocks
    return [(kind, ["".join(piece.text for piece in line) for line in lines]) for kind, lines in blocks]


def links(text: str) -> list[str]:
    return [url for block in parts(text, SITE).blocks for url in block.urls]


def test_paragraphs_lists_quotes_and_links_are_told_apart():
    text = f"Hello,\n\nOn:\n- one\n* two\n\n> he said\n\nHere:\n{SITE}/a/\n\n--\nThe site\n"

    assert read(text) == [
        ("paragraph", ["Hello,"]),
        ("paragraph", ["On:"]),
        ("list", ["one", "two"]),
        ("quote", ["he said"]),
        ("paragraph", ["Here:"]),
        ("link", [f"{SITE}/a/"]),
    ]
    assert parts(text, SITE).foot == ["The site"]


def test_lines_that_were_wrapped_are_one_and_others_stay():
    full = "word " * (COLUMNS // 5)

    assert read(f"{full.strip()}\nmore\nends here\nand here") == [
        ("paragraph", [f"{full}more", "ends here", "and here"])
    ]
    assert read(f"- {full[2:].strip()}\n  more\n- two") == [("list", [f"{full[2:]}more", "two"])]
    assert read(f"> {full[2:].strip()}\n> more\n> end") == [("quote", [f"{full[2:]}more", "end"])]


@pytest.mark.parametrize(
    "url",
    ["https://site.example.evil/", "https://site.example@evil/", "https://site.example:80/", "https://x/"],
)
def test_addresses_of_others_are_no_links(url):
    assert not is_own(url, SITE)
    assert links(f"See {url} and {SITE}/b. Or ({SITE}).\n\n{url}") == [f"{SITE}/b", SITE]


def test_what_is_quoted_has_no_link():
    assert links(f"> {SITE}/admin/logout/") == []


@pytest.mark.parametrize("text", ["", "\n\n", "--", "--\nThe site", ">", "-", "- ", "\n--\n--\n"])
def test_little_is_read_too(text):
    parts(text, SITE)


@pytest.mark.parametrize(
    "piece",
    ["a ", "\n", "> ", "- a\n", "--\n", f"{SITE}/a ", f"{SITE}/((((", f"{SITE}\n", "a\n\n", "x" * 76 + "\n"],
)
def test_it_takes_time_in_step_with_the_length(piece):
    times = []
    for length in (50_000, 100_000):
        before = time.thread_time()
        parts((piece * length)[:length], SITE)
        times.append(at_usual_pace(time.thread_time() - before))
    assert times[1] < max(4 * times[0], 0.1)
