"""What the environment may say, read strictly.

Each function reads one variable and returns a typed value, or raises `ImproperlyConfigured` with one sentence
that names the variable and what is expected. No sentence repeats what may hold a password.
"""

import base64
import ipaddress
import os
import re
import secrets
from collections.abc import Callable
from email.utils import getaddresses, parseaddr
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import SplitResult, parse_qsl, quote, unquote, urlsplit

from django.conf import global_settings
from django.core.exceptions import ImproperlyConfigured

from cms.text import mail_address

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

A_HOST = r"(?![\d.]+$)[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?"
WEB_PORTS = {"http": ":80", "https": ":443"}
MAIL_PORTS = {"smtp": 25, "smtp+tls": 587, "smtps": 465}
AN_ORIGIN = "like https://www.example.org, without a path"
A_PAGE = "like https://www.example.org/security"
A_MAIL_SERVER = "smtp://, smtp+tls:// or smtps:// and user:password@host:port (reserved characters %-encoded)"
MOST_MINUTES = 365 * 24 * 60
A_REDIS = "redis://host:port/number, rediss://… or unix:///path"
A_DATABASE = (
    "postgres://user:password@host:port/name (reserved characters %-encoded) or sqlite:////absolute/path"
)


def must_be(name: str, expected: str) -> ImproperlyConfigured:
    return ImproperlyConfigured(f"{name} must be {expected}.")


def text(name: str, default: str = "") -> str:
    """Return the value without spaces around it; an empty variable counts as unset."""
    return os.environ.get(name, "").strip() or default


def words(name: str) -> list[str]:
    """Return a comma-separated list without its empty items."""
    return [word for word in (part.strip() for part in text(name).split(",")) if word]


def require(*names: str) -> None:
    if missing := [name for name in names if not text(name)]:
        raise ImproperlyConfigured(f"These variables must be set for production: {', '.join(missing)}.")


def port(name: str, default: int) -> int:
    value = text(name, str(default))
    if not (value.isascii() and value.isdecimal() and 0 < int(value) < 65536):
        raise must_be(name, "a port number from 1 to 65535")
    return int(value)


def minutes(name: str, default: int) -> int:
    """Return the seconds of so many minutes, a year's at most."""
    return number(name, default, most=MOST_MINUTES, of="minutes") * 60


def number(name: str, default: int, *, most: int, of: str) -> int:
    value = text(name, str(default))
    if not (value.isascii() and value.isdecimal() and 0 < int(value[:9]) <= most):
        raise must_be(name, f"a number of {of} from 1 to {most}")
    return int(value)


def directory(name: str, default: Path) -> Path:
    """Return the absolute path of a directory that exists (made when missing) and can be written to."""
    path = Path(text(name, str(default))).expanduser().absolute()
    expected = f"a directory that can be written to; {path} is not"
    try:
        path.mkdir(mode=0o750, parents=True, exist_ok=True)
    except OSError as error:
        raise must_be(name, f"{expected} ({error.strerror})") from None
    if not os.access(path, os.W_OK | os.X_OK):
        raise must_be(name, f"{expected} (Permission denied)")
    return path


# --- Addresses of servers and sites ---


def split(name: str, url: str, expected: str) -> SplitResult:
    """Split a URL and check its port; the error repeats no part of it."""
    try:
        parts = urlsplit(url)
        if parts.port == 0:
            raise ValueError
    except ValueError:
        raise must_be(name, expected) from None
    return parts


def origin(name: str, url: str, expected: str) -> str:
    """Return `https://host[:port]` in lower case, without the default port of its scheme."""
    parts = split(name, url, expected)
    extra = "@" in parts.netloc or parts.path.strip("/") or parts.query or parts.fragment
    if parts.scheme not in {"http", "https"} or not parts.hostname or extra:
        raise must_be(name, expected)
    return f"{parts.scheme}://{parts.netloc.lower().removesuffix(WEB_PORTS[parts.scheme])}"


def site_url(name: str, default: str) -> str:
    return origin(name, text(name, default), f"the site's own address {AN_ORIGIN}")


