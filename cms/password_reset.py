"""
A forgotten password of staff: the same answer, in the same time, whether anybody has the address or not.

The form writes one row of the outbox whatever was typed; the mail, with its secret link, is made when the row
is delivered. An address that nobody has is not kept.
"""

import time
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractBaseUser
from django.contrib.auth.tokens import default_token_generator
from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from wagtail.admin.forms.auth import PasswordResetForm

from cms.outbox import actions as outbox
from cms.outbox import events
from cms.outbox.models import Delivery, State

ASKED = "account.password"
NOBODY = 0
ONE_IN = timedelta(minutes=10)
TEMPLATES = "wagtailadmin/account/password_reset/"


class ForgottenPasswordForm(PasswordResetForm):
    """What ``WAGTAILADMIN_USER_PASSWORD_RESET_FORM`` names."""

    @transaction.atomic
    def save(self, **options: Any) -> None:
        users = [user.pk for user in self.get_users(self.cleaned_data["email"])]
        for pk in users or [NOBODY]:
            outbox.queue(ASKED, time.time_ns(), f"user:{pk}")


def password_mail(asked: int, recipient: str) -> EmailMessage | None:
    """Word the mail with the link; none to nobody, and at most one in ten minutes to anybody."""
    user = get_user_model().objects.filter(pk=recipient.removeprefix("user:"), is_active=True).first()
    if user is None or not user.email or not user.has_usable_password() or _just_sent(recipient):
        return None
    words = _words(user)
    subject = render_to_string(f"{TEMPLATES}email_subject.txt", words)
    body = render_to_string(f"{TEMPLATES}email.txt", words)
    headers = {"Auto-Submitted": "auto-generated"}
    return EmailMessage(" ".join(subject.split()), body, to=[user.email], headers=headers)


def _just_sent(recipient: str) -> bool:
    rows = Delivery.objects.filter(event=ASKED, recipient=recipient, state=State.SENT)
    return rows.filter(finished_at__gt=timezone.now() - ONE_IN).exists()


def _words(user: AbstractBaseUser) -> dict[str, Any]:
    """What Wagtail's own form hands to these templates."""
    scheme, _, host = settings.SITE_URL.partition("://")
    return {
        "user": user,
        "uid": urlsafe_base64_encode(force_bytes(user.pk)),
        "token": default_token_generator.make_token(user),
        "protocol": scheme,
        "domain": host,
        "site_name": settings.WAGTAIL_SITE_NAME,
    }


events.register(ASKED, password_mail)
