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
MOST_OF_ONE = 5_000  # messages of one person
NOBODY = "nobody"
ME = "me"


@dataclass(frozen=True, slots=True)
class Asked:
    """
    What staff want to see. ``words`` are part of a name or an answer, or a whole address.

    ``of_person`` are the ids found by an address, None when it is not one that is searched for; ``after`` is
    the id of the last message that was shown, 0 at the start.
    """

    state: str = State.NEW
    words: str = ""
    subject: str = ""
    page: int = 0
    assigned: str = ""
    after: int = 0
    of_person: tuple[int, ...] | None = None


def looked_up(asked: Asked) -> Asked:
    """
    Return it with the messages of the person whose address was searched for: by its keyed index, as a whole.

    In a query of its own: asked for tab and order at once, SQLite walks through the tab instead.
    """
    if not is_address(asked.words):
        return asked
    by = ContactMessage.objects.filter(address_index__in=vault.indexes(asked.words)).order_by()
    return replace(asked, of_person=tuple(by.values_list("pk", flat=True)[:MOST_OF_ONE]))


def inbox(user: AbstractBaseUser, asked: Asked) -> MessageQuerySet:
    """Return the messages of a tab, the newest first."""
    found = ContactMessage.objects.visible_to(user).filter(state=asked.state)
    if asked.page:
        found = found.filter(page=asked.page)
    if asked.subject:
        found = found.filter(subject=asked.subject)
    if asked.assigned:
        found = found.filter(assigned_to=user if asked.assigned == ME else None)
    if asked.of_person is not None:
        found = found.filter(pk__in=asked.of_person)
    elif asked.words:
        found = found.filter(words__contains=asked.words.casefold())
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
