"""What is read of comments. "Public" is spelt in ``CommentQuerySet`` and used here."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.db import connection
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.safestring import SafeString
from wagtail.models import Page

from blog.comments import text
from blog.comments.models import ReaderComment, Token
from blog.comments.states import PUBLIC, VISIBLE_TO_AUTHOR, Status

THREADS_A_PAGE = 20
DEEPEST_SHOWN = 3
MOST_COUNTED = 10_000
REPORTED = "reported"


@dataclass(slots=True)
class Node:
    """A comment as a visitor sees it: all that templates and API get, and no more than may be shown."""

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

    @property
    def html(self) -> SafeString:
        return text.as_html(self.text)

    @property
    def can_reply(self) -> bool:
        return not (self.awaiting or self.removed or self.full)


@dataclass(slots=True)
class Thread:
    """One page of a post's threads. ``count`` is all a visitor can read, not only this page."""

    count: int
    threads: list[Node]
    newest_first: bool = False
    next_after: int | None = None
    next_url: str = ""


def public_thread(
    page: Page,
    *,
    after: int = 0,
    limit: int = THREADS_A_PAGE,
    own: Iterable[int] = (),
    newest_first: bool = False,
) -> Thread:
    """
    Return the threads of a page that come after the one with an id, oldest or newest first.

    ``own`` are ids of comments the visitor wrote: he sees them while they wait.
    """
    comments = _shown(page, own).order_by("pk")
    tops = list(_after(comments.filter(root=None), after, newest_first=newest_first)[: limit + 1])
    more, tops = len(tops) > limit, tops[:limit]
    last = tops[-1].pk if tops else 0
    replies = comments.filter(root__in=[top.pk for top in tops]) if tops else []
    return Thread(
        count=ReaderComment.objects.approved().on(page).count(),
        threads=_tree(
            [*tops, *_waiting_further_on(comments, own, tops, more=more and not after)], replies, page
        ),
        next_after=last if more else None,
        newest_first=newest_first,
    )


def mark_full(nodes: Iterable[Node], takes_replies_to: Callable[[int], bool]) -> None:
    """Mark the comments that stand too deep in their thread to be answered."""
    for node in nodes:
        node.full = not takes_replies_to(node.level)
        mark_full(node.replies, takes_replies_to)


def mark_editable(nodes: Iterable[Node], editable: set[int]) -> None:
    """Give the visitor's own comments, where he may still change them, the way to do so."""
    for node in nodes:
        if node.id in editable:
            node.edit_url = f"{node.permalink}edit/"
        mark_editable(node.replies, editable)


def _after(tops: QuerySet[ReaderComment], after: int, *, newest_first: bool) -> QuerySet[ReaderComment]:
    if newest_first:
        return (tops.filter(pk__lt=after) if after else tops).order_by("-pk")
    return tops.filter(pk__gt=after)


def place(page: Page, comment_id: int, limit: int = THREADS_A_PAGE) -> str | None:
    """Return where a visitor finds a comment, on whichever page of threads; None when he may not read it."""
    comment = ReaderComment.objects.approved().on(page).filter(pk=comment_id).first()
    if comment is None:
        return None
    top = comment.root_id or comment.pk
    before = _shown(page, ()).filter(root=None, pk__lt=top).order_by("-pk")
    query = ""
    if len(before.values_list("pk")[:limit]) == limit:
        query = f"?after={before.values_list('pk', flat=True).first()}"
    return f"{page.get_url()}{query}#comment-{comment_id}"


def public_comment(page: Page, comment_id: int) -> Node | None:
    """Return one comment of a page, without its replies, when a visitor may read it."""
    comment = ReaderComment.objects.approved().on(page).filter(pk=comment_id).first()
    return _node(comment, page.get_url()) if comment else None


def newest(page: Page, limit: int) -> list[Node]:
    """Return the newest comments a visitor to the page may read, one after the other."""
    url = page.get_url()
    return [
        _node(comment, url) for comment in ReaderComment.objects.approved().on(page).order_by("-pk")[:limit]
    ]


def owned(secrets_shown: list[str]) -> set[int]:
    """Return the ids of the comments whose author's token somebody shows."""
    if not secrets_shown:
        return set()
    tokens = Token.objects.matching(purpose=Token.Purpose.AUTHOR, secrets_shown=secrets_shown)
    return set(tokens.values_list("comment_id", flat=True))


