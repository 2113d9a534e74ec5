"""Django's command line, on which every command but `restore` keeps a restore away."""

from contextlib import ExitStack

from django.core.management import ManagementUtility
from django.core.management.base import BaseCommand

from cms.storage import site_lock


class CommandLine(ManagementUtility):
    """Holds the site's lock until it ends: what a command writes during a restore would be lost."""

    def __init__(self, arguments: list[str], held: ExitStack) -> None:
        super().__init__(arguments)
        self.held = held

    def fetch_command(self, subcommand: str) -> BaseCommand:
        """Take the lock here: only now are the settings those of `--settings`."""
        command = super().fetch_command(subcommand)
        if subcommand != "restore":
            self.held.enter_context(site_lock.in_use())
        return command


def run(arguments: list[str]) -> None:
    """Raises CommandError while a restore is under way."""
    with ExitStack() as held:
        CommandLine(arguments, held).execute()
