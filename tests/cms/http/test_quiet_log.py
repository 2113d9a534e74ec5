"""The log shows no address, whoever wrote it and however; and nobody makes it slow or long from outside."""

import logging
import secrets
import time
from io import StringIO
from urllib.parse import quote

import pytest

from cms.http.quiet_log import (
    FIRST_LINES,
    LAST_LINES,
    LEFT_OUT,
    LONGEST_LINE,
    MARK,
    WithoutAddresses,
    shorten,
    without_addresses,
)
from cms.previews import tokens
from cms.previews.models import SharedDraft
from tests import crawl
from tests.conftest import visitor

ADDRESS = "kq7loggedv3x@canary-log.example"
LOCAL = "kq7loggedv3x"
# The canary as visitors can write it: in a path, a header, JSON, or a name that Python prints.
SPELLINGS = {
    "plain": ADDRESS,
    "in angle brackets": f"Ann <{ADDRESS}>",
    "in JSON": f'{{"email":"{ADDRESS}","n":1}}',
    "in a Python dict": str({"email": ADDRESS}),
    "in a query": f"/search/?q={ADDRESS}&page=2",
    "encoded": f"/search/?q={LOCAL}%40canary-log.example",
    "encoded twice": f"/search/?q={LOCAL}%2540canary-log.example",
    "encoded often": f"/search/?q={LOCAL}%25252540canary-log.example",
    "full width": f"{LOCAL}＠canary-log.example",
    "full width and encoded": f"{LOCAL}%EF%BC%A0canary-log.example",
    "as Python escapes it": f"{LOCAL}\\uff20canary-log.example",
    "as JSON escapes it": f"{LOCAL}\\u0040canary-log.example",
    "as bytes": f"{LOCAL}\\x40canary-log.example",
    "in HTML": f"{LOCAL}&#64;canary-log.example",
    "in HTML by its name": f"{LOCAL}&commat;canary-log.example",
    "with a quoted name": f'"{LOCAL} smith"@canary-log.example',
    "with an apostrophe": f"{LOCAL}.o'neil@canary-log.example",
    "with odd but legal characters": f"{LOCAL}+a=b/c#d!e|f@canary-log.example",
    "with spaces around the sign": f"{LOCAL} @ canary-log.example",
    "at a number": f"{LOCAL}@[192.0.2.1]",
    "after other signs": f"a@b@{ADDRESS}",
    "over two lines": f"{LOCAL}@\n canary-log.example",
    "of letters beyond ASCII": f"{LOCAL}ü@canary-log.example",
    "in a URL": f"https://{LOCAL}:secret@canary-log.example/",
}


def line(message: str, *args: object, error: BaseException | None = None) -> str:
    trouble = (type(error), error, error.__traceback__) if error else None
    record = logging.LogRecord("a.logger", logging.ERROR, __file__, 1, message, args, trouble)
    return WithoutAddresses("{levelname} {name}: {message}", style="{").format(record)


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_no_spelling_of_an_address_is_shown(spelling):
    written = SPELLINGS[spelling]
    try:
        raise ValueError({"given": [written]}) from KeyError(written)
    except ValueError as error:
        shown = line("Failed for %s: %r", written, (written,), error=error)

    assert MARK in shown
    assert "test_quiet_log.py" in shown
    if spelling != "in a URL":  # here the name is that of a user, before a password
        assert crawl.leaks(shown.encode(), [ADDRESS]) == []
    assert "secret" not in shown


def test_the_rest_of_a_line_stays():
    shown = line("Sent <%s> to 2 people at 10:30, (or %s) [sic]", ADDRESS, ADDRESS)

    assert shown == f"ERROR a.logger: Sent <{MARK}> to 2 people at 10:30, (or {MARK}) [sic]"
    assert without_addresses("x = a.b(c) if d else 'e%20f'") == "x = a.b(c) if d else 'e%20f'"


def test_no_token_of_a_draft_is_shown():
    signed = tokens.sign(tokens.Shown("revision", 12, 3))
    for token in (signed, quote(signed), f"{SharedDraft.PREFIX}{secrets.token_urlsafe(24)}"):
        shown = line("Internal Server Error: %s", f"/preview/{token}/?token={token}&x=1")
        mark = f"{token.partition('_')[0]}_[token]"
        assert shown == f"ERROR a.logger: Internal Server Error: /preview/{mark}/?token={mark}&x=1"
    assert without_addresses("a draft_of and preview_frame.py") == "a draft_of and preview_frame.py"


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_no_half_of_an_address_is_left_where_a_line_is_cut(spelling):
    for before in range(LONGEST_LINE - 60, LONGEST_LINE + 5):
        text = f"{'x ' * (before // 2)}{' ' * (before % 2)}{SPELLINGS[spelling]} and so on"

        assert LOCAL[:4] not in shorten(text) or spelling == "in a URL", before


