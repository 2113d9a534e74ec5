"""
A language that no one speaks: each message in marks, its letters accented. What is outside was forgotten.

⟦Ñéxt⟧ is a message of ours, ⟨Sáve⟩ one of Django or of a package. Marks stand around the words alone: what is
filled into a message, and markup in it, stay outside, and are looked at as everything else is.
"""

import json
import re
from collections.abc import Iterable, Iterator
from html.parser import HTMLParser
from pathlib import Path

import django
import django_comments
import polib
import taggit
import wagtail
from django.conf import settings
from django.db import connection

from cms.brand import memory

ROOT = Path(__file__).parents[1]
CODE = "en-xa"  # as browsers call accented English
OURS, THEIRS = "⟦⟧", "⟨⟩"
PACKAGES = (django, wagtail, taggit, django_comments)
LETTERS = str.maketrans(
    "aceinouyzACEINOUYZ",
    "áçéíñóúýžÁÇÉÍÑÓÚÝŽ",
)
KEPT = re.compile(r"%\(\w+\)[a-z]|%[sd%]|\{[^{}]*\}|<[^<>]*>|&#?\w+;|\b(?:https?|ws):\S+")
MARKED = re.compile(r"[⟦⟨][^⟦⟧⟨⟩]*(?:[⟧⟩]|$)")
SHOWN_ATTRIBUTES = ("alt", "aria-label", "aria-description", "aria-roledescription", "placeholder", "title")
UNSEEN = ("script", "style", "code", "kbd")
BUTTONS = ("submit", "button", "reset")
VOID = frozenset(
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"]
)
WORD = re.compile(r"[^\W\d_]{2,}")
ADDRESS = re.compile(r"(?:https?://|mailto:|/)\S*|\S+@\S+")


def build(folder: Path) -> list[Path]:
    """Write the catalogues, compiled, and return the places for LOCALE_PATHS."""
    places = {"ours": ([ROOT / "locale/en/LC_MESSAGES/django.po"], OURS)}
    found = (Path(package.__path__[0]).rglob("locale/en/LC_MESSAGES/django.po") for package in PACKAGES)
    places["theirs"] = ([each for files in found for each in files], THEIRS)
    for name, (sources, marks) in places.items():
        compiled = folder / name / "en_XA/LC_MESSAGES/django.mo"
        compiled.parent.mkdir(parents=True)
        _catalogue(sources, marks).save_as_mofile(str(compiled))
    return [folder / name for name in places]


def speak(settings, places: list[Path]) -> None:
    """Make it the language of the site, until the test is over."""
    settings.LOCALE_PATHS = places
    settings.LANGUAGES = [*settings.LANGUAGES, (CODE, "Pseudo")]
    settings.LANGUAGE_CODE = CODE
    memory.forget()  # the site's language, which mails are written in


def _catalogue(sources: Iterable[Path], marks: str) -> polib.POFile:
    made = polib.POFile()
    made.metadata = {
        "Content-Type": "text/plain; charset=UTF-8",
        "Plural-Forms": "nplurals=2; plural=(n != 1);",
    }
    for entry in {
        (each.msgctxt, each.msgid): each for path in sources for each in polib.pofile(path)
    }.values():
        entry.msgstr = "" if entry.msgid_plural else pseudo(entry.msgid, marks)
        if entry.msgid_plural:
            entry.msgstr_plural = {0: pseudo(entry.msgid, marks), 1: pseudo(entry.msgid_plural, marks)}
        entry.flags, entry.obsolete = [], False
        made.append(entry)
    return made


def pseudo(message: str, marks: str = OURS) -> str:
    """Return a message in this language."""
    said, at = "", 0
    for kept in (*KEPT.finditer(message), None):
        end = kept.start() if kept else len(message)
        said += _marked(message[at:end], marks)
        if kept:
            said, at = said + kept[0], kept.end()
    return said


def _marked(words: str, marks: str) -> str:
    bare = words.strip()
    if not WORD.search(bare):
        return words
    start = words.index(bare)
    return f"{words[:start]}{marks[0]}{bare.translate(LETTERS)}{marks[1]}{words[start + len(bare) :]}"


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.within: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            self.within.append(tag)
        has = {name: value or "" for name, value in attrs}
        self.texts += [has[name] for name in SHOWN_ATTRIBUTES if name in has]
        if tag == "input" and has.get("type") in BUTTONS:
            self.texts.append(has.get("value", ""))
        if tag == "meta" and has.get("name") == "description":
            self.texts.append(has.get("content", ""))

    def handle_endtag(self, tag: str) -> None:
        while tag in self.within and self.within.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if not any(tag in UNSEEN for tag in self.within):
            self.texts.append(data)


def texts_of(html: str) -> list[str]:
    """Return what a page shows, or reads aloud, of words."""
    page = _Page()
    page.feed(html)
    return page.texts


def forgotten(texts: Iterable[str], content: frozenset[str]) -> set[str]:
    """Return what is neither a message, nor content, nor a number or an address."""
    left = set()
    for text in texts:
        for piece in MARKED.split(text):
            for line in re.split(r"\n| \| | - |: ", ADDRESS.sub("\n", piece)):
                said = _bare(line)
                if WORD.search(said) and said not in content:
                    left.add(said)
    return left


def _bare(text: str) -> str:
    return " ".join(text.split()).strip(" “”\"'‘’()[]>·•,;:.…–—|-*→↑↓/+×0123456789")


def content(*more: str) -> frozenset[str]:
    """Return every text that is in the database, whole, by lines and in its parts."""
    found = {_bare(text) for each in more for text in (each, *each.split("\n"))}
    for text in _cells():
        for part in (text, *text.split("\n"), *_leaves(text), *(texts_of(text) if "<" in text else ())):
            found.add(_bare(part))
    return frozenset(found)


def _cells() -> Iterator[str]:
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608 -- names come from the database itself
            for row in cursor:
                yield from (cell for cell in row if isinstance(cell, str))


def _leaves(text: str) -> Iterator[str]:
    """Return the texts in a JSON document, those of rich text among them in parts."""
    try:
        waiting = [json.loads(text)] if text[:1] in "[{" else []
    except ValueError:
        return
    while waiting:
        each = waiting.pop()
        if isinstance(each, str):
            yield each
            yield from texts_of(each) if "<" in each else ()
        elif isinstance(each, dict):
            waiting += [*each.values()]
        elif isinstance(each, list):
            waiting += each


def named_by_settings() -> tuple[str, ...]:
    return (settings.WAGTAIL_SITE_NAME, settings.SITE_HOST, settings.SITE_URL, "Wagtail")
