from argparse import ArgumentParser

from django.core.management.base import BaseCommand

from home import tree_repair


class Command(BaseCommand):
    help = (
        "Find and repair what an unfinished copy or move left wrong in the page tree: pages that no list "
        "shows, sections that take no pages, wrong addresses, pages without content. No page is deleted."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="Report what is wrong and change nothing.")

    def handle(self, *, dry_run: bool, **options: object) -> None:
        problems = tree_repair.repair(self.stdout.write, dry_run=dry_run)
        done = "found; nothing was changed" if dry_run else "repaired"
        self.stdout.write(f"{problems} problems {done}." if problems else "The tree is in order.")
