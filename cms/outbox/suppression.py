"""Addresses whose owners want no mail from this site, and mailboxes that want no questions."""

from cms import vault
from cms.outbox.models import Suppression
from cms.text.mail_address import mailbox_of


def keep_from_mail(address: str) -> None:
    """Send nothing to an address any more, and no question to any address like it."""
    for index in (vault.index(address), mailbox_indexes(address)[0]):
        Suppression.objects.get_or_create(address_index=index)


def wants_no_mail(address: str) -> bool:
    """Say whether the owner of an address wants no mail."""
    return _is_listed(vault.indexes(address))


def wants_no_question(address: str, *, proven: bool) -> bool:
    """
    Say whether the owner of an address, or of another one in its mailbox, does not want to be asked.

    That both are one person is a guess: a proven address speaks for itself.
    """
    indexes = [*vault.indexes(mailbox_of(address)), *mailbox_indexes(address)]
    return wants_no_mail(address) or (not proven and _is_listed(indexes))


def mailbox_indexes(address: str) -> list[str]:
    """Return the indexes of a mailbox on the list, for each key, the one in use first."""
    return vault.keyed_digests("mailbox without questions", mailbox_of(address))


def _is_listed(indexes: list[str]) -> bool:
    return Suppression.objects.filter(address_index__in=indexes).exists()
