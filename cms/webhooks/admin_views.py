"""``/admin/webhooks/``: endpoints, their secrets (once), and the calls made to them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages

from cms.credentials import staff
from cms.credentials.staff import Staff
from cms.http.admin_page import Above, AdminPage
from cms.http.redirects import see_other
from cms.outbox import queries as outbox
from cms.outbox.models import Delivery, State
from cms.reading import keyset
from cms.text.numbers import read_number
from cms.webhooks import actions
from cms.webhooks.announcing import CALL
from cms.webhooks.forms import EndpointForm, values_of
from cms.webhooks.models import Call, Endpoint

CALLS_A_PAGE = 50


class WebhooksPage(AdminPage):
    page_title: Any = _("Webhooks")
    header_icon = "globe"
    permission = actions.MANAGE

    def above(self) -> Above:
        return [(reverse("webhooks:endpoints"), _("Webhooks"))]

    def show_secret(self, endpoint: Endpoint, secret: str, *, replaces: bool = False) -> HttpResponse:
        """Answer with the secret itself: it is stored sealed, and shown this once."""
        self.template_name = "cms/webhooks/admin/secret.html"
        self.page_title = _("Secret of the endpoint")
        response = self.render_to_response(
            self.get_context_data(endpoint=endpoint, secret=secret, replaces=replaces)
        )
        response["Cache-Control"] = "private, no-store"
        return response


class EndpointsView(WebhooksPage):
    template_name = "cms/webhooks/admin/endpoints.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        rows = Endpoint.objects.select_related("site").order_by("name", "pk")[: actions.MOST_ENDPOINTS]
        return self.render_to_response(self.get_context_data(endpoints=rows, most=actions.MOST_ENDPOINTS))

    def above(self) -> Above:
        return []


class NewEndpointView(WebhooksPage):
    template_name = "cms/webhooks/admin/form.html"
    page_title = _("Add an endpoint")

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show(EndpointForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        form = EndpointForm(request.POST)
        if not form.is_valid():
            return self.show(form, status=422)
        try:
            endpoint, secret = actions.create(form.cleaned_data, by=staff.of(request))
        except actions.TooManyEndpointsError:
            most = {"most": actions.MOST_ENDPOINTS}
            form.add_error(None, gettext("There are %(most)s endpoints. Delete one first.") % most)
            return self.show(form, status=422)
        return self.show_secret(endpoint, secret)

    def show(self, form: EndpointForm, status: int = 200) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=status)


class EndpointView(WebhooksPage):
    template_name = "cms/webhooks/admin/endpoint.html"

    def get(self, request: HttpRequest, endpoint_id: int) -> HttpResponse:
        endpoint = get_object_or_404(Endpoint, pk=endpoint_id)
        return self.show(endpoint, EndpointForm(initial=values_of(endpoint)))

    def post(self, request: HttpRequest, endpoint_id: int) -> HttpResponse:
        endpoint = get_object_or_404(Endpoint, pk=endpoint_id)
        act = ACTS.get(request.POST.get("do", ""))
        if act is None:
            return HttpResponse(gettext("Unknown action."), status=400, content_type="text/plain")
        return act(self, endpoint, staff.of(request))

    def show(self, endpoint: Endpoint, form: EndpointForm, status: int = 200, **more: Any) -> HttpResponse:
        self.page_title = endpoint.name
        context = self.get_context_data(endpoint=endpoint, form=form, **more)
        return self.render_to_response(context, status=status)

    def save(self, endpoint: Endpoint, by: Staff) -> HttpResponse:
        form = EndpointForm(self.request.POST)
        if not form.is_valid():
            return self.show(endpoint, form, status=422)
        actions.change(endpoint, form.cleaned_data, by=by)
        return self.done(endpoint, gettext("Endpoint saved."))

    def rotate(self, endpoint: Endpoint, by: Staff) -> HttpResponse:
        return self.show_secret(endpoint, actions.rotate(endpoint, by=by), replaces=True)

    def test(self, endpoint: Endpoint, by: Staff) -> HttpResponse:
        if not actions.send_test(endpoint, by=by):
            return self.done(endpoint)
        messages.success(self.request, gettext("A test is on its way."))
        return see_other(reverse("webhooks:calls", args=[endpoint.pk]))

    def disable(self, endpoint: Endpoint, by: Staff) -> HttpResponse:
        return self.done(endpoint, gettext("Endpoint disabled.") if actions.disable(endpoint, by=by) else "")

    def enable(self, endpoint: Endpoint, by: Staff) -> HttpResponse:
        return self.done(endpoint, gettext("Endpoint enabled.") if actions.enable(endpoint, by=by) else "")

    def ask(self, endpoint: Endpoint, by: Staff) -> HttpResponse:
        return self.show(endpoint, EndpointForm(initial=values_of(endpoint)), sure=True)

    def delete_for_good(self, endpoint: Endpoint, by: Staff) -> HttpResponse:
        actions.delete(endpoint, by=by)
        messages.success(self.request, gettext("Endpoint deleted."))
        return see_other(reverse("webhooks:endpoints"))

    def done(self, endpoint: Endpoint, words: str = "") -> HttpResponse:
        if words:
            messages.success(self.request, words)
        else:
            messages.warning(self.request, gettext("Nothing was changed: someone else was first."))
        return see_other(reverse("webhooks:endpoint", args=[endpoint.pk]))


ACTS: dict[str, Callable[[EndpointView, Endpoint, Staff], HttpResponse]] = {
    "save": EndpointView.save,
    "rotate": EndpointView.rotate,
    "test": EndpointView.test,
    "disable": EndpointView.disable,
    "enable": EndpointView.enable,
    "delete": EndpointView.ask,
    "delete for good": EndpointView.delete_for_good,
}


@dataclass(frozen=True, slots=True)
class Row:
    """A call with its row of the outbox, which is there as long as the call is."""

    call: Call
    delivery: Delivery | None

    @property
    def has_ended(self) -> bool:
        return self.delivery is not None and self.delivery.state != State.WAITING

    @property
    def state(self) -> str:
        """Its state in words for calls: what the outbox suppresses was not sent."""
        state = self.delivery.state if self.delivery else State.SUPPRESSED
        return str(_("Not sent") if state == State.SUPPRESSED else State(state).label)


class CallsView(WebhooksPage):
    template_name = "cms/webhooks/admin/calls.html"
    page_title = _("Calls")

    def get(self, request: HttpRequest, endpoint_id: int) -> HttpResponse:
        self.endpoint = get_object_or_404(Endpoint, pk=endpoint_id)
        before = read_number(request.GET.get("before", ""))
        found = keyset.after(Call.objects.filter(endpoint=self.endpoint), before, newest_first=True)
        calls, more = keyset.page(found.defer("body"), CALLS_A_PAGE)
        context = self.get_context_data(
            endpoint=self.endpoint, rows=_rows(calls), next_before=calls[-1].pk if more else None
        )
        return self.render_to_response(context)

    def post(self, request: HttpRequest, endpoint_id: int) -> HttpResponse:
        """Send one call again."""
        calls = Call.objects.select_related("endpoint").filter(endpoint=endpoint_id)
        call = get_object_or_404(calls, pk=read_number(request.POST.get("call", "")) or 0)
        if actions.send_again(call, by=staff.of(request)):
            messages.success(request, gettext("The call is made again."))
        else:
            messages.warning(
                request, gettext("Nothing was changed: the call waits, or the endpoint is disabled.")
            )
        return see_other(reverse("webhooks:calls", args=[endpoint_id]))

    def above(self) -> Above:
        return [*super().above(), (reverse("webhooks:endpoint", args=[self.endpoint.pk]), self.endpoint.name)]


def _rows(calls: list[Call]) -> list[Row]:
    deliveries = {row.subject_id: row for row in outbox.about(CALL, [call.pk for call in calls])}
    return [Row(call, deliveries.get(call.pk)) for call in calls]
