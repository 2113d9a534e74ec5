import pytest
from cryptography.fernet import Fernet

from cms import vault

ADDRESS = "Ann.Smith@Example.org"


@pytest.fixture
def new_key() -> str:
    return Fernet.generate_key().decode()


def test_an_address_is_read_back_as_it_was_typed():
    assert vault.unseal(vault.seal(f" {ADDRESS} ")) == ADDRESS


def test_sealing_twice_gives_two_ciphertexts_of_one_length():
    first, second = vault.seal("a@b.example"), vault.seal("somebody.with.a.longer.name@example.org")

    assert first != vault.seal("a@b.example")
    assert len(first) == len(second)


@pytest.mark.parametrize(
    "spelling", ["ann.smith@example.org", " ANN.SMITH@EXAMPLE.ORG ", "ａnn.smith@example.org"]
)
def test_spellings_of_one_mailbox_share_an_index(spelling):
    assert vault.index(spelling) == vault.index(ADDRESS)


def test_a_domain_in_two_scripts_is_one_domain():
    assert vault.index("ann@bücher.example") == vault.index("ann@xn--bcher-kva.example")


def test_other_mailboxes_have_other_indexes():
    assert vault.index("ann+news@example.org") != vault.index("ann@example.org")


def test_an_index_says_nothing_without_the_key(settings, new_key):
    under_one = vault.index(ADDRESS)
    settings.ADDRESS_KEYS = [new_key]

    assert vault.index(ADDRESS) != under_one


def test_a_second_key_reads_what_the_first_sealed(settings, new_key):
    sealed, index = vault.seal(ADDRESS), vault.index(ADDRESS)
    settings.ADDRESS_KEYS = [new_key, *settings.ADDRESS_KEYS]

    assert vault.unseal(sealed) == ADDRESS
    assert index in vault.indexes(ADDRESS)
    assert vault.index(ADDRESS) != index


def test_without_its_key_an_address_stays_sealed(settings, new_key):
    sealed = vault.seal(ADDRESS)
    settings.ADDRESS_KEYS = [new_key]

    with pytest.raises(vault.AddressUnreadableError):
        vault.unseal(sealed)


def test_purposes_do_not_share_digests():
    assert vault.keyed_digest("token", "x") != vault.keyed_digest("words", "x")
