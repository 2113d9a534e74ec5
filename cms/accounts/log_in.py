"""
The log-in: each try is counted (``guessing``), and each that is checked is logged.

The right password does not log in those who have or must have a second factor: see ``second_factor``.
This is the only way in: setting a new password logs no one in, and `/_util/login/` leads here.
"""

import logging
from typing import Any

from asgiref.sync import sync_to_async
from django.contrib.auth import get_user_model
from django.contrib.auth.backends import ModelBackend
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.debug import sensitive_variables
from wagtail.admin.forms.auth import LoginForm, PasswordChangeForm
from wagtail.admin.views import account

from cms.credentials import guessing, repeat_password
from cms.credentials.staff import Staff
from cms.second_factor import half, people, sure

logger = logging.getLogger(__name__)


class Backend(ModelBackend):
    """What Django's ``authenticate`` calls. Without a request, it is not a visitor who tries."""

    @sensitive_variables("password")
    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **more: Any,
    ) -> Staff | None:
        """Return the user, if the password is right. Raises TooManyError."""
        name = more.get(get_user_model().USERNAME_FIELD) if username is None else username
        if request is None or name is None or password is None:
            return super().authenticate(request, username, password, **more)
        tried = guessing.log_in(request, name)
        user = guessing.attempt(tried, lambda: ModelBackend.authenticate(self, request, name, password))
        if user is None:
            _say_refused(name)
        return user

    def get_user(self, user_id: Any) -> Staff | None:
        """Read a user with what each of their requests needs, in one query."""
        users = people.with_standing(get_user_model()._default_manager.filter(pk=user_id))
        user = next(iter(users), None)
        return user if user and self.user_can_authenticate(user) else None

    @sensitive_variables("password", "more")
    async def aauthenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **more: Any,
    ) -> Staff | None:
        return await sync_to_async(self.authenticate)(request, username, password, **more)


def _say_refused(name: str) -> None:
    """Log without what was typed: passwords are often typed into the field for the name."""
    known = get_user_model().objects.filter(**{get_user_model().USERNAME_FIELD: name})
    who = known.values_list("pk", flat=True).first()
    logger.info("log-in refused: %s", f"wrong password for user {who}" if who else "no such user")


class LogoutView(account.LogoutView):
    """Clears the admin from the browser, except for cookies: a known device stays known."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = super().dispatch(request, *args, **kwargs)
        response["Clear-Site-Data"] = '"cache", "storage"'
        return response


class LoginView(account.LoginView):
    """Wagtail's, as far as the password goes."""

    def form_valid(self, form: LoginForm) -> HttpResponse:
        user = form.get_user()
        if not people.standing(user).needs_second_step:
            logger.info("user %s logged in", user.pk)
            return super().form_valid(form)
        logger.info("right password for user %s, second factor wanted", user.pk)
        half.begin(
            self.request, user, then=self.get_success_url(), remember=bool(form.cleaned_data.get("remember"))
        )
        return redirect("second_factor:step")


class OwnPasswordForm(PasswordChangeForm):
    request: HttpRequest

    @sensitive_variables("old_password")
    def clean_old_password(self) -> str:
        """Raises TooManyError for a person who tries passwords at another's desk."""
        old_password = self.cleaned_data["old_password"]
        if not repeat_password.is_right(self.user, old_password):
            raise ValidationError(self.error_messages["password_incorrect"], code="password_incorrect")
        if complaint := sure.lacks_factor(self.request):
            raise ValidationError(complaint)
        return old_password


class OwnPasswordPanel(account.ChangePasswordPanel):
    """Takes the place of Wagtail's own, which WAGTAIL_PASSWORD_MANAGEMENT_ENABLED switches off."""

    form_class = OwnPasswordForm
    form: OwnPasswordForm | None = None

    def is_active(self) -> bool:
        return self.user.has_usable_password()

    def get_form(self) -> OwnPasswordForm:
        """Return one form, checked once, however often Wagtail asks this panel for it."""
        if self.form is None:
            self.form = super().get_form()
            self.form.request = self.request
        return self.form
