"""The pages behind the links of mails about comments."""

from functools import partial

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from blog.comments.models import Token
from blog.comments.notifications import subscribing
from cms.http.redirects import see_other
from cms.outbox import links, suppression


@links.page(partial(subscribing.find, purpose=Token.Purpose.CONFIRM))
def confirm(request: HttpRequest, token: Token) -> HttpResponse:
    if request.method == "POST":
        subscribing.confirm(token)
        return see_other(request.path)
    subscription = token.comment.subscription
    waiting = subscribing.covered(token)
    return _page(
        request,
        "confirm",
        waiting=waiting.exists(),
        titles=subscribing.titles(waiting),
        ended=subscription.ended_at is not None,
    )


@links.page(partial(subscribing.find, purpose=Token.Purpose.UNSUBSCRIBE))
def unsubscribe(request: HttpRequest, token: Token) -> HttpResponse:
    """End mail about a thread, or all mail. A one-click post gets its answer without a redirect."""
    subscription = token.comment.subscription
    do, one_click = request.POST.get("do"), request.POST.get("List-Unsubscribe") == "One-Click"
    if do == "never":
        subscribing.never_again(subscription.reader)
    elif do == "thread" or one_click:
        subscribing.unsubscribe(subscription)
    elif request.method == "POST":
        return _stop_page(request, token, status=422)
    return see_other(request.path) if do else _stop_page(request, token)


def _stop_page(request: HttpRequest, token: Token, status: int = 200) -> HttpResponse:
    subscription = token.comment.subscription
    subscription.refresh_from_db()
    return _page(
        request,
        "unsubscribe",
        status=status,
        title=next(iter(subscribing.titles([subscription.pk])), ""),
        ended=subscription.ended_at is not None,
        suppressed=suppression.wants_no_mail(subscription.reader.address),
    )


def _page(request: HttpRequest, name: str, *, status: int = 200, **words: object) -> HttpResponse:
    return render(request, f"blog/comments/mail/{name}.html", words, status=status)
