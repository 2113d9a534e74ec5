"""The moderation desk for programs: the verbs of ``moderation.actions``, with a moderator's token."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import Annotated, Any, Literal

from django.db.models import BigAutoField, QuerySet
from django.forms import Form
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import cache_control
from ninja import Query, Router, Schema
from ninja.responses import Status as Answer
from pydantic import Field

from blog.comments import states
from blog.comments.desk import filters, lists
from blog.comments.desk.filters import FilterForm
from blog.comments.desk.forms import ReasonForm
from blog.comments.models import ReaderComment, Refusal
from blog.comments.moderation import actions
from blog.comments.posting.forms import WordsForm
from blog.comments.reading import queries
from blog.comments.rules import verdicts
from cms import cursors
from cms.credentials import staff
from cms.credentials.tokens import StaffToken
from cms.cursors import Cursor, Limit
from cms.errors.problems import FieldError, Problem, ProblemError, errors_of
from cms.http.cross_site import require_trusted_json_post
from cms.text import linking

router = Router(tags=["moderation"], auth=StaffToken(actions.MODERATE))
router.add_decorator(cache_control(no_store=True), mode="view")

NO_SUCH_COMMENT = _("There is no such comment.")
NOTHING_LEFT = _("The text of this comment was erased. Nothing is left to approve.")
NO_SUCH_REFUSAL = _("There is no such reason for the trash.")
ONLY_WITH_TRASH = _("A reason can be given only when the action is `trash`.")
CHANGED = _("This comment has changed since you read it. Nothing was done.")
VERBS: dict[str, actions.Verb] = {**actions.VERBS, "delete": actions.delete}

Tab = Literal[*filters.TABS]  # type: ignore[valid-type]  # mypy takes no names here; pydantic does
Reason = Literal["", *filters.REASONS]  # type: ignore[valid-type]  # mypy takes no names here; pydantic does
Verb = Literal[*VERBS]  # type: ignore[valid-type]  # mypy takes no names here; pydantic does
BulkVerb = Literal[*actions.STATES]  # type: ignore[valid-type]  # mypy takes no names here; pydantic does
Id = Annotated[int, Field(ge=1, le=BigAutoField.MAX_BIGINT)]


class ModeratedComment(Schema):
    """A comment as moderators see it. There is no address here: only the desk reveals one, and logs it."""

    id: int
    version: int = Field(description="Send it back with the decision; a stale version is answered with 409.")
    revision: int
    status: str
    post: int
    parent: int | None
    person: int | None = Field(description="The author: the same number means the same address.")
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
        description=f"May come with no items, where {lists.LOOKED_THROUGH:,} comments were looked through."
    )


class RefusalOut(Schema):
    """A reason for the trash. Its words go to the author, if they asked for email."""

    id: int
    title: str
    words: str


class DecisionIn(Schema):
    version: int = Field(description="The version that was read.")
    reason: str = Field("", description="Kept with the decision, for other moderators.")
    refusal: Id | None = Field(None, description="With ``trash`` only: a reason that is sent to its author.")


class ReplyIn(Schema):
    version: int = Field(description="The version that was read.")
    text: str


class SeenIn(Schema):
    id: Id
    version: int


class BulkIn(Schema):
    action: BulkVerb
    comments: list[SeenIn] = Field(max_length=actions.MOST_AT_ONCE)
    refusal: Id | None = Field(
        None, description="With ``trash`` only: a reason that is sent to their authors."
    )


class BulkOut(Schema):
    done: list[int]
    stale: list[int] = Field(description="Changed since they were read, or gone.")
    empty: list[int] = Field(description="Their text was erased: nothing is left to approve.")


class StaleProblem(Schema):
    """Someone else changed the comment first."""

    type: str = "about:blank"
    title: str
    status: str = Field(description="What the comment is now. The number of the answer is in its first line.")
    detail: str = ""
    errors: list[FieldError] = []
    by: str = Field(description="The moderator who was first; empty when it was the author or a rule.")
    at: datetime | None


REFUSED = {400: Problem, 401: Problem, 403: Problem, 422: Problem}
CONFLICTS = {404: Problem, 409: StaleProblem | Problem, **REFUSED}


@router.get(
    "/moderation/comments/",
    response={200: ModeratedList, 401: Problem, 403: Problem, 422: Problem},
    operation_id="list_comments_to_moderate",
    summary="List comments to moderate",
)
def list_comments(
    request: HttpRequest,
    status: Tab = states.Status.PENDING.value,
    search: Annotated[str, Query(max_length=200, description="In names and words.")] = "",
    post: Annotated[
        str, Query(max_length=255, description="A slug, or an id as in `id:12`; a slug comes first.")
    ] = "",
    reason: Annotated[Reason, Query(description="The first of the reasons it waits for.")] = "",
    since: Annotated[date | None, Query(description="Sent on this day or later.")] = None,
    until: Annotated[date | None, Query(description="Sent on this day or earlier.")] = None,
    person: Annotated[Id | None, Query(description="As an item of a list names it.")] = None,
    cursor: Cursor = "",
    limit: Limit = 20,
) -> dict[str, Any]:
    """
    Comments in one state: held ones the oldest first, others the newest first. ``every`` is all states.

    ``search`` takes no email address, because histories and logs would keep it.
    """
    asked = {"status": status, "q": search, "post": post, "reason": reason, "since": since, "until": until}
    form = FilterForm({**asked, "person": person})
    _checked(form, q="search")
    found = lists.page(form.filter, after=cursors.after(cursor), limit=limit)
    return {
        "items": [_item(comment) for comment in found.comments],
        "next": cursors.give("", found.next_after) if found.next_after else None,
    }


@router.get(
    "/moderation/refusals/",
    response={200: list[RefusalOut], 401: Problem, 403: Problem},
    operation_id="list_refusals",
    summary="List reasons for the trash",
)
def list_refusals(request: HttpRequest) -> QuerySet[Refusal]:
    """The reasons for the trash that can be sent to authors, as moderators keep them."""
    return Refusal.objects.all()


@router.post(
    "/moderation/comments/bulk/",
    response={200: BulkOut, **REFUSED},
    operation_id="moderate_comments",
    summary="Decide on several comments",
)
def decide_many(request: HttpRequest, sent: BulkIn) -> dict[str, list[int]]:
    """Decide about many comments in one act; each that nobody else has changed meanwhile is done."""
    require_trusted_json_post(request)
    seen = {each.id: each.version for each in sent.comments}
    refusal = _refusal(sent.refusal, sent.action)
    moved = actions.decide_all(sent.action, seen, by=staff.of(request), refusal=refusal)
    done, stale, empty = ([each.pk for each in group] for group in (moved.done, moved.stale, moved.empty))
    gone = seen.keys() - {*done, *stale, *empty}
    return {"done": done, "stale": sorted([*stale, *gone]), "empty": empty}


@router.post(
    "/moderation/comments/{comment_id}/reply/",
    response={201: ModeratedComment, **CONFLICTS},
    operation_id="reply_as_staff",
    summary="Reply as staff",
)
def reply(request: HttpRequest, comment_id: int, sent: ReplyIn) -> Answer[dict[str, Any]]:
    """Answer a comment under the name of the token's owner, and approve it if it is not public."""
    require_trusted_json_post(request)
    words = _checked(WordsForm({"comment": sent.text}), comment="text")
    with _conflicts_are_problems():
        comment = _find(comment_id)
        answer = actions.reply(comment, words["comment"], by=staff.of(request), version=sent.version)
    return Answer(201, _item(answer))


