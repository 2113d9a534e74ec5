"""``/admin/privacy/``: the address comes by POST, so that no URL, history or access log has it."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views import View
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from home.privacy import person, report
from home.privacy.forms import PersonForm

FILES = {"export": ("application/json", "person.json"), "page": ("text/html; charset=utf-8", "person.html")}


def may(user: Any) -> bool:
    return user.has_perm(person.EXPORT) or user.has_perm(person.ERASE)


class PrivacyView(WagtailAdminTemplateMixin, View):
    page_title = "Privacy"
    header_icon = "user"
    template_name = "home/privacy/admin/person.html"
    http_method_names = ("get", "head", "post")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not may(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show(PersonForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        form, verb = PersonForm(request.POST), request.POST.get("do", "")
        if not form.is_valid():
            return self.show(form, status=422)
        address, keep_text = form.cleaned_data["email"], form.cleaned_data["keep_text"]
        if verb in FILES:
            return download(verb, person.export(address, by=request.user))
        if verb == "erase":
            return self.ask(form)
        if verb == "erase for good":
            return done(request, person.erase(address, by=request.user, keep_text=keep_text))
        return HttpResponse("Unknown action.", status=400, content_type="text/plain")

    def ask(self, form: PersonForm) -> HttpResponse:
        """Show how much there is, and ask once more."""
        if not self.request.user.has_perm(person.ERASE):
            raise PermissionDenied
        address = form.cleaned_data["email"]
        return self.show(form, counts=person.counts(address), log_ins=person.staff_log_ins(address))

    def show(self, form: PersonForm, status: int = 200, **more: Any) -> HttpResponse:
        user = self.request.user
        may = {"may_export": user.has_perm(person.EXPORT), "may_erase": user.has_perm(person.ERASE)}
        return self.render_to_response(self.get_context_data(form=form, **may, **more), status=status)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": "", "label": self.page_title}]


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
