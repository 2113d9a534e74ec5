"""
Mail that Django and Wagtail send themselves: a new password, a page to review. One row for each recipient.

The text cannot be rendered again later, so it is stored until it is delivered: sealed, like the address. Each
copy is addressed to its recipient alone and names no other.
"""

import base64
import json
from datetime import timedelta
from email.message import Message
from email.mime.base import MIMEBase
from email.utils import formatdate, getaddresses
from typing import Any

from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.db import transaction
from django.utils import timezone

from cms import vault
from cms.outbox import actions
from cms.outbox.chores import BATCH
from cms.outbox.models import SiteMail

SENT, TRIAL = "site.mail", "site.trial"
KEPT = timedelta(days=30)
NAMES_PEOPLE = frozenset({"to", "cc", "bcc", "message-id"})


@transaction.atomic
def store(mail: EmailMessage) -> int:
    """Store a copy and an outbox row for each recipient. Raises ValueError for a header of two lines."""
    mail.message()
    recipients = dict.fromkeys(address for _, address in getaddresses(mail.recipients()) if address)
    for address in recipients:
        row = keep(mail, address)
        actions.queue(SENT, row.pk, f"mail:{row.pk}")
    return len(recipients)


def keep(mail: EmailMessage, address: str) -> SiteMail:
    """Store a mail to one address, sealed."""
    return SiteMail.objects.create(
        sealed_address=vault.seal(address),
        address_index=vault.index(address),
        sealed_text=vault.seal_text(json.dumps(_as_json(mail))),
    )


def stored_mail(pk: int, recipient: str) -> EmailMessage | None:
    """Return the mail as it was written; None once it is no longer stored."""
    row = SiteMail.objects.filter(pk=pk).first()
    return unseal(row) if row else None


def unseal(row: SiteMail) -> EmailMessage:
    """Return the mail as it was written. Raises AddressUnreadableError."""
    content = json.loads(vault.unseal_text(row.sealed_text))
    mail = EmailMultiAlternatives(
        subject=content["subject"],
        body=content["body"],
        from_email=content["from"],
        to=[row.address],
        reply_to=content["reply_to"],
        headers=content["headers"],
    )
    mail.content_subtype = content["subtype"]
    for part, kind in content["alternatives"]:
        mail.attach_alternative(part, kind)
    for name, part, kind in content["attachments"]:
        mail.attach(name, base64.b64decode(part), kind)
    return mail


def forget(pk: int, recipient: str = "") -> None:
    SiteMail.objects.filter(pk=pk).delete()


@transaction.atomic
def forget_old() -> int:
    """Delete a batch of mails that were not delivered within a month, with their rows."""
    old = SiteMail.objects.filter(created_at__lt=timezone.now() - KEPT).order_by("pk")
    return forget_all(list(old.values_list("pk", flat=True)[:BATCH]))


@transaction.atomic
def forget_all(pks: list[int]) -> int:
    for event in (SENT, TRIAL):
        actions.forget(event, pks)
    SiteMail.objects.filter(pk__in=pks).delete()
    return len(pks)


def _as_json(mail: EmailMessage) -> dict[str, Any]:
    headers = {name: str(value) for name, value in mail.extra_headers.items()}
    return {
        "subject": str(mail.subject),
        "body": str(mail.body),
        "from": mail.from_email,
        "reply_to": list(mail.reply_to),
        "headers": {
            "Date": formatdate(),
            **{name: value for name, value in headers.items() if name.lower() not in NAMES_PEOPLE},
        },
        "subtype": mail.content_subtype,
        "alternatives": [[str(content), kind] for content, kind in getattr(mail, "alternatives", [])],
        "attachments": [_attachment(each) for each in mail.attachments],
    }


def _attachment(given: Any) -> tuple[str | None, str, str | None]:
    if isinstance(given, MIMEBase):
        name, content, kind = given.get_filename(), given.get_payload(decode=True), given.get_content_type()
    else:
        name, content, kind = given
    if isinstance(content, EmailMessage):
        content = content.message()
    if isinstance(content, Message):
        content = content.as_bytes()
    raw = content.encode() if isinstance(content, str) else content or b""
    return name, base64.b64encode(raw).decode(), kind
