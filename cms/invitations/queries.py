"""Which invitations there are, which one a link opens, and who may manage it."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.auth import get_user_model
from django.contrib.auth.models import AnonymousUser, Group
from django.db.models import QuerySet

from cms.credentials.permissions import groups_to_give
from cms.credentials.staff import Staff
from cms.invitations.models import Invitation, InvitationQuerySet, InvitationToken
from cms.text.mail_address import normalise
from cms.vault import AddressUnreadableError

INVITE = "auth.add_user"


@dataclass(frozen=True, slots=True)
class Rights:
    """What a person may invite others to, read once for many invitations."""

    invite: bool
    everything: bool
    groups: frozenset[int]

    def cover(self, groups: Iterable[Group], *, administrator: bool) -> bool:
        if self.everything or not self.invite:
            return self.invite
        return not administrator and self.groups >= {group.pk for group in groups}


def rights_of(by: Staff) -> Rights:
    may = may_invite(by)
    own = groups_to_give(by).values_list("pk", flat=True) if may and not by.is_superuser else ()
    return Rights(may, may and by.is_superuser, frozenset(own))


def may_invite(by: Staff | AnonymousUser) -> bool:
    return by.has_perm(INVITE)


def may_give(rights: Rights, groups: Iterable[Group], *, administrator: bool) -> bool:
    """Say whether one may invite to this: it is something, and nobody gives what they do not have."""
    groups = list(groups)
    return bool(groups or administrator) and rights.cover(groups, administrator=administrator)


def may_manage(rights: Rights, invitation: Invitation) -> bool:
    """Say whether one may withdraw it: also when it gives nothing any more."""
    return rights.cover(invitation.groups.all(), administrator=invitation.administrator)


def listed() -> InvitationQuerySet:
    """Return all of them with what a list needs, the newest first."""
    return Invitation.objects.select_related("invited_by").prefetch_related("groups").order_by("-pk")


def accounts_at(address: str) -> QuerySet[Staff]:
    """Return the users who have an address, in whichever spelling."""
    users = get_user_model().objects
    return users.filter(email__iexact=address) | users.filter(email__iexact=normalise(address))


def is_good(invitation: Invitation) -> bool:
    """Say whether it may be accepted now."""
    groups, rights = invitation.groups.all(), rights_of(invitation.invited_by)
    if invitation.has_ended or not may_give(rights, groups, administrator=invitation.administrator):
        return False
    try:
        return not accounts_at(invitation.address).exists()
    except AddressUnreadableError:
        return False


def find(secret: str) -> InvitationToken | None:
    """Return the token of a link; None for one that is unknown, ended, used or no longer good."""
    tokens = InvitationToken.objects.shown(secret).select_related("invitation__invited_by")
    token = tokens.first()
    return token if token and is_good(token.invitation) else None
