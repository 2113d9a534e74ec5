"""An address of any script is one mailbox with one spelling; one that is made to deceive is none."""

import unicodedata

import pytest
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from hypothesis import assume, given
from hypothesis import strategies as st

from cms import vault
from cms.text import mail_address
from cms.text.mail_address import mailbox_of

TAKEN = [
    "ada@example.org",
    "jürgen@example.org",
    "jürgen.o'neil+talks@example.org",
    "ada@bücher.example",
    "用户@例子.example",
    "пётр@почта.example",
    "محمد@example.org",
    "दीपक@example.org",
    "น้ำ@ไทย.example",
    "ἀλέξανδρος@example.org",
    "josé.γιώργος@example.org",
    "ada@faß.example",
    "ada@xn--bcher-kva.example",
    "jürgen@localhost",
    "jürgen@[127.0.0.1]",
]
REFUSED = [
    "jürgen",
    "@example.org",
    "jürgen@",
    "jür@gen@example.org",
    "jü rgen@example.org",
    "jürgen,ada@example.org",
    "jürgen@-x.example",
    "jürgen@example.org\nBcc: all@example.org",
    "jürgen\r@example.org",
    "jürgen\0@example.org",
    "jürgen\x85@example.org",
    "jürgen\u2028@example.org",
    "j\u200bürgen@example.org",
    "j\u00adürgen@example.org",
    "\u202ejürgen@example.org",
    "jürgen@exam\u200dple.org",
    "\ud800@example.org",
    "\u0301ada@example.org",
    "ｊohn@example.org",
    "ﬁona@example.org",
    "ſam@example.org",
    "²@example.org",
    "💤@example.org",
    "аda@example.org",
    "ada@gооgle.example",
    "ada@xn--ggle-55da.example",
    "ü" * 40 + "@example.org",
    "ada@" + "ü" * 80 + ".example",
    "ü" * 100_000 + "@example.org",
    "ada@" + "ü." * 100_000,
]


@pytest.mark.parametrize("address", TAKEN)
@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_an_address_of_any_script_is_taken(address, form):
    assert mail_address.is_valid(unicodedata.normalize(form, address))


@pytest.mark.parametrize("address", REFUSED)
def test_an_address_that_could_be_another_or_none_is_refused(address):
    assert not mail_address.is_valid(address)


@pytest.mark.parametrize("address", TAKEN)
def test_every_spelling_of_a_mailbox_has_one_index(address):
    local, _, domain = address.rpartition("@")
    spellings = {
        address,
        f" {address} ",
        unicodedata.normalize("NFD", address),
        address.upper() if "ß" not in address else address,
        f"{local}@{mail_address.domain_in_ascii(domain)}",
        f"{unicodedata.normalize('NFD', local)}@{domain.title() if 'ß' not in domain else domain}",
        address.replace(".example", "\u3002example"),
    }
    assert {vault.index(each) for each in spellings} == {vault.index(address)}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("jürgen@example.org", "jurgen@example.org"),
        ("jürgen@example.org", "juergen@example.org"),
        ("ada@faß.example", "ada@fass.example"),
        ("ada@bücher.example", "ada@bucher.example"),
        ("пётр@example.org", "петр@example.org"),
    ],
)
def test_mailboxes_that_look_alike_stay_apart(one, other):
    assert vault.index(one) != vault.index(other)


def as_before(address: str) -> str:
    """What made the index of the rows that are stored already."""
    address = unicodedata.normalize("NFKC", address).strip().lower()
    local, at, domain = address.rpartition("@")
    try:
        domain = domain.encode("idna").decode("ascii")
    except UnicodeError:
        return address
    return local + at + domain


@given(st.emails() | st.text(st.characters(max_codepoint=127), max_size=300))
def test_an_ascii_address_keeps_the_index_it_is_stored_under(address):
    assert mail_address.normalise(address) == as_before(address)


@pytest.mark.parametrize("address", [each for each in TAKEN if "ß" not in each])
def test_other_addresses_keep_it_too(address):
    assert mail_address.normalise(address) == as_before(address)


LETTERS = ("abcÄöüéñÅÆ", "ΑνδρώΝ", "ПочтаЙ", "日本語ノート", "नमस्ते", "שלום")
WORDS = st.sampled_from(LETTERS).flatmap(lambda letters: st.text(letters, min_size=1, max_size=12))


@given(st.emails() | st.builds("{}@{}.example".format, WORDS, WORDS))
def test_the_one_spelling_is_its_own(address):
    once = mail_address.normalise(address)
    assume(mail_address.is_valid(once))

    assert mail_address.normalise(once) == once
    assert mail_address.normalise(unicodedata.normalize("NFD", address).upper()) == once


def test_staff_may_have_such_an_address_and_no_other(db):
    user = get_user_model()(username="jürgen", email="jürgen@bücher.example")
    user.set_password("long enough a password")
    user.full_clean()
    user.email = "аda@example.org"
    with pytest.raises(ValidationError):
        user.full_clean()


def test_every_spelling_is_found_in_a_text_and_a_long_text_takes_no_time():
    address = "jürgen@bücher.example"
    found = mail_address.spellings(unicodedata.normalize("NFD", address).upper())
    shown = (address, "J%C3%9CRGEN%40xn--bcher-kva.example", "ju\u0308rgen＠bu%cc%88cher.example")
    for spelling in shown:
        assert found.search(f"to {spelling}."), spelling
    assert not found.search("jurgen@bucher.example, juergen@bücher.example")
    long = mail_address.spellings("ü" * 32 + "@" + "ü" * 60 + ".example")
    assert not long.search("ü" * 5000)


@pytest.mark.parametrize(
    ("address", "mailbox"),
    [
        ("Ann+News@Example.org", "ann@example.org"),
        ("ann+a+b@example.org", "ann@example.org"),
        ("a.n.n@example.org", "a.n.n@example.org"),
        ("A.N.N+x@googlemail.com", "ann@gmail.com"),
        ("ann@GMAIL.com", "ann@gmail.com"),
        ('"ann+x"@example.org', "ann@example.org"),
        ('"a\\nn"@example.org', "ann@example.org"),
        ("+news@example.org", "+news@example.org"),
        ("jürgen+x@bücher.example", "jürgen@xn--bcher-kva.example"),
    ],
)
def test_addresses_of_one_mailbox_are_counted_as_one(address, mailbox):
    assert mailbox_of(address) == mailbox == mailbox_of(mailbox)
