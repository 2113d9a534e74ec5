"""
Every stored address under the first of ``ADDRESS_KEYS``, while the site runs.

Each row is written by compare-and-set and a row that is done is not touched again: it may be stopped and
started at any moment, and by two at once. Meanwhile whoever looks for an address looks under every key.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db import IntegrityError, models, transaction

from blog.comments import privacy as comments
from blog.comments.models import Reader
from blog.comments.subscriptions import Suppression
from cms import vault
from cms.outbox.models import SiteMail
from home.contact.models import ContactMessage, MessageRecipient

SEALED = (Reader, ContactMessage, MessageRecipient, SiteMail)
BATCH = 200


@dataclass(slots=True)
class Tally:
    """What became of the rows of one table."""

    rows: int = 0
    rotated: int = 0
    merged: int = 0
    unreadable: int = 0


@dataclass(slots=True)
class Refusals:
    """The list of those who want no mail: indexes without an address, found again by the addresses kept."""

    waiting: set[str] = field(default_factory=lambda: set(_refusals()))
    rotated: int = 0

    def meet(self, address: str) -> None:
        now, *before = vault.indexes(address)
        for old in self.waiting.intersection(before):
            self.rotated += _reindex_refusal(old, now)
        self.waiting.difference_update((now, *before))

    @property
    def unknown(self) -> int:
        """How many no kept address explains: nobody can say under which key they are."""
        return len(self.waiting)


def rotate() -> tuple[dict[str, Tally], Refusals]:
    """Bring everything under the key in use. Return what was done, table by table."""
    refusals = Refusals()
    return {model._meta.label: _rotate(model, refusals) for model in SEALED}, refusals


def _rotate(model: type[models.Model], refusals: Refusals) -> Tally:
    tally, last = Tally(), 0
    while rows := list(model.objects.filter(pk__gt=last).order_by("pk")[:BATCH]):
        last = rows[-1].pk
        tally.rows += len(rows)
        stale = [(row, fields) for row in rows if (fields := _to_write(row, tally, refusals))]
        _write(stale, tally)
    return tally


def _to_write(row: models.Model, tally: Tally, refusals: Refusals) -> dict[str, bytes | str]:
    """Return what of a row is not under the key in use, as it should be."""
    try:
        address = vault.unseal(row.sealed_address)
    except vault.AddressUnreadableError:
        tally.unreadable += 1
        return {}
    fields: dict[str, bytes | str] = {}
    if not vault.sealed_with_key_in_use(row.sealed_address):
        fields["sealed_address"] = vault.seal(address)
        if hasattr(row, "sealed_text"):
            fields["sealed_text"] = vault.seal_text(vault.unseal_text(row.sealed_text))
    if hasattr(row, "address_index"):
        refusals.meet(address)
        if row.address_index != vault.index(address):
            fields["address_index"] = vault.index(address)
    return fields


@transaction.atomic
def _write(stale: Iterable[tuple[models.Model, dict[str, bytes | str]]], tally: Tally) -> None:
    for row, fields in stale:
        seen = type(row).objects.filter(pk=row.pk, sealed_address=bytes(row.sealed_address))
        try:
            with transaction.atomic():
                tally.rotated += seen.update(**fields)
        except IntegrityError:
            # this address came again while another process did not know the same keys: one person, two rows
            comments.merge(row, Reader.objects.get(address_index=fields["address_index"]))
            tally.merged += 1


def _refusals() -> models.QuerySet:
    return Suppression.objects.values_list("address_index", flat=True)


@transaction.atomic
def _reindex_refusal(old: str, now: str) -> int:
    """The older wish holds; two for one address become one."""
    if Suppression.objects.filter(address_index=now).exists():
        return Suppression.objects.filter(address_index=old).delete()[0]
    return Suppression.objects.filter(address_index=old).update(address_index=now)