def counts(pages: Iterable[int]) -> dict[int, int]:
    """Return how many comments a visitor can read on each of some pages."""
    rows = ReaderComment.objects.approved().filter(page_id__in=pages).order_by()
    return defaultdict(int, rows.values_list("page_id").annotate(Count("pk")))


def on_desk(status: str, words: str = "") -> QuerySet[ReaderComment]:
    """Return the comments in one state for a moderator: held ones oldest first, others newest first."""
    if status == Status.PENDING:
        found = ReaderComment.objects.held()
    elif status == REPORTED:
        found = ReaderComment.objects.reported()
    else:
        found = ReaderComment.objects.filter(status=status)
    found = found.select_related("page", "reader", "in_reply_to")
    if words:
        found = found.filter(Q(comment__icontains=words) | Q(user_name__icontains=words))
    found = found.prefetch_related("decisions__user", "revisions", "reports")
    return found.order_by("pk" if status == Status.PENDING else "-pk")


def status_counts() -> dict[str, int]:
    """
    Return how many comments each tab of the desk holds, none counted beyond MOST_COUNTED.

    An edit that waits counts as held as well.
    """
    tabs = {status.value: ReaderComment.objects.filter(status=status) for status in Status}
    tabs |= {Status.PENDING.value: ReaderComment.objects.held(), REPORTED: ReaderComment.objects.reported()}
    return dict(zip(tabs, _count_at_once(list(tabs.values())), strict=True))


def waiting_count() -> int:
    """Return how many comments wait, none counted beyond MOST_COUNTED."""
    return _count_at_once([ReaderComment.objects.held()])[0]


def _count_at_once(rows: list[QuerySet]) -> tuple[int, ...]:
    """Count each up to MOST_COUNTED + 1, all in one statement."""
    counted = [each.order_by().values("pk")[: MOST_COUNTED + 1].query.sql_with_params() for each in rows]
    columns = (f"(SELECT COUNT(*) FROM ({sql}) AS counted)" for sql, _ in counted)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(columns)}", [each for _, params in counted for each in params])
        return cursor.fetchone()


def _waiting_further_on(
    comments: QuerySet[ReaderComment], own: Iterable[int], shown: list[ReaderComment], *, more: bool
) -> QuerySet[ReaderComment] | list[ReaderComment]:
    """The visitor's own held threads that stand on a later page: he has just come from writing them."""
    if not more or not own:
        return []
    waiting = comments.filter(root=None, status=Status.PENDING, pk__in=list(own))
    return waiting.exclude(pk__in=[top.pk for top in shown])


def _shown(page: Page, own: Iterable[int]) -> QuerySet[ReaderComment]:
    """Approved comments, the visitor's own that wait, and removed ones that somebody has answered."""
    answered = ReaderComment.objects.filter(in_reply_to=OuterRef("pk"))
    approved = Q(status__in=PUBLIC)
    mine = Q(pk__in=list(own), status__in=VISIBLE_TO_AUTHOR)
    removed = ~Q(status__in=VISIBLE_TO_AUTHOR) & Exists(answered)
    return ReaderComment.objects.on(page).filter(approved | mine | removed, under_held=False)


def _tree(tops: Iterable[ReaderComment], replies: Iterable[ReaderComment], page: Page) -> list[Node]:
    """Nest replies under what they answer, as deep as is shown; deeper ones follow at the last level."""
    url = page.get_url()
    found: list[Node] = []
    nodes: dict[int, Node] = {}
    lists: dict[int | None, list[Node]] = {None: found}
    for comment in [*tops, *sorted(replies, key=lambda each: each.pk)]:
        node = nodes[comment.pk] = _node(comment, url)
        above = nodes.get(comment.in_reply_to_id)
        node.parent_name = above.name if above else ""
        siblings = lists[above.id if above else None]
        siblings.append(node)
        lists[node.id] = node.replies if node.depth < DEEPEST_SHOWN else siblings
    return _without_empty_places(found)


def _without_empty_places(nodes: list[Node]) -> list[Node]:
    """Drop removed comments that hold nothing up."""
    for node in nodes:
        node.replies = _without_empty_places(node.replies)
    answered = {node.parent_id for node in nodes if not node.removed}
    return [node for node in nodes if not node.removed or node.replies or node.id in answered]


def _node(comment: ReaderComment, url: str) -> Node:
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
