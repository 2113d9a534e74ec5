"""What the environment may say, and how the site refuses the rest."""

import stat
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from cms.settings import environment

pytestmark = pytest.mark.once

KEY = "dGVzdHMgYW5kIG5vdGhpbmcgZWxzZSwga2V5IG9uZSE="
PASSWORD = "hunter2"

WRONG = {
    "PORT": ["abc", "0", "65536", "²", "-1"],
    "STAFF_MAILS_AN_HOUR": ["0", "100001", "many"],
    "API_TOKEN_DAYS": ["0", "-1", "a year", "3651", "9" * 5000, "²"],
    "SITE_URL": [
        "example.org",
        f"https://u:{PASSWORD}@example.org",
        "https://example.org/path",
        "http://[::1",
    ],
    "ALLOWED_HOSTS": ["https://example.org", "example.org:8000", "two words", "::1"],
    "TRUSTED_PROXIES": ["proxy", "10.0.0.0/99"],
    "WEBHOOK_ALLOWED": ["10.0.0.0/99", "http://hooks", "two words", "10.0.0", "hooks:80", "*.example"],
    "SESSION_MINUTES": ["0", "-1", "2h", "1.5", "²", "525601", "9" * 5000],
    "SESSION_IDLE_MINUTES": ["0", "never"],
    "CORS_ALLOWED_ORIGINS": ["*", "example.org", "https://example.org/app"],
    "DATABASE_URL": [
        "nonsense",
        f"mysql://u:{PASSWORD}@host/name",
        f"postgres://u:{PASSWORD}@host",
        f"postgres://u:{PASSWORD}@host:port/name",
        "sqlite:///relative.db",
    ],
    "REDIS_URL": ["localhost:6379", "redis://", f"redis://:{PASSWORD}@host:x/0"],
    "EMAIL_URL": ["mail.example.org", "smtp://", f"imap://u:{PASSWORD}@host", f"smtp://u:{PASSWORD}@host:x"],
    "DEFAULT_FROM_EMAIL": ["nobody", "a@example.org, b@example.org"],
    "CONTACT_RECIPIENTS": ["nobody", "a@example.org, nobody"],
    "LANGUAGE_CODE": ["english", "xx", "de_DE", "../de"],
    "SECRET_KEY": ["gehéim"],
    "ADDRESS_KEYS": ["short", f"{KEY},short"],
}


def read(name: str, folder: Path) -> object:
    postgres = {"ENGINE": "postgres", "OPTIONS": {}}
    readers = {
        "PORT": lambda: environment.port(name, 8000),
        "API_TOKEN_DAYS": lambda: environment.number(name, 365, most=3650, of="days"),
        "STAFF_MAILS_AN_HOUR": lambda: environment.number(name, 20, most=100_000, of="mails"),
        "SITE_URL": lambda: environment.site_url(name, "http://localhost"),
        "ALLOWED_HOSTS": lambda: environment.hosts(name, ["localhost"]),
        "TRUSTED_PROXIES": lambda: environment.networks(name),
        "WEBHOOK_ALLOWED": lambda: environment.allowed(name),
        "SESSION_MINUTES": lambda: environment.minutes(name, 1440),
        "SESSION_IDLE_MINUTES": lambda: environment.minutes(name, 120),
        "CORS_ALLOWED_ORIGINS": lambda: environment.origins(name),
        "DATABASE_URL": lambda: environment.database(name, folder / "db", {"ENGINE": "sqlite"}, postgres),
        "REDIS_URL": lambda: environment.redis(name),
        "EMAIL_URL": lambda: environment.mail(name, "files"),
        "DEFAULT_FROM_EMAIL": lambda: environment.sender(name, "example.org"),
        "CONTACT_RECIPIENTS": lambda: environment.addresses(name, "a@example.org"),
        "LANGUAGE_CODE": lambda: environment.language(name, "en-gb"),
        "SECRET_KEY": lambda: environment.secret_key(name, folder),
        "ADDRESS_KEYS": lambda: environment.address_keys(name, folder),
    }
    return readers[name]()


@pytest.mark.parametrize(
    ("name", "value"), [(name, value) for name, values in WRONG.items() for value in values]
)
def test_a_wrong_variable_is_named_in_one_line_without_its_password(monkeypatch, tmp_path, name, value):
    monkeypatch.setenv(name, value)
    with pytest.raises(ImproperlyConfigured) as caught:
        read(name, tmp_path)
    sentence = str(caught.value)
    assert sentence.startswith(f"{name} must be ")
    assert sentence.endswith(".")
    assert "\n" not in sentence
    assert PASSWORD not in sentence