def test_a_long_line_and_a_long_traceback_are_cut_and_say_so():
    shown = line("Not found: /%s", "a" * 60_000).splitlines()
    assert shown == [f"ERROR a.logger: Not {LEFT_OUT}"]

    lines = line("\n".join(f"line {number}" for number in range(5_000))).splitlines()
    assert len(lines) == FIRST_LINES + 1 + LAST_LINES
    assert lines[FIRST_LINES] == LEFT_OUT
    assert lines[-1] == "line 4999"


HOSTILE = (
    "a", "@", "a@", "a@a.", "a.", ".@", "@.", "%25", "%25EF", "\\u", "&#0", "'", '"', '"a', '"a"@', "a ",
    "a @ ", " @", "é", "🙂", "\u0301a", "<", "a,", "\n", "a\n", "@\n", "\x00", "%4", "&#x0",
)  # fmt: skip


def seconds(text: str) -> float:
    """The least of three, so that another process on the machine does not count."""
    taken = []
    for _ in range(3):
        begin = time.thread_time()
        without_addresses(text)
        taken.append(time.thread_time() - begin)
    return min(taken)


@pytest.mark.parametrize("piece", HOSTILE)
def test_twice_the_length_takes_at_most_twice_the_time(piece):
    """Of the search alone, uncut: four times the length, at most six times the time, for a clock is noisy."""
    short, long = ((piece * length)[:length] for length in (50_000, 200_000))

    assert seconds(long) < 6 * seconds(short) + 0.01


@pytest.mark.parametrize("piece", HOSTILE)
def test_a_line_of_a_million_characters_is_written_in_no_time(piece):
    text = (piece * 1_000_000)[:1_000_000]
    begin = time.thread_time()
    line("%s", text, error=ValueError(text))

    assert time.thread_time() - begin < 0.25


@pytest.fixture
def stderr(capsys, monkeypatch):
    """What reaches the terminal: by the handler of the settings, and by Python's own where there is none."""
    written = StringIO()
    for handler in {*logging.getLogger().handlers, *logging.getLogger("django").handlers}:
        if isinstance(handler.formatter, WithoutAddresses):
            monkeypatch.setattr(handler, "stream", written)
    return lambda: written.getvalue() + capsys.readouterr().err


@pytest.mark.django_db
@pytest.mark.parametrize(
    "host",
    [ADDRESS, "evil.example", "kq7loggedv3x%40canary-log.example", "x" * 60_000, "a@" * 5_000, "", "[::"],
)
def test_a_foreign_host_is_one_short_line_of_the_log_without_an_address(post, stderr, host):
    assert visitor(host=host).get("/").status_code == 400
    (line,) = stderr().splitlines()
    assert len(line) < 200
    assert "@" not in line
    assert "canary-log" not in line


@pytest.mark.django_db
def test_a_body_that_is_too_large_is_no_line_of_the_log(post, stderr):
    answer = visitor().post(post.url, {"comment": ADDRESS + 3_000_000 * "x"})

    assert answer.status_code in (400, 413)
    assert stderr() == ""


@pytest.mark.django_db
@pytest.mark.server_errors(500)
def test_a_fault_of_ours_is_told_without_what_the_visitor_wrote(post, stderr, monkeypatch):
    def broken(*args: object) -> None:
        raise RuntimeError(f"cannot find {ADDRESS}")

    monkeypatch.setattr("blog.comments.rules.policy.of", broken)
    answer = visitor(origin=f"http://{ADDRESS}", referer=f"http://x/?q={ADDRESS}").get(
        f"{post.url}?q={ADDRESS}"
    )

    shown = stderr()
    assert answer.status_code == 500
    assert "RuntimeError: cannot find [address]" in shown
    assert crawl.leaks(shown.encode(), [ADDRESS]) == []


BEYOND_ASCII = "jürgen@bücher.example"


@pytest.mark.parametrize(
    "spelling",
    [
        BEYOND_ASCII,
        "ju\u0308rgen@bu\u0308cher.example",
        "jürgen@xn--bcher-kva.example",
        quote(BEYOND_ASCII),
        quote(BEYOND_ASCII).lower(),
        repr(BEYOND_ASCII.encode()),
        ascii(BEYOND_ASCII),
        "=?utf-8?q?j=C3=BCrgen?=@xn--bcher-kva.example",
        "=?utf-8?b?asO8cmdlbg==?=@xn--bcher-kva.example",
        "用户＠例子.example",
    ],
)
def test_no_spelling_of_letters_beyond_ascii_is_shown(spelling):
    shown = line("cannot write to %s: refused", spelling)

    assert shown.startswith("ERROR a.logger: cannot write to ") and shown.endswith(": refused")
    for part in ("rgen", "asO8", "cher", "用户", "例子"):
        assert part not in shown
