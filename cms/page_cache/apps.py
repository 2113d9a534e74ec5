from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate
from django.utils.translation import gettext_lazy as _


class PageCacheConfig(AppConfig):
    name = "cms.page_cache"
    label = "page_cache"
    verbose_name = _("Page cache")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from cms.page_cache import triggers

        pre_migrate.connect(triggers.before_migration, sender=self)
        post_migrate.connect(triggers.after_migration, sender=self)
