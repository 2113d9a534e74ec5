"""
What follows a change of a log-in, wherever it is made: its owner's sessions end, and a mail notifies them.

Wagtail then gives the session in which people change their own log-in a new key, so that one continues.
"""

from collections.abc import Collection
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.mail import EmailMessage
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.text import get_text_list
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.users.views.bulk_actions import SetActiveStateBulkAction

from cms.brand import names
from cms.brand.clock import site_locale
from cms.credentials import tokens
from cms.credentials.staff import Staff
from cms.second_factor import sure
from cms.second_factor.models import Demand
from cms.sessions import actions

TOLD = {"password": _("password"), "email": _("email address"), "username": _("username")}
WATCHED = frozenset({*TOLD, "is_active", "is_superuser"})
BEFORE_SAVE = "before_save"
TAKEN_AWAY = frozenset({"pre_remove", "pre_clear"})


def before_save(instance: Staff, raw: bool, update_fields: Collection[str] | None, **kwargs: Any) -> None:
    """Remember what is stored, to compare it once the user is saved."""
    is_watched = update_fields is None or not WATCHED.isdisjoint(update_fields)
    known = get_user_model().objects.filter(pk=instance.pk) if is_watched and not raw else ()
    vars(instance)[BEFORE_SAVE] = next(iter(known), None)


@transaction.atomic
def after_save(instance: Staff, update_fields: Collection[str] | None, **kwargs: Any) -> None:
    """
    End the sessions of a user whose log-in has changed, or who has fewer rights.

    Tokens end only with the account: programs continue when a person chooses a new password.
    """
    before: Staff | None = vars(instance).pop(BEFORE_SAVE, None)
    if before is None:
        return
    changed = _changed(before, instance, update_fields)
    if changed or _lost_rights(before, instance):
        actions.end_all(instance)
    if before.is_active and not instance.is_active:
        tokens.revoke_all(instance)
    if changed and before.email:
        _tell(before, instance, changed)


def before_rights_change(instance: Any, action: str, pk_set: set[int] | None, **kwargs: Any) -> None:
    """End the sessions of users who are about to lose a group or a permission."""
    if action in TAKEN_AWAY:
        actions.end_all_of_many(_users(instance, pk_set) if kwargs["reverse"] else [instance])


def before_group_is_deleted(instance: Group, **kwargs: Any) -> None:
    actions.end_all_of_many(instance.user_set.all())


def after_bulk_action(request: HttpRequest, action_type: str, objects: Collection[Any], action: Any) -> None:
    """End sessions and tokens of users deactivated in Wagtail's list, which does not call ``save``."""
    if isinstance(action, SetActiveStateBulkAction):
        users = get_user_model().objects.filter(pk__in=[each.pk for each in objects], is_active=False)
        actions.end_all_of_many(users)
        for user in users:
            tokens.revoke_all(user)


def before_edit_setting(request: HttpRequest, instance: object) -> HttpResponse | None:
    """Ask for password and factor before a change to who must have a factor."""
    return sure.ask(request) if isinstance(instance, Demand) else None


def after_edit(request: HttpRequest, user: Staff) -> None:
    """Keep the session in which people have edited their own account."""
    if user == request.user:
        request.session.cycle_key()


def _changed(before: Staff, user: Staff, update_fields: Collection[str] | None) -> list[str]:
    """Return which of the fields that owners are notified of have changed."""
    written = TOLD if update_fields is None else TOLD.keys() & update_fields
    changed = [name for name in TOLD if name in written and getattr(before, name) != getattr(user, name)]
    return [name for name in changed if name != "password" or not _is_hashed_anew(user, update_fields)]


def _is_hashed_anew(user: Staff, update_fields: Collection[str] | None) -> bool:
    """Say whether it is the same password: Django rehashes it at a log-in when its hasher has improved."""
    if list(update_fields or ()) != ["password"] or not user.has_usable_password():
        return False
    return user._password is None  # type: ignore[attr-defined]  # Django 5.2's; its stubs leave it out


def _lost_rights(before: Staff, user: Staff) -> bool:
    return (before.is_active and not user.is_active) or (before.is_superuser and not user.is_superuser)


def _users(group: Any, pk_set: set[int] | None) -> Collection[Staff]:
    users = group.user_set.all()
    return users if pk_set is None else users.filter(pk__in=pk_set)


def _tell(before: Staff, user: Staff, changed: list[str]) -> None:
    """Write to the address of before the change, in the language of the site."""
    with site_locale():
        what = get_text_list([str(TOLD[name]) for name in changed], gettext("and"))
        words = {
            "name": before.get_username(),
            "new_name": user.get_username() if "username" in changed else "",
            "what": what,
            "count": len(changed),
            "tokens": tokens.count_of(before),
            "is_new_address": "email" in changed,
            "site": names.site_name(),
            "address": settings.SITE_URL,
            "reset": settings.SITE_URL + reverse("wagtailadmin_password_reset"),
        }
        body = render_to_string("cms/accounts/changed.txt", words)
        subject = gettext("Your log-in was changed: %(what)s") % {"what": what}
        headers = {"Auto-Submitted": "auto-generated"}
        EmailMessage(subject, body, to=[before.email], headers=headers).send()
