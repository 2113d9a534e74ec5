"""What can be done for a person who asks. The admin and the command call these."""

from collections import Counter
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractBaseUser
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.db import connection, models, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from wagtail.log_actions import log
from wagtail.models import ModelLogEntry, Site

from blog.comments import privacy as comments
from cms.outbox import privacy as outbox
from home.contact import privacy as contact

EXPORT = "blog_comments.export_person"
ERASE = "blog_comments.erase_person"
EXPORTED = "privacy.export"
ERASED = "privacy.erase"

Kept = dict[type[models.Model], list[int]]


def export(address: str, *, by: AbstractBaseUser | None) -> dict[str, Any]:
    """
    Return all that is kept under an address.

    ``by`` is None at the command line. Raises PermissionDenied.
    """
    _require(by, EXPORT)
    found = {
        "asked_for": address,
        "made": timezone.now(),
        **comments.export(address),
        **contact.export(address),
        **outbox.export(address),
        "log": [_line(entry) for entry in _log_about(_kept(address))],
    }
    counts = {
        name: len(found[name]) for name in ("comments", "subscriptions", "messages", "mails_waiting", "log")
    }
    _leave_word(EXPORTED, by, counts)
    return found


@transaction.atomic
def erase(address: str, *, by: AbstractBaseUser | None, keep_text: bool = False) -> Counter[str]:
    """
    Erase what is kept under an address. Return how many rows of which kind.

    ``by`` is None at the command line. Raises PermissionDenied.
    """
    _require(by, ERASE)
    kept = _kept(address)
    counts = comments.erase(address, keep_text=keep_text)
    counts.update(contact.erase(address))
    counts.update(outbox.erase(address))
    counts["log entries"] = _log_about(kept).update(label="erased", data={})
    _leave_word(ERASED, by, {**counts, "words kept": int(keep_text)})
    transaction.on_commit(_empty_the_journal)
    return counts


def counts(address: str) -> dict[str, int]:
    """Return how much there is, for whoever must confirm."""
    return {str(model._meta.verbose_name_plural): len(pks) for model, pks in _kept(address).items()}


def staff_log_ins(address: str) -> int:
    """Return how many log-ins of staff have the address: they are no reader's, and are left alone."""
    return get_user_model().objects.filter(email__iexact=address).count()


def _kept(address: str) -> Kept:
    return {**comments.kept(address), **contact.kept(address), **outbox.kept(address)}


def _require(by: AbstractBaseUser | None, permission: str) -> None:
    if by is not None and not by.has_perm(permission):
        raise PermissionDenied


def _log_about(kept: Kept) -> QuerySet[ModelLogEntry]:
    """What Wagtail's log says of these rows."""
    about = Q(pk__in=[])
    for model, pks in kept.items():
        kind = ContentType.objects.get_for_model(model)
        about |= Q(content_type=kind, object_id__in=[str(pk) for pk in pks])
    return ModelLogEntry.objects.filter(about).order_by("timestamp", "pk")


def _line(entry: ModelLogEntry) -> dict[str, Any]:
    return {"action": entry.action, "by": "a member of staff", "at": entry.timestamp}


def _leave_word(action: str, by: AbstractBaseUser | None, counts: dict[str, int]) -> None:
    """Who, when, which and how much, in the history of the site. Never whose."""
    log(Site.objects.get(is_default_site=True), action, user=by, data=counts)


def _empty_the_journal() -> None:
    """SQLite keeps replaced pages in its journal until it is next emptied."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
