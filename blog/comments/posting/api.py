"""Reader comments as JSON. A comment posted here goes through the same function as the form."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Annotated, Any, Literal

from django.http import Http404, HttpRequest
from django.utils.translation import gettext
from ninja import Header, Path, Router, Schema
from ninja.responses import Status
from ninja.security import HttpBearer
from pydantic import ConfigDict, Field
from wagtail.models import Page

from blog.comments.models import ReaderComment, Report, Token
from blog.comments.moderation import actions, authoring
from blog.comments.posting.forms import CommentForm, ReportForm, WordsForm
from blog.comments.posting.pages import page_models
from blog.comments.reading import queries
from blog.comments.rules import policy
from cms import cursors
from cms.cursors import Cursor, Limit
from cms.errors.problems import Problem, ProblemError, errors_of
from cms.http.cross_site import require_trusted, require_trusted_json_post
from cms.rate_limit import clients
from cms.reading import public_pages
from cms.text import linking

router = Router(tags=["comments"])


class ReplyOut(Schema):
    id: int
    parent: int | None
    name: str
    text: str
    html: str
    submitted_at: datetime
    removed: bool
    staff: bool
    url: str


class CommentOut(ReplyOut):
    replies: list["CommentOut"]


class ThreadOut(CommentOut):
    more_replies: int = Field(description="How many replies a visitor can read beyond those given here.")
    next_replies: str | None = Field(description="The cursor that list_replies gives them for.")


class CommentSettings(Schema):
    """What a page says of its comments."""

    open: bool = Field(description="Whether the page takes comments now.")
    why_closed: str = Field(description="In words for readers; empty where comments are open.")
    count: int = Field(description="Comments that a visitor can read.")
    email_required: bool
    thread_depth: int = Field(description="How many levels of replies there may be; 0 for any number.")
    feed_url: str


class CommentList(Schema):
    count: int = Field(description="All comments a visitor can read on this page.")
    items: list[ThreadOut]
    next: str | None
    settings: CommentSettings


class ReplyList(Schema):
    items: list[ReplyOut]
    next: str | None


class CommentIn(Schema):
    """A missing field is empty: the form reports those that are required."""

    model_config = ConfigDict(json_schema_extra={"required": ["name", "comment"]})

    name: str = ""
    email: str = Field("", description="Never published. Required unless the site does not ask for it.")
    comment: str = ""
    notify: bool = False
    reply_to: int | None = None


class CommentReceipt(Schema):
    id: int
    status: str
    token: str | None = Field(description="Proves who wrote it. Null for a repeat of the same words.")
    editable_until: datetime | None


class OwnComment(Schema):
    id: int
    status: str
    text: str
    html: str
    public: bool = Field(description="Whether these or earlier words of it are on the page.")
    edit_waiting: bool = Field(description="Whether these words wait while the approved ones stay public.")
    editable_until: datetime | None


class WordsIn(Schema):
    comment: str


class ReportIn(Schema):
    reason: str = Field(json_schema_extra={"enum": [*Report.Reason.values]})
    words: str = Field("", description="Anything the moderators should know.")


class ReportReceipt(Schema):
    status: str


Order = Literal["oldest", "newest"]
PageKey = Annotated[str, Path(description=public_pages.SLUG_OR_ID)]
IdempotencyKey = Annotated[str, Header(alias="Idempotency-Key", max_length=255)]

LISTED = {200: CommentList, 404: Problem, 422: Problem}
REPLIES = {200: ReplyList, 404: Problem, 422: Problem}
TAKEN = {202: CommentReceipt, 403: Problem, 404: Problem, 409: Problem, 422: Problem, 429: Problem}


def public_page(key: str, request: HttpRequest) -> Page:
    """Raises Http404 for anything but the slug or id of a public page whose type takes comments."""
    pages = public_pages.of(Page.objects.type(*page_models()))
    return public_pages.find(pages, key, request).specific


@router.get(
    "/pages/{page}/comments/",
    response=LISTED,
    operation_id="list_page_comments",
    summary="List the comments of a page",
)
def list_page_comments(
    request: HttpRequest, page: PageKey, cursor: Cursor = "", limit: Limit = 20, order: Order = "oldest"
) -> dict[str, Any]:
    """Approved threads of a page of any type, oldest or newest first, each with its first replies."""
    return threads_of(public_page(page, request), request, cursor, limit, order)


@router.get(
    "/pages/{page}/comments/{comment_id}/replies/",
    response=REPLIES,
    operation_id="list_page_replies",
    summary="List the replies of a comment on a page",
)
def list_page_replies(
    request: HttpRequest, page: PageKey, comment_id: int, cursor: Cursor = "", limit: Limit = 20
) -> dict[str, Any]:
    """The replies of one thread, oldest first, each with the id of the comment it answers."""
    return replies_of(public_page(page, request), comment_id, cursor, limit)


@router.post(
    "/pages/{page}/comments/", response=TAKEN, operation_id="post_page_comment", summary="Comment on a page"
)
def post_page_comment(
    request: HttpRequest, page: PageKey, sent: CommentIn, idempotency_key: IdempotencyKey = ""
) -> Status[dict[str, Any]]:
    """Send a comment on a page of any type that takes them, on the same terms as one on a post."""
    require_trusted_json_post(request)
    return take(public_page(page, request), request, sent, idempotency_key)


def comment_settings(page: Page, request: HttpRequest, count: int) -> dict[str, Any]:
    """Return the ``CommentSettings`` of a page whose type takes comments."""
    terms = policy.of(page)
    return {
        "open": terms.open,
        "why_closed": terms.why_closed,
        "count": count,
        "email_required": terms.require_address,
        "thread_depth": terms.thread_depth,
        "feed_url": f"{page.get_full_url(request)}comments/feed/",
    }


def threads_of(page: Page, request: HttpRequest, cursor: str, limit: int, order: Order) -> dict[str, Any]:
    thread = queries.public_thread(
        page, after=cursors.after(cursor), limit=limit, newest_first=order == "newest"
    )
    return {
        "count": thread.count,
        "items": [_thread(node) for node in thread.threads],
        "next": cursors.give("", thread.next_after) if thread.next_after else None,
        "settings": comment_settings(page, request, thread.count),
    }


def replies_of(page: Page, comment_id: int, cursor: str, limit: int) -> dict[str, Any]:
    found = queries.public_replies(page, comment_id, after=cursors.after(cursor), limit=limit)
    if found is None:
        raise Http404
    return {
        "items": [_reply(node) for node in found.flat],
        "next": cursors.give("", found.next_after) if found.next_after else None,
    }


def take(page: Page, request: HttpRequest, sent: CommentIn, idempotency_key: str) -> Status[dict[str, Any]]:
    """Take a comment as the page's own form does. Raises ProblemError."""
    form = CommentForm(page, data=sent.dict(), signed=False)
    if not form.is_valid():
        raise ProblemError(422, gettext("Fix the listed fields and send again."), errors_of(form))
    try:
        client, proofs = clients.client_of(request, "comment"), _proofs(request)
        submission = form.submission(client=client, idempotency_key=idempotency_key, proofs=proofs)
        receipt = actions.submit(submission)
    except actions.CommentsClosedError:
        raise ProblemError(403, policy.why_closed(form.page)) from None
    except actions.KeyReusedError:
        raise ProblemError(409, gettext("This Idempotency-Key came with other words before.")) from None
    comment = ReaderComment.objects.select_related("page").get(pk=receipt.comment_id)
    answer = {"id": receipt.comment_id, "status": receipt.status, "token": receipt.token or None}
    return Status(202, {**answer, "editable_until": authoring.window_of(comment)})


