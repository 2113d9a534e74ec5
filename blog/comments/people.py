"""What moderators can do to a person: ban, note, and look at the address."""

from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from wagtail.log_actions import log

from blog.comments.actions import MODERATE
from blog.comments.bans import DomainBan
from blog.comments.models import Reader, ReaderNote
from blog.comments.states import Ban

REVEAL = "blog_comments.reveal_address"
UNREADABLE = "The address cannot be read: it was sealed with a key that this site has no more."


@transaction.atomic
def ban(reader: Reader, how: str, *, by: AbstractBaseUser) -> None:
    """Hold or refuse what a person sends from now on. Raises PermissionDenied, ValueError."""
    _require(by, MODERATE)
    Reader.objects.filter(pk=reader.pk).update(ban=Ban(how), banned_at=timezone.now())
    log(instance=reader, action="blog_comments.ban", user=by, data={"ban": how})


@transaction.atomic
def lift_ban(reader: Reader, *, by: AbstractBaseUser) -> None:
    """Raises PermissionDenied."""
    _require(by, MODERATE)
    Reader.objects.filter(pk=reader.pk).update(ban="", banned_at=None)
    log(instance=reader, action="blog_comments.lift_ban", user=by)


@transaction.atomic
def ban_domain(domain: str, how: str, *, by: AbstractBaseUser) -> DomainBan:
    """The same for everybody at a domain and below it. Raises PermissionDenied, ValidationError."""
    _require(by, MODERATE)
    wanted = DomainBan(domain=domain, ban=how, by=by)
    wanted.clean()
    known = DomainBan.objects.filter(domain=wanted.domain).first()
    if known:
        known.ban, known.by, known.at = how, by, timezone.now()
        wanted = known
    wanted.full_clean()
    wanted.save()
    log(instance=wanted, action="blog_comments.ban", user=by, data={"ban": how})
    return wanted


@transaction.atomic
def ban_domain_of(reader: Reader, how: str, *, by: AbstractBaseUser) -> DomainBan:
    """
    The same for everybody at the domain of a person's address. Whoever does it learns the domain: a look.

    Raises PermissionDenied, ValidationError, vault.AddressUnreadableError.
    """
    _require(by, MODERATE)
    return ban_domain(reveal(reader, by=by).rpartition("@")[2], how, by=by)


@transaction.atomic
def lift_domain_ban(banned: DomainBan, *, by: AbstractBaseUser) -> None:
    """Raises PermissionDenied."""
    _require(by, MODERATE)
    log(instance=banned, action="blog_comments.lift_ban", user=by)
    banned.delete()


def note(reader: Reader, text: str, *, by: AbstractBaseUser) -> ReaderNote:
    """Tell the other moderators something about a person. Raises PermissionDenied."""
    _require(by, MODERATE)
    return ReaderNote.objects.create(reader=reader, text=text, by=by)


@transaction.atomic
def reveal(reader: Reader, *, by: AbstractBaseUser) -> str:
    """
    Return a person's address, and write down who looked.

    Raises PermissionDenied, vault.AddressUnreadableError.
    """
    _require(by, REVEAL)
    log(instance=reader, action="blog_comments.reveal", user=by)
    return reader.address


def _require(by: AbstractBaseUser, permission: str) -> None:
    if not by.has_perm(permission):
        raise PermissionDenied
