from datetime import timedelta

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class InvitationsConfig(AppConfig):
    name = "cms.invitations"
    label = "invitations"
    verbose_name = _("Invitations")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from cms.invitations import actions, letters
        from cms.outbox import chores, events

        events.register(actions.SENT, letters.invitation_mail)
        chores.register("purge invitations", timedelta(hours=1), lambda: chores.in_batches(actions.purge))