@router.post(
    "/comments/{comment_id}/report/",
    response={202: ReportReceipt, 403: Problem, 404: Problem, 422: Problem, 429: Problem},
    operation_id="report_comment",
    summary="Report a comment",
)
def report_comment(request: HttpRequest, comment_id: int, sent: ReportIn) -> Status[dict[str, str]]:
    """Report a public comment to the moderators, once per client."""
    require_trusted_json_post(request)
    form = ReportForm(sent.dict())
    if not form.is_valid():
        raise ProblemError(422, gettext("Fix the listed fields and send again."), errors_of(form))
    try:
        actions.report(comment_id, **form.cleaned_data, client=clients.client_of(request, "report"))
    except actions.NotSeenError:
        raise Http404 from None
    return Status(202, {"status": "received"})


OWN = {401: Problem, 404: Problem}


class AuthorRequest(HttpRequest):
    """A request with an author's token, which ninja keeps in ``auth``."""

    auth: str


class AuthorToken(HttpBearer):
    """``Authorization: Bearer comment_…``, as the 202 for a comment returned it."""

    def authenticate(self, request: HttpRequest, token: str) -> str | None:
        return token if token.startswith(Token.PREFIX) else None


@router.get(
    "/comments/{comment_id}/",
    response={200: OwnComment, **OWN},
    auth=AuthorToken(),
    operation_id="get_own_comment",
    summary="Read your own comment",
)
def get_own_comment(request: AuthorRequest, comment_id: int) -> dict[str, Any]:
    """The author's own comment, even while it is held."""
    return _own(_mine(request, comment_id))


