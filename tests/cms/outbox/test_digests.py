"""Much happens at once: staff get so many mails an hour and a digest of the others; nothing is lost."""

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from itertools import pairwise

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection

from blog.comments.models import Discussion, ReaderComment
from blog.comments.moderation import actions as comments
from blog.comments.moderation import authoring
from cms import vault
from cms.outbox import events, questions
from cms.outbox.models import Delivery, State
from cms.rate_limit.clients import Client
from home.contact import actions as contact_actions
from tests.factories import CommentFactory, UserFactory
from tests.home.contact.test_desk import sent
from tests.smtp_peer import text_of

pytestmark = pytest.mark.django_db
START = datetime(2026, 3, 2, 10, 20, tzinfo=UTC)
DESK, OTHER = "desk@clinic.example", "other@clinic.example"
MOST = 3


@pytest.fixture
def clock():
    with time_machine.travel(START, tick=False) as clock:
        yield clock


@pytest.fixture(autouse=True)
def _few_mails(settings):
    settings.STAFF_MAILS_AN_HOUR = MOST
    settings.CONTACT_RECIPIENTS = [DESK]


def deliver() -> None:
    call_command("deliver", once=True)


def to(smtp, address: str = DESK) -> list:
    return [mail for mail in smtp.mails if mail["To"] == address]


def words(mail) -> str:
    return text_of(mail)


def told_of(mails) -> set[int]:
    """The messages that some mails lead to."""
    return {int(pk) for mail in mails for pk in re.findall(r"/admin/messages/(\d+)/", words(mail))}


def test_beyond_so_many_an_hour_one_digest_tells_how_many_and_leads_to_each(contact, smtp, clock):
    pks = {sent(contact, text=f"Words {number}").pk for number in range(10)}
    deliver()
    assert len(to(smtp)) == MOST

    clock.shift(timedelta(hours=1, seconds=1))
    deliver()
    deliver()

    *singly, digest = to(smtp)
    assert len(singly) == MOST
    assert "7 messages" in digest["Subject"]
    assert "7 more messages have arrived since" in words(digest)
    assert re.search(r"http://localhost:8000/admin/messages/\r?\n", words(digest))
    assert told_of([*singly, digest]) == pks
    assert "Words" not in words(digest)
    assert "Ben Ode" not in words(digest)
    assert digest["Reply-To"] is None
    assert set(Delivery.objects.values_list("state", flat=True)) == {State.SENT}


def test_after_the_digest_each_message_is_a_mail_again(contact, smtp, clock):
    for number in range(5):
        sent(contact, text=f"Words {number}")
    deliver()
    clock.shift(timedelta(hours=1, seconds=1))
    deliver()
    smtp.mails.clear()
    last = sent(contact, text="The last")
    deliver()

    (mail,) = to(smtp)
    assert "The last" in words(mail)
    assert told_of([mail]) == {last.pk}


def test_a_digest_that_is_refused_loses_none(contact, smtp, clock):
    pks = {sent(contact, text=f"Words {number}").pk for number in range(8)}
    deliver()
    smtp.mails.clear()
    smtp.answers = ["451 later", "550 never"]
    for _ in range(6):
        clock.shift(timedelta(hours=1, seconds=1))
        deliver()

    failed = Delivery.objects.filter(state=State.FAILED).values_list("subject_id", flat=True)
    assert len(failed) == 1, "a member of staff sees it and sends it again"
    assert told_of(to(smtp)) | set(failed) >= pks - set(told_before(pks))
    assert not Delivery.objects.filter(state=State.WAITING).exists()


def told_before(pks: set[int]) -> list[int]:
    """Those that went by themselves, in the first hour."""
    return sorted(pks)[:MOST]


