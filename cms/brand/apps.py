from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BrandConfig(AppConfig):
    name = "cms.brand"
    label = "brand"
    verbose_name = _("Site identity")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from django.db.models.signals import post_delete, post_save
        from wagtail.images import get_image_model
        from wagtail.models import Site

        from cms.brand import memory, names, pictures
        from cms.brand.models import SiteIdentity

        names.ask_once()
        post_save.connect(names.follow, sender=SiteIdentity)
        post_save.connect(pictures.draw_now, sender=SiteIdentity)
        post_save.connect(pictures.draw_again, sender=get_image_model())
        for happened in (post_save, post_delete):
            for model in (SiteIdentity, Site):
                happened.connect(memory.forget, sender=model)
