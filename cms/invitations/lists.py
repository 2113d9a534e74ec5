"""The rows of the list of invitations: whom, what for, and what became of each, in words."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.auth import get_user_model
from django.db.models.functions import Lower
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cms.credentials import roles
from cms.credentials.roles import Role
from cms.credentials.staff import Staff
from cms.invitations import queries
from cms.invitations.actions import MOST, SENT
from cms.invitations.models import Invitation
from cms.invitations.queries import Rights
from cms.outbox import queries as outbox
from cms.outbox.models import Delivery, State
from cms.vault import AddressUnreadableError

UNREADABLE = _("The address cannot be read with the site’s keys.")
HAS_ACCOUNT = _("Does not work: someone has an account with this address now. Withdraw it.")
INVITER_MAY_NOT = _(
    "Does not work: its inviter may no longer give this. Send it again yourself, or withdraw it."
)
ENDED = _("Has ended without being accepted")
NOT_WANTED = _(
    "Not sent: this address wants no mail from the site. Tell them another way, or use another address."
)


@dataclass(frozen=True, slots=True)
class Row:
    """``fault`` is why it does not work, or its mail did not arrive; else ``state`` is how far it is."""

    invitation: Invitation
    address: str
    roles: list[Role]
    state: str
    fault: str
    may_manage: bool


def rows(by: Staff) -> list[Row]:
    """Return all that there are, which are few, with what one person may do with each."""
    found, own = list(queries.listed()[:MOST]), queries.rights_of(by)
    deliveries = {row.subject_id: row for row in outbox.about(SENT, [each.pk for each in found])}
    inviters = {each.invited_by_id: each.invited_by for each in found}
    rights = {pk: queries.rights_of(inviter) for pk, inviter in inviters.items()}
    addresses = {each.pk: _address(each) for each in found}
    taken = _taken(addresses.values())
    rows = []
    for each in found:
        address, delivery = addresses[each.pk], deliveries.get(each.pk)
        fault = HAS_ACCOUNT if address.lower() in taken else _fault(each, rights[each.invited_by_id], address)
        given = roles.of_person(each.groups.all(), administrator=each.administrator)
        fault = str(fault or _fault_of_mail(delivery))
        rows.append(Row(each, address, given, _state(delivery), fault, queries.may_manage(own, each)))
    return rows


def _fault(each: Invitation, rights: Rights, address: str) -> object:
    if each.has_ended:
        return ENDED
    if not queries.may_give(rights, each.groups.all(), administrator=each.administrator):
        return INVITER_MAY_NOT
    return "" if address else UNREADABLE


def _fault_of_mail(delivery: Delivery | None) -> object:
    if delivery and delivery.state == State.FAILED:
        return gettext("Not delivered: %(why)s") % {"why": delivery.get_failure_display()}
    return NOT_WANTED if delivery and delivery.state == State.SUPPRESSED else ""


def _state(delivery: Delivery | None) -> str:
    if delivery is None or delivery.state == State.SENT:
        return gettext("Sent, not accepted yet")
    if delivery.failure:
        return gettext("Not sent yet: %(why)s. The site tries again.") % {
            "why": delivery.get_failure_display()
        }
    return gettext("On its way")


def _address(invitation: Invitation) -> str:
    try:
        return invitation.address
    except AddressUnreadableError:
        return ""


def _taken(addresses: Iterable[str]) -> set[str]:
    """Return which of them somebody has an account with, in lower case."""
    wanted = {address.lower() for address in addresses if address}
    users = get_user_model().objects.annotate(lower=Lower("email")).filter(lower__in=wanted)
    return {email.lower() for email in users.values_list("email", flat=True)}
