"""The mail that tells people of a change to their second factor, or of wrong codes: it may not be them."""

import time
from functools import partial

from django.conf import settings
from django.contrib.auth import get_user_model
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cms.brand import names
from cms.credentials.staff import Staff
from cms.outbox import actions as outbox
from cms.outbox import events
from cms.outbox.letters import Letter

ADDED = "account.factor_added"
REMOVED = "account.factor_removed"
RENEWED = "account.factor_renewed"
RESET = "account.factor_reset"
GUESSED = "account.factor_guessed"
HAPPENED = {
    ADDED: _("A second factor was added to your log-in."),
    REMOVED: _("A second factor was removed from your log-in."),
    RENEWED: _("New recovery codes were made for your log-in. The old ones no longer work."),
    RESET: _(
        "An administrator removed every second factor from your log-in, ended your sessions and revoked"
        " your API tokens. Your password alone signs you in now; set up a new factor on your account page."
    ),
    GUESSED: _("More than five wrong codes were typed at your log-in today, with the right password."),
}
CHANGED = _("%(site)s: your second factor has changed")
TRIED = _("%(site)s: wrong codes at your log-in")
NOT_YOU = _("If this was not you, tell an administrator at once, and change your password: %(address)s")
LOG_IN = _("Log-in: %(name)s")


def tell(user: Staff, event: str) -> None:
    outbox.queue(event, time.time_ns(), f"user:{user.pk}")


def warn(user: Staff) -> None:
    """Tell of wrong codes, once a day."""
    outbox.queue(GUESSED, timezone.now().date().toordinal(), f"user:{user.pk}")


def _letter(event: str, at: int, recipient: str) -> Letter | None:
    user = get_user_model().objects.filter(pk=recipient.removeprefix("user:"), is_active=True).first()
    if user is None or not user.email:
        return None
    log_in = LOG_IN % {"name": user.get_username()}
    not_you = NOT_YOU % {"address": f"{settings.SITE_URL}/admin/account/"}
    body = f"{HAPPENED[event]}\n\n{log_in}\n\n{not_you}\n"
    subject = (TRIED if event == GUESSED else CHANGED) % {"site": names.site_name()}
    return Letter(subject, body, to=[user.email], headers={"Auto-Submitted": "auto-generated"})


def register() -> None:
    for event in HAPPENED:
        events.register(event, partial(_letter, event))
