"""A mistake in the environment is one line that names the variable, for whoever starts the site."""

import os
import re
import stat
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.once

ROOT = Path(__file__).parents[3]
PRODUCTION = {
    "SECRET_KEY": 50 * "k",
    "ADDRESS_KEYS": "dGVzdHMgYW5kIG5vdGhpbmcgZWxzZSwga2V5IG9uZSE=",
    "ALLOWED_HOSTS": "www.example.org",
    "SITE_URL": "https://www.example.org",
    "TRUSTED_PROXIES": "127.0.0.1",
}


def check(data_dir: Path | str, module: str = "base", **variables: str) -> subprocess.CompletedProcess[str]:
    """Run `manage.py check` in an environment that holds nothing of the test run's."""
    environment = {
        "PATH": os.environ["PATH"],
        "DJANGO_SETTINGS_MODULE": f"cms.settings.{module}",
        "DATA_DIR": str(data_dir),
        **variables,
    }
    command = [sys.executable, "manage.py", "check"]
    return subprocess.run(
        command, check=False, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60
    )


def refusal(run: subprocess.CompletedProcess[str]) -> str:
    """Return the one line that a start was refused with."""
    assert run.returncode == 1
    assert run.stdout == ""
    (line,) = run.stderr.splitlines()
    return line


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "eighty"),
        ("PORT", "0"),
        ("PORT", "65536"),
        ("PORT", "٨٠٨٠"),
        ("SITE_URL", "www.example.org"),
        ("SITE_URL", "https://www.example.org/blog"),
        ("SITE_URL", "https://www.example.org:http"),
        ("ALLOWED_HOSTS", "https://www.example.org"),
        ("ALLOWED_HOSTS", "www.example.org:443"),
        ("SECRET_KEY", "schlüssel"),
        ("ADDRESS_KEYS", "too-short"),
        ("ADDRESS_KEYS", PRODUCTION["ADDRESS_KEYS"] + ",nonsense"),
        ("DATABASE_URL", "mysql://cms:secret@localhost/cms"),
        ("DATABASE_URL", "postgres://cms:secret@localhost"),
        ("DATABASE_URL", "postgres://cms:sec/ret@localhost:port/cms"),
        ("DATABASE_URL", "sqlite://relative/path"),
        ("REDIS_URL", "localhost:6379"),
        ("REDIS_URL", "redis://"),
        ("EMAIL_URL", "mail.example.org"),
        ("EMAIL_URL", "smtp://user:secret@mail.example.org:smtp"),
        ("DEFAULT_FROM_EMAIL", "Clinic"),
        ("DEFAULT_FROM_EMAIL", "a@example.org, b@example.org"),
        ("CONTACT_RECIPIENTS", "reception"),
        ("CORS_ALLOWED_ORIGINS", "*"),
        ("CORS_ALLOWED_ORIGINS", "https://app.example.org/path"),
        ("TRUSTED_PROXIES", "10.0.0.0/33"),
        ("TRUSTED_PROXIES", "proxy"),
        ("SESSION_MINUTES", "soon"),
        ("SESSION_IDLE_MINUTES", "0"),
        ("SECURITY_CONTACT", "security"),
        ("SECURITY_CONTACT", "http://www.example.org/"),
        ("SECURITY_POLICY", "www.example.org"),
        ("SECURITY_KEY", "https://www.example.org/a key"),
    ],
)
def test_a_malformed_variable_is_named_in_one_line(tmp_path, name, value):
    line = refusal(check(tmp_path, **{name: value}))

    assert line.startswith(f"manage.py: {name} must be ")
    assert "secret" not in line


def test_a_data_directory_below_a_file_is_named_in_one_line(tmp_path):
    (tmp_path / "file").touch()

    line = refusal(check(tmp_path / "file" / "var"))

    assert line.startswith("manage.py: DATA_DIR must be ")
    assert str(tmp_path / "file" / "var") in line


def test_an_empty_variable_counts_as_unset_and_the_secrets_are_for_their_owner_alone(tmp_path):
    empty = dict.fromkeys(("PORT", "SITE_URL", "DATABASE_URL", "EMAIL_URL", *PRODUCTION), " ")

    run = check(tmp_path / "var", **empty)

    assert (run.returncode, run.stderr) == (0, "")
    secrets = tmp_path / "var" / "secrets"
    assert stat.S_IMODE(secrets.stat().st_mode) == 0o700
    assert {path.name: stat.S_IMODE(path.stat().st_mode) for path in secrets.iterdir()} == {
        "secret_key": 0o600,
        "address_keys": 0o600,
    }


def test_a_secret_that_was_lost_is_not_made_up_again(tmp_path):
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "address_keys").touch()

    assert "ADDRESS_KEYS is not set and its file" in refusal(check(tmp_path))


def test_production_names_all_that_is_missing(tmp_path):
    line = refusal(check(tmp_path, "production"))

    assert line.endswith(": SECRET_KEY, ADDRESS_KEYS, ALLOWED_HOSTS, SITE_URL, TRUSTED_PROXIES.")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", PRODUCTION)
def test_production_makes_up_none_of_them(tmp_path, name):
    line = refusal(check(tmp_path, "production", **{**PRODUCTION, name: ""}))

    assert line.endswith(f": {name}.")


def test_production_is_served_over_https_alone(tmp_path):
    line = refusal(check(tmp_path, "production", **{**PRODUCTION, "SITE_URL": "http://www.example.org"}))

    assert line.startswith("manage.py: SITE_URL must be an https:// address")


def test_production_knows_three_words_for_hsts(tmp_path):
    line = refusal(check(tmp_path, "production", **{**PRODUCTION, "HSTS": "all"}))

    assert line == "manage.py: HSTS must be host, subdomains or preload."


@pytest.mark.parametrize(
    ("word", "sent"),
    [
        ("", "max-age=63072000"),
        ("host", "max-age=63072000"),
        ("subdomains", "max-age=63072000; includeSubDomains"),
        ("preload", "max-age=63072000; includeSubDomains; preload"),
    ],
)
def test_https_reaches_as_far_as_the_owner_has_said(tmp_path, word, sent):
    ask = (
        "import django; django.setup(); from django.test import Client; "
        "print(Client(headers={'host': 'www.example.org'}).get('/healthz', secure=True)"
        "['Strict-Transport-Security'])"
    )
    environment = {**PRODUCTION, "HSTS": word, "DATA_DIR": str(tmp_path), "PATH": os.environ["PATH"]}
    environment["DJANGO_SETTINGS_MODULE"] = "cms.settings.production"
    run = subprocess.run(
        [sys.executable, "-c", ask],
        check=False,
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
    )

    assert run.stdout.strip() == sent


def test_production_starts_with_all_it_needs(tmp_path):
    run = check(tmp_path, "production", **PRODUCTION)

    assert (run.returncode, run.stderr) == (0, "")
    assert not (tmp_path / "secrets").exists()


def test_compose_passes_every_variable_on_that_it_does_not_set_itself():
    named = set(re.findall(r"^([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    passed = set(re.findall(r"^    ([A-Z_]+): ", (ROOT / "compose.yaml").read_text(), re.MULTILINE))

    assert named - passed == {"PORT", "DATA_DIR"}
