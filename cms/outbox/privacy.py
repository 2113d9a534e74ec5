"""What is stored about one person among the site's own mails: those still queued to their address."""

from collections import Counter
from typing import Any

from django.db import models, transaction

from cms import vault
from cms.outbox import site_mail
from cms.outbox.models import Delivery, SiteMail


def kept(address: str) -> dict[type[models.Model], list[int]]:
    """Return the ids of the rows that are this person's."""
    mails = SiteMail.objects.filter(address_index__in=vault.indexes(address)).order_by("pk")
    return {SiteMail: list(mails.values_list("pk", flat=True))}


def export(address: str) -> dict[str, Any]:
    """Return each mail as it was written, and its state."""
    mails = SiteMail.objects.filter(pk__in=kept(address)[SiteMail]).order_by("pk")
    return {"mails_waiting": [_mail(mail) for mail in mails]}


@transaction.atomic
def erase(address: str) -> Counter[str]:
    """Delete the mails and their rows in the outbox. Return how many."""
    return Counter({"mails waiting": site_mail.forget_all(kept(address)[SiteMail])})


def _mail(mail: SiteMail) -> dict[str, Any]:
    message = site_mail.unseal(mail)
    row = Delivery.objects.filter(event__in=(site_mail.SENT, site_mail.TRIAL), subject_id=mail.pk).first()
    return {
        "written": mail.created_at,
        "to": mail.address,
        "subject": message.subject,
        "text": message.body,
        "state": row.state if row else None,
        "tried": row.attempts if row else 0,
    }
