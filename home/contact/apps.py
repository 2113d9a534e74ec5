from datetime import timedelta

from django.apps import AppConfig


class ContactConfig(AppConfig):
    name = "home.contact"
    label = "home_contact"
    verbose_name = "Contact"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from cms.outbox import chores
        from home.contact import mail, retention  # noqa: F401 -- mail registers its event

        chores.register("purge messages", timedelta(hours=1), retention.purge)
