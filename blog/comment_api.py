"""What readers say, as JSON. A comment posted here goes through the function the form calls."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Annotated, Any, Literal

from django.http import Http404, HttpRequest
from ninja import Header, Router, Schema
from ninja.responses import Status
from ninja.security import HttpBearer
from pydantic import ConfigDict, Field

from blog.api import public_post
from blog.comments import actions, authoring, queries, text
from blog.comments.forms import CommentForm, ReportForm, WordsForm
from blog.comments.models import ReaderComment, Token
from blog.comments.reports import Report
from cms import cursors
from cms.cross_site import require_trusted, require_trusted_json_post
from cms.cursors import Cursor, Limit
from cms.problems import Problem, ProblemError
from cms.rate_limit import clients

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


class CommentList(Schema):
    count: int = Field(description="All comments a visitor can read on this post.")
    items: list[ThreadOut]
    next: str | None


class ReplyList(Schema):
    items: list[ReplyOut]
    next: str | None


class CommentIn(Schema):
    """What is left out is empty: the form names every field that is missing, and knows which ones may be."""

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
    reason: str = Field(description="One of: " + ", ".join(Report.Reason.values))
    words: str = Field("", description="Anything the moderators should know.")


class ReportReceipt(Schema):
    status: str


Order = Literal["oldest", "newest"]


@router.get(
    "/posts/{post}/comments/",
    response={200: CommentList, 404: Problem, 422: Problem},
    operation_id="list_comments",
)
def list_comments(
    request: HttpRequest, post: str, cursor: Cursor = "", limit: Limit = 20, order: Order = "oldest"
) -> dict[str, Any]:
    """Approved threads of a post, oldest or newest first, each with its first replies."""
    page, after = public_post(post), cursors.after(cursor)
    thread = queries.public_thread(page, after=after, limit=limit, newest_first=order == "newest")
    return {
        "count": thread.count,
        "items": [_thread(node) for node in thread.threads],
        "next": cursors.give("", thread.next_after) if thread.next_after else None,
    }


@router.get(
    "/posts/{post}/comments/{comment_id}/replies/",
    response={200: ReplyList, 404: Problem, 422: Problem},
    operation_id="list_replies",
)
def list_replies(
    request: HttpRequest, post: str, comment_id: int, cursor: Cursor = "", limit: Limit = 20
) -> dict[str, Any]:
    """The replies of one thread, oldest first, each with the id of the comment it answers."""
    page, after = public_post(post), cursors.after(cursor)
    found = queries.public_replies(page, comment_id, after=after, limit=limit)
    if found is None:
        raise Http404
    return {
        "items": [_reply(node) for node in found.flat],
        "next": cursors.give("", found.next_after) if found.next_after else None,
    }


@router.post(
    "/posts/{post}/comments/",
    response={202: CommentReceipt, 403: Problem, 404: Problem, 409: Problem, 422: Problem, 429: Problem},
    operation_id="post_comment",
)
def post_comment(
    request: HttpRequest,
    post: str,
    sent: CommentIn,
    idempotency_key: Annotated[str, Header(alias="Idempotency-Key", max_length=255)] = "",
) -> Status[dict[str, Any]]:
    """
    Send a comment. It is held until a moderator has read it, unless the site's rules publish it.

    The author's token of an earlier comment, sent as a bearer token, shows that the same person writes again.
    """
    require_trusted_json_post(request)
    form = CommentForm(public_post(post), data=sent.dict(), signed=False)
    if not form.is_valid():
        raise ProblemError(422, "Mend the fields and send again.", form.errors)
    try:
        sent_by = {"client": clients.of(request, "comment"), "proofs": _proofs(request)}
        receipt = actions.submit(form.submission(idempotency_key=idempotency_key, **sent_by))
    except actions.CommentsClosedError:
        raise ProblemError(403, "Comments are closed on this post.") from None
    except actions.KeyReusedError:
        raise ProblemError(409, "This Idempotency-Key came with other words before.") from None
    comment = ReaderComment.objects.select_related("page").get(pk=receipt.comment_id)
    answer = {"id": receipt.comment_id, "status": receipt.status, "token": receipt.token or None}
    return Status(202, {**answer, "editable_until": authoring.window_of(comment)})


@router.post(
    "/comments/{comment_id}/report/",
    response={202: ReportReceipt, 403: Problem, 404: Problem, 422: Problem, 429: Problem},
    operation_id="report_comment",
)
def report_comment(request: HttpRequest, comment_id: int, sent: ReportIn) -> Status[dict[str, str]]:
    """Tell the moderators that a public comment should not be there; once for each client."""
    require_trusted_json_post(request)
    form = ReportForm(sent.dict())
    if not form.is_valid():
        raise ProblemError(422, "Mend the fields and send again.", form.errors)
    try:
        actions.report(comment_id, **form.cleaned_data, client=clients.of(request, "report"))
    except actions.NotSeenError:
        raise Http404 from None
    return Status(202, {"status": "received"})


OWN = {401: Problem, 404: Problem}


class AuthorToken(HttpBearer):
    """``Authorization: Bearer comment_…``, as the 202 of a comment gave it."""

    def authenticate(self, request: HttpRequest, token: str) -> str | None:
        return token if token.startswith(Token.PREFIX) else None


@router.get(
    "/comments/{comment_id}/",
    response={200: OwnComment, **OWN},
    auth=AuthorToken(),
    operation_id="get_own_comment",
)
def get_own_comment(request: HttpRequest, comment_id: int) -> dict[str, Any]:
    """One's own comment, also while it is held."""
    return _own(_mine(request, comment_id))


@router.patch(
    "/comments/{comment_id}/",
    response={200: OwnComment, 403: Problem, 409: Problem, 422: Problem, 429: Problem, **OWN},
    auth=AuthorToken(),
    operation_id="edit_own_comment",
)
def edit_own_comment(request: HttpRequest, comment_id: int, sent: WordsIn) -> dict[str, Any]:
    """Change the words, for some minutes and until somebody answers. Approved words stay public meanwhile."""
    require_trusted_json_post(request)
    form = WordsForm(sent.dict())
    comment = _mine(request, comment_id)
    if not form.is_valid():
        raise ProblemError(422, "Mend the fields and send again.", form.errors)
    with _too_late_is_a_problem():
        return _own(authoring.edit(comment, form.cleaned_data["comment"]))


@router.delete(
    "/comments/{comment_id}/",
    response={204: None, 403: Problem, 409: Problem, **OWN},
    auth=AuthorToken(),
    operation_id="withdraw_own_comment",
)
def withdraw_own_comment(request: HttpRequest, comment_id: int) -> Status[None]:
    """Take one's comment back, under the same conditions."""
    require_trusted(request)
    with _too_late_is_a_problem():
        authoring.withdraw(_mine(request, comment_id))
    return Status(204, None)


def _proofs(request: HttpRequest) -> tuple[str, ...]:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return (token,) if scheme.lower() == "bearer" and token.startswith(Token.PREFIX) else ()


def _mine(request: HttpRequest, comment_id: int) -> ReaderComment:
    """Raises Http404 for a comment the token does not belong to, as for none at all."""
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
        "html": str(text.as_html(words)),
        "public": comment.is_public,
        "edit_waiting": comment.held_revision is not None,
        "editable_until": authoring.editable_until(comment),
    }


@contextmanager
def _too_late_is_a_problem() -> Iterator[None]:
    try:
        yield
    except authoring.TooLateError:
        raise ProblemError(403, "It is too late to change this comment.") from None
    except actions.StaleError:
        raise ProblemError(409, "This comment was changed meanwhile.") from None


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
