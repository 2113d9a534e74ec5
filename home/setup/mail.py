"""Which way mail goes now, in words: never a password."""

from django.conf import settings
from django.utils.translation import gettext

from cms.checks import mail_goes_to_files

SMTP = "cms.outbox.smtp.Transport"


def way() -> str:
    """Say in a sentence or two where mail goes."""
    if mail_goes_to_files():
        said = gettext(
            "Mail goes to files in %(place)s, and reaches nobody. Set EMAIL_URL and start the site again to"
            " send it."
        )
        return said % {"place": settings.EMAIL_FILE_PATH}
    if settings.OUTBOX_TRANSPORT != SMTP:
        return gettext("Mail goes to %(backend)s, and reaches nobody.") % {
            "backend": settings.OUTBOX_TRANSPORT
        }
    said = gettext("Mail goes to the mail server %(host)s, port %(port)s, encrypted.")
    if not (settings.EMAIL_USE_TLS or settings.EMAIL_USE_SSL):
        said = gettext("Mail goes to the mail server %(host)s, port %(port)s, without encryption.")
    return said % {"host": settings.EMAIL_HOST, "port": settings.EMAIL_PORT}
