"""A form that asks its sender for their password again, before a log-in is changed."""

from typing import Any

from django import forms
from django.contrib.auth.hashers import check_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_variables

from cms.credentials import guessing
from cms.credentials.staff import Staff

WRONG = _("This is not your password.")
MISSING = _("Type your password to make this change.")


@sensitive_variables("password")
def is_right(user: Staff, password: str) -> bool:
    """
    Say whether it is a user's password. It is rehashed at the next log-in only: that ends sessions.

    Raises TooManyError for a person who tries passwords at another's desk.
    """
    tried = guessing.repeat_password(user.pk)
    return guessing.attempt(tried, lambda: check_password(password, user.password))


@sensitive_variables("password")
def check(user: Staff, password: str) -> None:
    """Raises ValidationError for a wrong password, and TooManyError."""
    if not is_right(user, password):
        raise ValidationError(WRONG, code="password_incorrect")


class RepeatPasswordForm(forms.Form):
    """Base of a form in which ``asked`` changes a log-in. It comes before other bases."""

    current_password = forms.CharField(
        label=_("Your password"),
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": MISSING},
    )

    def __init__(self, *args: Any, asked: Staff, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.asked = asked

    def must_repeat_password(self) -> bool:
        """Say whether what was sent changes a log-in."""
        return True

    @sensitive_variables("password")
    def clean(self) -> dict[str, Any] | None:
        """Check the password last and once, and only if the rest of the form is valid."""
        cleaned = super().clean()
        if self.errors or not self.must_repeat_password():
            return cleaned
        password = self.cleaned_data.get("current_password", "")
        try:
            if not password:
                raise ValidationError(MISSING, code="required")
            check(self.asked, password)
        except ValidationError as error:
            self.add_error("current_password", error)
        return cleaned
