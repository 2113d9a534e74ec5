from django.conf import settings
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models


class Session(AbstractBaseSession):
    """``session_key`` is the keyed digest of what the cookie holds; a visitor's session has no ``user``."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="sessions")
    began_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    browser = models.CharField(max_length=50, blank=True)

    class Meta:
        default_permissions = ()

    @classmethod
    def get_session_store_class(cls) -> type:
        from cms.sessions.store import SessionStore  # noqa: PLC0415 -- which imports this module

        return SessionStore
