from datetime import timedelta

from django.apps import AppConfig


class ContactConfig(AppConfig):
    name = "home.contact"
    label = "home_contact"
    verbose_name = "Contact"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from cms.outbox import chores
        from home.contact import copy_mail, mail, retention  # noqa: F401 -- these register events

        chores.register("purge messages", timedelta(hours=1), retention.purge)
