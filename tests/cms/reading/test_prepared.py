"""What is written once answers as the ORM does, each time with other values."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import DateTimeField, QuerySet
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from blog.comments.models import Reader, ReaderComment
from cms.outbox.models import Delivery, State
from cms.rate_limit.models import Bucket
from cms.reading.prepared import Given, insert, prepared
from tests.factories import CommentFactory

pytestmark = pytest.mark.django_db


@prepared
def comments_on() -> QuerySet[ReaderComment]:
    return ReaderComment.objects.filter(page_id=Given("page")).select_related("reader").order_by("pk")


@prepared
def names_of() -> QuerySet:
    named = ReaderComment.objects.filter(user_name__in=[Given("names", many=True)], status=Given("status"))
    return named.order_by("pk").values_list("user_name", flat=True)


@prepared
def due_before() -> QuerySet[Delivery]:
    return Delivery.objects.filter(due_at__lt=Given("moment", DateTimeField())).order_by("pk")


def test_objects_come_with_their_relations_in_one_query(post):
    said = [CommentFactory(page=post) for _ in range(2)]
    comments_on(page=0)

    with CaptureQueriesContext(connection) as queries:
        found = comments_on(page=post.pk)
        addresses = [comment.reader.address for comment in found]

    assert len(queries) == 1
    assert found == said
    assert addresses == [comment.reader.address for comment in said]
    assert (found[0].submit_date, found[0].waiting) == (said[0].submit_date, True)
    assert comments_on.first(page=0) is None


def test_a_place_takes_many_values_one_or_none(post):
    for name in ("Ann", "Ben"):
        CommentFactory(page=post, name=name)

    assert names_of(names=["Ann", "Ben"], status="pending") == ["Ann", "Ben"]
    assert names_of(names=["Ben"], status="pending") == ["Ben"]
    assert names_of(names=[], status="pending") == []
    assert names_of(names=["Ann", "Ben"], status="spam") == []


def test_a_value_that_looks_like_sql_is_a_value(post):
    CommentFactory(page=post)

    assert names_of(names=["' OR 1=1 --", "%s"], status="pending") == []
    assert names_of(names=["Reader"], status="' OR 1=1 --") == []


def test_a_moment_is_converted_as_the_field_does():
    now = timezone.now()
    insert(Delivery(event="early", subject_id=1, recipient="user:1", due_at=now - timedelta(minutes=1)))
    insert(Delivery(event="late", subject_id=1, recipient="user:1", due_at=now + timedelta(minutes=1)))

    assert [row.event for row in due_before(moment=now)] == ["early"]


def test_an_inserted_row_is_what_save_would_write():
    row = Delivery(event="told", subject_id=7, recipient="user:3")

    assert insert(row)

    stored = Delivery.objects.get(pk=row.pk)
    for field in Delivery._meta.concrete_fields:
        assert getattr(stored, field.attname) == getattr(row, field.attname), field.name
    assert stored.state == State.WAITING


def test_a_row_that_is_there_is_an_error_or_left_as_it_is():
    assert insert(Bucket(client="ann", tokens=4, updated_at=timezone.now()))

    assert not insert(Bucket(client="ann", tokens=1, updated_at=timezone.now()), ignore_conflicts=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        insert(Bucket(client="ann", tokens=1, updated_at=timezone.now()))

    assert Bucket.objects.get().tokens == 4


def test_bytes_and_defaults_are_kept():
    row = Reader(sealed_address=b"\0sealed", address_index="index")
    insert(row)

    stored = Reader.objects.get()
    assert (stored.pk, bytes(stored.sealed_address), stored.approved_count) == (row.pk, b"\0sealed", 0)


def test_what_would_be_dropped_is_refused():
    with pytest.raises(ValueError, match="cannot prefetch"):
        prepared(lambda: ReaderComment.objects.prefetch_related("revisions"))()