def origins(name: str) -> list[str]:
    return [origin(name, url, f"a comma-separated list of origins {AN_ORIGIN}") for url in words(name)]


def hosts(name: str, default: list[str]) -> list[str]:
    found = words(name)
    for host in found:
        bare = host[1:-1] if host.startswith("[") and host.endswith("]") else host.replace(":", "/")
        if any(character in bare for character in "/@ ?#"):
            raise must_be(name, "a comma-separated list of host names, without scheme or port")
    return found or default


def choice(name: str, default: str, *others: str) -> str:
    """Return one of some words."""
    value = text(name, default)
    if value not in (default, *others):
        raise must_be(name, f"{', '.join((default, *others[:-1]))} or {others[-1]}")
    return value


def language(name: str, default: str) -> str:
    """Return the code of a language that Django itself has words in, in lower case."""
    value = text(name, default).lower()
    if value not in dict(global_settings.LANGUAGES):
        raise must_be(name, "the code of a language that Django knows, like en-gb, de or pt-br")
    return value


def page(name: str) -> str:
    """Return the address of a page on https, or nothing."""
    url = text(name)
    if url and not _is_page(name, url):
        raise must_be(name, A_PAGE)
    return url


def contacts(name: str) -> list[str]:
    """Return URLs where someone can be reached: of pages on https, or of e-mail addresses."""
    found = words(name)
    for word in found:
        if not mail_address.is_valid(word) and not _is_page(name, word):
            raise must_be(name, f"a comma-separated list of e-mail addresses, or of pages {A_PAGE}")
    return [f"mailto:{quote(word, safe='@')}" if mail_address.is_valid(word) else word for word in found]


def _is_page(name: str, url: str) -> bool:
    parts = split(name, url, A_PAGE)
    return parts.scheme == "https" and bool(parts.hostname) and url.isascii() and not set(url) & {*" <>"}


def networks(name: str) -> list[Network]:
    try:
        return [_unmapped(ipaddress.ip_network(word, strict=False)) for word in words(name)]
    except ValueError:
        raise must_be(name, "a comma-separated list of networks like 10.0.0.0/8 or ::1/128") from None


class Allowed(NamedTuple):
    """Hosts by name, and networks."""

    hosts: frozenset[str]
    networks: tuple[Network, ...]


def allowed(name: str) -> Allowed:
    """Return a list of host names, addresses and networks, sorted by kind."""
    hosts, found = set(), []
    for word in words(name):
        try:
            found.append(_unmapped(ipaddress.ip_network(word, strict=False)))
        except ValueError:
            hosts.add(word.lower().rstrip("."))
    if not all(re.fullmatch(A_HOST, host) for host in hosts):
        raise must_be(name, "a comma-separated list of hosts and networks, like hooks.internal or 10.0.0.0/8")
    return Allowed(frozenset(hosts), tuple(found))


def _unmapped(network: Network) -> Network:
    """Return ::ffff:10.0.0.0/104 as 10.0.0.0/8: that is how addresses of clients are compared."""
    inner = getattr(network.network_address, "ipv4_mapped", None)
    return (
        ipaddress.ip_network((inner, network.prefixlen - 96))
        if inner and network.prefixlen >= 96
        else network
    )


def redis(name: str) -> str:
    url = text(name)
    if url:
        parts = split(name, url, A_REDIS)
        where = parts.path.strip("/") if parts.scheme == "unix" else parts.hostname
        if parts.scheme not in {"redis", "rediss", "unix"} or not where:
            raise must_be(name, A_REDIS)
    return url


def database(
    name: str, sqlite_file: Path, sqlite: dict[str, Any], postgres: dict[str, Any]
) -> dict[str, Any]:
    """Return Django's description of a database; `sqlite` and `postgres` say how each kind is used."""
    url = text(name)
    if not url:
        return {"NAME": sqlite_file, **sqlite}
    parts = split(name, url, A_DATABASE)
    path = unquote(parts.path.removeprefix("/"))
    if parts.scheme == "sqlite" and not parts.netloc and path.startswith("/"):
        return {"NAME": Path(path), **sqlite}
    if parts.scheme not in {"postgres", "postgresql"} or not path or "/" in path or parts.fragment:
        raise must_be(name, A_DATABASE)
    return {
        "NAME": path,
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": str(parts.port or ""),
        **postgres,
        "OPTIONS": postgres["OPTIONS"] | dict(parse_qsl(parts.query)),
    }


