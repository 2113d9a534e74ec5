"""``/admin/set-up/``: the steps, each with a preview, and where one goes on."""

from http import HTTPStatus
from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages
from wagtail.models import Site
from wagtail.utils.decorators import xframe_options_sameorigin_override

from cms.brand import colours, stylesheet
from cms.brand.models import SiteIdentity
from cms.credentials import staff
from cms.http.admin_page import Above, AdminPage
from cms.http.redirects import see_other
from cms.outbox import trial
from cms.outbox.models import Delivery
from cms.text.numbers import read_number
from home.setup import actions, mail, previews, steps
from home.setup.forms import (
    FORMS,
    PREVIEWED,
    LookForm,
    MailForm,
    StepForm,
    TestMailForm,
    VisitForm,
    link_forms,
    links_in,
)


class SetUpPage(AdminPage):
    page_title: Any = _("Set up your site")
    header_icon = "site"

    @cached_property
    def site(self) -> Site:
        return steps.site_of(self.request)

    def may_open(self) -> bool:
        return steps.may_set_up(staff.of(self.request), self.site)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        states = steps.states(staff.of(self.request), self.site)
        return super().get_context_data(
            states=states, done=sum(state.is_done for state in states), of=len(states), **kwargs
        )


class OverviewView(SetUpPage):
    template_name = "home/setup/overview.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        context = self.get_context_data()
        return self.render_to_response({**context, "next": steps.first_open(context["states"])})

    def post(self, request: HttpRequest) -> HttpResponse:
        """Take the panel off the dashboard."""
        actions.leave_dashboard(self.site, by=staff.of(request))
        messages.success(request, gettext("You find it again in Settings → Set up your site."))
        return see_other(reverse("wagtailadmin_home"))


class OneStepPage(SetUpPage):
    """A page of one step."""

    key = ""

    @property
    def step(self) -> steps.Step:
        return steps.BY_KEY[self.key]

    def may_open(self) -> bool:
        return steps.may_take(staff.of(self.request), self.site, self.step)

    def above(self) -> Above:
        return [(reverse("home_setup:overview"), _("Set up your site"))]

    def own_label(self) -> Any:
        return self.step.title

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        following = steps.after(self.step.key, staff.of(self.request), self.site)
        return super().get_context_data(step=self.step, following=following, **kwargs)

    def go_on(self) -> HttpResponse:
        following = steps.after(self.step.key, staff.of(self.request), self.site)
        return see_other(reverse(f"home_setup:{following.key if following else 'overview'}"))


class StepView(OneStepPage):
    """A form, what is wrong with it, and the front page beside it."""

    def get_template_names(self) -> list[str]:
        return [f"home/setup/{self.step.key}.html"]

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show(self.form(), link_forms(self.site))

    def post(self, request: HttpRequest) -> HttpResponse:
        form, links = self.form(request.POST, request.FILES), link_forms(self.site, request.POST)
        is_valid = form.is_valid()
        if isinstance(form, VisitForm):
            is_valid = links.is_valid() and is_valid
        if not is_valid:
            return self.show(form, links, status=422)
        self.save(form, links)
        messages.success(request, gettext("Saved: %(step)s.") % {"step": self.step.title})
        return self.go_on()

    def form(self, *data: Any) -> StepForm:
        return FORMS[self.step.key](*data, site=self.site, user=staff.of(self.request))

    def show(self, form: StepForm, links: Any, status: int = 200, **more: Any) -> HttpResponse:
        identity = SiteIdentity.for_site(self.site)
        context = self.get_context_data(
            form=form,
            links=links,
            identity=identity,
            is_wrong=status == HTTPStatus.UNPROCESSABLE_ENTITY,
            moved=moved(identity.accent),
            preview=reverse(f"home_setup:preview_{self.key}") if self.key in PREVIEWED else "",
            **{**self.of_mail(), **more},
        )
        return self.render_to_response(context, status=status)

    def save(self, form: StepForm, links: Any) -> None:
        by, fields = staff.of(self.request), form.identity_fields()
        match form:
            case LookForm():
                actions.save_look(self.site, fields, form.uploads, by=by)
                if sentence := moved(form.instance.accent):
                    messages.warning(self.request, sentence)
            case VisitForm():
                actions.save_visit(self.site, fields, form.menu_ids(), links_in(links), by=by)
                if form.pages and not form.menu_ids():
                    messages.warning(self.request, gettext("No page is in the menu: it has only the search."))
            case MailForm():
                actions.save_mail(self.site, fields, form.cleaned_data["recipients"], by=by)
            case _:
                actions.save_site(self.site, fields, by=by)

    def of_mail(self) -> dict[str, Any]:
        """Return which way mail goes, and what became of the last test, for the page that says it."""
        if self.step.key != "mail":
            return {}
        sent = read_number(self.request.GET.get("test", ""))
        return {
            "way": mail.way(),
            "test": TestMailForm(initial={"to": staff.of(self.request).email}),
            "outcome": outcome_of(sent),
        }


class TestMailView(StepView):
    """Sends a test mail, and leads to the page that says what became of it."""

    key = "mail"

    def get(self, request: HttpRequest) -> HttpResponse:
        return see_other(reverse("home_setup:mail"))

    def post(self, request: HttpRequest) -> HttpResponse:
        test = TestMailForm(request.POST)
        if not test.is_valid():
            return self.show(self.form(), link_forms(self.site), status=422, test=test)
        try:
            delivery = trial.send(test.cleaned_data["to"], staff.of(request))
        except trial.TooManyError:
            test.add_error("to", gettext("You have sent five test mails within an hour. Try again later."))
            return self.show(self.form(), link_forms(self.site), status=429, test=test)
        return see_other(f"{reverse('home_setup:mail')}?test={delivery.pk}#test")


@method_decorator(xframe_options_sameorigin_override, name="dispatch")
class PreviewView(OneStepPage):
    """The front page: as it is saved, or with what is in the form."""

    def get(self, request: HttpRequest) -> HttpResponseBase:
        return previews.show(self.site, SiteIdentity.for_site(self.site))

    def post(self, request: HttpRequest) -> HttpResponseBase:
        form = FORMS[self.key](request.POST, request.FILES, site=self.site, user=staff.of(request))
        links = link_forms(self.site, request.POST)
        identity = previews.unsaved_identity(self.site, form)
        return previews.show(self.site, identity, previews.unsaved_navigation(form, links))


class SheetView(SetUpPage):
    def get(self, request: HttpRequest) -> HttpResponse:
        try:
            looks = previews.looks_of(request.GET.dict())
        except ValidationError as error:
            raise Http404 from error
        return HttpResponse(stylesheet.text(looks), content_type="text/css; charset=utf-8")


def outcome_of(delivery: int | None) -> str:
    """Say what has become of a test mail; empty where there is none."""
    try:
        return trial.outcome(delivery).sentence if delivery else ""
    except Delivery.DoesNotExist:
        return ""


def moved(accent: str) -> str:
    """Say that text has another colour than the accent, and why; empty where it has the same."""
    if not accent or not colours.is_moved(accent):
        return ""
    said = gettext(
        "Text in %(accent)s could not be read on light paper. Links and buttons are %(shown)s, the nearest"
        " colour of the same hue that can."
    )
    return said % {"accent": accent, "shown": colours.palettes(accent).light.accent}
