"""What staff ask of messages. Who may read which is spelt in ``MessageQuerySet.visible_to``."""

from dataclasses import dataclass, replace

from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from wagtail.models import Page
from wagtail.query import PageQuerySet

from cms import vault
from home.contact.models import ContactMessage, MessageQuerySet
from home.contact.states import State

MOST_COUNTED = 10_000
NOBODY = "nobody"
ME = "me"


@dataclass(frozen=True, slots=True)
class Asked:
    """
    What staff want to see. ``words`` are part of a name or an answer, or a whole address.

    ``after`` is the id of the last message that was shown, 0 at the start.
    """

    state: str = State.NEW
    words: str = ""
    subject: str = ""
    page: int = 0
    assigned: str = ""
    after: int = 0


def inbox(user: AbstractBaseUser, asked: Asked) -> MessageQuerySet:
    """Return the messages of a tab, the newest first."""
    found = ContactMessage.objects.visible_to(user).filter(state=asked.state)
    if asked.page:
        found = found.filter(page=asked.page)
    if asked.subject:
        found = found.filter(subject=asked.subject)
    if asked.assigned:
        found = found.filter(assigned_to=user if asked.assigned == ME else None)
    if asked.words:
        found = _said(found, asked.words)
    if asked.after:
        found = found.filter(pk__lt=asked.after)
    return found.order_by("-pk")


def counts(user: AbstractBaseUser, asked: Asked) -> dict[str, int]:
    """Return how many each tab would hold, none counted beyond MOST_COUNTED."""
    tabs = {state.value: inbox(user, replace(asked, state=state.value, after=0)) for state in State}
    return {state: found[: MOST_COUNTED + 1].count() for state, found in tabs.items()}


def contact_pages() -> PageQuerySet:
    """Every page with a contact form, whatever state it is in."""
    kind = {"content_type__app_label": "home", "content_type__model": "contactpage"}
    return Page.objects.filter(**kind).order_by("title")


def is_address(words: str) -> bool:
    try:
        validate_email(words)
    except ValidationError:
        return False
    return True


def _said(found: MessageQuerySet, words: str) -> MessageQuerySet:
    """An address is found by its keyed index, so the whole of it must be known."""
    if is_address(words):
        return found.filter(address_index__in=vault.indexes(words))
    return found.filter(words__contains=words.casefold())
