from datetime import timedelta

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PreviewsConfig(AppConfig):
    name = "cms.previews"
    label = "previews"
    verbose_name = _("Previews")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from cms.outbox import chores
        from cms.previews import sharing

        chores.register("purge drafts", timedelta(minutes=10), sharing.purge)