@pytest.mark.parametrize("name", WRONG)
def test_an_empty_variable_counts_as_unset(monkeypatch, tmp_path, name):
    monkeypatch.delenv(name, raising=False)
    unset = read(name, tmp_path)
    monkeypatch.setenv(name, "  ")
    assert read(name, tmp_path) == unset


def test_a_mail_server_is_read_with_its_encryption_port_and_password(monkeypatch):
    monkeypatch.setenv("EMAIL_URL", "smtp+tls://us%40er:p%3Aw@mail.example.org")
    mail = environment.mail("EMAIL_URL", "files")
    assert (mail.host, mail.port, mail.user, mail.password) == ("mail.example.org", 587, "us@er", "p:w")
    assert (mail.use_tls, mail.use_ssl) == (True, False)


def test_a_postgresql_address_keeps_what_each_connection_needs(monkeypatch, tmp_path):
    monkeypatch.setenv("DATABASE_URL", "postgres://us%40er:p%2Fw@db.example.org:5433/clinic?sslmode=require")
    found = environment.database(
        "DATABASE_URL", tmp_path / "db", {}, {"ENGINE": "e", "OPTIONS": {"connect_timeout": 5}}
    )
    assert found["OPTIONS"] == {"connect_timeout": 5, "sslmode": "require"}
    assert (found["USER"], found["PASSWORD"], found["NAME"]) == ("us@er", "p/w", "clinic")
    assert (found["HOST"], found["PORT"]) == ("db.example.org", "5433")


def test_a_secret_is_made_once_and_readable_by_its_owner_alone(monkeypatch, tmp_path):
    monkeypatch.delenv("ADDRESS_KEYS", raising=False)
    folder = tmp_path / "secrets"
    first = environment.address_keys("ADDRESS_KEYS", folder)
    assert environment.address_keys("ADDRESS_KEYS", folder) == first
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert [stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()] == [0o600]


def test_of_two_processes_that_start_at_once_the_first_ones_secret_counts(tmp_path):
    path = tmp_path / "secret_key"
    environment.write_once(path, "first")
    environment.write_once(path, "second")
    assert path.read_text().strip() == "first"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    ("typed", "origin"),
    [
        ("https://www.Example.org:443", "https://www.example.org"),
        ("http://example.org:80/", "http://example.org"),
        ("http://example.org:443", "http://example.org:443"),
        ("https://[2001:db8::443]", "https://[2001:db8::443]"),
        ("https://[2001:db8::1]:443", "https://[2001:db8::1]"),
    ],
)
def test_an_origin_names_no_port_that_goes_without_saying(monkeypatch, typed, origin):
    """A browser does not name it either, and a passkey is compared with what the browser names."""
    monkeypatch.setenv("SITE_URL", typed)

    assert environment.site_url("SITE_URL", "http://localhost") == origin


def test_a_directory_below_a_file_is_refused_by_name(monkeypatch, tmp_path):
    (tmp_path / "file").touch()
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "file" / "var"))
    with pytest.raises(ImproperlyConfigured, match=r"^DATA_DIR must be .* \(Not a directory\)\.$"):
        environment.directory("DATA_DIR", tmp_path)


def test_production_names_every_missing_variable_at_once(monkeypatch):
    monkeypatch.setenv("SITE_URL", "https://www.example.org")
    for name in ("SECRET_KEY", "ALLOWED_HOSTS"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(ImproperlyConfigured, match="production: SECRET_KEY, ALLOWED_HOSTS\\.$"):
        environment.require("SECRET_KEY", "ALLOWED_HOSTS", "SITE_URL")


def test_a_network_of_ipv4_addresses_written_as_ipv6_is_the_one_of_ipv4(monkeypatch):
    monkeypatch.setenv("TRUSTED_PROXIES", "::ffff:10.0.0.1/128,::ffff:10.0.0.0/104,2001:db8::/32")

    assert list(map(str, environment.networks("TRUSTED_PROXIES"))) == [
        "10.0.0.1/32",
        "10.0.0.0/8",
        "2001:db8::/32",
    ]
