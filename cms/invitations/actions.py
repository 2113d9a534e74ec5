"""
Inviting, sending again, withdrawing, accepting, purging. No other code writes an invitation.

A newer invitation to an address ends the one before, and so does sending it again: there is one link that
works, or as many as the mail needed tries. All take tokens from the bucket of the site first, which lets them
go one after the other.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta

from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables
from wagtail.log_actions import log

from cms import vault
from cms.credentials.staff import Staff
from cms.invitations import names, queries
from cms.invitations.models import Invitation, InvitationToken
from cms.invitations.queries import Rights
from cms.outbox import actions as outbox
from cms.outbox.chores import BATCH
from cms.rate_limit import actions as rate_limit
from cms.text.mail_address import mailbox_of

SENT = "account.invitation"
INVITED, SENT_AGAIN = "invitations.invite", "invitations.send_again"
WITHDRAWN, ACCEPTED = "invitations.withdraw", "invitations.accept"
LIFE = timedelta(days=7)
KEPT = timedelta(days=7)  # after its end, so that its inviter sees it and can send it again
MOST = 200  # at a time, on the whole site
MINUTE, HOUR = 60, 60 * 60  # seconds


class HasAccountError(Exception):
    """Somebody can log in with this address already."""

    def __init__(self, user: Staff) -> None:
        self.user = user
        super().__init__(user.pk)


class TooManyInvitationsError(Exception):
    """There are as many invitations as there may be."""


class NotYoursError(Exception):
    """The address has an open invitation to more than this person may give."""


class GoneError(Exception):
    """The invitation was accepted, withdrawn or ended while its page was open."""


class UsernameTakenError(Exception):
    """Somebody else has it since a moment ago."""


@dataclass(frozen=True, slots=True)
class Wish:
    """Whom to invite, and to do what."""

    name: str
    address: str = field(repr=False)
    groups: list[Group]
    administrator: bool = False


@dataclass(frozen=True, slots=True)
class NewAccount:
    """What the invited person has chosen."""

    name: str
    username: str
    password: str = field(repr=False)


@transaction.atomic
def invite(wish: Wish, *, by: Staff) -> Invitation:
    """
    Invite somebody, by mail. This ends an earlier invitation to the same address.

    Raises PermissionDenied, NotYoursError, HasAccountError, TooManyInvitationsError and TooManyError.
    """
    return _invite(wish, by, INVITED)


@transaction.atomic
def send_again(invitation: Invitation, *, by: Staff) -> Invitation:
    """
    Replace an invitation by the same one from today; who sends it is its inviter from now on.

    Raises what ``invite`` does, and GoneError.
    """
    found = Invitation.objects.select_for_update().filter(pk=invitation.pk).first()
    if found is None:
        raise GoneError
    wish = Wish(found.name, found.address, list(found.groups.all()), found.administrator)
    return _invite(wish, by, SENT_AGAIN)


@transaction.atomic
def withdraw(invitation: Invitation, *, by: Staff) -> bool:
    """Return False when it was gone already. Raises PermissionDenied."""
    found = Invitation.objects.select_for_update().filter(pk=invitation.pk).first()
    if found is None:
        return False
    if not queries.may_manage(queries.rights_of(by), found):
        raise PermissionDenied
    log(found, WITHDRAWN, user=by)
    _forget([found.pk])
    return True


@sensitive_variables("account")
def accept(token: InvitationToken, account: NewAccount) -> Staff:
    """Make the account, once, and log nobody in. Raises GoneError and UsernameTakenError."""
    password = make_password(account.password)  # takes a second, during which nothing is locked
    with transaction.atomic():
        invitation = Invitation.objects.select_for_update().filter(pk=token.invitation_id).first()
        if invitation is None or not queries.is_good(invitation):
            raise GoneError
        user = _create(invitation, account, password)
        user.groups.set(invitation.groups.all())
        log(user, ACCEPTED, user=user, data=_given(invitation) | {"invited_by": invitation.invited_by_id})
        _forget(Invitation.objects.to(invitation.address).values_list("pk", flat=True))
    return user


@transaction.atomic
def purge() -> int:
    """Delete a batch of those that ended some time ago."""
    old = Invitation.objects.filter(expires_at__lt=timezone.now() - KEPT).order_by("pk")
    return _forget(old.values_list("pk", flat=True)[:BATCH])


@transaction.atomic
def erase(pks: Iterable[int]) -> int:
    """Delete those of a person who asks for it. Return how many."""
    return _forget(pks)


def _invite(wish: Wish, by: Staff, action: str) -> Invitation:
    rights = queries.rights_of(by)
    if not queries.may_give(rights, wish.groups, administrator=wish.administrator):
        raise PermissionDenied
    _count(wish.address, by)
    _end_earlier(wish.address, rights)
    if user := queries.accounts_at(wish.address).first():
        raise HasAccountError(user)
    if Invitation.objects.count() >= MOST:
        raise TooManyInvitationsError
    invitation = _write(wish, by)
    outbox.queue(SENT, invitation.pk, invitation.recipient)
    log(invitation, action, user=by, data=_given(invitation))
    return invitation


def _count(address: str, by: Staff) -> None:
    """Raises TooManyError: no one of staff makes the site fill mailboxes."""
    limits = (
        ("of the site", 60, MINUTE),
        (f"by {by.pk}", 20, 3 * MINUTE),
        (f"to {mailbox_of(address)}", 3, HOUR),
    )
    for what, capacity, seconds in limits:
        rate_limit.take(
            vault.keyed_digest("client", f"invitations\0{what}"), capacity=capacity, seconds=seconds
        )


def _end_earlier(address: str, rights: Rights) -> None:
    earlier = list(Invitation.objects.select_for_update().to(address).order_by("pk"))
    if not all(each.has_ended or queries.may_manage(rights, each) for each in earlier):
        raise NotYoursError
    _forget([each.pk for each in earlier])


def _write(wish: Wish, by: Staff) -> Invitation:
    invitation = Invitation.objects.create(
        name=wish.name,
        sealed_address=vault.seal(wish.address),
        address_index=vault.index(wish.address),
        administrator=wish.administrator,
        invited_by=by,
        expires_at=timezone.now() + LIFE,
    )
    invitation.groups.set(wish.groups)
    return invitation


def _create(invitation: Invitation, account: NewAccount, password: str) -> Staff:
    first, last = names.parts(account.name)
    user = get_user_model()(
        username=account.username,
        email=invitation.address,
        first_name=first,
        last_name=last,
        password=password,
        is_superuser=invitation.administrator,
    )
    if names.is_taken(account.username):
        raise UsernameTakenError
    try:
        with transaction.atomic():
            user.save(force_insert=True)
    except IntegrityError as error:
        raise UsernameTakenError from error
    return user


def _given(invitation: Invitation) -> dict[str, object]:
    """Return what the log keeps: which rights, and not whose address."""
    groups = sorted(invitation.groups.values_list("name", flat=True))
    return {"groups": groups, "administrator": invitation.administrator}


def _forget(pks: Iterable[int]) -> int:
    pks = list(pks)
    outbox.forget(SENT, pks)
    Invitation.objects.filter(pk__in=pks).delete()
    return len(pks)
