"""The moderation desk for programs: the verbs of ``blog.comments.actions``, with a moderator's token."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import Annotated, Any, Literal

from django.db.models import BigAutoField, QuerySet
from django.forms import Form
from django.http import HttpRequest
from django.views.decorators.cache import cache_control
from ninja import Query, Router, Schema
from ninja.responses import Status as Answer
from pydantic import Field

from blog.comments import actions, desk, filters, queries, rules, states, text
from blog.comments.filters import FilterForm
from blog.comments.forms import ReasonForm, WordsForm
from blog.comments.models import ReaderComment
from blog.comments.phrases import Refusal
from cms import cursors
from cms.cross_site import require_trusted_json_post
from cms.cursors import Cursor, Limit
from cms.problems import Problem, ProblemError
from cms.tokens import StaffToken

router = Router(tags=["moderation"], auth=StaffToken(actions.MODERATE))
router.add_decorator(cache_control(no_store=True), mode="view")

NO_SUCH_COMMENT = "There is no such comment."
NOTHING_LEFT = "The words of this comment were erased. Nothing is left to approve."
NO_SUCH_REFUSAL = "There is no such reason for the trash."
ONLY_WITH_TRASH = "Only what goes into the trash is refused."
CHANGED = "This comment has changed since you read it. Nothing was done."
VERBS = {**actions.VERBS, "delete": actions.delete}

Tab = Literal[*filters.TABS]
Reason = Literal["", *filters.REASONS]
Verb = Literal[*VERBS]
BulkVerb = Literal[*actions.STATES]
Id = Annotated[int, Field(ge=1, le=BigAutoField.MAX_BIGINT)]


class ModeratedComment(Schema):
    """A comment as moderators see it. There is no address here: only the desk reveals one, and logs it."""

    id: int
    version: int = Field(description="Comes back with a decision: nobody decides what he has not read.")
    revision: int
    status: str
    post: int
    parent: int | None
    person: int | None = Field(description="Whoever wrote it: the same number, the same address.")
    name: str
    text: str
    html: str
    submitted_at: datetime
    reasons: list[str] = Field(description="Why it is where it is.")
    edit: str | None = Field(description="Words of its author that wait while the approved ones stay public.")
    staff: bool


class ModeratedList(Schema):
    items: list[ModeratedComment]
    next: str | None = Field(
        description=f"May come with no items, where {desk.LOOKED_THROUGH:,} comments were looked through."
    )


class RefusalOut(Schema):
    """A reason for the trash. Its words go to the author, if he asked to be told."""

    id: int
    title: str
    words: str


class DecisionIn(Schema):
    version: int = Field(description="The version that was read.")
    reason: str = Field("", description="Kept with the decision, for other moderators.")
    refusal: Id | None = Field(None, description="With ``trash`` only: a reason its author is told.")


class ReplyIn(Schema):
    version: int = Field(description="The version that was read.")
    text: str


class SeenIn(Schema):
    id: Id
    version: int


class BulkIn(Schema):
    action: BulkVerb
    comments: list[SeenIn] = Field(max_length=actions.MOST_AT_ONCE)
    refusal: Id | None = Field(None, description="With ``trash`` only: a reason their authors are told.")


class BulkOut(Schema):
    done: list[int]
    stale: list[int] = Field(description="Changed since they were read, or gone.")
    empty: list[int] = Field(description="Their words were erased: nothing is left to approve.")


class StaleProblem(Problem):
    """Somebody else was first."""

    status: str = Field(description="What the comment is now. The number of the answer is in its first line.")
    by: str = Field(description="The moderator who was first; empty when it was the author or a rule.")
    at: datetime | None


REFUSED = {400: Problem, 401: Problem, 403: Problem, 422: Problem}
CONFLICTS = {404: Problem, 409: StaleProblem | Problem, **REFUSED}


@router.get(
    "/moderation/comments/",
    response={200: ModeratedList, 401: Problem, 403: Problem, 422: Problem},
    operation_id="list_comments_to_moderate",
)
def list_comments(
    request: HttpRequest,
    status: Tab = states.Status.PENDING.value,
    search: Annotated[str, Query(max_length=200, description="In names and words.")] = "",
    post: Annotated[str, Query(max_length=255, description="An id or a slug.")] = "",
    reason: Annotated[Reason, Query(description="The first of the reasons it waits for.")] = "",
    since: Annotated[date | None, Query(description="Sent on this day or later.")] = None,
    until: Annotated[date | None, Query(description="Sent on this day or earlier.")] = None,
    person: Annotated[Id | None, Query(description="As an item of a list names it.")] = None,
    cursor: Cursor = "",
    limit: Limit = 20,
) -> dict[str, Any]:
    """
    Comments in one state: held ones the oldest first, others the newest first. ``every`` is all states.

    ``search`` takes no e-mail address: it would stand in histories and logs.
    """
    asked = {"status": status, "q": search, "post": post, "reason": reason, "since": since, "until": until}
    form = FilterForm({**asked, "person": person})
    _checked(form, q="search")
    found = desk.page(form.filter, after=cursors.after(cursor), limit=limit)
    return {
        "items": [_item(comment) for comment in found.comments],
        "next": cursors.give("", found.next_after) if found.next_after else None,
    }


@router.get(
    "/moderation/refusals/",
    response={200: list[RefusalOut], 401: Problem, 403: Problem},
    operation_id="list_refusals",
)
def list_refusals(request: HttpRequest) -> QuerySet[Refusal]:
    """The reasons for the trash that an author can be told, as moderators keep them."""
    return Refusal.objects.all()


@router.post(
    "/moderation/comments/bulk/", response={200: BulkOut, **REFUSED}, operation_id="moderate_comments"
)
def decide_many(request: HttpRequest, sent: BulkIn) -> dict[str, list[int]]:
    """Decide about many comments in one act; each that nobody else has changed meanwhile is done."""
    require_trusted_json_post(request)
    seen = {each.id: each.version for each in sent.comments}
    told = {"refusal": _refusal(sent.refusal, sent.action)}
    moved = actions.decide_all(sent.action, seen, by=request.user, **told)
    done, stale, empty = ([each.pk for each in group] for group in (moved.done, moved.stale, moved.empty))
    gone = seen.keys() - {*done, *stale, *empty}
    return {"done": done, "stale": sorted([*stale, *gone]), "empty": empty}


@router.post(
    "/moderation/comments/{comment_id}/reply/",
    response={201: ModeratedComment, **CONFLICTS},
    operation_id="reply_as_staff",
)
def reply(request: HttpRequest, comment_id: int, sent: ReplyIn) -> Answer[dict[str, Any]]:
    """Answer a comment under the name of the token's owner, and approve it if it is not public."""
    require_trusted_json_post(request)
    words = _checked(WordsForm({"comment": sent.text}), comment="text")
    with _conflicts_are_problems():
        comment = _find(comment_id)
        answer = actions.reply(comment, words["comment"], by=request.user, version=sent.version)
    return Answer(201, _item(answer))