def test_what_comes_while_a_digest_is_on_its_way_is_in_the_next(contact, smtp, clock):
    for number in range(5):
        sent(contact, text=f"Words {number}")
    deliver()
    smtp.mails.clear()
    smtp.answers = ["451 later"]
    clock.shift(timedelta(hours=1, seconds=1))
    deliver()
    late = sent(contact, text="Late")
    clock.shift(timedelta(minutes=11))
    deliver()
    clock.shift(timedelta(hours=1, seconds=1))
    deliver()

    assert late.pk in told_of(to(smtp))
    assert set(Delivery.objects.values_list("state", flat=True)) == {State.SENT}


def test_each_mailbox_has_an_hour_of_its_own(contact, smtp, clock, settings):
    settings.CONTACT_RECIPIENTS = [DESK]
    for number in range(4):
        sent(contact, text=f"Words {number}")
    settings.CONTACT_RECIPIENTS = [DESK.upper(), OTHER]
    sent(contact, text="To both")
    deliver()

    assert (len(to(smtp)), len(to(smtp, OTHER))) == (MOST, 1)


@pytest.mark.parametrize("which", [3, 4, 5])
def test_spam_is_in_no_digest_and_is_reported_when_it_turns_out_not_to_be(
    contact, smtp, clock, front_desk, which
):
    messages = [sent(contact, text=f"Words {number}") for number in range(6)]
    deliver()
    contact_actions.mark_as_spam(messages[which], by=front_desk)
    clock.shift(timedelta(hours=1, seconds=1))
    for _ in range(3):
        deliver()
        clock.shift(timedelta(minutes=2))

    assert "2 messages" in to(smtp)[-1]["Subject"]
    assert told_of(to(smtp)) == {message.pk for message in messages} - {messages[which].pk}
    messages[which].refresh_from_db()
    contact_actions.mark_as_not_spam(messages[which], by=front_desk)
    deliver()

    assert told_of(to(smtp)[-1:]) == {messages[which].pk}


def test_what_becomes_spam_before_a_digest_is_tried_again_is_not_in_it(contact, smtp, clock, front_desk):
    messages = [sent(contact, text=f"Words {number}") for number in range(MOST + 3)]
    deliver()
    smtp.answers = ["451 later"]
    clock.shift(timedelta(hours=1, seconds=1))
    deliver()
    contact_actions.mark_as_spam(messages[4], by=front_desk)
    clock.shift(timedelta(minutes=11))
    deliver()

    state = Delivery.objects.get(subject_id=messages[4].pk).state
    assert (told_of(to(smtp)[-1:]), state) == ({messages[3].pk, messages[5].pk}, State.SUPPRESSED)


def test_a_row_that_a_digest_has_reported_meanwhile_is_not_sent_again(contact, smtp, clock):
    """A worker that has taken it when the digest, in another's hands, leaves."""
    for number in range(MOST + 3):
        sent(contact, text=f"Words {number}")
    deliver()
    clock.shift(timedelta(hours=1, seconds=1))
    deliver()

    told = Delivery.objects.filter(last_answer="told in a digest")
    assert len(told) == 2
    assert [events.render(row.event, row.subject_id, row.recipient) for row in told] == [None, None]


def test_a_mail_that_went_alone_after_a_digest_had_failed_counts_in_the_hour(contact, smtp, clock):
    for number in range(MOST + 2):
        sent(contact, text=f"Words {number}")
    deliver()
    smtp.answers = ["550 never"]
    clock.shift(timedelta(hours=1, seconds=1))
    deliver()
    assert len(to(smtp)) == MOST + 1
    for number in range(MOST):
        sent(contact, text=f"Later {number}")
    deliver()

    assert len(to(smtp)) == MOST + MOST


