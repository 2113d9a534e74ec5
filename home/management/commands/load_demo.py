from typing import Any

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand

from cms import progress
from home.demo.load import NotEmptyError, load
from home.demo.people import STAFF
from home.pictures import drawing


class Command(BaseCommand):
    help = "Fill an empty site with the demo clinic. Does nothing on a site that has a blog or a user."

    def handle(self, **options: Any) -> None:
        preset = settings.ADMIN_PASSWORD
        try:
            with progress.doing("Filling the site with the demo clinic", self.say) as step:
                password = load(preset or None, step.at)
        except NotEmptyError:
            self.stdout.write("This site has a blog or users already: the demo was not loaded.")
            return
        with progress.doing("Drawing the pictures of the demo", self.say) as step:
            drawing.draw_all(step.at)  # so that the demo is complete at first sight
        self.stdout.write(
            self.style.SUCCESS(f"Demo loaded. Log in at {settings.ADMIN_PATH} as {', '.join(STAFF)}.")
        )
        self.stdout.write(f"Password: {'as set in ADMIN_PASSWORD' if preset else password}")
        if weak := weakness(password):
            warning = f"ADMIN_PASSWORD is weak; choose another before others can reach this site. {weak}"
            self.stdout.write(self.style.WARNING(warning))

    def say(self, sentence: str) -> None:
        self.stdout.write(sentence)
        self.stdout.flush()


def weakness(password: str) -> str:
    """Say why this password would be refused for an account; empty for a good one."""
    try:
        validate_password(password)
    except ValidationError as error:
        return " ".join(error.messages)
    return ""
