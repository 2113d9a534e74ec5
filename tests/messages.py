"""
The catalogue of all texts that can be translated: `make messages` writes it, `make lint` holds it complete.

Django's ``makemessages`` leaves a file of its own beside each template while it runs, so it works on a copy.
What differs from one version of gettext to the next (lines, dates, wrapping) is not written: one change of a
text is one change of the catalogue.
"""

import contextlib
import io
import shutil
import sys
import tempfile
from argparse import ArgumentParser
from pathlib import Path

import django
import polib
from django.conf import settings
from django.core.management import call_command
from django.test.utils import override_settings

ROOT = Path(__file__).parents[1]
READ = ("blog", "cms", "home", "templates", "static")
UNREAD = shutil.ignore_patterns("__pycache__", "*.webp")
CATALOGUE = Path("locale/en/LC_MESSAGES/django.po")
HEADER = {
    "Project-Id-Version": "cms",
    "Language": "en",
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=UTF-8",
    "Content-Transfer-Encoding": "8bit",
    "Plural-Forms": "nplurals=2; plural=(n != 1);",
}
WHAT_IT_IS = "Every text that can be translated. Written by `make messages`: docs/translation.md."
MISSING = "gettext is needed to check the texts. Debian: apt install gettext; macOS: brew install gettext"


def main() -> int:
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="Only say whether the catalogue is complete.")
    check = parser.parse_args().check
    if not shutil.which("xgettext"):
        print(MISSING, file=sys.stderr)  # noqa: T201 -- a command
        return 1
    found = str(catalogue())
    if not check:
        (ROOT / CATALOGUE).parent.mkdir(parents=True, exist_ok=True)
        (ROOT / CATALOGUE).write_text(found)
    elif not (ROOT / CATALOGUE).exists() or (ROOT / CATALOGUE).read_text() != found:
        print(f"{CATALOGUE} does not have the texts of the code. Run: make messages", file=sys.stderr)  # noqa: T201
        return 1
    return 0


def catalogue() -> polib.POFile:
    """Return what can be translated, sorted."""
    with tempfile.TemporaryDirectory() as copy, contextlib.chdir(copy):
        for name in READ:
            shutil.copytree(ROOT / name, Path(copy, name), ignore=UNREAD)
        Path(copy, "locale").mkdir()
        with override_settings(LOCALE_PATHS=[Path(copy, "locale")]):
            call_command("makemessages", locale=["en"], add_location="file", stdout=io.StringIO())
        made = polib.pofile(str(Path(copy, CATALOGUE)))
    found = polib.POFile(wrapwidth=110)
    found.metadata, found.header = HEADER, WHAT_IT_IS
    for entry in sorted(made, key=lambda entry: (entry.msgid, entry.msgctxt or "")):
        entry.occurrences = sorted({(path, "") for path, _ in entry.occurrences})
        found.append(entry)
    return found


if __name__ == "__main__":
    if not settings.configured:
        django.setup()
    sys.exit(main())
