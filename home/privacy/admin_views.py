"""
``/admin/privacy/``: the address is sent by POST, so that no URL, history or access log contains it.

For a person who commented, no address is asked for: the id of their row leads to it, and no page shows it.
"""

from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages

from blog.comments.models import Reader
from blog.comments.moderation.people import UNREADABLE
from cms import vault
from cms.credentials import staff
from cms.credentials.staff import Staff
from cms.http.admin_page import AdminPage
from cms.http.redirects import see_other
from home.privacy import export, person
from home.privacy.forms import KnownPersonForm, PersonForm

FILES = {"export": ("application/json", "person.json"), "page": ("text/html; charset=utf-8", "person.html")}


def may(user: Staff | AnonymousUser) -> bool:
    return user.has_perm(person.EXPORT) or user.has_perm(person.ERASE)


class RightsView(AdminPage):
    """What can be done for one person: export, or erase after asking once more."""

    page_title = _("Privacy")
    header_icon = "user"
    template_name = "home/privacy/admin/person.html"
    http_method_names = ("get", "head", "post")

    def may_open(self) -> bool:
        return may(self.request.user)

    def carry_out(self, form: Form, address: str) -> HttpResponse:
        verb, user = self.request.POST.get("do", ""), staff.of(self.request)
        if verb in FILES:
            return download(verb, person.export(address, by=user))
        if verb == "erase":
            return self.ask(form, address)
        if verb == "erase for good":
            keep_text = form.cleaned_data["keep_text"]
            return redirect_with_result(self.request, person.erase(address, by=user, keep_text=keep_text))
        return HttpResponse(gettext("Unknown action."), status=400, content_type="text/plain")

    def ask(self, form: Form, address: str) -> HttpResponse:
        """Show how much there is, and ask once more."""
        counts = person.counts(address, by=staff.of(self.request))
        return self.show(form, counts=person.named(counts), log_ins=person.staff_log_ins(address))

    def show(self, form: Form, status: int = 200, **more: Any) -> HttpResponse:
        context = self.get_context_data(form=form, **rights_of(staff.of(self.request)), **more)
        return self.render_to_response(context, status=status)


class PrivacyView(RightsView):
    """For an address that is typed in."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show(PersonForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        form = PersonForm(request.POST)
        if not form.is_valid():
            return self.show(form, status=422)
        return self.carry_out(form, form.cleaned_data["email"])


class KnownPersonView(RightsView):
    """For a person who commented, from their page at the desk."""

    def get(self, request: HttpRequest, reader_id: int) -> HttpResponse:
        self.known = get_object_or_404(Reader, pk=reader_id)
        return self.show(KnownPersonForm())

    def post(self, request: HttpRequest, reader_id: int) -> HttpResponse:
        self.known = get_object_or_404(Reader, pk=reader_id)
        form = KnownPersonForm(request.POST)
        form.is_valid()  # nothing in it can be wrong
        try:
            return self.carry_out(form, self.known.address)
        except vault.AddressUnreadableError:
            messages.error(request, UNREADABLE)
            return self.show(form, status=409)

    def show(self, form: Form, status: int = 200, **more: Any) -> HttpResponse:
        return super().show(form, status, known=self.known, **more)


def rights_of(user: Staff) -> dict[str, bool]:
    return {"may_export": user.has_perm(person.EXPORT), "may_erase": user.has_perm(person.ERASE)}


def download(verb: str, data: dict[str, Any]) -> HttpResponse:
    """Return a file whose name tells nothing."""
    kind, name = FILES[verb]
    text = export.as_json(data) if verb == "export" else export.as_page(data)
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"}
    return HttpResponse(text, content_type=kind, headers=headers)


def redirect_with_result(request: HttpRequest, counts: dict[str, int]) -> HttpResponse:
    summary = ", ".join(f"{name} {number}" for name, number in person.named(counts))
    messages.success(request, gettext("Erased: %(summary)s.") % {"summary": summary})
    return see_other(reverse("home_privacy:person"))
