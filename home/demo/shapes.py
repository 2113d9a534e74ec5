"""The shapes of the demo's data. The texts live in the modules beside this one."""

from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from home.demo.blocks import Block

LONDON = ZoneInfo("Europe/London")


def at(moment: str) -> datetime:
    """`2026-11-13 09:20`, a time in London."""
    return datetime.strptime(moment, "%Y-%m-%d %H:%M").replace(tzinfo=LONDON)


@dataclass(frozen=True)
class Author:
    slug: str
    name: str
    credentials: str
    bio: str


@dataclass(frozen=True)
class Picture:
    """One illustration: `key` is the stem of its files, `alt` what somebody who cannot see it should know."""

    key: str
    title: str
    alt: str


@dataclass(frozen=True)
class Post:
    slug: str
    title: str
    standfirst: str
    search_description: str
    date: date
    author: str
    category: str
    tags: tuple[str, ...]
    hero: str
    body: list[Block]
    hero_caption: str = ""
    reviewed_by: str = ""
    last_reviewed: date | None = None
    next_review: date | None = None
    comments_open: bool = True


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
