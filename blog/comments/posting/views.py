"""A page's comments over HTTP: what the page shows, and what happens when the form is sent."""

from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext, ngettext_lazy
from wagtail.models import Page

from blog.comments.models import ReaderComment
from blog.comments.moderation import actions, authoring
from blog.comments.posting import own_comments
from blog.comments.posting.forms import CommentForm, ReportForm, WordsForm
from blog.comments.reading import queries, threads
from blog.comments.rules import policy
from cms.http.outcome import Outcome, SentForm
from cms.http.redirects import see_other
from cms.rate_limit import clients
from cms.rate_limit.actions import TooManyError
from cms.text.numbers import read_number

NOTICES = frozenset({"held", "published", "edited", "withdrawn", "reported"})
NEWEST = "newest"
TOO_MANY_EDITS = ngettext_lazy(
    "You have changed this comment several times. Your words are below; save them in %(seconds)s second.",
    "You have changed this comment several times. Your words are below; save them in %(seconds)s seconds.",
    "seconds",
)
TOO_MANY_REPORTS = ngettext_lazy(
    "You have reported several comments in a short time. Send this again in %(seconds)s second.",
    "You have reported several comments in a short time. Send this again in %(seconds)s seconds.",
    "seconds",
)
TOO_MANY = ngettext_lazy(
    "You have sent several comments in a short time. Your words are below; send them in %(seconds)s second.",
    "You have sent several comments in a short time. Your words are below; send them in %(seconds)s seconds.",
    "seconds",
)


def page_context(
    request: HttpRequest, page: Page, *, form: CommentForm | None = None, reply_to: queries.Node | None = None
) -> dict[str, Any]:
    """Return the context of the page's template."""
    terms = form.terms if form else policy.of(page)
    thread = _thread(request, page, terms)
    if form is not None and (answered := form.cleaned_data.get("reply_to")):
        reply_to = queries.public_comment(page, answered)
    notice = request.GET.get("sent", "")
    return {
        "thread": thread,
        "comment_form": _to_show(form, page, terms, reply_to),
        "reply_to": reply_to,
        "notice": notice if notice in NOTICES else "",
        "comments_open": terms.open,
        "comments_closed": terms.why_closed,
    }


def _thread(request: HttpRequest, page: Page, terms: policy.Policy) -> queries.Thread:
    own = queries.owned(own_comments.tokens(request))
    newest_first = request.GET.get("comments") == NEWEST
    thread = queries.public_thread(
        page, after=_after(request), limit=terms.threads_a_page, own=own, newest_first=newest_first
    )
    threads.mark_full(thread.threads, terms.takes_replies_to)
    threads.mark_editable(thread.threads, authoring.editable_among(own, page))
    if thread.next_after:
        query = {"comments": NEWEST} if newest_first else {}
        thread.next_url = f"{page.get_url()}?{urlencode({**query, 'after': thread.next_after})}#comments"
    return thread


def replies(request: HttpRequest, page: Page, comment_id: int) -> dict[str, Any]:
    """Return what the page of one thread's replies needs. Raises Http404 for a thread no one may read."""
    own, terms = queries.owned(own_comments.tokens(request)), policy.of(page)
    thread = queries.public_replies(page, comment_id, after=_after(request), own=own)
    if thread is None:
        raise Http404
    threads.mark_full([thread.top, *thread.replies], terms.takes_replies_to)
    threads.mark_editable(thread.replies, authoring.editable_among(own, page))
    reply_to = thread.top if thread.top.can_reply else None
    return {
        "thread": thread,
        "comment_form": _to_show(None, page, terms, reply_to),
        "reply_to": reply_to,
        "comments_open": terms.open,
        "comments_closed": terms.why_closed,
    }


def permalink(page: Page, comment_id: int) -> HttpResponse:
    """Redirect to a comment on its page of threads. Raises Http404 for one that cannot be read."""
    place = queries.place(page, comment_id, policy.of(page).threads_a_page)
    if place is None:
        raise Http404
    return HttpResponse(status=302, headers={"Location": place})


def own_comment(request: HttpRequest, comment_id: int) -> ReaderComment:
    """Raises Http404 for anyone but the author, and for everyone once it is too late."""
    try:
        comment = authoring.find(comment_id, own_comments.tokens(request))
    except authoring.NotYoursError:
        raise Http404 from None
    if authoring.editable_until(comment) is None:
        raise Http404
    return comment


