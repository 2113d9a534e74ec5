from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from home.demo.load import NotEmptyError, load
from home.demo.people import STAFF


class Command(BaseCommand):
    help = "Fill an empty site with the demo clinic. Does nothing on a site that has a blog or a user."

    def handle(self, **options: Any) -> None:
        given = settings.ADMIN_PASSWORD
        try:
            password = load(given or None)
        except NotEmptyError:
            self.stdout.write("This site has a blog or users already: the demo was not loaded.")
            return
        self.stdout.write(
            self.style.SUCCESS(f"Demo loaded. Log in at {settings.ADMIN_PATH} as {', '.join(STAFF)}.")
        )
        self.stdout.write(f"Password: {'as set in ADMIN_PASSWORD' if given else password}")
