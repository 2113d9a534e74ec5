"""``/admin/invitations/``: the form that invites somebody, and what became of each invitation."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages

from cms.credentials import staff
from cms.credentials.staff import Staff
from cms.errors.too_many import in_words
from cms.http.admin_page import Above, AdminPage
from cms.http.redirects import see_other
from cms.invitations import actions, lists, queries
from cms.invitations.actions import HasAccountError, NotYoursError, TooManyInvitationsError
from cms.invitations.forms import InvitationForm
from cms.invitations.models import Invitation
from cms.rate_limit.actions import TooManyError
from cms.text.numbers import read_number
from cms.vault import AddressUnreadableError

HAS_ACCOUNT = _("%(name)s has an account with this address. Change what they may do under Settings → Users.")
NOT_YOURS = _("This address has an invitation to more than you can give. Ask an administrator.")
TOO_MANY = _("There are %(most)s invitations. Withdraw some first.")
WAIT = _("Too many invitations in a short time. Try again in %(wait)s.")
GONE = _("Nothing was changed: this invitation was accepted, withdrawn or sent again a moment ago.")
REFUSED = (HasAccountError, NotYoursError, TooManyInvitationsError, TooManyError)
Refusal = HasAccountError | NotYoursError | TooManyInvitationsError | TooManyError


class InvitationsPage(AdminPage):
    page_title: Any = _("Invitations")
    header_icon = "mail"
    permission = queries.INVITE


class InvitationsView(InvitationsPage):
    template_name = "cms/invitations/admin/list.html"
    http_method_names = ("get", "head", "post")

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.render_to_response(self.get_context_data(rows=lists.rows(staff.of(request))))

    def post(self, request: HttpRequest) -> HttpResponse:
        act = ACTS.get(request.POST.get("do", ""))
        if act is None:
            return HttpResponse(gettext("Unknown action."), status=400, content_type="text/plain")
        pk = read_number(request.POST.get("invitation", "")) or 0
        invitation = Invitation.objects.filter(pk=pk).first()
        if invitation is None or not act(self, invitation, staff.of(request)):
            messages.warning(request, GONE)
        return see_other(reverse("invitations:list"))

    def send_again(self, invitation: Invitation, by: Staff) -> bool:
        try:
            actions.send_again(invitation, by=by)
        except actions.GoneError:
            return False
        except AddressUnreadableError:
            messages.error(self.request, lists.UNREADABLE)
        except REFUSED as refusal:
            messages.error(self.request, in_a_sentence(refusal))
        else:
            messages.success(
                self.request, gettext("A new invitation is on its way. The link of the last one is dead.")
            )
        return True

    def withdraw(self, invitation: Invitation, by: Staff) -> bool:
        if not actions.withdraw(invitation, by=by):
            return False
        messages.success(self.request, gettext("Invitation withdrawn. Its link is dead."))
        return True


ACTS: dict[str, Callable[[InvitationsView, Invitation, Staff], bool]] = {
    "send again": InvitationsView.send_again,
    "withdraw": InvitationsView.withdraw,
}


class NewInvitationView(InvitationsPage):
    template_name = "cms/invitations/admin/form.html"
    page_title = _("Invite a colleague")
    http_method_names = ("get", "head", "post")

    def above(self) -> Above:
        return [(reverse("invitations:list"), _("Invitations"))]

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show(InvitationForm(request=request))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = InvitationForm(request.POST, request=request)
        if not form.is_valid():
            return self.show(form, status=422)
        try:
            actions.invite(form.wish(), by=staff.of(request))
        except REFUSED as refusal:
            form.add_error("email" if isinstance(refusal, OF_THE_ADDRESS) else None, in_a_sentence(refusal))
            return self.show(form, status=422)
        messages.success(request, gettext("The invitation is on its way."))
        return see_other(reverse("invitations:list"))

    def show(self, form: InvitationForm, status: int = 200) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=status)


OF_THE_ADDRESS = (HasAccountError, NotYoursError)


def in_a_sentence(refusal: Refusal) -> str:
    """Say to the inviter, who may see users, why there is no invitation."""
    if isinstance(refusal, HasAccountError):
        user = refusal.user
        return str(HAS_ACCOUNT) % {"name": user.get_full_name() or user.get_username()}
    if isinstance(refusal, NotYoursError):
        return str(NOT_YOURS)
    if isinstance(refusal, TooManyInvitationsError):
        return str(TOO_MANY) % {"most": actions.MOST}
    return str(WAIT) % {"wait": in_words(refusal.retry_after)}
