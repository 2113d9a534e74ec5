"""What can be done for a person who asks. The admin and the command call these."""

import math
from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.utils import timezone
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _
from wagtail.models import ModelLogEntry

from blog.comments.privacy import personal_data as comments
from cms.credentials.staff import Staff
from cms.invitations import privacy as invitations
from cms.outbox import privacy as outbox
from home.contact import privacy as contact
from home.privacy import erasures, records

EXPORT = "blog_comments.export_person"
ERASE = "blog_comments.erase_person"
EXPORTED = "privacy.export"
ERASED = erasures.ERASED
LOOKED_UP = "privacy.look_up"

COUNTED = {
    "comments": _("comments"),
    "files": _("files"),
    "invitations": _("invitations"),
    "log entries": _("log entries"),
    "mails": _("mails"),
    "mails of the site": _("mails of the site"),
    "mails waiting": _("mails waiting"),
    "messages": _("messages"),
    "notes": _("notes"),
    "reader comments": _("reader comments"),
    "readers": _("readers"),
    "recipients": _("recipients"),
    "revisions": _("revisions"),
    "subscriptions": _("subscriptions"),
    "tokens": _("tokens"),
    "words kept": _("words kept"),
}

LISTS = ("comments", "subscriptions", "messages", "mails_waiting", "invitations", "log")


def export(address: str, *, by: Staff | None) -> dict[str, Any]:
    """
    Return all that is stored under an address.

    ``by`` is None at the command line. Raises PermissionDenied.
    """
    _require(by, EXPORT)
    data = {
        "asked_for": address,
        "made": timezone.now(),
        **comments.export(address),
        **contact.export(address),
        **outbox.export(address),
        **invitations.export(address),
        "log": [_line(entry) for entry in records.about(records.kept(address))],
    }
    counts = {name: len(data[name]) for name in LISTS}
    records.count(EXPORTED, by, counts)
    return data


def erase(
    address: str, *, by: Staff | None, keep_text: bool = False, seconds: float = math.inf
) -> erasures.Erased:
    """
    Erase all that is stored under an address. What is not done within ``seconds`` is left to the worker.

    ``by`` is None at the command line. Raises PermissionDenied.
    """
    _require(by, ERASE)
    return erasures.go_on(erasures.accept(address, by, keep_text=keep_text), seconds=seconds)


def counts(address: str, *, by: Staff | None) -> dict[str, int]:
    """
    Return how much there is, to confirm before erasing, and log who looked.

    ``by`` is None at the command line. Raises PermissionDenied.
    """
    _require(by, ERASE)
    with override(None):  # these names are stored; ``named`` translates them
        sizes = {
            str(model._meta.verbose_name_plural): len(pks) for model, pks in records.kept(address).items()
        }
    records.count(LOOKED_UP, by, sizes)
    return sizes


def named(counts: dict[str, int]) -> list[tuple[str, int]]:
    """Return what was counted, named in the active language."""
    return [(str(COUNTED.get(name, name)), number) for name, number in counts.items()]


def staff_log_ins(address: str) -> int:
    """Return how many staff accounts have the address: they are not erased."""
    return get_user_model().objects.filter(email__iexact=address).count()


def _require(by: Staff | None, permission: str) -> None:
    if by is not None and not by.has_perm(permission):
        raise PermissionDenied


def _line(entry: ModelLogEntry) -> dict[str, Any]:
    return {"action": entry.action, "by": gettext("a member of staff"), "at": entry.timestamp}
