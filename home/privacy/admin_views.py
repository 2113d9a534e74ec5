"""
``/admin/privacy/``: the address comes by POST, so that no URL, history or access log has it.

Of a person who commented it is not asked: the number of his row finds it, and no page shows it.
"""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views import View
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from blog.comments.models import Reader
from blog.comments.people import UNREADABLE
from cms import vault
from home.privacy import person, report
from home.privacy.forms import KnownPersonForm, PersonForm

FILES = {"export": ("application/json", "person.json"), "page": ("text/html; charset=utf-8", "person.html")}


def may(user: Any) -> bool:
    return user.has_perm(person.EXPORT) or user.has_perm(person.ERASE)


class RightsView(WagtailAdminTemplateMixin, View):
    """What can be done for one person: told, or erased after asking once more."""

    page_title = "Privacy"
    header_icon = "user"
    template_name = "home/privacy/admin/person.html"
    http_method_names = ("get", "head", "post")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not may(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def carry_out(self, form: Form, address: str) -> HttpResponse:
        verb, user = self.request.POST.get("do", ""), self.request.user
        if verb in FILES:
            return download(verb, person.export(address, by=user))
        if verb == "erase":
            return self.ask(form, address)
        if verb == "erase for good":
            keep_text = form.cleaned_data["keep_text"]
            return done(self.request, person.erase(address, by=user, keep_text=keep_text))
        return HttpResponse("Unknown action.", status=400, content_type="text/plain")

    def ask(self, form: Form, address: str) -> HttpResponse:
        """Show how much there is, and ask once more."""
        if not self.request.user.has_perm(person.ERASE):
            raise PermissionDenied
        return self.show(form, counts=person.counts(address), log_ins=person.staff_log_ins(address))

    def show(self, form: Form, status: int = 200, **more: Any) -> HttpResponse:
        context = self.get_context_data(form=form, **rights_of(self.request.user), **more)
        return self.render_to_response(context, status=status)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": "", "label": self.page_title}]


class PrivacyView(RightsView):
    """For an address that somebody writes from."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show(PersonForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        form = PersonForm(request.POST)
        if not form.is_valid():
            return self.show(form, status=422)
        return self.carry_out(form, form.cleaned_data["email"])


class KnownPersonView(RightsView):
    """For a person who commented, from his page on the desk."""

    def get(self, request: HttpRequest, reader_id: int) -> HttpResponse:
        self.known = get_object_or_404(Reader, pk=reader_id)
        return self.show(KnownPersonForm())

    def post(self, request: HttpRequest, reader_id: int) -> HttpResponse:
        self.known = get_object_or_404(Reader, pk=reader_id)
        form = KnownPersonForm(request.POST)
        form.is_valid()  # it has nothing that can be wrong
        try:
            return self.carry_out(form, self.known.address)
        except vault.AddressUnreadableError:
            messages.error(request, UNREADABLE)
            return self.show(form, status=409)

    def show(self, form: Form, status: int = 200, **more: Any) -> HttpResponse:
        return super().show(form, status, known=self.known, **more)


def rights_of(user: Any) -> dict[str, bool]:
    return {"may_export": user.has_perm(person.EXPORT), "may_erase": user.has_perm(person.ERASE)}


def download(verb: str, found: dict[str, Any]) -> HttpResponse:
    """A file whose name says nothing."""
    kind, name = FILES[verb]
    text = report.as_json(found) if verb == "export" else report.as_page(found)
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"}
    return HttpResponse(text, content_type=kind, headers=headers)


def done(request: HttpRequest, counts: dict[str, int]) -> HttpResponse:
    told = ", ".join(f"{name} {number}" for name, number in counts.items())
    messages.success(request, f"Erased: {told}.")
    response = HttpResponseRedirect(reverse("home_privacy:person"))
    response.status_code = 303
    return response
