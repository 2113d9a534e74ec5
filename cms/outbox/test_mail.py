"""A mail that shows whether mail arrives, and what became of it."""

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.core.mail import EmailMessage
from django.db import transaction
from django.utils.translation import gettext
from wagtail.log_actions import log

from cms.brand import names
from cms.outbox import site_mail
from cms.outbox.models import Delivery, State
from cms.outbox.staff import MANAGE

SENT = "outbox.test_mail"


@transaction.atomic
def send(to: str, by: User) -> Delivery:
    """Queue a test mail. Raises PermissionDenied."""
    if not by.has_perm(MANAGE):
        raise PermissionDenied
    subject = gettext("A test from %(site)s") % {"site": names.site_name()}
    mail = EmailMessage(subject, gettext("If you read this, mail of the site arrives."), to=[to])
    before = (
        Delivery.objects.filter(event=site_mail.SENT).order_by("-pk").values_list("pk", flat=True).first()
    )
    site_mail.store(mail)
    rows = Delivery.objects.filter(event=site_mail.SENT, pk__gt=before or 0).order_by("pk")
    delivery = rows[0]
    log(delivery, SENT, user=by)
    return delivery


def outcome(pk: int) -> str:
    """Say what has become of a test mail; empty where there is none."""
    delivery = Delivery.objects.filter(pk=pk).first()
    if delivery is None:
        return ""
    if delivery.state == State.SENT:
        return gettext("The mail server has accepted it.")
    if delivery.state == State.WAITING and not delivery.last_answer:
        return gettext("It waits to be sent.")
    said = {"state": State(delivery.state).label, "answer": delivery.last_answer}
    return gettext("%(state)s. The mail server said: %(answer)s") % said
