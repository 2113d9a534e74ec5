"""The account page: a user's own address, to which a new password is sent."""

from typing import Any

from django import forms
from django.contrib.auth import get_user_model
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail.admin.views.account import BaseSettingsPanel
from wagtail.users.models import UserProfile

from cms.second_factor.sure import SureForm


class OwnAddressForm(SureForm, forms.ModelForm):
    email = forms.EmailField(label=_("Email"), help_text=_("To change it, type your password too."))
    field_order = ("email", "current_password")

    class Meta:
        model = get_user_model()
        fields = ("email",)

    def must_repeat_password(self) -> bool:
        return "email" in self.changed_data


class OwnAddressPanel(BaseSettingsPanel):
    """Takes the field that WAGTAIL_EMAIL_MANAGEMENT_ENABLED switches off in Wagtail's own panel."""

    name = "address"
    title = _("Email address")
    order = 150
    form: OwnAddressForm | None = None

    def get_form(self) -> OwnAddressForm:
        """Return one form, checked once, however often Wagtail asks this panel for it."""
        if self.form is None:
            sent = self.request.POST if f"{self.name}-email" in self.request.POST else None
            self.form = OwnAddressForm(sent, instance=self.user, prefix=self.name, request=self.request)
        return self.form


def address_panel(request: HttpRequest, user: Any, profile: UserProfile) -> OwnAddressPanel:
    """Return one panel a request: Wagtail asks twice, and a password is checked once."""
    if "own_address_panel" not in vars(request):
        vars(request)["own_address_panel"] = OwnAddressPanel(request, user, profile)
    return vars(request)["own_address_panel"]
