"""The last step: what would go with the demo and what stays, and its removal."""

from itertools import groupby
from typing import Any

from django import forms
from django.contrib.auth import get_user_model, login
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages

from cms.credentials import staff
from cms.credentials.staff import Staff
from cms.http.redirects import see_other
from cms.second_factor import half
from cms.text.mail_address import AddressValidator
from home.demo import plan as plans
from home.demo import removal
from home.demo.plan import Item, Kind, Plan
from home.setup import actions
from home.setup.views import OneStepPage

LONGEST_PASSWORD, LONGEST_ADDRESS = 128, 254
KINDS = {
    Kind.PAGE: _("Pages"),
    Kind.PICTURE: _("Pictures"),
    Kind.AUTHOR: _("Authors"),
    Kind.CATEGORY: _("Categories"),
    Kind.TAG: _("Tags"),
    Kind.SETTING: _("Words of the site identity"),
    Kind.LOG_IN: _("Log-ins"),
}


class RemovalForm(forms.Form):
    """``comments_of_others`` is what the person has read: if there are more by now, their pages stay."""

    sure = forms.BooleanField(
        label=_("Remove all that is listed"), error_messages={"required": _("Tick this to remove the demo.")}
    )
    with_comments = forms.BooleanField(
        label=_("Also remove pages that other people have commented on, with those comments"), required=False
    )
    password = forms.CharField(
        label=_("New password of your log-in"),
        max_length=LONGEST_PASSWORD,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("The password of the demo is known to others. You stay logged in."),
    )
    email = forms.CharField(
        label=_("Your email address"),
        max_length=LONGEST_ADDRESS,
        required=False,
        validators=[AddressValidator()],
        widget=forms.EmailInput,
    )
    comments_of_others = forms.IntegerField(min_value=0, max_value=10**9, widget=forms.HiddenInput)

    def __init__(self, *args: Any, plan: Plan, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["comments_of_others"] = plan.comments_of_others
        if not plan.comments_of_others:
            del self.fields["with_comments"]
        if plan.kept_account is None:
            del self.fields["password"], self.fields["email"]

    def allowed_comments(self) -> int:
        found = self.cleaned_data
        return int(found["comments_of_others"]) if found.get("with_comments") else 0

    def own_log_in(self) -> removal.OwnLogIn | None:
        found = self.cleaned_data
        return removal.OwnLogIn(found["password"], found["email"]) if "password" in found else None


class DemoView(OneStepPage):
    key = "demo"
    template_name = "home/setup/demo.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        plan = plans.make(asked_by=staff.of(request))
        return self.show(plan, RemovalForm(plan=plan))

    def post(self, request: HttpRequest) -> HttpResponse:
        by = staff.of(request)
        if request.POST.get("do") == "keep":
            actions.finish_demo(self.site, by=by)
            return see_other(reverse("home_setup:overview"))
        plan = plans.make(asked_by=by)
        form = RemovalForm(request.POST, plan=plan)
        done = self.remove(form, by) if form.is_valid() else None
        return self.show(plan, form, status=422) if done is None else self.tell(done)

    def remove(self, form: RemovalForm, by: Staff) -> removal.Removal | None:
        """Remove the demo and note that the step is done, or add what is wrong to the form."""
        try:
            done = removal.remove(by=by, own=form.own_log_in(), comments_of_others=form.allowed_comments())
        except removal.RefusedError as error:
            form.add_error(None, str(error))
            return None
        except ValidationError as error:
            form.add_error("password" if "password" in form.fields else None, error.messages)
            return None
        actions.finish_demo(self.site, by=by)
        if done.plan.kept_account == by:
            self.log_in_anew(by)
        return done

    def log_in_anew(self, by: Staff) -> None:
        """Go on in a new session: the old ones ended with the old password."""
        has_shown = half.SHOWN in self.request.session
        login(self.request, get_user_model().objects.get(pk=by.pk))
        if has_shown:
            half.note_shown(self.request)

    def tell(self, done: removal.Removal) -> HttpResponse:
        words = gettext("The demo is removed.")
        if done.backup:
            undo = gettext("To undo it, stop the site and restore the backup %(name)s.")
            words = f"{words} {undo % {'name': done.backup.name}}"
        messages.success(self.request, words)
        return see_other(reverse("home_setup:overview"))

    def show(self, plan: Plan, form: RemovalForm, status: int = 200) -> HttpResponse:
        context = self.get_context_data(
            plan=plan, form=form, going=_by_kind(plan.going), staying=_by_kind(plan.staying)
        )
        return self.render_to_response(context, status=status)


def _by_kind(items: list[Item]) -> list[tuple[Any, list[Item]]]:
    order = list(KINDS)
    found = sorted(items, key=lambda item: order.index(item.kind))
    return [(KINDS[kind], list(each)) for kind, each in groupby(found, key=lambda item: item.kind)]
