"""What is not kept for ever, with time moved."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone
from wagtail.models import Site

from blog.comments.models import Decision, Discussion, Reader, ReaderComment, Subscription, Token
from blog.comments.moderation import changes, erasing
from blog.comments.privacy import retention
from blog.comments.reading import queries
from blog.comments.states import Actor, Status
from cms.outbox import actions as outbox
from cms.outbox import chores
from cms.outbox.models import Delivery, State
from home.contact.models import ContactMessage
from home.contact.retention import purge as purge_messages
from tests.factories import CommentFactory, UserFactory

pytestmark = pytest.mark.django_db
START = datetime(2030, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def clock():
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


def after(clock, **span: float) -> None:
    """Move to so long after the start, and let the worker's hourly chores run."""
    clock.move_to(START + timedelta(**span))
    retention.purge()


def left() -> set[str]:
    return set(ReaderComment.objects.values_list("comment", flat=True))


def test_spam_and_trash_go_after_thirty_days_and_nothing_else_does(clock, post):
    CommentFactory(page=post, text="held")
    for trait in ("approved", "spam", "trashed"):
        CommentFactory(page=post, text=trait, **{trait: True})

    after(clock, days=30)
    assert left() == {"held", "approved", "spam", "trashed"}

    after(clock, days=30, seconds=1)
    assert left() == {"held", "approved"}


def test_the_days_count_from_the_last_decision(clock, post):
    comment = CommentFactory(page=post, text="late", approved=True)
    clock.move_to(START + timedelta(days=29))
    comment.refresh_from_db()
    changes.move(comment.pk, Status.TRASH, version=comment.version, by=changes.By(Actor.PERSON))

    after(clock, days=58)
    assert left() == {"late"}

    after(clock, days=59, seconds=1)
    assert left() == set()


def test_the_days_are_the_sites_own(clock, post):
    Discussion.objects.create(site=Site.objects.get(), keep_refused_days=3, keep_unconfirmed_days=1)
    CommentFactory(page=post, text="spam", spam=True)
    CommentFactory(page=post, text="held", notify=True)

    after(clock, days=1, seconds=1)
    assert left() == {"spam", "held"}
    assert not Subscription.objects.exists()

    after(clock, days=3, seconds=1)
    assert left() == {"held"}


def test_a_withdrawn_comment_goes_as_well(clock, post):
    comment = CommentFactory(page=post, text="taken back")
    changes.move(comment.pk, Status.WITHDRAWN, version=comment.version, by=changes.By(Actor.AUTHOR))

    after(clock, days=31)

    assert left() == set()


def test_refused_comments_that_somebody_answered_are_emptied_and_keep_their_place(clock, post):
    parent = CommentFactory(page=post, name="Zoe", text="unfit words", notify=True, approved=True)
    CommentFactory(page=post, name="Ada", text="an answer", reply_to_id=parent.pk, approved=True)
    parent.refresh_from_db()
    moderator = UserFactory(group="Comment moderators")
    changes.move(
        parent.pk,
        Status.TRASH,
        version=parent.version,
        by=changes.By(Actor.PERSON, moderator, ("unfit words",)),
    )

    after(clock, days=31)

    emptied = ReaderComment.objects.get(pk=parent.pk)
    assert (emptied.comment, emptied.user_name, emptied.reader) == ("", erasing.NOBODY, None)
    assert (emptied.words_key, emptied.idempotency_key, emptied.status) == (None, None, "trash")
    assert {row.text for row in emptied.revisions.all()} == {""}
    assert not Decision.objects.filter(comment=parent, reasons__icontains="unfit").exists()
    assert not Subscription.objects.exists()
    (thread,) = queries.public_thread(post).threads
    assert thread.removed
    assert [reply.text for reply in thread.replies] == ["an answer"]


