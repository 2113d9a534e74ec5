"""Changes to a person's factors: written, logged and reported by mail in one transaction."""

import logging

from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from fido2.webauthn import AuthenticatorData
from wagtail.log_actions import log

from cms.credentials import guessing, tokens
from cms.credentials.permissions import may_change_log_in
from cms.credentials.staff import Staff
from cms.second_factor import codes, letters, passkeys, people
from cms.second_factor.models import Authenticator, Passkey, RecoveryCode
from cms.sessions import actions as sessions

logger = logging.getLogger(__name__)

LOGGED = {
    letters.ADDED: ("second_factor.add", _("Add a second factor"), _("Added a second factor")),
    letters.REMOVED: ("second_factor.remove", _("Remove a second factor"), _("Removed a second factor")),
    letters.RENEWED: ("second_factor.renew", _("Make new recovery codes"), _("Made new recovery codes")),
    letters.RESET: ("second_factor.reset", _("Reset a second factor"), _("Reset the second factor")),
}


class LastOneError(Exception):
    """The only factor of a person who must have one."""


@transaction.atomic
def add_app(user: Staff, sealed_key: bytes, step: int) -> None:
    """Add an app, which replaces the one before it. ``step`` is that of the code it showed."""
    new = {"sealed_key": sealed_key, "last_step": step, "created_at": timezone.now()}
    Authenticator.objects.update_or_create(user=user, defaults=new)
    _record(letters.ADDED, user, user)


@transaction.atomic
def add_passkey(user: Staff, name: str, new: AuthenticatorData) -> bool:
    """Return whether the passkey was new."""
    kept = passkeys.keep(user, name, new)
    if kept:
        _record(letters.ADDED, user, user)
    return bool(kept)


@transaction.atomic
def renew_recovery_codes(user: Staff) -> list[str]:
    _record(letters.RENEWED, user, user)
    return codes.renew_recovery_codes(user)


@transaction.atomic
def remove(user: Staff, passkey: int | None) -> None:
    """Remove one passkey, or the app. Raises LastOneError."""
    mine: QuerySet[Authenticator] | QuerySet[Passkey] = Authenticator.objects.filter(user=user)
    if passkey is not None:
        mine = Passkey.objects.filter(user=user, pk=passkey)
    if not mine.delete()[0]:
        return
    if not people.has_factor(user):
        if people.is_demanded(user):
            raise LastOneError
        RecoveryCode.objects.filter(user=user).delete()
    _record(letters.REMOVED, user, user)


def may_reset(by: Staff, user: Staff) -> bool:
    """Say whether one may: no one for themselves, and only superusers for a superuser."""
    return by.pk != user.pk and may_change_log_in(by, user)


@transaction.atomic
def reset(user: Staff, *, by: Staff | None) -> None:
    """
    Remove every factor of a user, end their sessions and revoke their tokens.

    More than the phone may have been lost with it. ``by`` is None at the command line.
    """
    if by is not None and not may_reset(by, user):
        raise PermissionDenied
    for kind in (Authenticator, Passkey, RecoveryCode):
        kind.objects.filter(user=user).delete()
    sessions.end_all(user)
    tokens.revoke_all(user, actor=by)
    _record(letters.RESET, user, by)


@transaction.atomic
def note_wrong_code(user: Staff) -> None:
    """Warn a user, once a day, when many wrong codes come with their password."""
    if guessing.are_many_wrong(user):
        logger.warning("many wrong codes: user %s", user.pk)
        letters.warn(user)


def _record(event: str, user: Staff, by: Staff | None) -> None:
    action = LOGGED[event][0]
    log(get_user_model().objects.get(pk=user.pk), action, user=by)
    letters.tell(user, event)
    logger.info("%s: user %s, by %s", action, user.pk, f"user {by.pk}" if by else "the command line")
