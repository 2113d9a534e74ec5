"""Forms in which users show their second factor, and before a change to it their password again."""

import logging
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from cms.credentials import guessing, repeat_password
from cms.credentials.staff import Staff
from cms.second_factor import actions, challenges, codes, passkeys, people
from cms.second_factor.forms import AnswerInput

logger = logging.getLogger(__name__)

WRONG = _("This code is wrong, too old, or was used before. Wait for the next one, or use a recovery code.")
WRONG_PASSKEY = _("This passkey could not be accepted. Try again, or use another way.")


class ProofForm(forms.Form):
    """A code of the app, a recovery code, or what a passkey signed. It is checked once, and used up."""

    code = forms.CharField(
        label=_("Code"),
        required=False,
        max_length=codes.LONGEST,
        help_text=_("Six digits from your app, or one of your recovery codes."),
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )
    credential = forms.CharField(required=False, max_length=passkeys.LONGEST, widget=AnswerInput)

    def __init__(self, *args: Any, request: HttpRequest, user: Staff, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request, self.user = request, user

    def clean(self) -> dict[str, Any]:
        """Raises TooManyError for repeated wrong codes."""
        super().clean()
        if not self.errors:
            self.check_factor(self.cleaned_data)
        return self.cleaned_data

    def check_factor(self, cleaned: dict[str, Any]) -> None:
        challenge = challenges.take(self.request)
        if cleaned["credential"] and not cleaned["code"]:
            right, wrong = passkeys.accept(self.user, challenge, cleaned["credential"]), WRONG_PASSKEY
        else:
            right, wrong = self.accept_code(cleaned["code"]), WRONG
        if not right:
            logger.info("second factor refused: user %s", self.user.pk)
            raise ValidationError(wrong)

    def accept_code(self, typed: str) -> bool:
        right = guessing.count(self.try_code(typed), lambda: codes.accept(self.user, typed))
        if not right:
            actions.note_wrong_code(self.user)
        return right

    def try_code(self, typed: str) -> guessing.Try:
        if codes.is_short(typed):
            return guessing.second_factor(self.request, self.user, since=people.standing(self.user).since)
        return guessing.recovery_code(self.request)


class ConfirmForm(ProofForm):
    """The password, and a factor where the user has one."""

    current_password = forms.CharField(
        label=_("Your password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    field_order = ("current_password", "code", "credential")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.has_factor = people.has_factor(self.user)
        if not self.has_factor:
            del self.fields["code"], self.fields["credential"]

    def check_factor(self, cleaned: dict[str, Any]) -> None:
        """The password first: a code that comes with a wrong one is not used up."""
        repeat_password.check(self.user, cleaned["current_password"])
        if self.has_factor:
            super().check_factor(cleaned)
