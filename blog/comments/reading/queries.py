"""The queries that read comments. "Public" is spelt in ``CommentQuerySet`` and used here."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import (
    Count,
    Exists,
    IntegerField,
    JSONField,
    Max,
    Model,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    prefetch_related_objects,
)
from django.db.models.functions import Coalesce
from django.db.models.sql.compiler import SQLCompiler
from wagtail.models import Page

from blog.comments.models import CommentQuerySet, Decision, ReaderComment, Token
from blog.comments.reading.threads import (
    REPLIES_A_PAGE,
    THREADS_A_PAGE,
    Node,
    Replies,
    Thread,
    nest,
    node_of,
    room_for_replies,
    share,
    without_empty_places,
)
from blog.comments.states import EVERY, PUBLIC, REPORTED, VISIBLE_TO_AUTHOR, Status
from cms.reading import keyset
from cms.reading.prepared import Given, Prepared, prepared

MOST_COUNTED = 10_000


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

    ``own`` are ids of comments the visitor wrote: they see these while they are held.
    """
    own = list(own)
    tops, more = _page_of_tops(page, after, limit, own, newest_first=newest_first)
    last = tops[-1].pk if tops else 0
    if more and own and not after:
        tops += _waiting_further_on(page, own, tops)
    return Thread(
        count=(_number_on.first(page=page.pk) or 0) if tops or after else 0,
        threads=_nodes(page, tops, limit, own),
        next_after=last if more else None,
        newest_first=newest_first,
    )


def is_discussed() -> Exists:
    """The condition that a visitor can read a comment on a page, for a query of pages."""
    return Exists(ReaderComment.objects.approved().filter(page=OuterRef("pk")).order_by())


@prepared
def _number_on() -> QuerySet:
    """How many comments a visitor can read on a page."""
    seen = ReaderComment.objects.approved().filter(page_id=Given("page")).order_by()
    return seen.values("page").annotate(number=Count("pk")).values_list("number", flat=True)


def public_replies(
    page: Page, top_id: int, *, after: int = 0, limit: int = REPLIES_A_PAGE, own: Iterable[int] = ()
) -> Replies | None:
    """Return the replies of a thread that come after the one with an id; None when no one may read it."""
    top = _shown(page, own).filter(root=None).numbered(top_id).first()
    if top is None:
        return None
    thread = _shown(page, own).filter(root=top)
    found, more = keyset.page(keyset.after(thread, after), limit)
    url = page.get_url()
    nodes = nest(found, url, _names_missing([top, *found]))
    nodes = nodes if more else without_empty_places(nodes)
    if top.status not in PUBLIC and not nodes:
        return None
    last = found[-1].pk if more else 0
    left = thread.filter(status__in=PUBLIC, pk__gt=last).count() if more else 0
    return Replies(node_of(top, url), nodes, after=after, more=left, next_after=last if left else None)


def place(page: Page, comment_id: int, limit: int = THREADS_A_PAGE) -> str | None:
    """Return where a visitor finds a comment, on whichever page; None when they may not read it."""
    comment = ReaderComment.objects.approved().on(page).numbered(comment_id).first()
    if comment is None:
        return None
    after = _after_for(_shown(page).filter(root=None), comment.root_id or comment.pk, limit)
    where = page.get_url()
    if comment.root_id and comment_id not in _in_place(page, after, limit, comment.root_id):
        where += f"comments/{comment.root_id}/replies/"
        after = _after_for(_shown(page).filter(root=comment.root_id), comment_id, REPLIES_A_PAGE)
    return f"{where}{f'?after={after}' if after else ''}#comment-{comment_id}"


def public_comment(page: Page, comment_id: int) -> Node | None:
    """Return one comment of a page, without its replies, when a visitor may read it."""
    comment = ReaderComment.objects.approved().on(page).numbered(comment_id).first()
    return node_of(comment, page.get_url()) if comment else None


def newest(page: Page, limit: int) -> list[Node]:
    """Return the newest comments a visitor to the page may read, one after the other."""
    url = page.get_url()
    return [
        node_of(comment, url) for comment in ReaderComment.objects.approved().on(page).order_by("-pk")[:limit]
    ]


def newest_among(pages: QuerySet, limit: int) -> list[tuple[Page, Node]]:
    """Return the newest comments a visitor may read on some pages, each with its page."""
    comments = ReaderComment.objects.approved().filter(page__in=pages.order_by().values("pk"))
    newest = comments.select_related("page").order_by("-pk")[:limit]
    return [(comment.page, node_of(comment, comment.page.get_url())) for comment in newest]


def last_decided(comments: Iterable[int]) -> dict[int, datetime]:
    """Return when each of the comments was last decided."""
    decided = Decision.objects.filter(comment__in=list(comments)).order_by()
    return dict(decided.values_list("comment").annotate(Max("at")))


def owned(secrets_shown: list[str]) -> set[int]:
    """Return the ids of the comments that these author's tokens belong to."""
    if not secrets_shown:
        return set()
    tokens = Token.objects.matching(purpose=Token.Purpose.AUTHOR, secrets_shown=secrets_shown)
    return set(tokens.values_list("comment_id", flat=True))


