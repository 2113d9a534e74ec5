from django.apps import AppConfig
from django.db.models.signals import post_migrate


class HomeConfig(AppConfig):
    name = "home"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from wagtail.signals import page_published

        from home.address import follow_site_url
        from home.pictures import draw_ahead

        post_migrate.connect(follow_site_url, sender=self)
        page_published.connect(draw_ahead)
