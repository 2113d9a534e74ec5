from datetime import timedelta

from django.apps import AppConfig


class RateLimitConfig(AppConfig):
    name = "cms.rate_limit"
    label = "rate_limit"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from cms.outbox import chores
        from cms.rate_limit import actions

        chores.register("forget clients", timedelta(hours=1), actions.forget_old)
