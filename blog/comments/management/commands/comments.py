import re
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Iterable
from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.core.management.base import BaseCommand, CommandError, no_translations
from django.utils.translation import override

from blog.comments.desk import filters, lists
from blog.comments.models import ReaderComment, Refusal
from blog.comments.moderation import actions
from cms.credentials.staff import Staff
from cms.text import cleaning
from cms.text.cells import as_cell

SEEN = re.compile(r"([0-9]{1,18})(?::([0-9]{1,9}))?")
LINES_AT_ONCE = 500
LEFT_ALONE = "With the version as it was listed, a comment that has changed since is left alone."


class Command(BaseCommand):
    help = "List readers' comments, or decide about some as a moderator."

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        show = verbs.add_parser("list", help="Print one line a comment: id, state, time, post, words.")
        show.add_argument("--status", choices=filters.TABS, default="pending")
        show.add_argument("--search", metavar="WORDS", default="", help="In names and words; no address.")
        show.add_argument(
            "--post", metavar="SLUG", default="", help="Of this post only; or its id, as id:12."
        )
        show.add_argument("--reason", choices=filters.REASONS, default="", help="The first it waits for.")
        show.add_argument("--since", metavar="DAY", default="", help="Sent on this day or later: 2026-11-24.")
        show.add_argument("--until", metavar="DAY", default="", help="Sent on this day or earlier.")
        show.add_argument("--person", metavar="ID", default="", help="By this person, by number.")
        show.add_argument("--limit", metavar="NUMBER", type=at_least_one, default=20)
        for verb, state in actions.STATES.items():
            with override(None):
                decide = verbs.add_parser(verb, help=f"Make comments: {state.label.lower()}.")
            decide.add_argument("comments", nargs="+", metavar="ID[:VERSION]", type=seen, help=LEFT_ALONE)
            decide.add_argument(
                "--as", dest="username", metavar="USERNAME", required=True, help="The moderator who decides."
            )
            if verb == "trash":
                decide.add_argument("--refusal", metavar="TITLE", help="The reason given to their authors.")

    @no_translations
    def handle(self, *, verb: str, **options: Any) -> None:
        if verb == "list":
            self.show(filter_of(options), options["limit"])
        else:
            refusal = refusal_named(options["refusal"]) if options.get("refusal") else None
            self.decide(verb, dict(options["comments"]), by=user_named(options["username"]), refusal=refusal)

    def show(self, wanted: filters.Filter, limit: int) -> None:
        """Print a page after the other, so that many lines take little memory."""
        after: int | None = 0
        while limit > 0 and after is not None:
            found = lists.page(wanted, after=after, limit=min(limit, LINES_AT_ONCE))
            self.print_lines(found.comments)
            limit, after = limit - len(found.comments), found.next_after

    def decide(
        self,
        verb: str,
        versions: dict[int, int | None],
        *,
        by: Staff,
        refusal: Refusal | None = None,
    ) -> None:
        now = dict(ReaderComment.objects.filter(pk__in=versions).values_list("pk", "version"))
        known = {pk: version or now[pk] for pk, version in versions.items() if pk in now}
        try:
            moved = actions.decide_all(verb, known, by=by, refusal=refusal)
        except PermissionDenied:
            raise CommandError(f"{by.get_username()} may not moderate comments.") from None
        except ValueError:
            raise CommandError(f"At most {actions.MOST_AT_ONCE} comments at once.") from None
        self.print_lines(moved.done)
        complain(versions.keys() - now.keys(), moved)

    def print_lines(self, comments: Iterable[ReaderComment]) -> None:
        for comment in comments:
            self.stdout.write(line(comment))


def seen(given: str) -> tuple[int, int | None]:
    match = SEEN.fullmatch(given)
    if match is None:
        raise ArgumentTypeError(f"{given!r} is no ID or ID:VERSION")
    pk, version = match.groups()
    return int(pk), int(version) if version else None


def at_least_one(given: str) -> int:
    if not re.fullmatch("0*[1-9][0-9]{0,5}", given):
        raise ArgumentTypeError(f"{given!r} is no number from 1 to 999999")
    return int(given)


def filter_of(options: dict[str, Any]) -> filters.Filter:
    form = filters.FilterForm({**options, "q": options["search"]})
    if not form.is_valid():
        called = {"q": "search"}
        sentences = (
            f"--{called.get(name, name)}: {' '.join(map(str, said))}" for name, said in form.errors.items()
        )
        raise CommandError(" ".join(sentences))
    return form.filter


def refusal_named(title: str) -> Refusal:
    try:
        return Refusal.objects.get(title=title)
    except Refusal.DoesNotExist:
        known = ", ".join(Refusal.objects.values_list("title", flat=True)) or "none"
        raise CommandError(f"There is no reason for the trash called {title}. There are: {known}.") from None


def user_named(username: str) -> Staff:
    users = get_user_model()
    try:
        return users.objects.get_by_natural_key(username)
    except users.DoesNotExist:
        raise CommandError(f"There is no user {username}.") from None


def line(comment: ReaderComment) -> str:
    """One line, whatever was typed; where an edit waits, its words."""
    edit = comment.waiting_words
    state = f"{comment.status}, edit waits" if edit is not None else str(comment.status)
    words = cleaning.single_line(comment.comment if edit is None else edit)
    when = f"{comment.submit_date:%Y-%m-%d %H:%M}"
    said = as_cell(f"{cleaning.single_line(comment.user_name)}: {words}")  # it may end in a spreadsheet
    return "\t".join((f"{comment.pk}:{comment.version}", state, when, comment.page.slug, said))


def complain(missing: Iterable[int], moved: actions.Moved) -> None:
    """Raises CommandError where something was left undone."""
    groups = {
        "Not found": missing,
        "Changed since, nothing was done": [each.pk for each in moved.stale],
        "Their words were erased, nothing is left to approve": [each.pk for each in moved.empty],
    }
    sentences = [f"{why}: {', '.join(map(str, sorted(pks)))}." for why, pks in groups.items() if pks]
    if sentences:
        raise CommandError(" ".join(sentences))