@router.post(
    "/moderation/comments/{comment_id}/{action}/",
    response={200: ModeratedComment, **CONFLICTS},
    operation_id="moderate_comment",
)
def decide(request: HttpRequest, comment_id: int, action: Verb, sent: DecisionIn) -> dict[str, Any]:
    """
    Decide about one comment. The answer is the comment as it is now; one that was deleted, as it was.

    ``restore`` undoes the last change of state, ``refuse-edit`` drops an edit that waits.
    """
    require_trusted_json_post(request)
    reason = _checked(ReasonForm(sent.dict()))["reason"]
    refusal = _refusal(sent.refusal, action)
    told = {"refusal": refusal} if refusal else {}
    with _conflicts_are_problems():
        comment, reasons = _find(comment_id), (reason,) if reason else ()
        return _item(VERBS[action](comment, by=request.user, version=sent.version, reasons=reasons, **told))


def _find(comment_id: int) -> ReaderComment:
    """Raises ReaderComment.DoesNotExist."""
    return queries.for_card(ReaderComment.objects.numbered(comment_id)).get()


def _refusal(pk: int | None, action: str) -> Refusal | None:
    """Raises ProblemError where there is none such, or nothing goes into the trash."""
    if pk is None:
        return None
    found = Refusal.objects.filter(pk=pk).first() if action == "trash" else None
    if found is None:
        why = NO_SUCH_REFUSAL if action == "trash" else ONLY_WITH_TRASH
        raise ProblemError(422, "Mend the fields and send again.", {"refusal": [why]})
    return found


def _checked(form: Form, **called: str) -> dict[str, Any]:
    """Return what was sent, as it is kept. ``called`` says what the API calls a field of the form."""
    if not form.is_valid():
        errors = {called.get(field, field): messages for field, messages in form.errors.items()}
        raise ProblemError(422, "Mend the fields and send again.", errors)
    return form.cleaned_data


@contextmanager
def _conflicts_are_problems() -> Iterator[None]:
    try:
        yield
    except ReaderComment.DoesNotExist:
        raise ProblemError(404, NO_SUCH_COMMENT) from None
    except actions.NothingLeftError:
        raise ProblemError(409, NOTHING_LEFT) from None
    except actions.StaleError as stale:
        now = {"status": stale.status, "by": stale.by, "at": stale.at}
        raise ProblemError(409, CHANGED, members=now) from None


def _item(comment: ReaderComment) -> dict[str, Any]:
    decisions = list(comment.decisions.all())
    return {
        "id": comment.pk,
        "version": comment.version,
        "revision": comment.revision,
        "status": str(comment.status),
        "post": comment.page_id,
        "parent": comment.in_reply_to_id,
        "person": comment.reader_id,
        "name": comment.user_name,
        "text": comment.comment,
        "html": str(text.as_html(comment.comment)),
        "submitted_at": comment.submit_date,
        "reasons": rules.in_words(decisions[-1].reasons) if decisions else [],
        "edit": comment.waiting_words,
        "staff": comment.by_staff,
    }
