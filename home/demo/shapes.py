"""The shapes of the demo's data. The texts live in the modules beside this one."""

import datetime
from dataclasses import dataclass, field
from typing import Required, TypedDict
from zoneinfo import ZoneInfo

from home.block_values import Block

LONDON = ZoneInfo("Europe/London")


def at(moment: str) -> datetime.datetime:
    """`2026-11-13 09:20`, a time in London."""
    return datetime.datetime.strptime(moment, "%Y-%m-%d %H:%M").replace(tzinfo=LONDON)


@dataclass(frozen=True)
class Author:
    slug: str
    name: str
    credentials: str
    bio: str


@dataclass(frozen=True)
class Picture:
    """One illustration: `key` is the stem of its file names, `alt` its alternative text."""

    key: str
    title: str
    alt: str


@dataclass(frozen=True)
class Post:
    slug: str
    title: str
    standfirst: str
    search_description: str
    date: datetime.date
    author: str
    category: str
    tags: tuple[str, ...]
    hero: str
    body: list[Block]
    hero_caption: str = ""
    reviewed_by: str = ""
    last_reviewed: datetime.date | None = None
    next_review: datetime.date | None = None
    comments_open: bool = True


class PageWords(TypedDict, total=False):
    """The fields of a page that is no post. `picture` is the key of an illustration."""

    title: Required[str]
    heading: str
    standfirst: str
    introduction: str
    picture: str
    search_description: str
    address: str
    opening_hours: str
    telephone: str
    body: list[Block]
    subjects: list[tuple[str, dict[str, str]]]
    questions: list[tuple[str, dict[str, object]]]
    thanks_heading: str
    thanks_text: str


@dataclass(frozen=True)
class Comment:
    """One reader's words. `state` is where the moderators left it; replies were written under it later."""

    name: str
    email: str
    at: str
    text: str
    state: str = "approved"
    replies: tuple["Comment", ...] = field(default=())


@dataclass(frozen=True)
class Message:
    name: str
    email: str
    at: str
    text: str
    subject: str
    telephone: str = ""
    reach: str = ""
    handled: bool = False