@router.post(
    "/moderation/comments/{comment_id}/{action}/",
    response={200: ModeratedComment, **CONFLICTS},
    operation_id="moderate_comment",
    summary="Decide on a comment",
)
def decide(request: HttpRequest, comment_id: int, action: Verb, sent: DecisionIn) -> dict[str, Any]:
    """
    Decide about one comment. The answer is the comment as it is now; one that was deleted, as it was.

    ``restore`` undoes the last change of state, ``refuse-edit`` drops an edit that waits.
    """
    require_trusted_json_post(request)
    reason = _checked(ReasonForm(sent.dict()))["reason"]
    refusal = _refusal(sent.refusal, action)
    given = {"refusal": refusal} if refusal else {}
    with _conflicts_are_problems():
        comment, by, reasons = _find(comment_id), staff.of(request), (reason,) if reason else ()
        return _item(VERBS[action](comment, by=by, version=sent.version, reasons=reasons, **given))


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
        raise ProblemError(422, gettext("Fix the listed fields and send again."), {"refusal": [str(why)]})
    return found


def _checked(form: Form, **called: str) -> dict[str, Any]:
    """Return what was sent, as it is kept. ``called`` says what the API calls a field of the form."""
    if not form.is_valid():
        errors = {called.get(field, field): messages for field, messages in errors_of(form).items()}
        raise ProblemError(422, gettext("Fix the listed fields and send again."), errors)
    return form.cleaned_data


@contextmanager
def _conflicts_are_problems() -> Iterator[None]:
    try:
        yield
    except ReaderComment.DoesNotExist:
        raise ProblemError(404, str(NO_SUCH_COMMENT)) from None
    except actions.NothingLeftError:
        raise ProblemError(409, str(NOTHING_LEFT)) from None
    except actions.StaleError as stale:
        now = {"status": stale.status, "by": stale.by, "at": stale.at}
        raise ProblemError(409, str(CHANGED), members=now) from None


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
        "html": str(linking.as_html(comment.comment)),
        "submitted_at": comment.submit_date,
        "reasons": verdicts.in_words(decisions[-1].reasons) if decisions else [],
        "edit": comment.waiting_words,
        "staff": comment.by_staff,
    }
