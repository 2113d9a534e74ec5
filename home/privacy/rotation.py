"""
Re-encrypts every stored address with the first of ``ADDRESS_KEYS``, while the site runs.

Each row is written by compare-and-set and a finished row is not touched again: it may be stopped and started
at any moment, and run twice at once. Meanwhile every search for an address tries every key.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db import IntegrityError, models, transaction

from blog.comments.models import Reader
from blog.comments.privacy import personal_data as comments
from cms import vault
from cms.invitations.models import Invitation
from cms.keyring import guard
from cms.outbox.models import SiteMail, Suppression
from cms.outbox.suppression import mailbox_indexes
from cms.second_factor.models import Authenticator
from cms.text.mail_address import mailbox_of
from cms.webhooks.models import Endpoint
from home.contact.models import ContactMessage, MessageRecipient

Sealed = Reader | ContactMessage | MessageRecipient | SiteMail | Invitation
SEALED: tuple[type[Sealed], ...] = (Reader, ContactMessage, MessageRecipient, SiteMail, Invitation)
Secret = Authenticator | Endpoint
TEXTS: tuple[tuple[type[Secret], tuple[str, ...]], ...] = (
    (Authenticator, ("sealed_key",)),
    (Endpoint, ("sealed_secret", "sealed_old_secret")),
)
BATCH = 200


@dataclass(slots=True)
class Tally:
    """The result for the rows of one table."""

    rows: int = 0
    rotated: int = 0
    merged: int = 0
    unreadable: int = 0


@dataclass(slots=True)
class SuppressionList:
    """The suppression list: indexes without an address, matched by the addresses that are stored."""

    waiting: set[str] = field(default_factory=lambda: set(_suppressed()))
    rotated: int = 0

    def meet(self, address: str, kept_as: str) -> None:
        """Match one address. ``kept_as``, the index of its row, differs if its domain was spelt otherwise."""
        now, *_ = indexes = vault.indexes(address)
        if kept_as in self.waiting and kept_as not in indexes:
            Suppression.objects.get_or_create(
                address_index=now
            )  # the other may belong to another address as well
        for spelling in {address, mailbox_of(address)}:
            self._rotate(*vault.indexes(spelling))
        self._rotate(*mailbox_indexes(address))

    def _rotate(self, now: str, *before: str) -> None:
        for old in self.waiting.intersection(before):
            self.rotated += _reindex(old, now)
        self.waiting.difference_update((now, *before))

    @property
    def unknown(self) -> int:
        """How many match no stored address: their key cannot be known."""
        return len(self.waiting)


def rotate() -> tuple[dict[str, Tally], SuppressionList]:
    """Bring everything under the key in use. Return the results, table by table."""
    suppressed = SuppressionList()
    tallies = {model._meta.label: _rotate(model, suppressed) for model in SEALED}
    for texts, fields in TEXTS:
        tallies[texts._meta.label] = _rotate_texts(texts, fields)
    guard.reseal()
    return tallies, suppressed


def _rotate(model: type[Sealed], suppressed: SuppressionList) -> Tally:
    tally, last = Tally(), 0
    while rows := list(model.objects.filter(pk__gt=last).order_by("pk")[:BATCH]):
        last = rows[-1].pk
        tally.rows += len(rows)
        stale = [(row, fields) for row in rows if (fields := _to_write(row, tally, suppressed))]
        _write(stale, tally)
    return tally


def _rotate_texts(model: type[Secret], fields: tuple[str, ...]) -> Tally:
    """Rotate secrets that are no addresses: few of them."""
    tally = Tally()
    for row in model.objects.order_by("pk"):
        tally.rows += 1
        try:
            tally.rotated += bool(sum([_reseal(row, field) for field in fields]))
        except vault.AddressUnreadableError:
            tally.unreadable += 1
    return tally


def _reseal(row: Secret, field: str) -> int:
    sealed = bytes(getattr(row, field) or b"")
    if not sealed or vault.sealed_with_key_in_use(sealed, vault.TEXT):
        return 0
    anew = vault.seal_text(vault.unseal_text(sealed))
    return type(row).objects.filter(**{"pk": row.pk, field: sealed}).update(**{field: anew})


def _to_write(row: Sealed, tally: Tally, suppressed: SuppressionList) -> dict[str, bytes | str]:
    """Return the fields of a row that are not under the key in use, with their new values."""
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
        suppressed.meet(address, row.address_index)
        if row.address_index != vault.index(address):
            fields["address_index"] = vault.index(address)
    return fields


@transaction.atomic
def _write(stale: Iterable[tuple[Sealed, dict[str, bytes | str]]], tally: Tally) -> None:
    for row, fields in stale:
        unchanged = type(row).objects.filter(pk=row.pk, sealed_address=bytes(row.sealed_address))
        try:
            with transaction.atomic():
                tally.rotated += unchanged.update(**fields)
        except IntegrityError:
            if not isinstance(row, Reader):
                raise
            # a process with other keys stored this address again: one person, two rows
            comments.merge(row, Reader.objects.get(address_index=fields["address_index"]))
            tally.merged += 1


def _suppressed() -> models.QuerySet:
    return Suppression.objects.values_list("address_index", flat=True)


@transaction.atomic
def _reindex(old: str, now: str) -> int:
    """Move one entry to the key in use; two for one address become one."""
    if Suppression.objects.filter(address_index=now).exists():
        return Suppression.objects.filter(address_index=old).delete()[0]
    return Suppression.objects.filter(address_index=old).update(address_index=now)
