"""
No line of the log shows an e-mail address, wherever it came from: a path, a header, the words of an error.
Nor does one show a token that opens a draft.

Visitors choose how long those are. So a record is cut first, between words, and what is left is searched in
a time that grows with its length: a run of characters without a space goes as a whole when it holds an @, in
any of the ways an @ is written in an address, in JSON, in HTML or by Python itself.
"""

import logging
import re

LONGEST_LINE = 1_000  # characters
FIRST_LINES, LAST_LINES = 20, 180  # of a traceback; its end says what went wrong
MARK = "[address]"
OF_A_DRAFT = r"\1_[token]"
LEFT_OUT = "[…]"

# `"ann smith"@example.org` and `ann @ example.org`: here the name and the @ are not in one run
_APART = re.compile(r'(?:"[^"\n]{1,64}"|(?<!\S)[^\s@]+[ \t]{1,3})(?=@)')
_TOKEN = re.compile(r"\b(draft|preview)_[\w:%-]{16,}", re.ASCII)
_RUN = re.compile(r"[^\s<>()\[\],;:\"]+")
_AT = re.compile(
    r"""
    [@＠﹫]
    | %(?:25)*(?:40|EF%(?:25)*BC%(?:25)*A0|EF%(?:25)*B9%(?:25)*AB)
    | \\x40 | \\u(?:0040|ff20|fe6b)
    | &(?:\#0*64|\#x0*40|commat)\b
    """,
    re.IGNORECASE | re.VERBOSE,
)


class WithoutAddresses(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        """Return the line, and its traceback, shortened and with a mark in place of each address."""
        lines = super().format(record).split("\n")
        if len(lines) > FIRST_LINES + LAST_LINES:
            lines[FIRST_LINES:-LAST_LINES] = [LEFT_OUT]
        return "\n".join(map(shorten, lines))


def shorten(line: str) -> str:
    """Return a line without addresses, and without the rest of a long one: no address is cut in two."""
    if len(line) <= LONGEST_LINE:
        return without_addresses(line)
    # the last two words may be the beginning of an address
    whole = without_addresses(line[:LONGEST_LINE]).rsplit(None, 2)[:-2]
    return " ".join([*whole, LEFT_OUT])


def without_addresses(text: str) -> str:
    return _RUN.sub(_mark, _APART.sub(MARK, _TOKEN.sub(OF_A_DRAFT, text)))


def _mark(run: re.Match[str]) -> str:
    return MARK if _AT.search(run[0]) else run[0]
