"""
A forgotten password of staff: the same answer, in the same time, whether or not the address is known.

The form writes one row of the outbox whatever was typed; the mail, with its secret link, is made when the row
is delivered. An unknown address is not stored.
"""

import time
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.tokens import default_token_generator
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django.utils.translation import gettext
from wagtail.admin.forms.auth import PasswordResetForm

from cms.brand import names
from cms.credentials.staff import Staff
from cms.outbox import actions as outbox
from cms.outbox import budget
from cms.outbox.letters import Letter
from cms.outbox.models import Delivery, State
from cms.rate_limit import actions as rate_limit
from cms.rate_limit import clients

ASKED = "account.password"
NOBODY = 0
ONE_IN = timedelta(minutes=10)
DAY, MOST_A_DAY = timedelta(days=1), 6
MOST_AN_HOUR = 60
TEMPLATES = "wagtailadmin/account/password_reset/"


class ForgottenPasswordForm(PasswordResetForm):
    """What ``WAGTAILADMIN_USER_PASSWORD_RESET_FORM`` names."""

    @transaction.atomic
    def save(self, **options: Any) -> None:
        """Raises TooManyError for a client that asks repeatedly, whatever addresses it types."""
        rate_limit.take_post(clients.client_of(options["request"], "password reset"))
        users = [user.pk for user in self.get_users(self.cleaned_data["email"])]
        for pk in users or [NOBODY]:
            outbox.queue(ASKED, time.time_ns(), f"user:{pk}")


def password_mail(asked: int, recipient: str) -> Letter | None:
    """
    Return the mail with the link, or None: a user gets one in ten minutes and six a day at most.

    Raises NotYetError where the site has sent as many as it may within the hour.
    """
    user = get_user_model().objects.filter(pk=recipient.removeprefix("user:"), is_active=True).first()
    row = Delivery.objects.filter(event=ASKED, subject_id=asked, recipient=recipient).first()
    if user is None or row is None or not user.email or not user.has_usable_password():
        return None
    if _sent_enough(recipient):
        return None
    budget.take(row, most=MOST_AN_HOUR)
    words = _words(user)
    subject = render_to_string(f"{TEMPLATES}email_subject.txt", words)
    body = render_to_string(f"{TEMPLATES}email.txt", words)
    headers = {"Auto-Submitted": "auto-generated"}
    link = settings.SITE_URL + reverse(
        "wagtailadmin_password_reset_confirm", args=[words["uid"], words["token"]]
    )
    label = gettext("Choose a new password")
    return Letter(" ".join(subject.split()), body, link=link, label=label, to=[user.email], headers=headers)


def _sent_enough(recipient: str) -> bool:
    """Say whether a user has links enough: with six in a day, someone else is asking for more."""
    rows, now = Delivery.objects.filter(event=ASKED, recipient=recipient, state=State.SENT), timezone.now()
    today = rows.filter(finished_at__gt=now - DAY).order_by("-finished_at")
    sent = list(today.values_list("finished_at", flat=True)[:MOST_A_DAY])
    return len(sent) == MOST_A_DAY or bool(sent and sent[0] > now - ONE_IN)


def _words(user: Staff) -> dict[str, Any]:
    """Return what Wagtail's own form passes to these templates."""
    scheme, _, host = settings.SITE_URL.partition("://")
    return {
        "user": user,
        "uid": urlsafe_base64_encode(force_bytes(user.pk)),
        "token": default_token_generator.make_token(user),
        "protocol": scheme,
        "domain": host,
        "site_name": names.site_name(),
    }
