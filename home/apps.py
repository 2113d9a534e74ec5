from datetime import timedelta

from django.apps import AppConfig
from django.db.models.signals import post_migrate, post_save
from django.utils.translation import gettext_lazy as _

ROLES = {
    "Writers": (
        _("Write"),
        _("Writes posts and pages as drafts and submits them for approval. Publishes nothing."),
        10,
    ),
    "Editors": (
        _("Write and publish"),
        _("Writes, changes and publishes all posts and pages, with pictures, authors and categories."),
        20,
    ),
    "Page approvers": (
        _("Approve pages"),
        _("Gets a mail when a page is submitted; approves it or asks for changes. Writes and publishes too."),
        30,
    ),
}


class HomeConfig(AppConfig):
    name = "home"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from wagtail.images import get_image_model
        from wagtail.signals import page_published

        from blog.comments.models import Discussion
        from cms.brand import pictures as brand
        from cms.brand.models import SiteIdentity
        from cms.credentials import roles
        from cms.fixes import editing_sessions, redirect_batches, time_zones, whole_acts
        from cms.fixes.spreadsheets import keep_cells_harmless
        from cms.outbox import chores
        from cms.pictures import renditions
        from cms.previews.signals import draft_shown
        from home import (
            navigation,
            shared_passwords,  # noqa: F401 -- it registers its check
            starting,
        )
        from home.address import follow_site_url
        from home.contact.site_settings import MessageSettings
        from home.demo import checks  # noqa: F401 -- it registers them
        from home.models import FooterLinks
        from home.pictures import cleaning, drawing, titles

        for group, (label, sentence, order) in ROLES.items():
            roles.register(group, label, sentence, order=order)
        keep_cells_harmless()
        post_migrate.connect(follow_site_url, sender=self)
        for shown in (page_published, draft_shown):
            shown.connect(drawing.draw_ahead)
        for setting in (Discussion, MessageSettings):
            post_save.connect(starting.follow_settings, sender=setting)
        page_published.connect(titles.ask)
        post_save.connect(navigation.forget_links, sender=FooterLinks)
        post_save.connect(titles.ask_for_social_picture, sender=SiteIdentity)
        post_save.connect(drawing.draw_again, sender=get_image_model())
        renditions.show_placeholders()
        whole_acts.make_whole()
        redirect_batches.keep_within_bounds()
        editing_sessions.leave_ended()
        time_zones.show_those_of_the_site()
        chores.register("draw the brand", timedelta(seconds=10), brand.draw_due)
        chores.register("draw titles", timedelta(seconds=5), titles.draw_due)
        chores.register("draw pictures", timedelta(seconds=2), drawing.draw_due)
        chores.register("find undrawn pictures", timedelta(minutes=10), drawing.find_undrawn)
        chores.register("clean pictures", timedelta(seconds=15), cleaning.clean_some)
