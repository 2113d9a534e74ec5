"""The page behind the link that confirms a copy. Reading it changes nothing; its buttons do."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from blog.comments.mail_views import HEADERS, METHODS
from home.contact import copies
from home.contact.models import CopyToken

LONGEST_ID = 18


@csrf_exempt  # the secret in the link takes the place of log-in, cookie and CSRF token
@require_http_methods(METHODS)
def copy(request: HttpRequest, token: str) -> HttpResponse:
    """The same 404 for a link that never was and one that has expired."""
    found = copies.find(token)
    if found is None:
        response = render(request, "blog/comments/mail/unknown.html", status=404)
    elif request.method == "POST":
        response = _act(request, found)
    else:
        waiting = copies.waiting(found)
        response = render(request, "home/contact/mail/copy.html", {"waiting": waiting})
    for name, value in HEADERS.items():
        response[name] = value
    return response


def _act(request: HttpRequest, token: CopyToken) -> HttpResponse:
    if request.POST.get("do") == "never":
        copies.never_again(token)
    elif request.POST.get("do") == "confirm":
        chosen = request.POST.getlist("message")
        copies.confirm(token, [int(pk) for pk in chosen if _is_id(pk)])
    else:
        return render(request, "home/contact/mail/copy.html", {"waiting": copies.waiting(token)}, status=422)
    return HttpResponse(status=303, headers={"Location": request.path})


def _is_id(typed: str) -> bool:
    return typed.isascii() and typed.isdigit() and len(typed) <= LONGEST_ID