def counts(pages: Iterable[int]) -> dict[int, int]:
    """Return how many comments a visitor can read on each of the pages."""
    pages = list(pages)
    return defaultdict(int, _numbers_on(pages=pages) if pages else ())


@prepared
def _numbers_on() -> QuerySet:
    rows = ReaderComment.objects.approved().filter(page__id__in=[Given("pages", many=True)]).order_by()
    return rows.values_list("page_id").annotate(Count("pk"))


def for_card(found: QuerySet[ReaderComment]) -> QuerySet[ReaderComment]:
    """Add what a moderator sees of every comment, in two queries. See also ``cards``."""
    decisions = Prefetch("decisions", Decision.objects.select_related("user"))
    return found.select_related("page", "reader", "in_reply_to").prefetch_related(decisions)


def cards(found: QuerySet[ReaderComment], limit: int) -> list[ReaderComment]:
    """Return up to ``limit`` comments with all that a moderator sees, in two to four queries."""
    comments = list(for_card(found)[:limit])
    prefetch_related_objects([each for each in comments if each.held_revision is not None], "revisions")
    prefetch_related_objects([each for each in comments if each.status in PUBLIC], "reports")
    return comments


def others_by(comment: ReaderComment) -> QuerySet[ReaderComment]:
    """Return what else the person wrote, the newest first."""
    by = ReaderComment.objects.filter(reader=comment.reader).exclude(pk=comment.pk)
    return by.select_related("page").order_by("-pk")


def in_tab(tab: str) -> QuerySet[ReaderComment]:
    """Return the comments in a state, the reported ones, or all. A waiting edit counts as held."""
    if tab == Status.PENDING:
        return ReaderComment.objects.held()
    if tab == REPORTED:
        return ReaderComment.objects.reported()
    return ReaderComment.objects.all() if tab == EVERY else ReaderComment.objects.filter(status=tab)


def tab_counts(tabs: Iterable[str]) -> dict[str, int]:
    """Return how many comments each tab has, none counted beyond MOST_COUNTED."""
    tabs = list(tabs)
    return dict(zip(tabs, _count_at_once([in_tab(tab) for tab in tabs]), strict=True))


def waiting_count() -> int:
    """Return how many comments wait, none counted beyond MOST_COUNTED."""
    return _count_at_once([ReaderComment.objects.held()])[0]


def bounded_count(rows: QuerySet[Model]) -> int:
    """Return how many there are, none counted beyond MOST_COUNTED."""
    return rows.order_by().values("pk")[: MOST_COUNTED + 1].count()


def _count_at_once(rows: list[QuerySet]) -> tuple[int, ...]:
    """Count each up to MOST_COUNTED + 1, all in one statement."""
    counted = [each.order_by().values("pk")[: MOST_COUNTED + 1].query.sql_with_params() for each in rows]
    columns = (f"(SELECT COUNT(*) FROM ({sql}) AS counted)" for sql, _ in counted)  # noqa: S608 -- written by the ORM, values apart
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(columns)}", [each for _, params in counted for each in params])
        return cursor.fetchone()


class _Keys(Subquery):
    """The keys another query finds, as one list: so a row brings those of its first replies along."""

    template = "(SELECT JSON_GROUP_ARRAY(found.pk) FROM (%(subquery)s) AS found)"
    output_field = JSONField()

    def as_postgresql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any
    ) -> tuple[str, Sequence[Any]]:
        template = "(SELECT COALESCE(JSONB_AGG(found.pk), '[]') FROM (%(subquery)s) AS found)"
        return self.as_sql(compiler, connection, template=template, **context)  # type: ignore[call-arg]  # django-stubs 5.2 leaves it out


