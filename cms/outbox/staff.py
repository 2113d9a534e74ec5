"""What staff may do with rows of the outbox, in the admin or by command. Each action is logged."""

from collections.abc import Callable

from django.contrib.auth.models import AnonymousUser, User
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from wagtail.log_actions import log

from cms.outbox import actions
from cms.outbox.models import Delivery, State

MANAGE = "outbox.manage_outbox"
SENT_AGAIN = "outbox.send_again"
GIVEN_UP = "outbox.give_up"
MOST_AT_ONCE = 500


def failed(event: str = "") -> QuerySet[Delivery]:
    """Return failed rows, of one event or of all, at most MOST_AT_ONCE."""
    rows = Delivery.objects.filter(state=State.FAILED).order_by("pk")
    return (rows.filter(event=event) if event else rows)[:MOST_AT_ONCE]


def send_again(rows: QuerySet[Delivery] | list[Delivery], *, by: User | AnonymousUser | None) -> int:
    """Retry failed rows. Return how many had failed. ``by`` is None at the command line."""
    return _each(rows, actions.send_again, SENT_AGAIN, by)


def give_up(rows: QuerySet[Delivery] | list[Delivery], *, by: User | AnonymousUser | None) -> int:
    """End rows unsent. Return how many had not ended. ``by`` is None at the command line."""
    return _each(rows, actions.give_up, GIVEN_UP, by)


@transaction.atomic
def _each(
    rows: QuerySet[Delivery] | list[Delivery],
    verb: Callable[[Delivery], bool],
    action: str,
    by: User | AnonymousUser | None,
) -> int:
    if by is not None and not by.has_perm(MANAGE):
        raise PermissionDenied
    done = [row for row in rows if verb(row)]
    for row in done:
        log(row, action, user=by)
    return len(done)


VERBS = {"send-again": send_again, "give-up": give_up}
