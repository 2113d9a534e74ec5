"""Wagtail's command and its options, with the reader and rules of the admin's import: all rows or none."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError
from django.db import transaction
from wagtail.contrib.redirects.base_formats import Dataset
from wagtail.contrib.redirects.management.commands import import_redirects
from wagtail.models import Site

from home import redirect_import

MOST_NAMED = 20


class Command(import_redirects.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        columns, target_site = (options["from"], options["to"]), site(options["site"])
        rows = read(options["src"], options["format"], columns)
        selection = Dataset(
            choose(rows, columns, **options), rows.headers
        )  # asks before the transaction starts
        with transaction.atomic():
            create(selection, columns, permanent=options["permanent"], site=target_site)
            if options["dry_run"]:
                transaction.set_rollback(True)
        done = "can be created; nothing was changed" if options["dry_run"] else "created"
        self.stdout.write(f"{sum(map(any, selection))} redirects {done}.")


def choose(
    rows: Dataset,
    columns: tuple[int, int],
    *,
    ask: bool,
    offset: int | None,
    limit: int | None,
    **options: Any,
) -> Iterator[list[str]]:
    """Yield the rows that are selected, and an empty one for each other, so that row numbers stay right."""
    start = max(offset or 0, 0)
    end = start + limit if limit else len(rows)
    for place, row in enumerate(rows):
        old, new = (row[column] for column in columns)
        selected = start <= place < end and any(row)
        if selected and ask:
            selected = agreed(f"Row {place + 2}: {old} -> {new}. Create? y/N: ")
        yield row if selected else [""] * len(row)


def create(rows: Dataset, columns: tuple[int, int], *, permanent: bool, site: Site | None) -> None:
    """Raises CommandError."""
    errors = redirect_import.create(rows, columns, permanent=permanent, site=site)
    if errors:
        named = "".join(f"\nIn {words[0].lower()}{words[1:]}" for _, _, words in errors[:MOST_NAMED])
        raise CommandError(f"Nothing imported: {len(errors)} rows cannot be imported.{named}")


def read(path: str, kind: str | None, columns: tuple[int, int]) -> Dataset:
    """Raises CommandError."""
    file = Path(path)
    try:
        with file.open("rb") as opened:
            content = opened.read(redirect_import.LARGEST_FILE + 1)
        rows = redirect_import.read(kind or file.suffix.lstrip(".").lower(), content)
    except (OSError, redirect_import.UnreadableError) as error:
        raise CommandError(str(error)) from None
    if not all(0 <= column < len(rows.headers) for column in columns):
        raise CommandError(f"There are {len(rows.headers)} columns; --from and --to count from 0.")
    return rows


def site(pk: int | None) -> Site | None:
    """Raises CommandError."""
    row = Site.objects.filter(pk=pk).first() if pk else None
    if pk and row is None:
        raise CommandError(f"There is no site {pk}.")
    return row


def agreed(question: str) -> bool:
    try:
        return input(question).strip().lower().startswith("y")
    except EOFError:
        return False
