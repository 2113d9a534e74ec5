"""Whose word counts on where a request comes from: that of the proxies that are named, and of nobody else."""

from ipaddress import ip_network

import pytest
from django.test import RequestFactory

from cms.http import proxies
from cms.rate_limit import clients
from tests.conftest import visitor

PROXY, STRANGER = "10.0.0.1", "203.0.113.9"


@pytest.fixture(autouse=True)
def _one_network_of_proxies(settings) -> None:
    settings.TRUSTED_PROXIES = [ip_network("10.0.0.0/8"), ip_network("2001:db8:1::/48")]


def arrived(remote: str, **headers: str):
    request = RequestFactory().get("/", REMOTE_ADDR=remote, headers=headers)
    proxies.believe(request.META)
    return request


@pytest.mark.parametrize(
    ("remote", "forwarded", "found"),
    [
        (STRANGER, "", STRANGER),
        (STRANGER, "1.1.1.1", STRANGER),
        (PROXY, "1.1.1.1, 198.51.100.7", "198.51.100.7"),
        (PROXY, "1.1.1.1,198.51.100.7,10.0.0.2", "198.51.100.7"),
        (PROXY, "", PROXY),
        (PROXY, "nonsense", PROXY),
        (PROXY, "198.51.100.7, nonsense", PROXY),
        (PROXY, "unknown, 198.51.100.7", "198.51.100.7"),
        (PROXY, "198.51.100.7:4711", "198.51.100.7"),
        (PROXY, "[2001:db8:9::7]:4711", "2001:db8:9::7"),
        (PROXY, "[2001:db8:9::7]", "2001:db8:9::7"),
        (PROXY, "2001:db8:9::7", "2001:db8:9::7"),
        (PROXY, "2001:DB8:9:0:0:0:0:7", "2001:db8:9::7"),
        (PROXY, "fe80::1%eth0", "fe80::1"),
        (PROXY, "::ffff:198.51.100.7", "198.51.100.7"),
        (PROXY, "198.51.100.7,,", PROXY),
        (PROXY, "9" * 10_000, PROXY),
        (PROXY, "1.1.1.1," * 10_000 + "198.51.100.7", "198.51.100.7"),
        (PROXY, "198.51.100.7" + ",10.0.0.2" * 10_000, "10.0.0.2"),
        ("::ffff:10.0.0.1", "198.51.100.7", "198.51.100.7"),
        ("2001:db8:1::5", "198.51.100.7", "198.51.100.7"),
        ("10.0.0.1%eth0", "198.51.100.7", "198.51.100.7"),
        ("", "198.51.100.7", "None"),
    ],
)
def test_an_address_counts_only_as_far_as_proxies_of_ours_vouch_for_it(remote, forwarded, found):
    request = arrived(remote, x_forwarded_for=forwarded)

    assert str(clients.address_of(request)) == found


@pytest.mark.parametrize(
    ("remote", "said", "secure"),
    [
        (PROXY, "https", True),
        (PROXY, "HTTPS", True),
        (PROXY, "http, https", True),
        (PROXY, "https, http", False),
        (PROXY, "http", False),
        (PROXY, "", False),
        (PROXY, "wss", False),
        (PROXY, "https;x", False),
        (PROXY, "https" * 2_000, False),
        (STRANGER, "https", False),
        ("", "https", False),
    ],
)
def test_https_is_what_a_proxy_of_ours_says_last(remote, said, secure):
    assert arrived(remote, x_forwarded_proto=said).is_secure() is secure


def test_a_server_that_speaks_https_itself_is_believed_unless_a_proxy_stands_before_it():
    for remote, secure in ((STRANGER, True), (PROXY, False)):
        request = RequestFactory().get(
            "/", secure=True, REMOTE_ADDR=remote, headers={"x-forwarded-proto": "http"}
        )
        proxies.believe(request.META)
        assert request.is_secure() is secure


@pytest.mark.parametrize("remote", [PROXY, STRANGER])
def test_nothing_behind_reads_what_was_forwarded(remote, settings):
    settings.USE_X_FORWARDED_HOST = settings.USE_X_FORWARDED_PORT = True
    forwarded = {
        "x_forwarded_for": "198.51.100.7",
        "x_forwarded_host": "evil.example",
        "x_forwarded_port": "1",
        "x_forwarded_prefix": "/x",
        "forwarded": "for=198.51.100.7;host=evil.example;proto=https",
    }
    request = arrived(remote, host="localhost", **forwarded)

    assert [name for name in request.META if "FORWARDED" in name] == []
    assert request.get_host() == "localhost"
    assert not request.is_secure()


@pytest.mark.django_db
def test_a_stranger_who_claims_https_is_sent_there_once_and_never_in_a_circle(settings, home):
    settings.SECURE_SSL_REDIRECT = True
    claims = {"x-forwarded-proto": "https"}

    refused = visitor().get("/", REMOTE_ADDR=STRANGER, headers=claims)
    let_in = visitor().get("/", REMOTE_ADDR=PROXY, headers=claims)

    assert (refused.status_code, refused["Location"]) == (301, "https://localhost/")
    assert let_in.status_code == 200


class TestAProxyThatNobodyHasNamed:
    """The site would lead each page to itself: the log says which address to name."""

    @pytest.fixture(autouse=True)
    def _nothing_said_yet(self) -> None:
        proxies.complained.clear()

    def test_is_told_of_once(self, caplog):
        for _ in range(3):
            arrived("172.18.0.1", x_forwarded_proto="https")

        assert [record.getMessage() for record in caplog.records] == [
            "172.18.0.1 sends X-Forwarded-Proto and is not in TRUSTED_PROXIES: it is not believed."
        ]

    def test_neither_a_visitor_nor_a_proxy_of_ours_is(self, caplog):
        for remote in (PROXY, "8.8.8.8", "2a00:1450::1", ""):
            arrived(remote, x_forwarded_proto="https")
        arrived("172.18.0.1", x_forwarded_for="8.8.8.8")

        assert caplog.text == ""