def test_moderators_get_a_digest_of_what_is_held_and_of_what_is_reported(post, smtp, clock):
    moderator = UserFactory(email="mod@clinic.example", group="Comment moderators")
    for number in range(MOST + 3):
        comment = CommentFactory(page=post, text=f"Words {number}")
        if number < MOST + 2:
            comment.refresh_from_db()
            deliver()
            comments.VERBS["spam"](comment, by=moderator, version=comment.version)
    CommentFactory(page=post)
    deliver()
    mails = to(smtp, "mod@clinic.example")
    assert len(mails) == MOST

    clock.shift(timedelta(hours=1, seconds=1))
    deliver()

    digest = to(smtp, "mod@clinic.example")[-1]
    assert digest["Subject"] == "2 comments are waiting"
    assert "http://localhost:8000/admin/comments/" in words(digest)
    states = Delivery.objects.filter(event="comment.held").order_by("pk").values_list("state", flat=True)
    assert list(states) == [State.SENT] * MOST + [State.SUPPRESSED] * 2 + [State.SENT], (
        "what was spam is not reported"
    )


def waits_again_by_edit(comment: ReaderComment, words: str) -> None:
    authoring.edit(comment, words)


def reported_again(comment: ReaderComment, words: str) -> None:
    comments.report(comment.pk, "abuse", words=words, client=Client(vault.keyed_digest("client", words)))


@pytest.mark.parametrize("happens", [waits_again_by_edit, reported_again])
def test_moderators_hear_of_a_comment_again_and_once_an_hour_at_most(post, smtp, clock, settings, happens):
    settings.STAFF_MAILS_AN_HOUR = 20
    Discussion.objects.update_or_create(site=post.get_site(), defaults={"edit_minutes": 600})
    moderator = UserFactory(email="mod@clinic.example", group="Comment moderators")
    comment = CommentFactory(page=post, approved=True)
    deliver()
    before = len(to(smtp, moderator.email))

    for number in range(4):
        happens(comment, f"Other words, {number}")
        deliver()
        comment.refresh_from_db()
        comment = comments.approve(comment, by=moderator, version=comment.version)
        clock.shift(timedelta(minutes=40))
    happens(comment, "The last words")
    clock.shift(timedelta(hours=1))
    deliver()

    mails = to(smtp, moderator.email)[before:]
    assert len({mail["Message-ID"] for mail in mails}) == len(mails) >= 2
    sent_at = sorted(parsedate_to_datetime(mail["Date"]) for mail in mails)
    assert all(after - first >= timedelta(hours=1) for first, after in pairwise(sent_at))
    assert not Delivery.objects.filter(state=State.WAITING).exists()


def test_a_mail_that_is_due_again_counts_for_the_address_of_then(post, smtp, clock):
    moderator = UserFactory(email="mod@clinic.example", group="Comment moderators")
    comment = CommentFactory(page=post, approved=True)
    deliver()
    mine = Delivery.objects.filter(event="comment.held", recipient=f"user:{moderator.pk}")
    before = mine.get().mailbox
    type(moderator).objects.filter(pk=moderator.pk).update(email="other@clinic.example")

    waits_again_by_edit(comment, "Other words")

    assert mine.get().mailbox not in ("", before)


@pytest.fixture
def crowd(db) -> Delivery:
    """Three thousand rows of others, and one of a mailbox."""
    Delivery.objects.bulk_create(
        Delivery(event="test.event", subject_id=pk, recipient=f"user:{pk}", mailbox=f"{pk:032x}")
        for pk in range(3_000)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return Delivery.objects.create(event="test.event", subject_id=1, recipient="user:x", mailbox="ab" * 16)


def test_rows_of_a_mailbox_are_read_by_its_index(crowd):
    to_it = Delivery.objects.to_mailbox(crowd.mailbox)
    asked = questions._to_the_mailbox(crowd, [crowd.mailbox])
    for rows in (to_it, to_it.filter(told_in=7), asked.filter(state=State.SENT), asked.waiting()):
        plan = rows.explain()
        assert "outbox_mailbox" in plan
        assert "Seq Scan" not in plan
        assert not re.search(r"SCAN outbox_delivery(?! USING)", plan)
