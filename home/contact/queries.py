"""How staff search messages. ``MessageQuerySet.visible_to`` says who may read which."""

from dataclasses import dataclass, replace

from wagtail.models import Page
from wagtail.query import PageQuerySet

from cms import vault
from cms.credentials.staff import Staff
from cms.reading import keyset
from cms.text import mail_address
from home.contact.models import ContactMessage, MessageQuerySet
from home.contact.states import State

MOST_COUNTED = 10_000
MOST_OF_ONE = 5_000  # messages of one person
NOBODY = "nobody"
ME = "me"


@dataclass(frozen=True, slots=True)
class Search:
    """
    A search. ``words`` are part of a name or an answer, or a whole address.

    ``of_person`` are the ids found by an address, None when the search is not for one; ``after`` is the id of
    the last message on the page before, 0 at the start.
    """

    state: str = State.NEW
    words: str = ""
    subject: str = ""
    page: int = 0
    assigned: str = ""
    after: int = 0
    of_person: tuple[int, ...] | None = None


def with_person(user: Staff, search: Search) -> Search:
    """
    Return it with the messages of the person whose whole address was searched for, by its keyed index.

    Only what the user may read is found: an address that wrote elsewhere looks like one that never wrote.
    In a query of its own: with tab and order in the same query, SQLite walks through the tab instead.
    """
    if not mail_address.is_valid(search.words):
        return search
    by = (
        ContactMessage.objects.visible_to(user)
        .filter(address_index__in=vault.indexes(search.words))
        .order_by()
    )
    return replace(search, of_person=tuple(by.values_list("pk", flat=True)[:MOST_OF_ONE]))


def inbox(user: Staff, search: Search) -> MessageQuerySet:
    """Return the messages of a tab, the newest first."""
    messages = ContactMessage.objects.visible_to(user).filter(state=search.state)
    if search.page:
        messages = messages.filter(page=search.page)
    if search.subject:
        messages = messages.filter(subject=search.subject)
    if search.assigned:
        messages = messages.filter(assigned_to=user if search.assigned == ME else None)
    if search.of_person is not None:
        messages = messages.filter(pk__in=search.of_person)
    elif search.words:
        messages = messages.filter(words__contains=search.words.casefold())
    return keyset.after(messages, search.after, newest_first=True)


def counts(user: Staff, search: Search) -> dict[str, int]:
    """Return how many each tab would hold, none counted beyond MOST_COUNTED."""
    tabs = {state.value: inbox(user, replace(search, state=state.value, after=0)) for state in State}
    return {state: messages[: MOST_COUNTED + 1].count() for state, messages in tabs.items()}


def contact_pages() -> PageQuerySet:
    """Return every page with a contact form, whatever its state."""
    kind = {"content_type__app_label": "home", "content_type__model": "contactpage"}
    return Page.objects.filter(**kind).order_by("title")
