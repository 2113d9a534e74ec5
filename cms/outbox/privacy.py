"""What is kept of one person among the site's own mails: those to his address that are not delivered yet."""

from collections import Counter
from typing import Any

from django.db import models, transaction

from cms import vault
from cms.outbox import site_mail
from cms.outbox.models import Delivery, SiteMail


def kept(address: str) -> dict[type[models.Model], list[int]]:
    """Return the ids of the rows that are this person's."""
    found = SiteMail.objects.filter(address_index__in=vault.indexes(address)).order_by("pk")
    return {SiteMail: list(found.values_list("pk", flat=True))}


def export(address: str) -> dict[str, Any]:
    """Return each mail as it was written, and what became of it."""
    mails = SiteMail.objects.filter(pk__in=kept(address)[SiteMail]).order_by("pk")
    return {"mails_waiting": [_mail(mail) for mail in mails]}


@transaction.atomic
def erase(address: str) -> Counter[str]:
    """Drop the mails and their rows of the outbox. Return how many."""
    return Counter({"mails waiting": site_mail.forget_all(kept(address)[SiteMail])})


def _mail(kept: SiteMail) -> dict[str, Any]:
    said = site_mail.opened(kept)
    row = Delivery.objects.filter(event=site_mail.SENT, subject_id=kept.pk).first()
    return {
        "written": kept.created_at,
        "to": kept.address,
        "subject": said.subject,
        "text": said.body,
        "state": row.state if row else None,
        "tried": row.attempts if row else 0,
    }