def words_of(comment: ReaderComment) -> WordsForm:
    return WordsForm(initial={"comment": authoring.latest_words(comment)})


def change_own(request: HttpRequest, page: Page, comment: ReaderComment) -> Outcome[WordsForm]:
    """Save the author's edit, or withdraw the comment."""
    form = WordsForm(request.POST)
    try:
        if "withdraw" in request.POST:
            authoring.withdraw(comment)
        elif form.is_valid():
            authoring.edit(comment, form.cleaned_data["comment"])
        else:
            return Outcome(form, 422)
    except authoring.TooLateError:
        return Outcome(form, 403).because(gettext("It is too late to change this comment."))
    except actions.StaleError:
        return Outcome(form, 409).because(gettext("This comment was changed meanwhile. Open it again."))
    except TooManyError as limit:
        return _refused_for_now(form, limit, TOO_MANY_EDITS)
    done = "withdrawn" if "withdraw" in request.POST else "edited"
    to = f"{page.get_url()}?sent={done}#comment-notice"
    return Outcome(form, 303, answer=see_other(to))


def readable(page: Page, comment_id: int) -> queries.Node:
    """Raises Http404 for anything a visitor cannot read on this page."""
    node = queries.public_comment(page, comment_id)
    if node is None:
        raise Http404
    return node


def receive_report(request: HttpRequest, page: Page, comment_id: int) -> Outcome[ReportForm]:
    """Take a report of a comment. Raises Http404 when it is gone."""
    form = ReportForm(request.POST)
    if not form.is_valid():
        return Outcome(form, 422)
    try:
        actions.report(comment_id, **form.cleaned_data, client=clients.client_of(request, "report"))
    except actions.NotSeenError:
        raise Http404 from None
    except TooManyError as limit:
        return _refused_for_now(form, limit, TOO_MANY_REPORTS)
    to = f"{page.get_url()}?sent=reported#comment-notice"
    return Outcome(form, 303, answer=see_other(to))


def reply_target(page: Page, comment_id: int) -> queries.Node:
    """Raises Http404 for anything a visitor cannot read and answer on this page."""
    node, terms = readable(page, comment_id), policy.of(page)
    if not terms.open or not terms.takes_replies_to(node.level):
        raise Http404
    return node


def receive(request: HttpRequest, page: Page) -> Outcome[CommentForm]:
    """
    Take a sent form. The outcome is an answer, or the form to show again with its words.

    Its status is then 422 for invalid fields, 403 where no comment is taken, 429 for too many at once.
    """
    form = CommentForm(page, data=request.POST)
    if not form.is_valid():
        return Outcome(form, 422)
    try:
        client, proofs = clients.client_of(request, "comment"), own_comments.tokens(request)
        receipt = actions.submit(form.submission(client=client, proofs=proofs))
    except actions.CommentsClosedError:
        return Outcome(form, 403).because(policy.why_closed(page))
    except TooManyError as limit:
        return _refused_for_now(form, limit, TOO_MANY)
    response = see_other(_thanks(page, receipt.approved))
    if receipt.token:
        own_comments.remember(request, response, receipt.token)
    return Outcome(form, 303, answer=response)


def _refused_for_now(form: SentForm, limit: TooManyError, sentence: Any) -> Outcome[SentForm]:
    again = sentence % {"seconds": limit.retry_after}
    return Outcome(form, 429, retry_after=limit.retry_after).because(again)


def keep_private(request: HttpRequest, response: HttpResponseBase) -> None:
    """Keep a page that may show the visitor's own held words out of every cache."""
    if own_comments.any_held(request):
        response["Cache-Control"] = "private, no-store"


def _to_show(
    form: CommentForm | None, page: Page, terms: policy.Policy, reply_to: queries.Node | None
) -> CommentForm:
    """Return the sent form with a fresh security hash and its words, or a new one."""
    if form is None:
        return CommentForm(page, terms=terms, initial={"reply_to": reply_to.id if reply_to else 0})
    form.data = form.data.copy()
    form.data.update(form.generate_security_data())
    if "reply_to" in form.errors:
        form.data["reply_to"] = "0"
    return form


def _thanks(page: Page, approved: bool) -> str:
    return f"{page.get_url()}?sent={'published' if approved else 'held'}#comment-notice"


def _after(request: HttpRequest) -> int:
    return read_number(request.GET.get("after", "")) or 0
