"""The keys that protect addresses are replaced while the site runs."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from io import StringIO

import pytest
from cryptography.fernet import Fernet
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from blog.comments.models import Reader, ReaderComment, Subscription, Token
from blog.comments.privacy import personal_data
from blog.comments.reading import queries
from cms import vault
from cms.outbox.models import Delivery, Suppression
from cms.outbox.suppression import keep_from_mail, wants_no_mail, wants_no_question
from home.contact import privacy as contact_privacy
from home.contact.models import ContactMessage, MessageRecipient
from home.privacy import rotation
from tests.factories import CommentFactory

pytestmark = pytest.mark.django_db
ADDRESS = "Ann.Smith@Example.org"


@pytest.fixture
def keys(settings):
    """Three states of ADDRESS_KEYS: the old one alone, both, the new one alone."""
    old, new = settings.ADDRESS_KEYS[0], Fernet.generate_key().decode()

    def use(*names: str) -> None:
        settings.ADDRESS_KEYS = [{"old": old, "new": new}[name] for name in names]

    return use


@pytest.fixture
def site(keys, client, post, contact):
    CommentFactory(page=post, address=ADDRESS, notify=True, approved=True)
    CommentFactory(page=post, address="ben@example.org")
    client.post(contact.url, {"name": "Ann", "email": ADDRESS, "message": "words"})
    return post


def rotate() -> str:
    out = StringIO()
    call_command("rotate_address_keys", stdout=out)
    return out.getvalue()


@contextmanager
def before_each_write(act: Callable[[int], None]) -> Iterator[None]:
    """Act before the rotation writes to the table of readers, with the number of the write."""
    writes: list[str] = []

    def watch(execute, sql, params, many, context):
        if sql.startswith(f'UPDATE "{Reader._meta.db_table}"'):
            writes.append(sql)
            act(len(writes))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watch):
        yield
    assert writes


def is_known() -> bool:
    reader = Reader.objects.with_address(ADDRESS.lower()).get()
    message = ContactMessage.objects.get(pk__in=contact_privacy.kept(ADDRESS)[ContactMessage])
    return reader.address == message.reply_address == ADDRESS


def test_lookups_work_before_during_and_after_and_the_old_key_can_go(site, keys):
    assert is_known()
    keys("new", "old")
    assert is_known()

    output = rotate()
    assert is_known()
    assert "blog_comments.Reader: 2 of 2 rotated" in output
    assert "home_contact.ContactMessage: 1 of 1 rotated" in output
    assert "home_contact.MessageRecipient: 1 of 1 rotated" in output
    assert "Every address is under the key in use." in output

    keys("new")
    assert is_known()
    assert MessageRecipient.objects.get().address == "reception@clinic.example"
    assert not Reader.objects.exclude(
        address_index__in=[vault.index(row.address) for row in Reader.objects.all()]
    ).exists()


def test_without_rotation_the_old_key_cannot_go(site, keys):
    keys("new")

    assert not Reader.objects.with_address(ADDRESS).exists()
    with pytest.raises(CommandError, match="4 addresses cannot be read with any"):
        rotate()


def test_it_may_be_repeated_and_changes_nothing_the_second_time(site, keys):
    keys("new", "old")
    rotate()
    before = list(Reader.objects.order_by("pk").values_list("pk", "sealed_address", "address_index"))

    assert "Reader: 0 of 2 rotated" in rotate()
    assert list(Reader.objects.order_by("pk").values_list("pk", "sealed_address", "address_index")) == before


def test_stopped_half_way_it_goes_on_where_it_was(site, keys, monkeypatch):
    keys("new", "old")
    monkeypatch.setattr(rotation, "BATCH", 1)

    def stop_at_the_second(write: int) -> None:
        if write == 2:
            raise KeyboardInterrupt

    with before_each_write(stop_at_the_second), pytest.raises(KeyboardInterrupt):
        rotate()
    assert is_known()

    assert "Reader: 1 of 2 rotated" in rotate()
    keys("new")
    assert is_known()


def test_a_row_that_changed_meanwhile_is_not_overwritten(site, keys):
    keys("new", "old")
    first = Reader.objects.order_by("pk")[0]

    def change_the_first_row(write: int) -> None:
        if write == 1:
            Reader.objects.filter(pk=first.pk).update(sealed_address=b"someone else's")

    with before_each_write(change_the_first_row):
        assert "Reader: 1 of 2 rotated" in rotate()

    assert bytes(Reader.objects.get(pk=first.pk).sealed_address) == b"someone else's"


def test_a_person_who_comes_back_meanwhile_stays_one_row(site, keys):
    keys("new", "old")
    CommentFactory(page=site, address=ADDRESS)

    assert Reader.objects.with_address(ADDRESS).count() == 1
    rotate()
    assert ReaderComment.objects.filter(reader__in=Reader.objects.with_address(ADDRESS)).count() == 2


def test_two_rows_of_one_address_become_one(site, keys):
    """A process that knew only the new key took a comment of a reader who was there under the old one."""
    old = Reader.objects.with_address(ADDRESS).get()
    now = timezone.now()
    Reader.objects.filter(pk=old.pk).update(banned_at=now)
    keys("new")
    CommentFactory(page=site, address=ADDRESS, notify=True, approved=True)
    keys("new", "old")
    new = Reader.objects.exclude(pk=old.pk).get(address_index=vault.index(ADDRESS))
    Reader.objects.filter(pk=new.pk).update(proven_at=now)

    output = rotate()

    assert "1 merged with a second row of the same address" in output
    one = Reader.objects.with_address(ADDRESS).get()
    assert (one.approved_count, one.proven_at, one.banned_at) == (2, now, now)
    assert one.created_at == old.created_at
    assert one.comments.count() == Subscription.objects.filter(reader=one).count() == 2
    assert not Delivery.objects.filter(recipient=f"reader:{old.pk}").exists()
    assert Delivery.objects.filter(recipient=f"reader:{one.pk}").count() == 2


def test_a_mail_promised_to_both_rows_is_promised_once(site, keys):
    double = Reader.objects.with_address(ADDRESS).get()
    into = Reader.objects.with_address("ben@example.org").get()
    for reader in (double, into):
        Delivery.objects.create(event="comment.replied", subject_id=9, recipient=f"reader:{reader.pk}")

    personal_data.merge(double, into)

    assert Delivery.objects.filter(event="comment.replied").count() == 1


def test_the_list_of_those_who_want_no_mail_is_moved_where_the_address_is_kept(site, keys):
    for address in (ADDRESS, "gone@example.org"):
        keep_from_mail(address)
    keys("new", "old")

    output = rotate()

    assert "Suppression list: 2 rotated" in output
    assert "2 entries on that list cannot be rotated" in output
    assert Suppression.objects.filter(address_index__in=vault.indexes("gone@example.org")).exists()
    assert "Suppression list: 0 rotated" in rotate()
    keys("new")
    assert wants_no_mail(ADDRESS)
    local, _, domain = ADDRESS.partition("@")
    assert wants_no_question(f"{local}+x@{domain}", proven=False)


def test_two_wishes_for_no_mail_become_one(site, keys):
    Suppression.objects.create(address_index=vault.index(ADDRESS))
    keys("new", "old")
    Suppression.objects.create(address_index=vault.index(ADDRESS))

    rotate()

    assert Suppression.objects.get().address_index == vault.index(ADDRESS)


def test_links_in_mails_and_an_authors_cookie_hold_while_the_old_key_is_there(post, keys):
    comment = CommentFactory(page=post)
    secret = Token.issue(timedelta(days=1), comment=comment, purpose=Token.Purpose.AUTHOR)
    keys("new", "old")
    rotate()

    assert queries.owned([secret]) == {comment.pk}


def test_every_table_that_keeps_an_address_is_rotated():
    """A table added tomorrow makes this fail until it is rotated."""
    named = {
        model
        for model in apps.get_models()
        if {field.name for field in model._meta.get_fields()} & {"sealed_address", "address_index"}
    }
    assert named == {*rotation.SEALED, Suppression}


@pytest.mark.parametrize(
    ("address", "spelt_before"),
    [("ann@straße.example", "ann@strasse.example"), ("ben@νίκος.example", "ben@νίκοσ.example")],
)
def test_an_address_kept_under_an_earlier_spelling_of_its_domain_is_found_again(post, address, spelt_before):
    before = vault.index(spelt_before)
    reader = CommentFactory(page=post, address=address).reader
    Reader.objects.filter(pk=reader.pk).update(address_index=before, ban="hold", banned_at=timezone.now())
    Suppression.objects.create(address_index=before)

    assert "blog_comments.Reader: 1 of 1 rotated" in rotate()

    assert Reader.objects.with_address(address).get() == reader
    assert Suppression.objects.filter(address_index=vault.index(address)).exists()
    assert Suppression.objects.filter(address_index=before).exists()  # of a neighbour who has that domain
    assert "blog_comments.Reader: 0 of 1 rotated" in rotate()
