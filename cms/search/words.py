"""
Turns text and queries into terms of the search index: the same terms, however a word was typed.

Composed or decomposed, wide or narrow, upper or lower case, with accents or without: one word is one term. A
word keeps its combining vowel signs. Chinese, Japanese, Korean, Thai and the like have no spaces between
words: each pair of neighbouring characters is a term. Words are cut to their stem where Snowball knows how,
by the script they are written in.

Terms are a-z and 0-9 only, other letters in hexadecimal: the tokenisers of SQLite and PostgreSQL, in whatever
locale, agree on these alone, and nothing in them is syntax of a query.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice

from snowballstemmer import stemmer

from cms.text.marks import bound_runs

FORMAT = 1  # of the terms: an index in another format is rebuilt (``upkeep``)
LONGEST_QUERY = 200
LONGEST_TEXT = 200_000  # of one field; PostgreSQL takes no more than a megabyte of terms
LONGEST_INDEX = 400_000
LONGEST_WORD = 40
MOST_TERMS = 24

_FOLDED = re.compile(
    "(?<!и)\u0306"  # over и a breve makes another letter
    "|[\u0300-\u0305\u0307-\u036f"  # accents
    "\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7"  # Hebrew points
    "\u0640\u064b-\u065f\u0670"  # Arabic vowel marks, hamza, the stretching of a line
    "\ufe00-\ufe0f]"  # how a character is drawn
)
_UNDIVIDED = str.maketrans(
    {"ı": "i", "ø": "o", "đ": "d", "ł": "l", "ħ": "h", "ŧ": "t", "æ": "ae", "œ": "oe", "ð": "d", "þ": "th"}
)
_INSIDE_WORDS = "-\u2010\u2011'\u2019\u02bc"
_SPACELESS = (
    "\u0e00-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u1950-\u19df\u1a20-\u1aaf\ua9e0-\ua9ff\uaa60-\uaadf"
    "\u3005-\u3007\u3040-\u318f\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff"
    "\U00020000-\U0003ffff"
)
_RUN = re.compile(f"[{_SPACELESS}]+|[^{_SPACELESS}]+")
_STEMMED = (
    ("english", re.compile("[a-z]+")),
    ("greek", re.compile("[\u0370-\u03ff]+")),
    ("russian", re.compile("[\u0400-\u04ff]+")),
    ("arabic", re.compile("[\u0620-\u06ff]+")),
    ("hindi", re.compile("[\u0900-\u097f]+")),
)


def index_terms(text: str) -> str:
    """Return the terms of a text, in its order, followed by further terms by which it is found."""
    terms: list[str] = []
    further: list[str] = []
    for word in _split(text[:LONGEST_TEXT]):
        terms += _terms(word)
        further += _further_terms(word)
    return _cut(" ".join(terms + further))


def completion_terms(text: str) -> str:
    """Return the terms of a title that is found while its words are being typed: its whole words as well."""
    words = [part for word in _split(text[:LONGEST_TEXT]) for part in _parts(word)]
    return _cut(f"{index_terms(text)} {' '.join(_encode(word) for word in words)}")


def query_terms(query: str) -> str:
    """Return the terms of a query; none of it is syntax. At most MOST_TERMS."""
    return " ".join(_query_terms(query))


def prefix_terms(query: str) -> str:
    """Return the terms of a query whose last word is still being typed."""
    terms = _query_terms(query)
    *_, last = ["", *(part for word in _split(query[:LONGEST_QUERY]) for part in _parts(word))]
    stem = _stem(last)
    if not last.startswith(stem) and terms[-1] == _encode(stem):
        terms[-1] = _encode(last)
    return " ".join(terms)


def _query_terms(query: str) -> list[str]:
    terms = (term for word in _split(query[:LONGEST_QUERY]) for term in _terms(word))
    return list(islice(terms, MOST_TERMS))


def _split(text: str) -> Iterator[str]:
    for word in "".join(map(_kind, _fold(text))).split():
        if word := word.strip(_INSIDE_WORDS):
            yield word


def _fold(text: str) -> str:
    text = unicodedata.normalize("NFKC", bound_runs(text)).casefold()
    text = _FOLDED.sub("", unicodedata.normalize("NFD", text))
    return unicodedata.normalize("NFC", text).translate(_UNDIVIDED)


@lru_cache(maxsize=4096)
def _kind(character: str) -> str:
    """Return a character of a word as it is, a symbol between spaces, and a space for what divides words."""
    category = unicodedata.category(character)
    if category == "Nd":
        return str(unicodedata.decimal(character))
    if category[0] in "LMN" or character in _INSIDE_WORDS:
        return character
    if category in ("So", "Co", "Cn"):  # emoji, those too that are newer than Python's table
        return f" {character} "
    return "" if category == "Cf" and character != "\u200b" else " "


def _parts(word: str) -> list[str]:
    """Divide a word at hyphens, apostrophes and changes of script. An English genitive loses its s."""
    word = re.sub("['\u2019\u02bc]s$", "", word)
    pieces = re.split(f"[{_INSIDE_WORDS}]+", word)
    return [
        run[:LONGEST_WORD] if not _is_spaceless(run) else run for each in pieces for run in _RUN.findall(each)
    ]


def _terms(word: str) -> Iterator[str]:
    for part in _parts(word):
        if _is_spaceless(part):
            units = _units(part)
            yield from map(_encode, map("".join, zip(units, units[1:], strict=False)) if units[1:] else units)
        else:
            yield _encode(_stem(part))


def _further_terms(word: str) -> Iterator[str]:
    """Yield single characters of text without spaces, and a divided word as one: e-mail, email."""
    parts = _parts(word)
    for part in parts:
        if _is_spaceless(part) and len(units := _units(part)) > 1:
            yield from map(_encode, units)
    if len(parts) > 1 and not any(map(_is_spaceless, parts)):
        yield _encode(_stem("".join(parts)[:LONGEST_WORD]))


def _is_spaceless(run: str) -> bool:
    return re.match(f"[{_SPACELESS}]", run) is not None


def is_spaceless(text: str) -> bool:
    """Say whether any of it is in a script without spaces between words."""
    return re.search(f"[{_SPACELESS}]", text) is not None


def _units(run: str) -> list[str]:
    """Divide a run into characters, each with the signs that sit on it."""
    units: list[str] = []
    for character in run:
        if units and unicodedata.category(character)[0] == "M" and len(units[-1]) < LONGEST_WORD:
            units[-1] += character
        else:
            units.append(character)
    return units


@lru_cache(maxsize=8192)
def _stem(word: str) -> str:
    """Each word has a stemmer of its own: it keeps the word it works on, and threads come in here."""
    for language, script in _STEMMED:
        if script.fullmatch(word):
            return stemmer(language).stemWord(word)
    return word


def _encode(word: str) -> str:
    return word if word.isascii() else "x" + word.encode("utf-16-be", "replace").hex()


def _cut(terms: str) -> str:
    """Cut between terms."""
    return terms if len(terms) <= LONGEST_INDEX else terms[:LONGEST_INDEX].rpartition(" ")[0]
