from argparse import ArgumentParser

from django.core.management.base import BaseCommand
from wagtail.images import get_image_model

from home.pictures import cleaning


class Command(BaseCommand):
    help = (
        "Remove from pictures what the camera recorded: place, time, owner, comments. The worker does the "
        "same, a few pictures at a time; this does it all at once, while the site runs."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--all",
            action="store_true",
            help="Check again pictures that were checked before: after a restore.",
        )

    def handle(self, *, all: bool, **options: object) -> None:
        pictures = get_image_model().objects.order_by("pk") if all else cleaning.unclean()
        changed = failed = 0
        for pk in list(pictures.values_list("pk", flat=True)):
            picture = get_image_model().objects.filter(pk=pk).first()
            if picture and (outcome := cleaning.clean(picture)):
                self.stdout.write(f"Picture {pk}: {outcome}")
                failed += outcome.startswith("not")
                changed += not outcome.startswith("not")
        self.stdout.write(f"{changed} pictures cleaned, {failed} could not be read.")