def test_an_emptied_comment_is_not_emptied_every_hour_and_goes_with_its_last_reply(clock, post):
    parent = CommentFactory(page=post, approved=True)
    reply = CommentFactory(page=post, reply_to_id=parent.pk, approved=True)
    for comment in (parent, reply):
        comment.refresh_from_db()
    changes.move(parent.pk, Status.SPAM, version=parent.version, by=changes.By(Actor.PERSON))
    after(clock, days=31)
    version = ReaderComment.objects.get(pk=parent.pk).version

    after(clock, days=32)
    assert ReaderComment.objects.get(pk=parent.pk).version == version

    changes.move(reply.pk, Status.TRASH, version=reply.version, by=changes.By(Actor.PERSON))
    after(clock, days=63)
    retention.purge()
    assert not ReaderComment.objects.exists()


def test_more_than_a_batch_goes_in_one_run_batch_by_batch(clock, post, monkeypatch):
    monkeypatch.setattr(retention, "BATCH", 3)
    monkeypatch.setattr(chores, "BATCH", 3)
    for number in range(8):
        CommentFactory(page=post, text=f"spam {number}", spam=True)

    assert retention._delete(retention._refused(START + timedelta(days=1))) == 3
    after(clock, days=31)

    assert left() == set()


def test_unconfirmed_subscriptions_go_after_seven_days_and_confirmed_ones_stay(clock, post):
    asked = CommentFactory(page=post, notify=True).subscription
    confirmed = CommentFactory(page=post, notify=True).subscription
    Subscription.objects.filter(pk=confirmed.pk).update(confirmed_at=timezone.now())

    after(clock, days=7)
    assert Subscription.objects.count() == 2

    after(clock, days=7, seconds=1)
    assert not Subscription.objects.filter(pk=asked.pk).exists()
    assert Subscription.objects.filter(pk=confirmed.pk).exists()


def test_expired_tokens_go(clock, post):
    CommentFactory(page=post)
    expires = Token.objects.get().expires_at

    after(clock, seconds=(expires - START).total_seconds() - 1)
    assert Token.objects.count() == 1

    after(clock, seconds=(expires - START).total_seconds() + 1)
    assert not Token.objects.exists()


def test_a_reader_goes_with_their_last_comment_and_a_banned_one_is_remembered(clock, post):
    CommentFactory(page=post, address="spammer@example.org", spam=True)
    CommentFactory(page=post, address="banned@example.org", spam=True)
    CommentFactory(page=post, address="reader@example.org", approved=True)
    Reader.objects.with_address("banned@example.org").update(ban="hold", banned_at=START)

    after(clock, days=31)

    assert {reader.address for reader in Reader.objects.all()} == {"banned@example.org", "reader@example.org"}


def test_rows_of_the_outbox_that_ended_well_go_after_thirty_days(clock, post, moderator):
    for number, state in enumerate(State):
        Delivery.objects.create(event="comment.held", subject_id=number, recipient="user:1", state=state)
    Delivery.objects.exclude(state=State.WAITING).update(finished_at=START)

    clock.move_to(START + timedelta(days=30))
    assert outbox.forget_finished() == 0

    clock.move_to(START + timedelta(days=30, seconds=1))
    assert outbox.forget_finished() == 2
    assert set(Delivery.objects.values_list("state", flat=True)) == {"waiting", "failed"}


def test_the_outbox_promises_nothing_about_a_comment_that_is_gone(clock, post, moderator):
    comment = CommentFactory(page=post)
    assert Delivery.objects.filter(subject_id=comment.pk).exists()
    changes.move(comment.pk, Status.SPAM, version=comment.version, by=changes.By(Actor.PERSON))

    after(clock, days=31)

    assert not Delivery.objects.filter(subject_id=comment.pk).exists()


def test_messages_caught_in_the_honeypot_go_after_thirty_days(clock, client, contact):
    words = {"name": "Ben", "email": "ben@example.org", "message": "words"}
    client.post(contact.url, {**words, "honeypot": "x"})
    client.post(contact.url, {**words, "message": "other words"})

    clock.move_to(START + timedelta(days=30, seconds=1))
    purge_messages()

    assert [message.state for message in ContactMessage.objects.all()] == ["new"]


def test_the_worker_does_it_all_every_hour():
    spans = {name: span for name, (span, _) in chores._chores.items()}

    for name in ("purge comments", "purge messages", "forget finished"):
        assert spans[name] == timedelta(hours=1)
    for clock in chores.clocks():
        if clock.span == timedelta(hours=1):
            clock.chore()