# --- Mail ---


class Mail(NamedTuple):
    backend: str
    host: str = ""
    port: int = 0
    user: str = ""
    password: str = ""
    use_tls: bool = False
    use_ssl: bool = False


def mail(name: str, fallback: str) -> Mail:
    """Return the outgoing mail server, or the `fallback` backend when none is named."""
    url = text(name)
    if not url:
        return Mail(fallback)
    parts = split(name, url, A_MAIL_SERVER)
    extra = parts.path.strip("/") or parts.query or parts.fragment
    if parts.scheme not in MAIL_PORTS or not parts.hostname or extra:
        raise must_be(name, A_MAIL_SERVER)
    return Mail(
        backend="cms.outbox.smtp.Transport",
        host=parts.hostname,
        port=parts.port or MAIL_PORTS[parts.scheme],
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        use_tls=parts.scheme == "smtp+tls",
        use_ssl=parts.scheme == "smtps",
    )


def sender(name: str, host: str) -> str:
    """Return one mail address with or without a display name; `website@host` when none is set."""
    value = text(name) or address_at(host)
    if len(getaddresses([value])) != 1 or not mail_address.is_valid(bare_address(value)) or "\n" in value:
        raise must_be(name, "one e-mail address, like Site <site@example.org>")
    return value


def addresses(name: str, default: str) -> list[str]:
    found = words(name)
    if not all(mail_address.is_valid(word) for word in found):
        raise must_be(name, "a comma-separated list of e-mail addresses")
    return found or [default]


def address_at(host: str) -> str:
    address = f"website@{host}"
    return (
        address if mail_address.is_valid(address) else "website@localhost"
    )  # a host known by its number alone


def bare_address(value: str) -> str:
    return parseaddr(value)[1]


# --- Secrets ---


def secret_key(name: str, folder: Path) -> str:
    key = text(name) or kept(folder, name, lambda: secrets.token_urlsafe(64))
    if not key.isascii():  # django-comments-xtd signs with its ASCII bytes
        raise must_be(name, "made of ASCII characters")
    return key


def address_keys(name: str, folder: Path) -> list[str]:
    """Return the keys of the address vault: the first encrypts, all decrypt."""
    found = words(name) or [kept(folder, name, new_address_key)]
    if not all(is_address_key(key) for key in found):
        raise must_be(name, "a comma-separated list of keys, each of 32 bytes in url-safe base64")
    return found


def new_address_key() -> str:
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()


def is_address_key(key: str) -> bool:
    try:
        return len(base64.b64decode(key, altchars=b"-_", validate=True)) == 32
    except ValueError:
        return False


MADE: list[Path] = []  # secrets that this process was the first to need


def forget_what_was_made() -> None:
    """Remove them: they were made for a database that has others already."""
    for path in MADE:
        path.unlink(missing_ok=True)


def kept(folder: Path, name: str, make: Callable[[], str]) -> str:
    """Return the secret that is made at the first start and read from its file ever after."""
    path = folder / name.lower()
    try:
        if not path.exists():
            folder.mkdir(mode=0o700, exist_ok=True)
            write_once(path, make())
        value = path.read_text(encoding="ascii", errors="replace").strip()
    except OSError as error:
        reason = f"{name} is not set and its file {path} cannot be used ({error.strerror})."
        raise ImproperlyConfigured(reason) from None
    if not value:
        raise ImproperlyConfigured(f"{name} is not set and its file {path} is empty.")
    return value


def write_once(path: Path, value: str) -> None:
    """Write a file of mode 600 unless it exists.

    Of processes that start at once each writes a file of its own, and one of them can give it the final name:
    that name never shows half a secret, and all of them read the same one.
    """
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(value + "\n")
            file.flush()
            os.fsync(file.fileno())
        os.link(draft, path)
        MADE.append(path)
    except FileExistsError:
        pass  # another process was first: its secret counts
    finally:
        draft.unlink()
