"""What a passkey signs opens once, on this site, for its owner; anything else is refused in words."""

import hashlib
import json
import re
from html import unescape
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from fido2 import cbor
from fido2.cose import ES256, ES384, RS1, RS256, CoseKey
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import (
    AttestationObject,
    AttestedCredentialData,
    AuthenticatorData,
    CollectedClientData,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cms.second_factor import passkeys, people
from cms.second_factor.models import Passkey, RecoveryCode
from tests.cms.second_factor.browser import (
    CONFIRM,
    OVERVIEW,
    PASSKEY,
    REMOVE,
    STEP,
    Browser,
    with_app,
)
from tests.factories import PASSWORD, UserFactory

pytestmark = [pytest.mark.once, pytest.mark.django_db]

SITE, OTHER = "http://localhost:8000", "http://evil.example"
PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40
GARBAGE = (
    "{}",
    "[]",
    "null",
    "1",
    '"x"',
    "{",
    "[" * 9000,
    "x" * 20_000,
    '{"id": "a", "rawId": "a", "type": "public-key", "response": {}}',
    '{"id": "YQ", "rawId": "YQ", "type": "public-key", "response": 1}',
    '{"id": "YQ", "rawId": "YQ", "type": "public-key", "response": {"clientDataJSON": "YQ",'
    ' "authenticatorData": "YQ", "signature": "YQ", "attestationObject": "YQ"}}',
    '{"id": "YQ", "rawId": "YQ", "type": "public-key", "response": {"clientDataJSON": "e30",'
    ' "authenticatorData": "YQ", "signature": "YQ", "attestationObject": "gYGBgYGBgYGB"}}',
)


class Key:
    """A security key, in the words of the standard. ``flags`` and ``count`` are what it claims."""

    def __init__(self, name: bytes = b"0123456789abcdef") -> None:
        self.name, self.count, self.flags = name, 1, PRESENT | VERIFIED
        self.private = ec.generate_private_key(ec.SECP256R1())

    def make(self, wish: dict[str, Any], origin: str = SITE, public: CoseKey | None = None) -> str:
        public = public or ES256.from_cryptography_key(self.private.public_key())
        data = AuthenticatorData.create(
            sha256(wish["rp"]["id"]),
            self.flags | ATTESTED,
            self.count,
            AttestedCredentialData.create(b"\0" * 16, self.name, public),
        )
        made = AttestationObject.create("none", data, {})
        return self._answer("webauthn.create", wish, origin, attestationObject=websafe_encode(bytes(made)))

    def sign(self, wish: dict[str, Any], origin: str = SITE, host: str = "") -> str:
        self.count += 1
        data = AuthenticatorData.create(sha256(host or wish["rpId"]), self.flags, self.count)
        client = self._client("webauthn.get", wish, origin)
        signature = self.private.sign(bytes(data) + client.hash, ec.ECDSA(SHA256()))
        return self._answer(
            "webauthn.get",
            wish,
            origin,
            authenticatorData=websafe_encode(bytes(data)),
            signature=websafe_encode(signature),
        )

    def _client(self, kind: str, wish: dict[str, Any], origin: str) -> CollectedClientData:
        return CollectedClientData.create(kind, websafe_decode(wish["challenge"]), origin)

    def _answer(self, kind: str, wish: dict[str, Any], origin: str, **response: str) -> str:
        client = websafe_encode(bytes(self._client(kind, wish, origin)))
        name = websafe_encode(self.name)
        return json.dumps(
            {
                "id": name,
                "rawId": name,
                "type": "public-key",
                "response": {"clientDataJSON": client, **response},
            }
        )


def sha256(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


def wish_on(browser: Browser, url: str) -> dict[str, Any] | None:
    """Return what a page asks of a passkey."""
    found = re.search(r'id="passkey-wish"[^>]*>([^<]+)<', browser.get(url).content.decode())
    return json.loads(unescape(found[1])) if found else None


def add(browser: Browser, key: Key, name: str = "Blue key", **how: str):
    return browser.post(PASSKEY, name=name, credential=key.make(wish_on(browser, PASSKEY), **how))


@pytest.fixture
def browser(owner) -> Browser:
    browser = Browser()
    browser.give_password("owner")
    browser.confirm()
    return browser


@pytest.fixture
def key(browser, clock) -> Key:
    """A key that the owner has added a while ago."""
    key = Key()
    add(browser, key)
    assert len(browser.keep_codes()) == 10
    clock.shift(3600)
    return key


def half_in() -> Browser:
    browser = Browser()
    browser.give_password("owner")
    return browser


@pytest.mark.parametrize(
    ("site", "host", "why"),
    [
        ("http://192.0.2.7:8000", "192.0.2.7:8000", "the address of this site is a number"),
        ("https://[2001:db8::1]", "[2001:db8::1]", "the address of this site is a number"),
        ("https://bücher.example", "xn--bcher-kva.example", "letters beyond ASCII"),
        ("http://clinic.example", "clinic.example", "https"),
        ("https://clinic.example", "www.clinic.example", "work only at https://clinic.example,"),
    ],
)
def test_where_no_passkey_works_the_page_says_why_and_has_no_button(browser, settings, site, host, why):
    settings.SITE_URL, settings.ALLOWED_HOSTS = site, [host.rpartition(":8000")[0] or host]
    browser.client.defaults["HTTP_HOST"] = host
    overview, page = (browser.get(url).content.decode() for url in (OVERVIEW, PASSKEY))

    assert f'href="{PASSKEY}"' not in overview
    assert "passkey-wish" not in page
    assert why in overview and why in page


def test_where_one_works_nothing_is_said(browser):
    assert f'href="{PASSKEY}"' in browser.get(OVERVIEW).content.decode()
    assert wish_on(browser, PASSKEY)


def test_at_another_host_it_is_not_asked_for_and_the_page_says_where_it_works(key, settings):
    settings.ALLOWED_HOSTS = ["www.example.org"]
    browser = Browser()
    browser.client.defaults["HTTP_HOST"] = "www.example.org"
    browser.give_password("owner")

    assert wish_on(browser, STEP) is None
    assert f"Passkeys work only at {SITE}," in browser.get(STEP).content.decode()


@pytest.mark.parametrize("site", ["http://localhost", "https://a.example", "http://clinic.localhost:8000"])
def test_a_name_with_https_or_of_this_machine_is_no_obstacle(settings, site):
    settings.SITE_URL = site
    assert passkeys.obstacle(site.partition("//")[2]) == ""


def test_what_it_signs_opens(key):
    browser = half_in()
    assert not browser.is_named()
    answer = browser.post(STEP, credential=key.sign(wish_on(browser, STEP)))

    assert (answer.status_code, answer["Location"]) == (302, "/admin/")
    assert browser.is_in()
    assert Passkey.objects.get().last_used_at


def test_what_it_signed_before_does_not_open_again(key):
    """Neither in another log-in, nor in this one: each answer is to a question of its own."""
    browser = half_in()
    key.flags = PRESENT
    wish = wish_on(browser, STEP)
    assert "could not be accepted" in browser.post(STEP, credential=key.sign(wish)).content.decode()
    key.flags |= VERIFIED
    signed = key.sign(wish)

    assert browser.post(STEP, credential=signed).status_code == 200
    assert half_in().post(STEP, credential=signed).status_code == 200
    assert wish_on(browser, STEP)["challenge"] != wish["challenge"]


SCHEMES = [{"origin": SITE.replace("http:", "https:")}, {"origin": SITE.replace("http:", "ftp:")}]


@pytest.mark.parametrize(
    "how", [{"origin": OTHER}, {"host": "evil.example"}, {"origin": f"{SITE}1"}, *SCHEMES]
)
def test_what_it_signs_for_another_site_does_not_open(key, how):
    browser = half_in()

    assert browser.post(STEP, credential=key.sign(wish_on(browser, STEP), **how)).status_code == 200
    assert not browser.is_named()


def test_whoever_finds_it_cannot_use_it(key):
    """Without finger, face or PIN it says so, and is refused."""
    browser, key.flags = half_in(), PRESENT

    assert browser.post(STEP, credential=key.sign(wish_on(browser, STEP))).status_code == 200


def test_that_of_somebody_else_does_not_open(key):
    UserFactory(username="colleague", admin=True)
    theirs, other = Browser(), Key(b"another key")
    theirs.give_password("colleague")
    theirs.confirm()
    add(theirs, other)
    browser = half_in()

    assert browser.post(STEP, credential=other.sign(wish_on(browser, STEP))).status_code == 200
    forged = Key(key.name)  # which says that it is the owner's, and has another secret
    assert browser.post(STEP, credential=forged.sign(wish_on(browser, STEP))).status_code == 200


def test_a_copy_whose_count_has_not_gone_on_is_refused(key):
    browser, key.count = half_in(), 0

    assert browser.post(STEP, credential=key.sign(wish_on(browser, STEP))).status_code == 200


def test_one_that_does_not_count_opens_again_and_again(browser):
    key = Key()
    key.count = 0
    add(browser, key)
    for _ in range(2):
        browser, key.count = half_in(), -1
        assert browser.post(STEP, credential=key.sign(wish_on(browser, STEP))).status_code == 302


def test_after_a_refused_passkey_a_code_is_taken_on_the_page_that_says_so(key, clock):
    """What was refused is not in its form again; and a code goes first, should a browser keep the passkey."""
    owner = half_in()
    owner.post(STEP, credential=key.sign(wish_on(owner, STEP)))
    owner.post(CONFIRM, current_password=PASSWORD, credential=key.sign(wish_on(owner, CONFIRM)))
    app, _ = owner.set_up_app()
    clock.shift(60)
    waiting = half_in()
    refused = waiting.post(STEP, credential=key.sign(wish_on(waiting, STEP), origin=OTHER)).content.decode()
    (field,) = re.findall(r'<input[^>]+name="credential"[^>]*>', refused)

    assert "could not be accepted" in refused and "value" not in field
    assert waiting.post(STEP, code=app.code(), credential="{}").status_code == 302


@pytest.mark.parametrize("answer", GARBAGE)
def test_what_no_browser_sends_is_refused_in_words(key, answer):
    browser = half_in()
    wish_on(browser, STEP)

    assert browser.post(STEP, credential=answer).status_code == 200
    assert not browser.is_named()


@pytest.mark.parametrize("answer", ["", *GARBAGE])
def test_none_is_made_of_what_no_browser_sends(browser, answer):
    wish_on(browser, PASSKEY)

    assert browser.post(PASSKEY, name="Blue key", credential=answer).status_code == 200
    assert not Passkey.objects.exists()


def test_none_is_made_for_another_site_nor_without_its_owner_nor_from_an_old_answer(browser):
    key = Key()
    assert "did not create a usable passkey" in add(browser, key, origin=OTHER).content.decode()
    key.flags = PRESENT
    assert add(browser, key).status_code == 200
    key.flags |= VERIFIED
    old = key.make(wish_on(browser, PASSKEY))
    browser.post(PASSKEY, name="Blue key", credential="{}")

    assert browser.post(PASSKEY, name="Blue key", credential=old).status_code == 200
    assert not Passkey.objects.exists()


RSA = rsa.generate_private_key(65537, 2048).public_key()
P384 = ec.generate_private_key(ec.SECP384R1()).public_key()


@pytest.mark.parametrize(
    ("public", "kept"),
    [
        (RS256.from_cryptography_key(RSA), 1),
        (ES384.from_cryptography_key(P384), 1),
        (RS1.from_cryptography_key(RSA), 0),  # which signs with SHA-1
        ({**RS256.from_cryptography_key(RSA), 3: -65535}, 0),
    ],
    ids=["RS256", "ES384", "RS1", "RS256 that says it is RS1"],
)
def test_none_is_made_of_a_kind_that_was_not_asked_for(browser, public, kept):
    wish = wish_on(browser, PASSKEY)
    asked = [each["alg"] for each in wish["pubKeyCredParams"]]
    assert (public[3] in asked) == bool(kept)

    browser.post(PASSKEY, name="Blue key", credential=Key().make(wish, public=public))

    assert Passkey.objects.count() == kept


def test_the_same_one_is_kept_once(key):
    again = Browser()
    again.give_password("owner")
    again.post(STEP, credential=key.sign(wish_on(again, STEP)))
    again.post(CONFIRM, current_password=PASSWORD, credential=key.sign(wish_on(again, CONFIRM)))
    wish = wish_on(again, PASSKEY)

    assert [each["id"] for each in wish["excludeCredentials"]] == [websafe_encode(key.name)]
    assert add(again, key).status_code == 200
    assert Passkey.objects.count() == 1


def test_its_owner_removes_it_and_nobody_else(key, owner):
    UserFactory(username="colleague", admin=True)
    theirs, _, _ = with_app("colleague")
    theirs.post(REMOVE, page=OVERVIEW, passkey=str(Passkey.objects.get().pk))
    assert Passkey.objects.exists()
    browser = half_in()
    browser.post(STEP, credential=key.sign(wish_on(browser, STEP)))
    assert "Blue key" in browser.get(OVERVIEW).content.decode()
    browser.post(CONFIRM, current_password=PASSWORD, credential=key.sign(wish_on(browser, CONFIRM)))
    browser.post(REMOVE, page=OVERVIEW, passkey=str(Passkey.objects.get().pk))

    assert not people.has_factor(owner) and not RecoveryCode.objects.filter(user=owner).exists()
    assert browser.is_in()


def test_removing_the_older_of_two_factors_ends_no_session_of_the_newer(key, browser):
    assert browser.is_in()
    fresh = half_in()
    fresh.post(STEP, credential=key.sign(wish_on(fresh, STEP)))
    fresh.post(CONFIRM, current_password=PASSWORD, credential=key.sign(wish_on(fresh, CONFIRM)))
    fresh.set_up_app()
    fresh.post(REMOVE, page=OVERVIEW, passkey=str(Passkey.objects.get().pk))

    assert fresh.is_in()
    assert not browser.is_in()


def test_a_name_is_shown_as_it_was_typed(browser):
    add(browser, Key(), name="<b>Blue</b>")

    assert "&lt;b&gt;Blue&lt;/b&gt;" in browser.get(OVERVIEW).content.decode()


def test_a_page_asks_for_a_passkey_of_its_reader_alone(owner):
    with_app("owner")

    assert wish_on(half_in(), STEP) is None


BARE = sha256("localhost")  # what an authenticator begins its words with


@pytest.mark.parametrize(
    "words",
    [
        BARE + b"\x05" + b"\0" * 4,  # no passkey in it
        BARE + b"\xc5" + b"\0" * 4 + b"\0" * 18,  # one, and more, of which there is nothing
        BARE + b"\x45" + b"\0" * 4 + b"\0" * 16 + b"\0\x01a" + b"\x1b",
        BARE + b"\x85" + b"\0" * 4 + b"\x1b",
        BARE + b"\x45" + b"\0" * 4 + b"\0" * 16 + b"\0\x01a" + cbor.encode({1: 2, 3: -9999}),
        BARE + b"\x45" + b"\0" * 4 + b"\0" * 16 + b"\0\x01a" + cbor.encode({1: 2, 3: -7}),
    ],
)
def test_words_of_no_authenticator_are_refused_in_words(browser, words):
    wish = wish_on(browser, PASSKEY)
    made = cbor.encode({"fmt": "none", "authData": words, "attStmt": {}})
    answer = Key()._answer("webauthn.create", wish, SITE, attestationObject=websafe_encode(made))

    assert browser.post(PASSKEY, name="Blue key", credential=answer).status_code == 200
    assert not Passkey.objects.exists()


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(tail=st.binary(max_size=80), flags=st.integers(0, 255))
def test_no_words_of_an_authenticator_are_a_fault_of_ours(owner, tail, flags):
    words, challenge, key = BARE + bytes([flags]) + b"\0" * 4 + tail, b"c" * 32, Key()
    wish = {"challenge": websafe_encode(challenge)}
    made = websafe_encode(cbor.encode({"fmt": "none", "authData": words, "attStmt": {}}))

    passkeys.made(challenge, key._answer("webauthn.create", wish, SITE, attestationObject=made))
    said = {"authenticatorData": websafe_encode(words), "signature": "YQ"}
    assert not passkeys.accept(owner, challenge, key._answer("webauthn.get", wish, SITE, **said))