@router.patch(
    "/comments/{comment_id}/",
    response={200: OwnComment, 403: Problem, 409: Problem, 422: Problem, 429: Problem, **OWN},
    auth=AuthorToken(),
    operation_id="edit_own_comment",
    summary="Edit your own comment",
)
def edit_own_comment(request: AuthorRequest, comment_id: int, sent: WordsIn) -> dict[str, Any]:
    """Edit the text, for some minutes and until someone replies. Approved text stays public meanwhile."""
    require_trusted_json_post(request)
    form = WordsForm(sent.dict())
    comment = _mine(request, comment_id)
    if not form.is_valid():
        raise ProblemError(422, gettext("Fix the listed fields and send again."), errors_of(form))
    with _too_late_is_a_problem():
        return _own(authoring.edit(comment, form.cleaned_data["comment"]))


@router.delete(
    "/comments/{comment_id}/",
    response={204: None, 403: Problem, 409: Problem, **OWN},
    auth=AuthorToken(),
    operation_id="withdraw_own_comment",
    summary="Withdraw your own comment",
)
def withdraw_own_comment(request: AuthorRequest, comment_id: int) -> Status[None]:
    """Withdraw the comment, under the same conditions."""
    require_trusted(request)
    with _too_late_is_a_problem():
        authoring.withdraw(_mine(request, comment_id))
    return Status(204, None)


def _proofs(request: HttpRequest) -> tuple[str, ...]:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return (token,) if scheme.lower() == "bearer" and token.startswith(Token.PREFIX) else ()


def _mine(request: AuthorRequest, comment_id: int) -> ReaderComment:
    """Raises Http404 where the token does not belong to the comment, or there is no comment."""
    try:
        return authoring.find(comment_id, [request.auth])
    except authoring.NotYoursError:
        raise Http404 from None


def _own(comment: ReaderComment) -> dict[str, Any]:
    words = authoring.latest_words(comment)
    return {
        "id": comment.pk,
        "status": comment.status,
        "text": words,
        "html": str(linking.as_html(words)),
        "public": comment.is_public,
        "edit_waiting": comment.held_revision is not None,
        "editable_until": authoring.editable_until(comment),
    }


@contextmanager
def _too_late_is_a_problem() -> Iterator[None]:
    try:
        yield
    except authoring.TooLateError:
        raise ProblemError(403, gettext("It is too late to change this comment.")) from None
    except actions.StaleError:
        raise ProblemError(409, gettext("This comment was changed meanwhile.")) from None


def _thread(node: queries.Node) -> dict[str, Any]:
    following = cursors.give("", node.more_after) if node.more else None
    return {**_comment(node), "more_replies": node.more, "next_replies": following}


def _comment(node: queries.Node) -> dict[str, Any]:
    return {**_reply(node), "replies": [_comment(reply) for reply in node.replies]}


def _reply(node: queries.Node) -> dict[str, Any]:
    return {
        "id": node.id,
        "parent": node.parent_id,
        "name": node.name,
        "text": node.text,
        "html": str(node.html),
        "submitted_at": node.submitted_at,
        "removed": node.removed,
        "staff": node.by_staff,
        "url": node.permalink,
    }
