"""What is read of comments. "Public" is spelt in ``CommentQuerySet`` and used here."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.safestring import SafeString
from wagtail.models import Page

from blog.comments import text
from blog.comments.models import ReaderComment, Token
from blog.comments.states import PUBLIC, VISIBLE_TO_AUTHOR, Status

THREADS_A_PAGE = 20
DEEPEST_SHOWN = 3


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
    parent_name: str = ""
    awaiting: bool = False
    removed: bool = False
    by_staff: bool = False
    replies: list["Node"] = field(default_factory=list)

    @property
    def html(self) -> SafeString:
        return text.as_html(self.text)

    @property
    def can_reply(self) -> bool:
        return not (self.awaiting or self.removed)


@dataclass(slots=True)
class Thread:
    """One page of a post's threads. ``count`` is all a visitor can read, not only this page."""

    count: int
    threads: list[Node]
    next_after: int | None = None
    next_url: str = ""
    previous_url: str = ""


def public_thread(
    page: Page, *, after: int = 0, limit: int = THREADS_A_PAGE, own: Iterable[int] = ()
) -> Thread:
    """
    Return the threads of a page that start after a comment's id, oldest first.

    ``own`` are ids of comments the visitor wrote: he sees them while they wait.
    """
    comments = _shown(page, own).order_by("pk")
    tops = list(comments.filter(root=None, pk__gt=after)[: limit + 1])
    more, tops = len(tops) > limit, tops[:limit]
    last = tops[-1].pk if tops else 0
    replies = comments.filter(root__in=[top.pk for top in tops]) if tops else []
    return Thread(
        count=ReaderComment.objects.approved().on(page).count(),
        threads=_tree(
            [*tops, *replies, *_waiting_further_on(comments, own, last, more=more and not after)], page
        ),
        next_after=last if more else None,
    )


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
    found = ReaderComment.objects.filter(status=status).select_related("page", "reader", "in_reply_to")
    if words:
        found = found.filter(Q(comment__icontains=words) | Q(user_name__icontains=words))
    return found.prefetch_related("decisions__user").order_by("pk" if status == Status.PENDING else "-pk")


def status_counts() -> dict[str, int]:
    """Return how many comments are in each state."""
    return dict(ReaderComment.objects.order_by().values_list("status").annotate(Count("pk")))


def _waiting_further_on(
    comments: QuerySet[ReaderComment], own: Iterable[int], last: int, *, more: bool
) -> QuerySet[ReaderComment] | list[ReaderComment]:
    """The visitor's own held threads that stand on a later page: he has just come from writing them."""
    return comments.filter(root=None, status=Status.PENDING, pk__in=list(own), pk__gt=last) if more else []


def _shown(page: Page, own: Iterable[int]) -> QuerySet[ReaderComment]:
    """Approved comments, the visitor's own that wait, and removed ones that somebody has answered."""
    answered = ReaderComment.objects.filter(in_reply_to=OuterRef("pk"))
    approved = Q(status__in=PUBLIC)
    mine = Q(pk__in=list(own), status__in=VISIBLE_TO_AUTHOR)
    removed = ~Q(status__in=VISIBLE_TO_AUTHOR) & Exists(answered)
    return ReaderComment.objects.on(page).filter(approved | mine | removed, under_held=False)


def _tree(comments: Iterable[ReaderComment], page: Page) -> list[Node]:
    """Nest replies under what they answer, as deep as is shown; deeper ones follow at the last level."""
    url, tops = page.get_url(), []
    nodes: dict[int, Node] = {}
    lists: dict[int | None, list[Node]] = {None: tops}
    for comment in sorted(comments, key=lambda each: each.pk):
        node = nodes[comment.pk] = _node(comment, url)
        above = nodes.get(comment.in_reply_to_id)
        node.parent_name = above.name if above else ""
        siblings = lists[above.id if above else None]
        siblings.append(node)
        lists[node.id] = node.replies if node.depth < DEEPEST_SHOWN else siblings
    return _without_empty_places(tops)


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
        parent_id=comment.in_reply_to_id,
        permalink=f"{url}#comment-{comment.pk}",
        reply_url=f"{url}comments/{comment.pk}/reply/",
        awaiting=comment.status == Status.PENDING,
        removed=removed,
        by_staff=comment.user_id is not None,
    )
