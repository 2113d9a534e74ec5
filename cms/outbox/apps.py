import os
import socket
from datetime import timedelta

from django.apps import AppConfig
from django.core.management import call_command


class OutboxConfig(AppConfig):
    name = "cms.outbox"
    label = "outbox"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from cms.outbox import actions, chores, couriers, events, pacing, site_mail, smtp

        couriers.register("mail", smtp.MailCourier)
        events.register(site_mail.SENT, site_mail.stored_mail, over=site_mail.forget)
        events.register(site_mail.TRIAL, site_mail.stored_mail, over=site_mail.forget)
        chores.register("report alive", timedelta(seconds=10), lambda: actions.report_alive(this_worker()))
        chores.register(
            "publish scheduled", timedelta(minutes=1), lambda: call_command("publish_scheduled", verbosity=0)
        )
        chores.register(
            "forget finished", timedelta(hours=1), lambda: chores.in_batches(actions.forget_finished)
        )
        chores.register(
            "forget old mail", timedelta(hours=1), lambda: chores.in_batches(site_mail.forget_old)
        )
        chores.register("forget pace", timedelta(hours=1), pacing.forget)


def this_worker() -> str:
    """Return the name of this process. It is asked each time, because a forked process has another id."""
    return f"{socket.gethostname()}:{os.getpid()}"
