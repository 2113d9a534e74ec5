from datetime import timedelta

from django.apps import AppConfig
from django.apps import apps as django_apps
from django.db.models.signals import m2m_changed, post_delete, post_save, pre_delete, pre_save
from django.utils.translation import gettext_lazy as _


class WebhooksConfig(AppConfig):
    name = "cms.webhooks"
    label = "webhooks"
    verbose_name = _("Webhooks")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from wagtail.models import Page, PageViewRestriction
        from wagtail.signals import page_published, page_unpublished

        from cms.outbox import chores, couriers, events
        from cms.webhooks import actions, announcing, courier, letters, pages

        couriers.register("webhook", courier.WebhookCourier, apart=True)
        events.register(announcing.CALL, courier.letter, kind="webhook")
        events.register(letters.DISABLED, letters.disabled_mail)
        chores.register("forget calls", timedelta(hours=1), lambda: chores.in_batches(actions.forget_old))
        chores.register("forget old secrets", timedelta(hours=1), actions.forget_old_secrets)
        page_published.connect(pages.after_publish)
        page_unpublished.connect(pages.after_unpublish)
        for model in filter(lambda each: issubclass(each, Page), django_apps.get_models()):
            pre_save.connect(pages.before_save, sender=model)
            post_save.connect(pages.after_save, sender=model)
        pre_delete.connect(pages.before_delete, sender=Page)
        post_save.connect(pages.after_restriction, sender=PageViewRestriction)
        post_delete.connect(pages.after_restriction_is_gone, sender=PageViewRestriction)
        m2m_changed.connect(pages.after_groups_change, sender=PageViewRestriction.groups.through)
