from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Count
from django.utils.timesince import timesince

from cms.outbox import queries, staff
from cms.outbox.models import Delivery, State

MOST_KINDS = 20


class Command(BaseCommand):
    help = "Show the state of the outbox; send failed rows again, or give rows up. No address is shown."

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        verbs.add_parser("status", help="What is waiting, since when, what failed and why.")
        for verb, words in (
            ("send-again", "Put failed rows back in the queue."),
            ("give-up", "End rows without sending them."),
        ):
            each = verbs.add_parser(verb, help=words)
            which = each.add_mutually_exclusive_group(required=True)
            which.add_argument("ids", nargs="*", type=int, default=[], metavar="ID")
            which.add_argument("--event", default="", help="All failed rows of this event.")
            which.add_argument("--all", action="store_true", help="All failed rows.")

    def handle(self, *, verb: str, **options: Any) -> None:
        if verb == "status":
            self.print_status()
            return
        done = count = staff.VERBS[verb](selected_rows(**options), by=None)
        while count == staff.MOST_AT_ONCE:
            done += (count := staff.VERBS[verb](selected_rows(**options), by=None))
        if not done:
            raise CommandError(
                "Nothing was changed: no such row, or it has ended, or it is being sent right now."
            )
        self.stdout.write(f"{done} {'put back in the queue' if verb == 'send-again' else 'given up'}.")

    def print_status(self) -> None:
        status = queries.status()
        self.stdout.write(f"worker: {'seen' if status.worker_seen else 'not seen for 60 s'}")
        since = timesince(status.waits_since) if status.waits_since else "nothing is due"
        self.stdout.write(f"oldest due: {since}{', too long' if status.late else ''}")
        for state, count in queries.counts().items():
            more = f"more than {queries.MOST_COUNTED}" if count > queries.MOST_COUNTED else count
            self.stdout.write(f"{state}: {more}")
        for event, why, answer, count in reasons():
            self.stdout.write(f"failed {event}: {count} × {why}, {answer}")


def selected_rows(ids: list[int], event: str, **options: Any) -> Any:
    if ids:
        return Delivery.objects.filter(pk__in=ids)
    return staff.failed(event)


def reasons() -> list[tuple[str, str, str, int]]:
    """Return event, failure, answer and number of failed rows, the most frequent first."""
    failed = Delivery.objects.filter(state=State.FAILED).order_by()
    groups = failed.values_list("event", "failure", "last_answer").annotate(number=Count("pk"))
    return list(groups.order_by("-number", "event")[:MOST_KINDS])
