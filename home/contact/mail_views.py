"""The page behind the link that confirms a copy. Opening it changes nothing; its buttons do."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from cms.http.redirects import see_other
from cms.outbox import links
from cms.text.numbers import read_number
from home.contact import copies
from home.contact.models import CopyToken


@links.page(copies.find)
def copy(request: HttpRequest, token: CopyToken) -> HttpResponse:
    return _act(request, token) if request.method == "POST" else _page(request, token)


def _act(request: HttpRequest, token: CopyToken) -> HttpResponse:
    if request.POST.get("do") == "never":
        copies.never_again(token)
    elif request.POST.get("do") == "confirm":
        selection = request.POST.getlist("message")
        copies.confirm(token, [pk for typed in selection if (pk := read_number(typed)) is not None])
    else:
        return _page(request, token, status=422)
    return see_other(request.path)


def _page(request: HttpRequest, token: CopyToken, status: int = 200) -> HttpResponse:
    return render(request, "home/contact/mail/copy.html", {"waiting": copies.waiting(token)}, status=status)
