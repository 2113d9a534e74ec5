"""What can be done for a person who asks. The admin and the command call these."""

from collections import Counter
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.db import connection, models, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _
from wagtail.log_actions import log
from wagtail.models import ModelLogEntry, Page, Site

from blog.comments.privacy import personal_data as comments
from cms.credentials.staff import Staff
from cms.invitations import privacy as invitations
from cms.outbox import privacy as outbox
from home.contact import privacy as contact

EXPORT = "blog_comments.export_person"
ERASE = "blog_comments.erase_person"
EXPORTED = "privacy.export"
ERASED = "privacy.erase"
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

Kept = dict[type[models.Model], list[int]]


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
        "log": [_line(entry) for entry in _log_about(_kept(address))],
    }
    counts = {name: len(data[name]) for name in LISTS}
    _log_count(EXPORTED, by, counts)
    return data


@transaction.atomic
def erase(address: str, *, by: Staff | None, keep_text: bool = False) -> Counter[str]:
    """
    Erase all that is stored under an address. Return how many rows of which kind.

    ``by`` is None at the command line. Raises PermissionDenied.
    """
    _require(by, ERASE)
    kept = _kept(address)
    counts = comments.erase(address, keep_text=keep_text)
    counts.update(contact.erase(address))
    counts.update(outbox.erase(address))
    counts.update(invitations.erase(address))
    counts["log entries"] = _log_about(kept).update(label="erased", data={})
    _log_count(ERASED, by, {**counts, "words kept": int(keep_text)})
    transaction.on_commit(_empty_journal, robust=True)  # SQLite empties it in time
    return counts


def counts(address: str, *, by: Staff | None) -> dict[str, int]:
    """
    Return how much there is, to confirm before erasing, and log who looked.

    ``by`` is None at the command line. Raises PermissionDenied.
    """
    _require(by, ERASE)
    with override(None):  # these names are stored; ``named`` translates them
        sizes = {str(model._meta.verbose_name_plural): len(pks) for model, pks in _kept(address).items()}
    _log_count(LOOKED_UP, by, sizes)
    return sizes


def named(counts: dict[str, int]) -> list[tuple[str, int]]:
    """Return what was counted, named in the active language."""
    return [(str(COUNTED.get(name, name)), number) for name, number in counts.items()]


def staff_log_ins(address: str) -> int:
    """Return how many staff accounts have the address: they are not erased."""
    return get_user_model().objects.filter(email__iexact=address).count()


def _kept(address: str) -> Kept:
    parts = (comments, contact, outbox, invitations)
    return {model: pks for part in parts for model, pks in part.kept(address).items()}


def _require(by: Staff | None, permission: str) -> None:
    if by is not None and not by.has_perm(permission):
        raise PermissionDenied


def _log_about(kept: Kept) -> QuerySet[ModelLogEntry]:
    """Return the entries of Wagtail's log about these rows."""
    about = Q(pk__in=[])
    for model, pks in kept.items():
        kind = ContentType.objects.get_for_model(model)
        about |= Q(content_type=kind, object_id__in=[str(pk) for pk in pks])
    return ModelLogEntry.objects.filter(about).order_by("timestamp", "pk")


def _line(entry: ModelLogEntry) -> dict[str, Any]:
    return {"action": entry.action, "by": gettext("a member of staff"), "at": entry.timestamp}


def _log_count(action: str, by: Staff | None, counts: dict[str, int]) -> None:
    """Log who, when, what and how much in the history of the site. Never whose data."""
    site = Site.objects.filter(is_default_site=True).first()
    log(site or Page.get_first_root_node(), action, user=by, data=counts)


def _empty_journal() -> None:
    """Remove replaced pages from SQLite's journal, which keeps them until it is next emptied."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
