"""
`make attack`: everything we know how to try against a site of its own, and what became of it.

The site runs with production settings as its own processes; attackers come over sockets, on loopback alone,
through a stand-in for the proxy that says truly from which address (`browser`), or past it (`wire`).

    outcome     what an attack tells: how often it was tried, what was seen, whether the site held
    victim      the site: its pages, people, secrets and processes
    slow heavy  clients that dawdle; input that is large, long or deep
    guessing    passwords, tokens, names of log-ins
    factor      the second factor, by somebody who has the password
    sessions    cookies made up, fixed, kept after the end
    others      what belongs to others: doors, ids, words, fields
    words       what is typed, and where it may run: pages, mail, tables, searches, logs
    forged      requests that say they are something else
    files       uploads, paths, and what the server could be made to fetch
    floods      too much of what is allowed, and races
    leaks       what answers tell: addresses, faults, headers

`python -m tests.attack --only slow --only forged` tries two themes. What is not tried within `--minutes`
fails; a busy machine may need more than ten. The exit code is 1 when one attack was not withstood.
"""

import sys
from argparse import ArgumentParser, Namespace
from base64 import urlsafe_b64encode
from secrets import token_bytes, token_urlsafe

import django

from tests.attack.wire import PROXY
from tests.own_site import place
from tests.smtp_peer import SmtpPeer

THEMES = (
    "leaks",
    "words",
    "others",
    "sessions",
    "forged",
    "files",
    "floods",
    "guessing",
    "factor",
    "heavy",
    "slow",
)


def main(chosen: Namespace) -> int:
    with SmtpPeer() as peer, place("attack", template=chosen.template, **environment(peer)) as folder:
        chosen.themes = chosen.only or THEMES
        django.setup()
        from tests.attack import run  # noqa: PLC0415 -- models come once Django is set up

        return 0 if run.all_held(folder, peer, chosen) else 1


def environment(peer: SmtpPeer) -> dict[str, str]:
    return {
        "DJANGO_SETTINGS_MODULE": "cms.settings.production",
        "SECRET_KEY": token_urlsafe(64),
        "ADDRESS_KEYS": urlsafe_b64encode(token_bytes(32)).decode(),
        "SITE_URL": "https://localhost",
        "ALLOWED_HOSTS": "localhost,127.0.0.1",
        "TRUSTED_PROXIES": f"{PROXY}/32",
        "CORS_ALLOWED_ORIGINS": "https://app.example.org",
        "EMAIL_URL": f"smtp://{peer.host}:{peer.port}",
        "DEFAULT_FROM_EMAIL": "website@clinic.example",
        "CONTACT_RECIPIENTS": "reception@clinic.example",
    }


def arguments() -> Namespace:
    parser = ArgumentParser(prog="python -m tests.attack", description="Attack a site of its own.")
    parser.add_argument(
        "--only", action="append", default=[], choices=THEMES, help="Of one theme; may be repeated."
    )
    parser.add_argument("--minutes", type=float, default=10.0, help="What is left after them is not tried.")
    parser.add_argument("--template", default="", help="A migrated database: a file of SQLite, or a name.")
    parser.add_argument("--markdown", action="store_true", help="Print the table as docs/security.md has it.")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main(arguments()))
