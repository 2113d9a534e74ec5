"""A post page's comments over HTTP: what the page shows, and what happens when its form is sent."""

from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from wagtail.models import Page

from blog.comments import actions, own_comments, queries
from blog.comments.forms import CommentForm

NOTICES = frozenset({"held", "published"})
PRIVATE = "private, no-store"


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


def receive(request: HttpRequest, page: Page) -> tuple[HttpResponse | None, CommentForm, int]:
    """
    Take a sent form. Return the answer, or no answer and the form to show again with its status.

    Status is 422 for words to mend, 403 where no comment is taken.
    """
    form = CommentForm(page, data=request.POST)
    if not form.is_valid():
        return None, form, 422
    try:
        receipt = actions.submit(form.submission())
    except actions.CommentsClosedError:
        form.add_error(None, "Comments are closed on this article.")
        return None, form, 403
    response = HttpResponse(status=303, headers={"Location": _thanks(page, receipt.approved)})
    if receipt.token:
        own_comments.remember(request, response, receipt.token)
    return response, form, 303


def keep_private(request: HttpRequest, response: HttpResponseBase) -> None:
    """Keep a page that may show the visitor's own held words out of every cache."""
    if own_comments.COOKIE in request.COOKIES or request.method == "POST":
        response["Cache-Control"] = PRIVATE


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
