"""
What a visitor sees of comments: nodes in threads. Reads no database.

A page of threads shows a bounded number of replies, shared fairly between its threads, so that it costs the
same however many comments there are; the rest of a thread has pages of its own.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice, zip_longest

from django.utils.safestring import SafeString
from django.utils.timezone import localtime

from blog.comments.models import ReaderComment
from blog.comments.states import VISIBLE_TO_AUTHOR, Status
from cms.text import linking

THREADS_A_PAGE = 20
REPLIES_A_PAGE = 40
LEAST_REPLIES = 2
DEEPEST_SHOWN = 3


@dataclass(slots=True)
class Node:
    """
    A comment as a visitor sees it: all that templates and API get, and no more than may be shown.

    ``more`` is how many replies of its thread a visitor can read beyond those in ``replies``, ``more_after``
    the id they come after. ``parent_name`` is given where the place does not say what is answered.
    """

    id: int
    name: str
    text: str
    submitted_at: datetime
    depth: int
    parent_id: int | None
    permalink: str
    reply_url: str
    report_url: str
    parent_name: str = ""
    awaiting: bool = False
    removed: bool = False
    by_staff: bool = False
    edit_url: str = ""
    level: int = 0
    full: bool = False
    replies: list["Node"] = field(default_factory=list)
    more: int = 0
    more_after: int = 0

    @property
    def html(self) -> SafeString:
        return linking.as_html(self.text)

    @property
    def submitted_iso(self) -> str:
        return localtime(self.submitted_at).isoformat(timespec="minutes")

    @property
    def can_reply(self) -> bool:
        return not (self.awaiting or self.removed or self.full)

    @property
    def more_url(self) -> str:
        return f"{self.permalink}replies/?after={self.more_after}"


@dataclass(slots=True)
class Thread:
    """One page of a post's threads. ``count`` is all a visitor can read, not only this page."""

    count: int
    threads: list[Node]
    newest_first: bool = False
    next_after: int | None = None
    next_url: str = ""


@dataclass(slots=True)
class Replies:
    """One page of a thread's replies. ``top`` is the comment they belong to; ``more`` is how many follow."""

    top: Node
    replies: list[Node]
    after: int = 0
    more: int = 0
    next_after: int | None = None

    @property
    def flat(self) -> list[Node]:
        """The replies one after the other, oldest first."""
        return sorted(_all(self.replies), key=lambda node: node.id)

    @property
    def next_url(self) -> str:
        return f"{self.top.permalink}replies/?after={self.next_after}" if self.next_after else ""


def room_for_replies(threads: int) -> int:
    """Return how many replies a page of so many threads shows in place."""
    return max(REPLIES_A_PAGE, LEAST_REPLIES * threads)


def share(found: Sequence[Sequence[int]], room: int) -> list[list[int]]:
    """Take the first replies of each thread, one of each in turn, while there is room."""
    in_turn = (pk for rank in zip_longest(*found) for pk in rank if pk is not None)
    taken = set(islice(in_turn, room))
    return [[pk for pk in replies if pk in taken] for replies in found]


def mark_full(nodes: Iterable[Node], takes_replies_to: Callable[[int], bool]) -> None:
    """Mark the comments that are too deep in their thread to be answered."""
    for node in nodes:
        node.full = not takes_replies_to(node.level)
        mark_full(node.replies, takes_replies_to)


def mark_editable(nodes: Iterable[Node], editable: set[int]) -> None:
    """Add the edit link to the visitor's own comments that they may still change."""
    for node in nodes:
        if node.id in editable:
            node.edit_url = f"{node.permalink}edit/"
        mark_editable(node.replies, editable)


def nest(comments: Iterable[ReaderComment], url: str, names: Mapping[int, str]) -> list[Node]:
    """
    Nest replies under what they answer, as deep as is shown; deeper ones follow at the last level.

    A reply to what is not among the comments follows its thread's first; ``names`` says whom it answers.
    """
    found: list[Node] = []
    nodes: dict[int | None, Node] = {}
    lists: dict[int | None, list[Node]] = {None: found}
    for comment in comments:
        node = nodes[comment.pk] = node_of(comment, url)
        above = nodes.get(comment.in_reply_to_id)
        if above is None:
            node.parent_name = names.get(comment.in_reply_to_id, "") if comment.in_reply_to_id else ""
            above = nodes.get(comment.root_id)
        elif node.depth == DEEPEST_SHOWN:
            node.parent_name = above.name
        siblings = lists[above.id if above else None]
        siblings.append(node)
        lists[node.id] = node.replies if node.depth < DEEPEST_SHOWN else siblings
    return found


def without_empty_places(nodes: list[Node]) -> list[Node]:
    """Drop removed comments without replies; in a thread that continues elsewhere they may have some."""
    for node in nodes:
        if not node.more:
            node.replies = without_empty_places(node.replies)
    answered = {node.parent_id for node in nodes if not node.removed}
    return [node for node in nodes if not node.removed or node.replies or node.more or node.id in answered]


def _all(nodes: list[Node]) -> Iterator[Node]:
    for node in nodes:
        yield node
        yield from _all(node.replies)


def node_of(comment: ReaderComment, url: str) -> Node:
    removed = comment.status not in VISIBLE_TO_AUTHOR
    return Node(
        id=comment.pk,
        name="" if removed else comment.user_name,
        text="" if removed else comment.comment,
        submitted_at=comment.submit_date,
        depth=min(comment.level, DEEPEST_SHOWN),
        level=comment.level,
        parent_id=comment.in_reply_to_id,
        permalink=f"{url}comments/{comment.pk}/",
        reply_url=f"{url}comments/{comment.pk}/reply/",
        report_url=f"{url}comments/{comment.pk}/report/",
        awaiting=comment.status == Status.PENDING,
        removed=removed,
        by_staff=comment.by_staff,
    )
