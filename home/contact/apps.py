from datetime import timedelta

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

ANSWERS_MESSAGES = _("Reads, answers and deletes what visitors send by contact pages, with their addresses.")


class ContactConfig(AppConfig):
    name = "home.contact"
    label = "home_contact"
    verbose_name = _("Contact")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from cms.credentials import roles
        from cms.outbox import chores, digests, events
        from home.contact import copies, copy_mail, mail, retention

        digests.register(mail.RECEIVED, mail.received_mail, mail.received_digest, once_ever=True)
        events.register(copies.CONFIRM, copy_mail.confirmation_mail)
        events.register(copies.COPY, copy_mail.copy_mail)
        chores.register("purge messages", timedelta(hours=1), retention.purge)
        roles.register("Front desk", _("Answer messages"), ANSWERS_MESSAGES, order=60)
