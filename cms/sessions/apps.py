from datetime import timedelta

from django.apps import AppConfig


class SessionsConfig(AppConfig):
    name = "cms.sessions"
    label = "cms_sessions"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from django.contrib.auth.signals import user_logged_in

        from cms.outbox import chores
        from cms.sessions import browsers, old_table
        from cms.sessions.store import SessionStore

        user_logged_in.connect(browsers.note)
        chores.register("forget ended sessions", timedelta(hours=1), SessionStore.clear_expired)
        chores.register("empty django_session", timedelta(hours=1), old_table.empty)
