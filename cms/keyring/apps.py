from django.apps import AppConfig
from django.core import checks


class KeyringConfig(AppConfig):
    name = "cms.keyring"
    label = "keyring"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from cms.keyring import guard

        checks.register(guard.check_keys, checks.Tags.database)
