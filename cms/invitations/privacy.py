"""What is stored about one person among the invitations: those that were sent to their address."""

from collections import Counter
from typing import Any

from django.db import models
from django.utils.translation import gettext

from cms.credentials import roles
from cms.invitations import actions
from cms.invitations.models import Invitation


def kept(address: str) -> dict[type[models.Model], list[int]]:
    """Return the ids of the rows that are this person's."""
    rows = Invitation.objects.to(address).order_by("pk")
    return {Invitation: list(rows.values_list("pk", flat=True))}


def export(address: str) -> dict[str, Any]:
    """Return each invitation as its recipient may know it."""
    rows = Invitation.objects.to(address).prefetch_related("groups").order_by("pk")
    return {"invitations": [_invitation(row) for row in rows]}


def erase(address: str) -> Counter[str]:
    """Delete the invitations, whose links are then dead. Return how many."""
    return Counter({"invitations": actions.erase(kept(address)[Invitation])})


def _invitation(row: Invitation) -> dict[str, Any]:
    given = roles.of_person(row.groups.all(), administrator=row.administrator)
    return {
        "name": row.name,
        "to": row.address,
        "may": [str(role) for role in given],
        "sent": row.made_at,
        "ends": row.expires_at,
        "by": gettext("a member of staff"),
    }
