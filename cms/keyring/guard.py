"""Whether the addresses of this database can be read. Only ``plant`` and ``reseal`` write anything."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.apps import apps
from django.core.checks import CheckMessage, Error
from django.db import connection, models

from cms import vault
from cms.keyring.models import Canary

CANARY_PK = 1
WORD = "canary"
UNREADABLE = "The addresses in this database cannot be read with ADDRESS_KEYS."
WANTED = (
    "{} They were sealed with the key whose fingerprint is {}. Set ADDRESS_KEYS to that key, or put its file"
    " back as DATA_DIR/secrets/address_keys."
)


def complaint() -> str:
    """Return in a sentence or two what is wrong with the keys; empty if nothing is, or before a migration."""
    if not is_migrated():
        return ""
    if canary := _find():
        return "" if is_readable(canary.sealed) else WANTED.format(UNREADABLE, canary.fingerprint)
    sealed = list(newest_sealed())
    if sealed and not any(map(is_readable, sealed)):
        return WANTED.format(UNREADABLE, "not known")
    return ""


def find() -> Canary | None:
    return _find() if is_migrated() else None


def _find() -> Canary | None:
    return Canary.objects.filter(pk=CANARY_PK).first()


def plant() -> None:
    """Create the row, once it is known that the keys are the right ones."""
    Canary.objects.get_or_create(pk=CANARY_PK, defaults=sealed_now())


def reseal() -> None:
    """Bring it under the key in use. One that no key can read stays as it is, and is reported."""
    canary = find()
    if canary and is_readable(canary.sealed) and not vault.sealed_with_key_in_use(canary.sealed):
        Canary.objects.filter(pk=CANARY_PK).update(**sealed_now())


def sealed_now() -> dict[str, Any]:
    return {"sealed": vault.seal(WORD), "fingerprint": vault.fingerprints()[0]}


def is_readable(sealed: bytes | memoryview) -> bool:
    try:
        vault.unseal(sealed)
    except vault.AddressUnreadableError:
        return False
    return True


def newest_sealed() -> Iterator[bytes]:
    """Yield the last row of each table with addresses: a site without a canary has only these."""
    for model in sealing():
        yield from model._base_manager.order_by("-pk").values_list("sealed_address", flat=True)[:1]


def check_keys(app_configs: Any, databases: Sequence[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """`manage.py check --database default`, and before each `migrate`."""
    wrong = complaint() if databases else ""
    return [Error(wrong, id="keyring.E001")] if wrong else []


def is_migrated() -> bool:
    """Say whether every table needed exists: not so before the first `migrate`, or during an upgrade."""
    tables = {Canary._meta.db_table, *(model._meta.db_table for model in sealing())}
    return tables <= set(connection.introspection.table_names())


def sealing() -> list[type[models.Model]]:
    return [
        model
        for model in apps.get_models()
        if any(field.name == "sealed_address" for field in model._meta.concrete_fields)
    ]
