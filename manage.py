#!/usr/bin/env python3
"""Django's command line, except that a mistake in the environment is one line and not a traceback."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cms.settings.base")
    try:
        from django.core.exceptions import ImproperlyConfigured
        from django.core.management import CommandError
        from django.db import OperationalError

        from cms.management.command_line import run
    except ImportError as error:
        sys.exit(f"manage.py: {error}. Activate the environment that `make run` made in .venv/.")
    try:
        run(sys.argv)
    except (CommandError, ImproperlyConfigured, OperationalError) as error:
        if "--traceback" in sys.argv:
            raise
        sys.exit(one_line(error))
    except KeyboardInterrupt:
        sys.exit(130)


def one_line(error: Exception) -> str:
    from django.db import OperationalError

    sentence = " ".join(str(error).split())
    if isinstance(error, OperationalError):
        return f"manage.py: the database refused: {sentence}"
    return f"manage.py: {sentence}"


if __name__ == "__main__":
    main()
