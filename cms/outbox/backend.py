"""What ``EMAIL_BACKEND`` names: mail that Django or Wagtail sends becomes a row of the outbox."""

from collections.abc import Sequence

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction

from cms.outbox import site_mail


class OutboxBackend(BaseEmailBackend):
    """Part of the transaction it is called in: what is rolled back was never sent."""

    @transaction.atomic
    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        for mail in email_messages:
            site_mail.store(mail)
        return len(email_messages)
