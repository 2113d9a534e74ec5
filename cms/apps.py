from typing import Any

from django import forms
from django.apps import AppConfig
from django.contrib.staticfiles.apps import StaticFilesConfig
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.users.apps import WagtailUsersAppConfig

from cms.text.mail_address import AddressValidator

# Before any form is made: staff too may have an address with letters beyond ASCII, in all forms of Wagtail.
forms.EmailField.default_validators = models.EmailField.default_validators = [AddressValidator()]


class CmsConfig(AppConfig):
    """Gives `manage.py` the commands below `cms/management/`; it has no models."""

    name = "cms"
    verbose_name = _("Site")

    def __init__(self, *of: Any) -> None:
        from cms.fixes import catalogues

        super().__init__(*of)
        catalogues.look_in_few()  # before any app looks up its first text, in ready()

    def ready(self) -> None:
        from django.contrib.auth import get_user_model
        from django.contrib.auth.models import Group
        from django.db.models.signals import m2m_changed, post_save, pre_delete, pre_save
        from wagtail import hooks
        from wagtail.models import APIToken
        from wagtail.signals import page_published, page_slug_changed, post_page_move, pre_page_move

        from cms import checks  # noqa: F401 -- it registers them
        from cms.accounts import changes, password_reset, tokens
        from cms.errors import impossible_values
        from cms.fixes import editor_state
        from cms.outbox import events
        from cms.pages import addresses, scheduling

        events.register(password_reset.ASKED, password_reset.password_mail)
        events.register(tokens.MADE, tokens.letter)
        editor_state.hold_by_request()
        impossible_values.refuse_broken_texts()
        impossible_values.mend_wagtails_forms()
        impossible_values.expect_odd_data()
        addresses.take_hidden_slugs()
        pre_page_move.connect(addresses.refuse_hidden_move)
        for moved in (page_slug_changed, post_page_move):
            moved.connect(addresses.forget_roots)
        page_published.connect(scheduling.forget_past_expiry)
        hooks.register("before_publish_page", scheduling.tell_of_past_expiry)
        post_save.connect(tokens.after_save, sender=APIToken)
        user = get_user_model()
        pre_save.connect(changes.before_save, sender=user)
        post_save.connect(changes.after_save, sender=user)
        pre_delete.connect(changes.before_group_is_deleted, sender=Group)
        for rights in (user.groups, user.user_permissions):
            m2m_changed.connect(changes.before_rights_change, sender=rights.through)


class Users(WagtailUsersAppConfig):
    """Wagtail's own, with our pages of users and groups."""

    default = False
    user_viewset = "cms.accounts.users.UserViewSet"
    group_viewset = "cms.accounts.users.GroupViewSet"


class StaticFiles(StaticFilesConfig):
    """Leaves behind what no page of ours loads: django-comments-xtd's pages and a second API browser."""

    ignore_patterns = (*StaticFilesConfig.ignore_patterns, "django_comments_xtd", "redoc.*")
