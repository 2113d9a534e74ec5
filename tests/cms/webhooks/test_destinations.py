"""Where calls may go: to public servers by https, and wherever the settings say besides."""

import ipaddress
import socket
import ssl
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from cms.settings.environment import Allowed
from cms.webhooks import destinations, sending
from cms.webhooks.destinations import DestinationError
from tests.smtp_peer import RawPeer
from tests.webhook_peer import read_request

PRIVATE = [
    "127.0.0.1",
    "0.0.0.0",  # noqa: S104 -- an address that is refused
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "100.100.100.200",
    "192.0.0.192",
    "168.63.129.16",
    "198.18.0.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "fe80::1",
    "fc00::1",
    "fd00:ec2::254",
    "fec0::1",
    "ff02::1",
    "2001:db8::1",
    "::ffff:10.0.0.1",
    "::ffff:169.254.169.254",
    "::10.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::a00:1",
    "2002:a00:1::",
    "2002:7f00:1::1",
    "2001:0:4136:e378:8000:63bf:f5ff:fffe",
]
PUBLIC = ["93.184.216.34", "2606:4700::1111", "64:ff9b::5db8:d822", "::ffff:93.184.216.34"]


@pytest.mark.parametrize("address", PRIVATE)
def test_no_private_address_may_be_called(address):
    assert not destinations.may_be_called(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_one_may(address):
    assert destinations.may_be_called(address)


@pytest.mark.parametrize(
    "url",
    [
        "http://www.example.org/",
        "ftp://www.example.org/",
        "https:///path",
        "https://",
        "//www.example.org/",
        "https://ann:secret@www.example.org/",
        "https://ann@www.example.org/",
        "https://www.example.org/#fragment",
        "https://www.example.org:25/",
        "https://www.example.org:22/",
        "https://www.example.org:0/",
        "https://www.example.org:70000/",
        "https://www.example.org:x/",
        "https://www.exämple.org/",
        "https://www.example.org/a b",
        "https://www.example.org/\r\nX: 1",
        "https://www.example.org\\@10.0.0.1/",
        "https://10.0.0.1/",
        "https://[::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://[fe80::1%25eth0]/",
        "https://[::1",
    ],
)
def test_an_address_that_is_refused_as_it_is_written(url):
    with pytest.raises(DestinationError):
        destinations.split(url)


def test_what_is_called_and_how():
    to = destinations.split("https://Hooks.Example.org:8443/a/b?c=d")

    assert (to.host, to.port, to.target) == ("hooks.example.org", 8443, "/a/b?c=d")
    assert to.authority == "hooks.example.org:8443"
    assert destinations.split("https://example.org").authority == "example.org"
    assert destinations.split("https://[2606:4700::1111]/").authority == "[2606:4700::1111]"


@pytest.mark.parametrize("host", ["localhost", "127.1", "2130706433", "0x7f.1", "0177.0.0.1"])
def test_a_name_or_number_that_leads_into_a_private_network_is_refused_when_it_is_resolved(host):
    to = destinations.split(f"https://{host}/")

    with pytest.raises(DestinationError, match="^$") as refused:
        destinations.resolve(to)
    assert refused.value.problem == "private address"


def answers(monkeypatch, *rounds: list[str]) -> list[str]:
    """Put a name server of one's own in place: each question gets the next round of addresses."""
    asked: list[str] = []

    def getaddrinfo(host, port, *args, **kwargs):
        asked.append(host)
        found = rounds[min(len(asked), len(rounds)) - 1]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in found]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    return asked


def test_one_private_address_among_public_ones_is_refused(monkeypatch):
    answers(monkeypatch, ["93.184.216.34", "10.0.0.1"])

    with pytest.raises(DestinationError):
        destinations.resolve(destinations.split("https://www.example.org/"))


def test_a_name_that_changes_between_check_and_connection_leads_nowhere_else(monkeypatch):
    """DNS rebinding: the first answer is public, every other one is this machine."""
    asked = answers(monkeypatch, ["93.184.216.34"], ["127.0.0.1"])
    connected: list[tuple[str, int]] = []

    def create_connection(address, *args, **kwargs):
        connected.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "create_connection", create_connection)
    sending.post("https://www.example.org/", b"{}", {})

    assert asked == ["www.example.org"]
    assert connected == [("93.184.216.34", 443)]


def test_what_the_settings_allow_is_called_by_name_or_network(settings):
    settings.WEBHOOK_ALLOWED = Allowed(frozenset({"hooks"}), (ipaddress.ip_network("10.0.0.0/8"),))

    assert destinations.split("http://hooks:80/").port == 80
    assert destinations.split("http://10.1.2.3:22/").host == "10.1.2.3"
    assert destinations.may_be_called("10.255.0.1")
    assert destinations.may_be_called("::ffff:10.1.1.1")
    assert not destinations.may_be_called("192.168.0.1")
    with pytest.raises(DestinationError):
        destinations.split("http://other:80/")


# --- TLS ---


@pytest.fixture(scope="module")
def certificate(tmp_path_factory) -> Path:
    """A certificate for the name ``hooks.test``, signed by itself, with its key."""
    path = tmp_path_factory.mktemp("tls") / "hooks.pem"
    name = ["-subj", "/CN=hooks.test", "-addext", "subjectAltName=DNS:hooks.test"]
    make = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", *name]
    subprocess.run([*make, "-keyout", str(path), "-out", f"{path}.crt"], check=True, capture_output=True)
    path.write_text(path.read_text() + Path(f"{path}.crt").read_text())
    return path


@pytest.fixture
def trusted(certificate, monkeypatch) -> Iterator[None]:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    sending._trust.cache_clear()
    yield
    sending._trust.cache_clear()


def call_over_tls(certificate: Path, monkeypatch, settings, name: str) -> tuple[sending.Outcome, list[str]]:
    settings.WEBHOOK_ALLOWED = Allowed(frozenset({name}), ())
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    names: list[str] = []
    context.sni_callback = lambda line, name, context: names.append(name or "")

    def talk(line, over):
        with context.wrap_socket(line, server_side=True) as sealed:
            read_request(sealed)
            sealed.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")

    answers(monkeypatch, ["127.0.0.1"])
    with RawPeer(talk) as raw:
        return sending.post(f"https://{name}:{raw.port}/", b"{}", {}), names


def test_the_name_is_verified_and_asked_for_although_a_number_is_called(
    certificate, trusted, monkeypatch, settings
):
    outcome, names = call_over_tls(certificate, monkeypatch, settings, "hooks.test")

    assert (outcome.status, outcome.problem) == (204, "")
    assert names == ["hooks.test"]


def test_a_certificate_for_another_name_is_refused(certificate, trusted, monkeypatch, settings):
    outcome, _ = call_over_tls(certificate, monkeypatch, settings, "other.test")

    assert outcome.problem == "certificate"


def test_so_is_one_that_nobody_has_signed(certificate, monkeypatch, settings):
    outcome, _ = call_over_tls(certificate, monkeypatch, settings, "hooks.test")

    assert outcome.problem == "certificate"
