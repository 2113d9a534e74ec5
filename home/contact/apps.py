from django.apps import AppConfig


class ContactConfig(AppConfig):
    name = "home.contact"
    label = "home_contact"
    verbose_name = "Contact"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from home.contact import mail  # noqa: F401 -- it registers its event
