"""A post page's comments over HTTP: what the page shows, and what happens when its form is sent."""

from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from wagtail.models import Page

from blog.comments import actions, own_comments, queries
from blog.comments.forms import CommentForm
from cms.outcome import Outcome
from cms.rate_limit import clients
from cms.rate_limit.actions import TooManyError

NOTICES = frozenset({"held", "published"})
TOO_MANY = "You have sent several comments in a short time. Your words are below; send them in {} seconds."


def shown(
    request: HttpRequest, page: Page, *, form: CommentForm | None = None, reply_to: queries.Node | None = None
) -> dict[str, Any]:
    """Return what the page's template needs."""
    thread = queries.public_thread(
        page, after=_after(request), own=queries.owned(own_comments.tokens(request))
    )
    if thread.next_after:
        thread.next_url = f"{page.get_url()}?{urlencode({'after': thread.next_after})}#comments"
    if form is not None and (answered := form.cleaned_data.get("reply_to")):
        reply_to = queries.public_comment(page, answered)
    notice = request.GET.get("sent", "")
    return {
        "thread": thread,
        "comment_form": _to_show(form, page, reply_to),
        "reply_to": reply_to,
        "notice": notice if notice in NOTICES else "",
        "comments_open": page.comments_open,
    }


def reply_target(page: Page, comment_id: int) -> queries.Node:
    """Raises Http404 for anything a visitor cannot read and answer on this page."""
    node = queries.public_comment(page, comment_id)
    if node is None or not page.comments_open:
        raise Http404
    return node


def receive(request: HttpRequest, page: Page) -> Outcome[CommentForm]:
    """
    Take a sent form. The outcome is an answer, or the form to show again with its words.

    Its status is then 422 for words to mend, 403 where no comment is taken, 429 for too many at once.
    """
    form = CommentForm(page, data=request.POST)
    if not form.is_valid():
        return Outcome(form, 422)
    try:
        receipt = actions.submit(form.submission(client=clients.of(request, "comment")))
    except actions.CommentsClosedError:
        return Outcome(form, 403).because("Comments are closed on this article.")
    except TooManyError as limit:
        return Outcome(form, 429, retry_after=limit.retry_after).because(TOO_MANY.format(limit.retry_after))
    response = HttpResponse(status=303, headers={"Location": _thanks(page, receipt.approved)})
    if receipt.token:
        own_comments.remember(request, response, receipt.token)
    return Outcome(form, 303, answer=response)


def keep_private(request: HttpRequest, response: HttpResponseBase) -> None:
    """Keep a page that may show the visitor's own held words out of every cache."""
    if own_comments.COOKIE in request.COOKIES:
        response["Cache-Control"] = "private, no-store"


def _to_show(form: CommentForm | None, page: Page, reply_to: queries.Node | None) -> CommentForm:
    """Return the sent form with a fresh security hash and its words, or a new one."""
    if form is None:
        return CommentForm(page, initial={"reply_to": reply_to.id if reply_to else 0})
    form.data = form.data.copy()
    form.data.update(form.generate_security_data())
    if "reply_to" in form.errors:
        form.data["reply_to"] = "0"
    return form


def _thanks(page: Page, approved: bool) -> str:
    return f"{page.get_url()}?sent={'published' if approved else 'held'}#comment-notice"


def _after(request: HttpRequest) -> int:
    value = request.GET.get("after", "")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 19 else 0
