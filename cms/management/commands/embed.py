from argparse import ArgumentParser
from typing import Any

from django.core.management import BaseCommand

from cms.management.embed import snippet


class Command(BaseCommand):
    help = "Write the HTML that puts the comments of a page of this site under a page anywhere."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("page", help="A slug, or an id such as id:12.")

    def handle(self, *args: Any, page: str, **options: Any) -> None:
        self.stdout.write(snippet(page))
