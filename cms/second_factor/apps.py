from django.apps import AppConfig


class SecondFactorConfig(AppConfig):
    name = "cms.second_factor"
    label = "second_factor"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from cms.second_factor import (
            checks,  # noqa: F401 -- it registers them
            letters,
        )

        letters.register()