class _Number(Subquery):
    """How many rows another query finds."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) AS found)"
    output_field = IntegerField()


class _Top(NamedTuple):
    """
    The first comment of a thread, and its replies.

    ``first_replies`` are the keys of as many as a page could show and of one more, ``replies_to_read`` is how
    many a visitor can read.
    """

    pk: int
    first_replies: list[int]
    replies_to_read: int


def _page_of_tops(
    page: Page, after: int, limit: int, own: list[int], *, newest_first: bool
) -> tuple[list[_Top], bool]:
    """Return a page of threads, and whether there are more."""
    if own:
        tops = keyset.after(_shown(page, own).filter(root=None), after, newest_first=newest_first)
        rows, more = keyset.page(_with_keys(tops), limit)
    else:
        found = _of_everybody(limit + 1, bool(after), newest_first)(page=page.pk, after=after)
        rows, more = found[:limit], len(found) > limit
    return [_Top(*row) for row in rows], more


@lru_cache
def _of_everybody(number: int, goes_on: bool, newest_first: bool) -> Prepared:
    """The tops that a visitor without comments of their own sees, which is nearly everyone."""
    tops = ReaderComment.objects.filter(_readable(), page_id=Given("page"), under_held=False, root=None)
    after = Given("after") if goes_on else 0
    return Prepared(lambda: _with_keys(keyset.after(tops, after, newest_first=newest_first)[:number]))


def _with_keys(tops: QuerySet[ReaderComment]) -> QuerySet:
    """Read keys alone: one index answers, where reading text would make PostgreSQL join all comments."""
    thread = ReaderComment.objects.filter(root=OuterRef("pk"))
    first = thread.filter(_readable(), under_held=False).order_by("pk").values("pk")[: REPLIES_A_PAGE + 1]
    to_read = thread.approved().order_by().values("pk")
    known = tops.annotate(first_replies=_Keys(first), replies_to_read=_Number(to_read))
    return known.values_list("pk", "first_replies", "replies_to_read")


def _waiting_further_on(page: Page, own: list[int], tops: list[_Top]) -> list[_Top]:
    """Threads on later pages with held comments of the visitor, who has probably just written them."""
    waiting = _shown(page, own).filter(status=Status.PENDING, pk__in=own).order_by()
    threads = _shown(page, own).filter(pk__in=waiting.values(thread_of=Coalesce("root_id", "pk")))
    others = threads.exclude(pk__in=[top.pk for top in tops]).order_by("pk")
    return [_Top(*row) for row in _with_keys(others)]


def _nodes(page: Page, tops: list[_Top], limit: int, own: list[int]) -> list[Node]:
    """Return threads with the replies they show in place, and how many more there are to read."""
    in_place = _share(tops, limit)
    comments = _words(in_place, own) if tops else []
    nodes = nest(comments, page.get_url(), _names_missing(comments))
    shown = Counter(comment.root_id for comment in comments if comment.status in PUBLIC)
    left = {top.pk: top.replies_to_read - shown[top.pk] for top in tops}
    for node in nodes:
        if left[node.id] > 0:
            node.more, node.more_after = left[node.id], in_place[node.id][-1]
    return without_empty_places(nodes)


def _share(tops: list[_Top], limit: int) -> dict[int, list[int]]:
    """Return the replies that each thread of a page shows in place."""
    shares = share([top.first_replies for top in tops], room_for_replies(limit))
    return dict(zip((top.pk for top in tops), shares, strict=True))


def _words(in_place: dict[int, list[int]], own: list[int]) -> list[ReaderComment]:
    """Return threads in their order, then replies in theirs: the first, and the visitor's own that wait."""
    keys = {*in_place, *(pk for replies in in_place.values() for pk in replies)}
    comments = _for_author([*keys, *own], own) if own else _for_everybody(keys=keys)
    found = {comment.pk: comment for comment in comments}
    mine = {pk for pk in own if pk in found and found[pk].root_id in in_place}
    waiting = {pk for pk in mine if found[pk].status == Status.PENDING}
    order = [*in_place, *sorted((keys | waiting) - in_place.keys())]
    return [found[pk] for pk in order if pk in found]


def _for_author(keys: list[int], own: list[int]) -> QuerySet[ReaderComment]:
    """Not asked by page, nor is the next one: what SQLite would then read is the whole page."""
    return ReaderComment.objects.filter(_readable(own), pk__in=keys, under_held=False).order_by()


@prepared
def _for_everybody() -> QuerySet[ReaderComment]:
    keys = [Given("keys", many=True)]
    return ReaderComment.objects.filter(_readable(), id__in=keys, under_held=False).order_by()


def _names_missing(comments: list[ReaderComment]) -> dict[int, str]:
    """Return the names of the authors replied to who are not among these, where a visitor may read them."""
    missing = {comment.in_reply_to_id for comment in comments} - {comment.pk for comment in comments} - {None}
    if not missing:
        return {}
    return dict(ReaderComment.objects.approved().filter(pk__in=missing).values_list("pk", "user_name"))


def _after_for(comments: QuerySet[ReaderComment], pk: int, limit: int) -> int:
    """Return the id after which the page with the comment starts; 0 for the first page."""
    before = comments.filter(pk__lt=pk).order_by("-pk").values_list("pk", flat=True)[:limit]
    return before[0] if len(before) == limit else 0


def _in_place(page: Page, after: int, limit: int, top: int) -> list[int]:
    tops, _ = _page_of_tops(page, after, limit, [], newest_first=False)
    return _share(tops, limit).get(top, [])


def _shown(page: Page, own: Iterable[int] = ()) -> CommentQuerySet:
    return ReaderComment.objects.on(page).filter(_readable(own), under_held=False)


def _readable(own: Iterable[int] = ()) -> Q:
    """Approved comments, the visitor's own held ones, and removed ones that have replies."""
    answered = ReaderComment.objects.filter(in_reply_to=OuterRef("pk"))
    mine = Q(pk__in=list(own), status__in=VISIBLE_TO_AUTHOR)
    return Q(status__in=PUBLIC) | mine | (~Q(status__in=VISIBLE_TO_AUTHOR) & Q(Exists(answered)))
