"""
The page behind the link of an invitation. Opening it changes nothing, as often as a mail scanner may do so.

Sending its form makes the account and logs nobody in: the log-in, with its delays and its second factor, is
the only way in. Whoever is logged in in this browser stays so.
"""

from collections.abc import Callable
from functools import wraps

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.debug import sensitive_post_parameters

from cms.credentials import roles
from cms.invitations import actions, queries
from cms.invitations.forms import TAKEN, AcceptForm
from cms.invitations.models import InvitationToken
from cms.outbox import links
from cms.rate_limit import clients
from cms.rate_limit.actions import TooManyError

ENDED = "cms/invitations/mail/ended.html"
MOST_WRONG = 20
WRONG_KEPT = 60  # seconds


def count_wrong(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """
    Count wrong links of a client in the cache: a GET writes no row. No good one is refused because of them.

    No more is needed: a link has 256 random bits.
    """

    @wraps(view)
    def counted(request: HttpRequest, token: str) -> HttpResponse:
        response = view(request, token)
        if response.status_code == 404:
            client = clients.of(request, "link of an invitation", bits=clients.SITE)
            wrong = cache.get(client, 0)
            if wrong >= MOST_WRONG:
                raise TooManyError(WRONG_KEPT)
            cache.set(client, wrong + 1, WRONG_KEPT)
        return response

    return counted


@count_wrong
@sensitive_post_parameters("password", "again")
@links.page(queries.find, unknown=ENDED)
def accept(request: HttpRequest, token: InvitationToken) -> HttpResponse:
    if request.method != "POST":
        return _page(request, token, AcceptForm(invitation=token.invitation))
    form = AcceptForm(request.POST, invitation=token.invitation)
    if not form.is_valid():
        return _page(request, token, form, status=422)
    try:
        user = actions.accept(token, form.account())
    except actions.UsernameTakenError:
        form.add_error("username", TAKEN)
        return _page(request, token, form, status=422)
    except actions.GoneError:
        return render(request, ENDED, status=404)
    return render(request, "cms/invitations/mail/accepted.html", {"username": user.get_username()})


def _page(request: HttpRequest, token: InvitationToken, form: AcceptForm, status: int = 200) -> HttpResponse:
    invitation = token.invitation
    given = roles.of_person(invitation.groups.all(), administrator=invitation.administrator)
    words = {"form": form, "roles": given, "ends": invitation.expires_at}
    return render(request, "cms/invitations/mail/accept.html", words, status=status)
