"""What moderators can do to a person: ban, note, and look at the address."""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.log_actions import log
from wagtail.models import Site

from blog.comments.models import DomainBan, Reader, ReaderNote
from blog.comments.moderation.actions import MODERATE
from blog.comments.states import Ban
from cms.credentials.staff import Staff

REVEAL = "blog_comments.reveal_address"
FIND, FIND_NOBODY = "blog_comments.find", "blog_comments.find_nobody"
UNREADABLE = _("The address cannot be read: it was sealed with a key that this site no longer has.")


@transaction.atomic
def ban(reader: Reader, how: str, *, by: Staff) -> None:
    """Hold or refuse what a person sends from now on. Raises PermissionDenied, ValueError."""
    _require(by, MODERATE)
    Reader.objects.filter(pk=reader.pk).update(ban=Ban(how), banned_at=timezone.now())
    log(instance=reader, action="blog_comments.ban", user=by, data={"ban": how})


@transaction.atomic
def lift_ban(reader: Reader, *, by: Staff) -> None:
    """Raises PermissionDenied."""
    _require(by, MODERATE)
    Reader.objects.filter(pk=reader.pk).update(ban="", banned_at=None)
    log(instance=reader, action="blog_comments.lift_ban", user=by)


@transaction.atomic
def ban_domain(domain: str, how: str, *, by: Staff) -> DomainBan:
    """Ban everyone at a domain and its subdomains. Raises PermissionDenied, ValidationError."""
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
def ban_domain_of(reader: Reader, how: str, *, by: Staff) -> DomainBan:
    """
    Ban everyone at the domain of a person's address. This reveals the domain, so it is logged as a reveal.

    Raises PermissionDenied, ValidationError, vault.AddressUnreadableError.
    """
    _require(by, MODERATE)
    return ban_domain(reveal(reader, by=by).rpartition("@")[2], how, by=by)


@transaction.atomic
def lift_domain_ban(banned: DomainBan, *, by: Staff) -> None:
    """Raises PermissionDenied."""
    _require(by, MODERATE)
    log(instance=banned, action="blog_comments.lift_ban", user=by)
    banned.delete()


def note(reader: Reader, text: str, *, by: Staff) -> ReaderNote:
    """Leave a note about a person for the other moderators. Raises PermissionDenied."""
    _require(by, MODERATE)
    return ReaderNote.objects.create(reader=reader, text=text, by=by)


@transaction.atomic
def reveal(reader: Reader, *, by: Staff) -> str:
    """
    Return a person's address, and log who looked.

    Raises PermissionDenied, vault.AddressUnreadableError.
    """
    _require(by, REVEAL)
    log(instance=reader, action="blog_comments.reveal", user=by)
    return reader.address


@transaction.atomic
def find(address: str, *, by: Staff) -> Reader | None:
    """
    Return who wrote under an address, and log the search, because it reveals whose comments these are.

    Raises PermissionDenied, before anything is searched.
    """
    _require(by, REVEAL)
    reader = Reader.objects.with_address(address).first()
    log(reader or Site.objects.first() or by, FIND if reader else FIND_NOBODY, user=by)
    return reader


def _require(by: Staff, permission: str) -> None:
    if not by.has_perm(permission):
        raise PermissionDenied
