"""What an inviter says about a colleague, and what that colleague chooses."""

import re
from typing import Any

from django import forms
from django.contrib.auth import get_user_model
from django.contrib.auth.forms import UsernameField
from django.contrib.auth.password_validation import password_validators_help_texts, validate_password
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_variables

from cms.credentials import roles, staff
from cms.credentials.permissions import groups_to_give
from cms.credentials.roles import Role
from cms.invitations import names
from cms.invitations.actions import NewAccount, Wish
from cms.invitations.models import Invitation
from cms.second_factor.sure import SureForm
from cms.text.fields import LONGEST_ADDRESS, TOO_LONG, AddressField, TypedField, at_most

ADMINISTRATOR = "administrator"  # beside the keys of groups
LONGEST_PASSWORD = 1000
ALLOWED = re.compile(r"^[\w.+-]+\Z")  # no @: usernames are in the history of the site, addresses are not
TAKEN = _("Someone has this username already. Choose another one.")


class InvitationForm(SureForm):
    """Offers what its sender may give, and asks for their password: an account outlives an open session."""

    name = TypedField(
        label=_("Name"),
        max_length=names.LONGEST,
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "auto"}),
        help_text=_("As they are called. They can change it."),
        error_messages={
            "required": _("Enter their name."),
            "max_length": at_most(TOO_LONG, names.LONGEST),
        },
    )
    email = AddressField(
        label=_("Email address"),
        max_length=LONGEST_ADDRESS,
        widget=forms.EmailInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text=_("The invitation goes there. It works for seven days, once."),
        error_messages={
            "required": _("Enter their email address."),
            "max_length": at_most(TOO_LONG, LONGEST_ADDRESS),
        },
    )
    roles = forms.MultipleChoiceField(
        label=_("What may they do?"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": _("Choose at least one."),
            "invalid_choice": _("Choose among these: you can give what you have yourself."),
        },
    )
    field_order = ("name", "email", "roles", "current_password")

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, request=request, **kwargs)
        by = staff.of(request)
        self.offered = {str(group.pk): (group, role) for group, role in roles.in_order(groups_to_give(by))}
        choices: list[tuple[str, Role]] = [(key, offer[1]) for key, offer in self.offered.items()]
        if by.is_superuser:
            choices.append((ADMINISTRATOR, roles.ADMINISTRATOR))
        self.fields["roles"].choices = choices  # type: ignore[attr-defined]  # of a MultipleChoiceField

    def wish(self) -> Wish:
        chosen: list[str] = self.cleaned_data["roles"]
        groups = [self.offered[key][0] for key in chosen if key != ADMINISTRATOR]
        return Wish(
            self.cleaned_data["name"],
            self.cleaned_data["email"],
            groups,
            administrator=ADMINISTRATOR in chosen,
        )


def _password(label: Any, missing: Any, **more: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        strip=False,
        max_length=LONGEST_PASSWORD,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        error_messages={"required": missing, "max_length": at_most(TOO_LONG, LONGEST_PASSWORD)},
        **more,
    )


class AcceptForm(forms.Form):
    name = TypedField(
        label=_("Your name"),
        max_length=names.LONGEST,
        widget=forms.TextInput(attrs={"autocomplete": "name", "dir": "auto"}),
        error_messages={"required": _("Enter your name"), "max_length": at_most(TOO_LONG, names.LONGEST)},
    )
    username = UsernameField(
        label=_("Username"),
        max_length=names.LONGEST,
        help_text=_("You log in with it. Letters, digits and . + - _ can be in it."),
        error_messages={
            "required": _("Choose a username."),
            "max_length": at_most(TOO_LONG, names.LONGEST),
        },
        validators=[
            RegexValidator(ALLOWED, _("Use letters, digits and . + - _ only.")),
        ],
    )
    password = _password(_("Password"), _("Choose a password."), help_text=_("You can paste it."))
    again = _password(_("The same password again"), _("Type the same password again."))

    def __init__(self, sent: QueryDict | None = None, *, invitation: Invitation) -> None:
        first = {"name": invitation.name, "username": names.suggest(invitation.name)}
        super().__init__(sent, initial=first)
        self.invitation = invitation

    @property
    def rules(self) -> list[str]:
        return password_validators_help_texts()

    def clean_username(self) -> str:
        username: str = self.cleaned_data["username"]
        if names.is_taken(username):
            raise ValidationError(TAKEN)
        return username

    @sensitive_variables()
    def clean(self) -> dict[str, Any] | None:
        password, again = self.cleaned_data.get("password"), self.cleaned_data.get("again")
        if password and again and password != again:
            self.add_error("again", _("The two passwords differ."))
        elif password and again:
            self._judge(password)
        return self.cleaned_data

    @sensitive_variables("password")
    def _judge(self, password: str) -> None:
        """By the rules for all passwords, against all that is known of its owner."""
        first, last = names.parts(self.cleaned_data.get("name", ""))
        of = {"first_name": first, "last_name": last, "email": self.invitation.address}
        user = get_user_model()(username=self.cleaned_data.get("username", ""), **of)
        try:
            validate_password(password, user)
        except ValidationError as error:
            self.add_error("password", error)

    def account(self) -> NewAccount:
        data = self.cleaned_data
        return NewAccount(data["name"], data["username"], data["password"])
