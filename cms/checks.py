"""
What a public site lacks, as ``manage.py check --deploy`` and ``manage.py serve`` report it.

These look at settings. What needs the database is checked by the app that knows it: ``home.demo.checks``
finds demo log-ins and pages. Each hint says what to do; docs/install.md lists them.
"""

import base64
from ipaddress import ip_address
from typing import Any

from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage, Tags, Warning

FEWEST_LETTERS = 12  # different ones in a key; one that was drawn has more, even of hexadecimal digits
WIDEST = {4: 8, 6: 32}  # the shortest prefix that one network of proxies may have
FILES = "django.core.mail.backends.filebased.EmailBackend"
TO_FILES = "cms.W008"
ENCRYPTED = frozenset({"require", "verify-ca", "verify-full"})
OWN_NAMES = (".localhost", ".local", ".test", ".internal")


def warnings_at_start() -> list[str]:
    """Return our own, in words, for a site that others can reach; for one to try out, where its mail goes."""
    found = checks.run_checks(tags=[Tags.security], include_deployment_checks=True)
    ours = (each for each in found if not (each.id or "").startswith("security."))
    every = is_public(settings.SITE_HOST)
    return [f"{each.msg} {each.hint} ({each.id})" for each in ours if every or each.id == TO_FILES]


@checks.register(Tags.security, deploy=True)
def check_keys(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    weak = {
        "SECRET_KEY": len(set(settings.SECRET_KEY)) < FEWEST_LETTERS or len(settings.SECRET_KEY) < 50,
        "ADDRESS_KEYS": any(is_weak(key) for key in settings.ADDRESS_KEYS),
    }
    hint = (
        "Draw it at random, as .env.example shows. To replace a key of ADDRESS_KEYS follow docs/privacy.md."
    )
    return [
        Warning(f"{name} could be guessed.", hint=hint, id=f"cms.W00{number}")
        for number, name in enumerate(weak, 1)
        if weak[name]
    ]


@checks.register(Tags.security, deploy=True)
def check_addresses(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    found: list[CheckMessage] = []
    if settings.SITE_URL.startswith("http://") and is_public(settings.SITE_HOST):
        hint = "Put a proxy with TLS in front and set SITE_URL to its https:// address."
        found.append(Warning("Passwords and cookies travel in the clear.", hint=hint, id="cms.W003"))
    if any(host.startswith(("*", ".")) for host in settings.ALLOWED_HOSTS):
        hint = "List the host names of the site in ALLOWED_HOSTS."
        found.append(Warning("The site answers to names it does not have.", hint=hint, id="cms.W004"))
    if any(network.prefixlen < WIDEST[network.version] for network in settings.TRUSTED_PROXIES):
        hint = "Name only the networks of your own proxies in TRUSTED_PROXIES."
        found.append(Warning("Any visitor can forge their network address.", hint=hint, id="cms.W005"))
    return found


@checks.register(Tags.security, deploy=True)
def check_lines(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Warn of what leaves this machine unencrypted."""
    found: list[CheckMessage] = []
    database = settings.DATABASES["default"]
    if database.get("HOST") and not is_near(database["HOST"]) and not is_encrypted(database):
        hint = "Add ?sslmode=verify-full to DATABASE_URL (or require, on a network of your own)."
        found.append(Warning("The connection to the database is not encrypted.", hint=hint, id="cms.W006"))
    encrypted = settings.EMAIL_USE_TLS or settings.EMAIL_USE_SSL
    if settings.EMAIL_HOST_PASSWORD and not encrypted and not is_near(settings.EMAIL_HOST):
        hint = "Use smtp+tls:// or smtps:// in EMAIL_URL."
        found.append(Warning("The mail server gets its password in the clear.", hint=hint, id="cms.W007"))
    if mail_goes_to_files():
        hint = "Name a mail server in EMAIL_URL."
        found.append(Warning("Mail is written to files and reaches no one.", hint=hint, id=TO_FILES))
    return found


def mail_goes_to_files() -> bool:
    return settings.OUTBOX_TRANSPORT == FILES


def is_weak(key: str) -> bool:
    """A key of words, of few different bytes, or of bytes that count up."""
    raw = base64.urlsafe_b64decode(key)
    steps = {(after - before) % 256 for before, after in zip(raw, raw[1:], strict=False)}
    return raw.isascii() or len(set(raw)) < FEWEST_LETTERS or len(steps) < FEWEST_LETTERS


def is_encrypted(database: dict[str, Any]) -> bool:
    return database.get("OPTIONS", {}).get("sslmode") in ENCRYPTED


def is_near(host: str) -> bool:
    """This machine, a socket, or a name without a dot: a container beside this one."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.startswith("/") or "." not in host or host.endswith(".localhost")


def is_public(host: str) -> bool:
    """Say whether readers elsewhere could reach it."""
    try:
        return not ip_address(host).is_loopback
    except ValueError:
        return "." in host and not host.endswith(OWN_NAMES)
