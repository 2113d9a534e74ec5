"""Who gets which mail: over a real server, with the pages behind the links, and what must not leave."""

import re
from datetime import UTC, datetime, timedelta
from email.utils import parseaddr

import pytest
import time_machine
from django.core.management import call_command
from django.utils import timezone

from blog.comments.models import ModeratorNotice, Reader, ReaderComment, Refusal, Subscription, Token
from blog.comments.moderation import actions
from blog.comments.notifications import notices
from cms.outbox import actions as outbox
from cms.outbox import events, questions
from cms.outbox.models import Delivery, State, Suppression
from cms.rate_limit.models import Bucket
from home.contact.models import ContactMessage, MessageCopy
from tests import crawl
from tests.blog.comments.posting.test_life import send
from tests.conftest import signed_in, visitor
from tests.factories import CommentFactory, PostFactory, UserFactory
from tests.smtp_peer import text_of, words_of

pytestmark = pytest.mark.django_db

VICTIM = "kz7victimq9x@canary-mail.example"
MARK = "BUY-CHEAP-WATCHES"
ONE_CLICK = {"List-Unsubscribe": "One-Click"}
START = datetime(2026, 3, 2, 10, 20, tzinfo=UTC)


@pytest.fixture
def clock():
    with time_machine.travel(START, tick=False) as clock:
        yield clock


def deliver() -> None:
    call_command("deliver", once=True)


def asked(page, address: str = "ann@example.org", **fields) -> ReaderComment:
    """A comment whose author ticked "Email me when someone replies"."""
    return CommentFactory(page=page, address=address, notify=True, **fields)


def decide(comment: ReaderComment, verb: str) -> ReaderComment:
    by = UserFactory._meta.model.objects.filter(username="decider").first()
    by = by or UserFactory(username="decider", email="", group="Comment moderators")
    comment.refresh_from_db()
    return actions.VERBS[verb](comment, by=by, version=comment.version)


def to(smtp, address: str) -> list:
    """Return the mails that one address got, oldest first."""
    return [mail for mail in smtp.mails if parseaddr(mail["To"])[1] == address]


def promised(event: str) -> bool:
    return Delivery.objects.filter(event=event).exists()


def link(mail, kind: str) -> str:
    return re.search(rf"^http://localhost:8000(/mail/{kind}/\S+)", text_of(mail), re.MULTILINE).group(1)


def confirmed(smtp, page, address: str = "ann@example.org", **fields) -> ReaderComment:
    """A comment, read by a moderator, whose author asked for mail and pressed the button in it."""
    comment = asked(page, address, **fields)
    deliver()
    assert visitor().post(link(to(smtp, address)[-1], "confirm")).status_code == 303
    decide(comment, "approve")
    deliver()
    smtp.mails.clear()
    return comment


def reply(to_comment: ReaderComment, **fields) -> ReaderComment:
    return CommentFactory(page=to_comment.page.specific, reply_to_id=to_comment.pk, **fields)


# --- Asking and confirming ---


def test_without_the_tick_nobody_is_written_to(client, post, smtp):
    send(client, post.url)
    deliver()

    assert not Subscription.objects.exists()
    assert smtp.mails == []


def test_a_tick_makes_a_wish_that_waits_and_one_mail(client, post, smtp):
    send(client, post.url, notify="on")
    deliver()

    (mail,) = smtp.mails
    wish = Subscription.objects.get()
    assert (wish.confirmed_at, wish.reader.address) == (None, "ann@example.org")
    assert smtp.recipients == ["ann@example.org"]
    assert parseaddr(mail["From"])[1] == "website@clinic.example"
    assert mail["Reply-To"] is mail["Cc"] is mail["Bcc"] is None


def test_a_comment_that_is_rolled_back_leaves_no_wish(post, monkeypatch):
    def broken(*args):
        raise ZeroDivisionError

    monkeypatch.setattr(notices, "tell_at_once", broken)
    with pytest.raises(ZeroDivisionError):
        asked(post)

    assert not Subscription.objects.exists()
    assert not Delivery.objects.exists()


def test_the_confirmation_has_not_one_byte_of_whoever_typed_the_address(post, smtp):
    asked(post, VICTIM, name=MARK, text=f"{MARK} https://evil.example")
    deliver()

    (mail,) = smtp.mails
    assert MARK not in words_of(mail)
    assert "evil.example" not in words_of(mail)
    assert "A quiet hour" in text_of(mail)


def test_reading_a_link_changes_nothing_and_shows_no_address(post, smtp):
    asked(post, VICTIM)
    deliver()
    (mail,) = smtp.mails
    urls = [link(mail, "confirm"), link(mail, "unsubscribe")]

    before = crawl.contents()
    for _ in range(2):
        for answer in crawl.walk({"anonymous": visitor()}, urls, ("GET", "HEAD", "OPTIONS")):
            assert answer.status == 200
            assert crawl.leaks(answer.bytes, [VICTIM]) == []
    assert crawl.contents() == before


def test_the_button_confirms_proves_and_may_be_pressed_again(client, post, smtp):
    comment = asked(post)
    deliver()
    url = link(smtp.mails[0], "confirm")
    assert "<h1>Confirm your email address</h1>" in client.get(url).content.decode()

    response = client.post(url)
    assert (response.status_code, response["Location"]) == (303, url)
    assert "Your email address is confirmed" in client.get(url).content.decode()

    comment.refresh_from_db()
    first = Subscription.objects.get().confirmed_at
    assert first
    assert comment.proven_at == comment.reader.proven_at == first
    client.post(url)
    assert Subscription.objects.get().confirmed_at == first


def test_a_browser_may_press_the_button_though_it_names_no_origin(post, smtp):
    """A page that sends no referrer sends ``Origin: null`` with its form."""
    asked(post)
    deliver()

    assert visitor(origin="null").post(link(smtp.mails[0], "confirm")).status_code == 303
    assert Subscription.objects.active().exists()


def test_one_mail_covers_what_was_typed_before_it_and_nothing_after(post, smtp):
    other = PostFactory(parent=post.get_parent(), title="Another hour")
    mine, also_mine = asked(post), asked(other)
    deliver()
    (mail,) = smtp.mails
    assert "Another hour" in text_of(mail)
    later = asked(other)

    visitor().post(link(mail, "confirm"))

    assert set(Subscription.objects.active().values_list("comment", flat=True)) == {mine.pk, also_mine.pk}
    proven = ReaderComment.objects.filter(proven_at__isnull=False)
    assert list(proven.values_list("pk", flat=True)) == [mine.pk]
    assert Subscription.objects.waiting().get().comment_id == later.pk


def test_a_link_is_good_for_seven_days(clock, post, smtp):
    asked(post)
    deliver()
    url = link(smtp.mails[0], "confirm")
    clock.shift(timedelta(days=7, seconds=1))

    assert visitor().post(url).status_code == 404
    assert not Subscription.objects.active().exists()


def test_a_token_is_good_for_one_purpose_and_an_unknown_one_looks_like_an_expired_one(clock, post, smtp):
    asked(post)
    deliver()
    secret = link(smtp.mails[0], "unsubscribe").split("/")[-2]
    expired = link(smtp.mails[0], "confirm")
    clock.shift(timedelta(days=8))

    answers = [visitor().get(url) for url in (f"/mail/confirm/{secret}/", "/mail/confirm/x/", expired)]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1


def test_no_secret_is_stored(post, smtp):
    asked(post)
    deliver()

    secrets = {link(smtp.mails[0], kind).split("/")[-2].encode() for kind in ("confirm", "unsubscribe")}
    assert len(secrets) == Token.objects.exclude(purpose=Token.Purpose.AUTHOR).count() == 2
    assert not any(secret in crawl.database_bytes() for secret in secrets)


def test_a_mail_that_is_tried_again_has_a_new_link_and_the_older_stays_good(clock, post, smtp):
    asked(post)
    smtp.answers = ["451 later"]
    deliver()
    clock.shift(timedelta(seconds=10))
    deliver()

    assert Token.objects.filter(purpose=Token.Purpose.CONFIRM).count() == 2
    assert len(smtp.mails) == 1
    assert visitor().post(link(smtp.mails[0], "confirm")).status_code == 303


def test_every_page_of_a_link_is_kept_nowhere_and_tells_nobody(post, smtp):
    asked(post)
    deliver()
    for url in (link(smtp.mails[0], "confirm"), link(smtp.mails[0], "unsubscribe"), "/mail/confirm/x/"):
        response = visitor().get(url)
        assert response["Cache-Control"] == "no-store"
        assert response["Referrer-Policy"] == "no-referrer"
        assert response["X-Robots-Tag"] == "noindex"
        assert not response.cookies


# --- Mail bombs ---


def test_however_many_posts_naming_one_address_are_one_mail(post, smtp, clock):
    for number in range(120):
        asked(post, VICTIM, name=f"{MARK} {number}")
        if number % 30 == 0:
            deliver()
            clock.shift(timedelta(minutes=30))
    deliver()
    clock.shift(timedelta(days=2))
    deliver()

    (mail,) = to(smtp, VICTIM)
    assert MARK not in words_of(mail)


def test_every_door_and_every_tag_together_are_one_mail_a_day_and_three_a_week(post, contact, smtp, clock):
    """By form, API and contact page, in any case, tagged, quoted, with dots where they mean nothing."""
    local, _, domain = VICTIM.partition("@")
    spellings = [
        VICTIM,
        VICTIM.upper(),
        f"{local}+1@{domain}",
        f'"{local}+2"@{domain}',
        f"{local}+a+b@{domain}",
    ]
    api = f"/api/v1/posts/{post.slug}/comments/"
    for number, spelling in enumerate(spellings):
        words = {"name": f"{MARK} {number}", "email": spelling}
        send(visitor(), post.url, **words, comment=f"Words {number}", notify="on")
        said = {**words, "comment": f"Said {number}", "notify": True}
        assert visitor().post(api, said, "application/json").status_code == 202
        visitor().post(contact.url, {**words, "message": f"{MARK} {number}", "send_copy": "on"})
        Bucket.objects.all().delete()
        if number % 2:
            deliver()
            clock.shift(timedelta(minutes=30))
    counts = []
    for _ in range(9):
        deliver()
        counts.append(sum(domain in mail["To"] for mail in smtp.mails))
        clock.shift(timedelta(hours=12, minutes=2))

    assert Subscription.objects.count() == 2 * len(spellings)
    assert MessageCopy.objects.count() == len(spellings)
    assert counts == [1, 1, 2, 2, 3, 3, 3, 3, 3]
    assert not any(MARK in words_of(mail) for mail in smtp.mails if domain in mail["To"])
    assert {reader.address for reader in Reader.objects.all()} >= {f"{local}+1@{domain}"}, "as it was typed"


def test_dots_and_hosts_of_gmail_are_one_mailbox_and_neighbours_are_not(post, smtp, clock):
    for spelling in (
        "ann.b@gmail.com",
        "annb+x@googlemail.com",
        "a.n.n.b@gmail.com",
        "ann.b@a.example",
        "annb@a.example",
    ):
        asked(post, spelling)
    deliver()

    assert [mail["To"] for mail in smtp.mails] == ["ann.b@gmail.com", "ann.b@a.example", "annb@a.example"]
    for _ in range(3):
        clock.shift(timedelta(days=1, minutes=2))
        deliver()
        deliver()

    assert [mail["To"] for mail in smtp.mails[3:]] == ["annb+x@googlemail.com", "a.n.n.b@gmail.com"]


def test_who_has_proven_an_address_is_asked_about_a_copy_the_next_day(post, contact, smtp, clock):
    asked(post, VICTIM)
    deliver()
    visitor().post(link(smtp.mails[0], "confirm"))
    visitor().post(contact.url, {"name": "Ann", "email": VICTIM, "message": "Hello", "send_copy": "on"})
    deliver()
    assert len(to(smtp, VICTIM)) == 1

    clock.shift(timedelta(days=1, seconds=1))
    deliver()

    assert "copy" in to(smtp, VICTIM)[1]["Subject"]


def copied(page, address: str, number: int = 0) -> None:
    """A message whose author asked for a copy."""
    words = {"name": "Ben", "email": address, "message": f"{MARK} {number}", "send_copy": "on"}
    assert visitor().post(page.url, words).status_code == 303
    Bucket.objects.all().delete()


def test_a_stranger_cannot_silence_a_mailbox_by_typing_it_first(post, contact, smtp, clock):
    local, _, domain = VICTIM.partition("@")
    copied(contact, f"{local}+x@{domain}")
    deliver()
    clock.shift(timedelta(hours=1))
    asked(post, VICTIM)
    deliver()
    assert to(smtp, VICTIM) == []

    clock.shift(timedelta(hours=23, minutes=1))
    deliver()

    assert visitor().post(link(to(smtp, VICTIM)[0], "confirm")).status_code == 303
    assert Subscription.objects.active().exists()


def test_nor_by_asking_three_times_a_week(post, contact, smtp, clock):
    for day in range(3):
        copied(contact, VICTIM, day)
        deliver()
        clock.shift(timedelta(days=1, minutes=1))
    asked(post, VICTIM)
    for _ in range(5):
        deliver()
        clock.shift(timedelta(days=1))

    assert len(to(smtp, VICTIM)) == 4
    assert to(smtp, VICTIM)[3]["Subject"] == "Confirm that we may write to you"


def test_nor_by_filling_the_line_with_tags(post, contact, smtp, clock):
    local, _, domain = VICTIM.partition("@")
    for number in range(8):
        copied(contact, f"{local}+{number}@{domain}", number)
        asked(post, f"{local}+{number}@{domain}")
    deliver()
    asked(post, VICTIM)
    clock.shift(timedelta(days=1, minutes=1))
    for _ in range(3):
        deliver()
        clock.shift(timedelta(minutes=2))

    assert len(smtp.mails) - len(to(smtp, "reception@clinic.example")) == 2
    assert to(smtp, VICTIM)


def test_who_was_never_asked_goes_before_who_was(post, smtp, clock):
    local, _, domain = VICTIM.partition("@")
    asked(post, f"{local}+1@{domain}")
    deliver()
    clock.shift(timedelta(hours=24, minutes=1))
    asked(post, f"{local}+1@{domain}")
    asked(post, f"{local}+2@{domain}")
    for _ in range(2):
        deliver()
        clock.shift(timedelta(minutes=2))

    assert [mail["To"] for mail in smtp.mails] == [f"{local}+1@{domain}", f"{local}+2@{domain}"]


def test_who_confirmed_a_copy_has_proven_the_address_for_comments(post, contact, smtp, clock):
    mine = asked(post, VICTIM, honeypot_filled=True)
    copied(contact, VICTIM)
    deliver()
    page = to(smtp, VICTIM)[0]
    visitor().post(link(page, "copy"), {"do": "confirm", "message": ContactMessage.objects.get().pk})

    assert Reader.objects.get(pk=mine.reader_id).proven_at


def test_a_tag_that_nobody_takes_holds_up_no_other(post, smtp, clock):
    local, _, domain = VICTIM.partition("@")
    nonsense = f"{local}+nonsense@{domain}"
    smtp.at["RCPT", nonsense] = ["450 4.1.1 no such mailbox"] * 100
    asked(post, nonsense)
    deliver()
    clock.shift(timedelta(seconds=10))
    asked(post, f"{local}+mine@{domain}")
    for _ in range(3):
        deliver()
        clock.shift(timedelta(minutes=1, seconds=1))

    assert [mail["To"] for mail in smtp.mails] == [f"{local}+mine@{domain}"]


def test_what_waits_with_another_tag_is_asked_about_when_the_older_came_to_nothing(post, smtp, clock):
    local, _, domain = VICTIM.partition("@")
    decide(asked(post, VICTIM), "spam")
    asked(post, f"{local}+1@{domain}")
    smtp.at["RCPT", VICTIM] = ["451 later"] * 2
    for _ in range(3):
        deliver()
        clock.shift(timedelta(minutes=11))

    assert [mail["To"] for mail in smtp.mails] == [f"{local}+1@{domain}"]


def test_never_again_is_for_the_mailbox_whatever_the_tag(post, smtp, clock):
    local, _, domain = VICTIM.partition("@")
    asked(post, f"{local}+1@{domain}")
    deliver()
    visitor().post(link(smtp.mails[0], "unsubscribe"), {"do": "never"})
    clock.shift(timedelta(days=30))
    for spelling in (VICTIM, f"{local}+2@{domain}", f"{local}+1@{domain}"):
        asked(post, spelling)
    deliver()

    assert len(smtp.mails) == 1


def test_never_again_from_one_tag_ends_no_mail_that_another_address_has_confirmed(post, contact, smtp, clock):
    """Where ann+x@host may be someone else, its owner speaks for it alone."""
    local, _, domain = VICTIM.partition("@")
    mine = confirmed(smtp, post, VICTIM)
    clock.shift(timedelta(days=1, minutes=1))
    asked(post, f"{local}+x@{domain}")
    deliver()
    stop = link(smtp.mails[0], "unsubscribe")
    assert "no address that differs from this one only in what follows a “+”" in (
        visitor().get(stop).content.decode()
    )
    visitor().post(stop, {"do": "never"})
    clock.shift(timedelta(days=1, minutes=1))
    decide(reply(mine, address="bob@example.org"), "approve")
    copied(contact, VICTIM)
    asked(post, f"{local}+y@{domain}")
    deliver()

    subjects = [mail["Subject"].partition(" on ")[0] for mail in to(smtp, VICTIM)]
    assert subjects[0] == "Someone replied"
    assert len(subjects) == 2
    assert "copy" in subjects[1]
    assert to(smtp, f"{local}+y@{domain}") == []


def test_who_has_confirmed_a_copy_is_asked_again_whatever_a_tag_says(post, contact, smtp, clock):
    local, _, domain = VICTIM.partition("@")
    copied(contact, VICTIM)
    deliver()
    page = link(to(smtp, VICTIM)[0], "copy")
    visitor().post(page, {"do": "confirm", "message": ContactMessage.objects.get().pk})
    clock.shift(timedelta(days=1, minutes=1))
    copied(contact, f"{local}+x@{domain}", 1)
    deliver()
    page = link(to(smtp, f"{local}+x@{domain}")[0], "copy")
    assert "no address that differs from this one only in what follows a “+”" in (
        visitor().get(page).content.decode()
    )
    visitor().post(page, {"do": "never"})
    clock.shift(timedelta(days=1, minutes=1))
    copied(contact, VICTIM, 2)
    deliver()

    assert "Confirm" in to(smtp, VICTIM)[-1]["Subject"]
    assert len(to(smtp, VICTIM)) == 3


def test_the_next_day_a_new_wish_is_asked_about_but_three_times_a_week_at_most(post, smtp, clock):
    for _ in range(6):
        asked(post, VICTIM)
        deliver()
        clock.shift(timedelta(hours=12))
    assert len(smtp.mails) == 3

    for _ in range(8):
        asked(post, VICTIM)
        deliver()
        clock.shift(timedelta(hours=6))
    assert len(smtp.mails) == 3


def test_once_the_address_is_proven_what_came_after_the_mail_is_asked_about_a_day_later(post, smtp, clock):
    asked(post)
    deliver()
    clock.shift(timedelta(minutes=1))
    later = asked(post)
    deliver()
    visitor().post(link(smtp.mails[0], "confirm"))
    clock.shift(timedelta(hours=23))
    deliver()
    assert len(smtp.mails) == 1

    clock.shift(timedelta(hours=1, seconds=1))
    deliver()
    visitor().post(link(smtp.mails[1], "confirm"))

    assert Subscription.objects.get(comment=later).confirmed_at


def test_while_one_worker_writes_to_a_mailbox_another_writes_no_second_mail(post, smtp, clock):
    """Though the second wish goes before the first: it came when that was being written."""
    local, _, domain = VICTIM.partition("@")
    asked(post, f"{local}+x@{domain}")
    writing = outbox.claim()
    asked(post, VICTIM)
    for _ in range(3):
        deliver()
        clock.shift(timedelta(seconds=30))
    assert smtp.mails == []
    outbox.sent(writing)
    deliver()
    clock.shift(timedelta(minutes=1))
    deliver()
    assert smtp.mails == []

    clock.shift(timedelta(days=1))
    deliver()

    assert [mail["To"] for mail in smtp.mails] == [VICTIM]


def test_what_came_while_a_mail_was_written_is_asked_about_once_that_has_proven_the_address(
    post, smtp, clock
):
    asked(post)
    writing = outbox.claim()
    letter = events.render(writing.event, writing.subject_id, writing.recipient)
    clock.shift(timedelta(seconds=1))
    later = asked(post)
    deliver()
    outbox.sent(writing)
    visitor().post(re.search(r"localhost:8000(/mail/confirm/\S+)", letter.body)[1])
    assert Subscription.objects.get(comment=later).confirmed_at is None

    clock.shift(timedelta(days=1, minutes=2))
    deliver()
    visitor().post(link(smtp.mails[0], "confirm"))

    assert Subscription.objects.get(comment=later).confirmed_at


def test_who_is_known_gets_one_mail_about_all_that_waits_for_a_server(post, smtp, clock):
    confirmed(smtp, post)
    clock.shift(timedelta(days=2))
    smtp.at["RCPT", ""] = ["451 later"]
    first = asked(post)
    deliver()
    smtp.at.clear()
    second = asked(post)
    for _ in range(3):
        deliver()
        clock.shift(timedelta(days=1, minutes=1))

    (mail,) = smtp.mails
    visitor().post(link(mail, "confirm"))
    assert Subscription.objects.filter(comment__in=[first, second]).exclude(confirmed_at=None).count() == 2


def test_beyond_the_budget_of_an_hour_confirmations_wait_and_none_is_lost(post, smtp, clock, monkeypatch):
    monkeypatch.setattr(questions, "MOST_AN_HOUR", 3)
    for number in range(7):
        asked(post, f"reader{number}@example.org")
    sent = []
    for _ in range(3):
        deliver()
        sent.append(len(smtp.mails))
        clock.shift(timedelta(hours=1, seconds=1))

    assert sent == [3, 6, 7]
    assert len({mail["To"] for mail in smtp.mails}) == 7


def test_an_outage_uses_up_no_budget_and_a_flood_gets_no_more_by_it(post, smtp, clock, monkeypatch):
    monkeypatch.setattr(questions, "MOST_AN_HOUR", 3)
    smtp.at["MAIL", ""] = ["421 going down"] * 1000
    for number in range(20):
        asked(post, f"reader{number}@example.org")
    for _ in range(2):
        deliver()
        clock.shift(timedelta(hours=2, seconds=2))
    assert smtp.mails == []
    smtp.at.clear()
    sent = []
    for _ in range(3):
        deliver()
        sent.append(len(smtp.mails))
        clock.shift(timedelta(hours=1, seconds=1))

    assert sent == [3 * 5, 3 * 6, 20]


def test_an_address_on_the_list_gets_no_mail_whoever_types_it(post, smtp, clock):
    asked(post, VICTIM)
    deliver()
    visitor().post(link(smtp.mails[0], "unsubscribe"), {"do": "never"})
    clock.shift(timedelta(days=30))
    for spelling in (VICTIM, VICTIM.upper()):
        asked(post, spelling)
    deliver()

    assert len(smtp.mails) == 1
    assert crawl.leaks(crawl.database_bytes(), [VICTIM]) == []


def test_spam_is_asked_nothing(post, smtp):
    asked(post, VICTIM, honeypot_filled=True)
    deliver()

    assert smtp.mails == []


# --- The answer tells nothing of the address (V2) ---


@pytest.fixture
def addresses(post, smtp) -> dict[str, str]:
    """One address of each kind."""
    asked(post, "known@example.org")
    confirmed(smtp, post, "proven@example.org")
    asked(post, "suppressed@example.org")
    deliver()
    visitor().post(link(to(smtp, "suppressed@example.org")[0], "unsubscribe"), {"do": "never"})
    return {
        kind: f"{kind}@example.org" for kind in ("unknown", "known", "proven", "suppressed", "unknown-too")
    }


def test_the_form_answers_the_same_whatever_is_known_of_an_address(post, addresses):
    answers = set()
    for address in addresses.values():
        response = send(visitor(), post.url, email=address, notify="on")
        cookie = re.sub(r"comment_[\w-]{32}", "TOKEN", str(response.cookies))
        headers = tuple(item for item in response.items() if item[0] != "Set-Cookie")
        answers.add((response.status_code, response.content, headers, re.sub(r"expires=[^;]+", "", cookie)))

    assert len(answers) == 1


def test_the_api_answers_the_same_whatever_is_known_of_an_address(post, addresses):
    answers = set()
    for address in addresses.values():
        words = {"name": "Ann", "email": address, "comment": "The same words.", "notify": True}
        response = visitor().post(
            f"/api/v1/posts/{post.pk}/comments/", words, content_type="application/json"
        )
        assert response.status_code == 202
        body = re.sub(r'"id": \d+|comment_[\w-]{32}|\d\d\.\d+', "?", response.content.decode())
        answers.add((body, re.sub(r"'Content-Length': '\d+'", "", str(response.headers))))

    assert len(answers) == 1, answers


# --- Someone replied ---


def test_a_reply_is_told_when_it_is_approved_and_not_before(post, smtp):
    mine = confirmed(smtp, post)
    answer = reply(mine, address=VICTIM, name="Bob Unmentioned", text="I agree,\n\nentirely.")
    deliver()
    assert to(smtp, "ann@example.org") == []
    assert not promised("comment.replied")

    decide(answer, "approve")
    deliver()

    (mail,) = to(smtp, "ann@example.org")
    text = text_of(mail)
    assert mail["Subject"].strip() == "Someone replied on “A quiet hour”"
    assert "> I agree, entirely." in text
    assert f"comment-{answer.pk}" in text or f"/comments/{answer.pk}/" in text
    assert "Bob Unmentioned" not in text
    assert crawl.leaks(words_of(mail).encode(), [VICTIM]) == []


def test_a_long_reply_is_cut_and_every_line_fits(post, smtp):
    mine = confirmed(smtp, post)
    decide(reply(mine, text="words " * 300), "approve")
    deliver()

    (mail,) = to(smtp, "ann@example.org")
    text = text_of(mail)
    assert text.count("words") < 40
    assert all(line.startswith("> ") for line in text.splitlines() if "words" in line)
    assert all(len(line) <= 76 or line.startswith("http") for line in text.splitlines())


def test_a_reply_is_told_once_to_a_person_whatever_happens_to_it(post, smtp):
    mine = confirmed(smtp, post)
    again = asked(post, reply_to_id=mine.pk)
    Subscription.objects.filter(comment=again).update(confirmed_at=timezone.now())
    answer = reply(mine, address="bob@example.org")
    for verb in ("approve", "hold", "approve", "spam", "approve"):
        decide(answer, verb)
        deliver()

    assert len(to(smtp, "ann@example.org")) == 1


def test_nor_is_it_told_again_when_its_mail_was_purged(post, smtp, clock):
    mine = confirmed(smtp, post)
    answer = reply(mine, address="bob@example.org")
    decide(answer, "approve")
    deliver()
    clock.shift(outbox.KEPT + timedelta(seconds=1))
    outbox.forget_finished()
    for verb in ("hold", "approve"):
        decide(answer, verb)
        deliver()

    assert len(to(smtp, "ann@example.org")) == 1


def test_no_one_gets_mail_about_their_own_reply(post, smtp):
    mine = confirmed(smtp, post)
    decide(reply(mine, address="ANN@example.org"), "approve")
    deliver()

    assert smtp.mails == []
    assert not promised("comment.replied")


def test_who_has_not_confirmed_is_not_told(post, smtp):
    mine = asked(post)
    decide(mine, "approve")
    decide(reply(mine), "approve")
    Delivery.objects.filter(event="comment.confirm").delete()
    deliver()

    assert smtp.mails == []
    assert not promised("comment.replied")


def test_a_reply_that_was_held_again_before_the_mail_went_is_told_when_it_is_back(post, smtp):
    mine = confirmed(smtp, post)
    answer = reply(mine)
    for verb in ("approve", "hold"):
        decide(answer, verb)
    deliver()
    assert smtp.mails == []

    decide(answer, "approve")
    deliver()

    assert len(to(smtp, "ann@example.org")) == 1


def test_another_thread_is_not_mine(post, smtp):
    confirmed(smtp, post)
    other = CommentFactory(page=post, approved=True)
    decide(reply(other), "approve")
    deliver()

    assert to(smtp, "ann@example.org") == []


@pytest.mark.parametrize("change", ["spam", "unpublished", "restricted", "ended", "suppressed", "my-spam"])
def test_what_changed_since_is_asked_again_when_the_mail_is_sent(post, smtp, change):
    mine = confirmed(smtp, post)
    answer = reply(mine)
    decide(answer, "approve")
    wish = Subscription.objects.get(comment=mine)
    {
        "spam": lambda: decide(answer, "spam"),
        "unpublished": post.unpublish,
        "restricted": lambda: post.view_restrictions.create(restriction_type="login"),
        "ended": lambda: Subscription.objects.update(ended_at=timezone.now()),
        "suppressed": lambda: Suppression.objects.create(address_index=wish.reader.address_index),
        "my-spam": lambda: ReaderComment.objects.filter(pk=mine.pk).update(status="spam"),
    }[change]()
    deliver()

    assert to(smtp, "ann@example.org") == []
    assert Delivery.objects.get(event="comment.replied").state == State.SUPPRESSED


def test_a_reply_below_a_held_one_is_told_when_that_is_approved(post, smtp):
    mine = confirmed(smtp, post)
    above = reply(mine, address="bob@example.org")
    decide(above, "approve")
    below = reply(above, address="cleo@example.org", text="Further down.")
    decide(above, "hold")
    decide(below, "approve")
    deliver()
    assert to(smtp, "ann@example.org") == []

    decide(above, "approve")
    deliver()

    quotes = [text_of(mail) for mail in to(smtp, "ann@example.org")]
    assert len(quotes) == 2
    assert any("Further down." in quote for quote in quotes)


# --- Your comment ---


@pytest.mark.parametrize("later", [timedelta(minutes=1), outbox.KEPT + timedelta(1)], ids=["soon", "purged"])
@pytest.mark.parametrize(("verb", "words"), [("approve", "is public"), ("trash", "was not published")])
def test_an_author_who_asked_and_confirmed_learns_the_outcome_once(post, smtp, clock, verb, words, later):
    comment = asked(post)
    deliver()
    visitor().post(link(smtp.mails[0], "confirm"))
    smtp.mails.clear()
    for step in (verb, "hold", verb):
        decide(comment, step)
        deliver()
        clock.shift(later)
        deliver()
        outbox.forget_finished()

    (mail,) = smtp.mails
    assert mail["Subject"].strip() == f"Your comment on “A quiet hour” {words}"
    assert comment.comment not in words_of(mail)


def test_a_trashing_that_is_undone_within_a_minute_is_told_to_nobody(post, smtp, clock):
    comment = asked(post)
    deliver()
    visitor().post(link(smtp.mails[0], "confirm"))
    smtp.mails.clear()
    decide(comment, "trash")
    deliver()
    decide(comment, "restore")
    clock.shift(timedelta(minutes=2))
    deliver()

    assert to(smtp, "ann@example.org") == []


def test_the_reason_a_moderator_chose_is_told_in_its_own_words(post, smtp, clock, moderator):
    why = Refusal.objects.create(title="Names a patient", words="Please leave out who was treated.")
    comment = asked(post)
    deliver()
    visitor().post(link(smtp.mails[0], "confirm"))
    smtp.mails.clear()
    comment.refresh_from_db()
    actions.trash(comment, by=moderator, version=comment.version, refusal=why)
    clock.shift(timedelta(minutes=1))
    deliver()

    (mail,) = to(smtp, "ann@example.org")
    assert "Please leave out who was treated." in words_of(mail)
    assert comment.decisions.last().reasons == ["Names a patient"]


@pytest.mark.parametrize("verb", ["approve", "trash"])
def test_who_did_not_ask_or_confirm_for_this_comment_learns_nothing(post, smtp, verb):
    """Also when the address is proven elsewhere: anyone may have typed it here."""
    confirmed(smtp, post)
    Delivery.objects.filter(event="comment.published").delete()  # of the comment that was confirmed
    decide(asked(post), verb)
    decide(CommentFactory(page=post, address="ann@example.org"), verb)
    deliver()

    assert to(smtp, "ann@example.org") == []
    assert not promised("comment.published")
    assert not promised("comment.refused")


def test_spam_is_not_told_it_is_spam(post, smtp):
    comment = asked(post)
    deliver()
    visitor().post(link(smtp.mails[0], "confirm"))
    decide(comment, "spam")
    deliver()

    assert len(smtp.mails) == 1
    assert not promised("comment.refused")


# --- Ending it ---


def send_reply_mail(smtp, post) -> tuple[ReaderComment, object]:
    mine = confirmed(smtp, post)
    decide(reply(mine, address="bob@example.org"), "approve")
    deliver()
    return mine, to(smtp, "ann@example.org")[0]


def test_each_mail_can_be_ended_by_one_click_of_the_mail_program(post, smtp):
    mine, mail = send_reply_mail(smtp, post)
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    url = mail["List-Unsubscribe"].strip(" <>").removeprefix("http://localhost:8000")
    assert url.startswith("/mail/unsubscribe/")

    stranger = visitor(origin="https://mail.example", sec_fetch_site="cross-site")
    for _ in range(2):
        assert stranger.post(url, ONE_CLICK).status_code == 200
    decide(reply(mine, address="cleo@example.org"), "approve")
    deliver()

    assert Subscription.objects.get().ended_at
    assert len(to(smtp, "ann@example.org")) == 1


def test_another_body_ends_nothing(post, smtp):
    _, mail = send_reply_mail(smtp, post)
    for body in ({}, {"List-Unsubscribe": "no"}, {"do": "everything"}):
        assert visitor().post(link(mail, "unsubscribe"), body).status_code in {303, 422}

    assert Subscription.objects.get().ended_at is None


def test_the_page_ends_this_conversation_from_all_its_comments_and_no_other(post, smtp):
    mine, mail = send_reply_mail(smtp, post)
    second = asked(post, reply_to_id=mine.pk)
    elsewhere = asked(post)
    Subscription.objects.update(confirmed_at=timezone.now())
    url = link(mail, "unsubscribe")
    assert "Never write to me again" in visitor().get(url).content.decode()

    response = visitor().post(url, {"do": "thread"})

    assert (response.status_code, response["Location"]) == (303, url)
    assert "These emails have stopped" in visitor().get(url).content.decode()
    assert set(Subscription.objects.filter(ended_at=None).values_list("comment", flat=True)) == {elsewhere.pk}
    assert Subscription.objects.get(comment=second).ended_at


def test_never_again_ends_everything_and_is_kept_as_an_index(post, smtp):
    _, mail = send_reply_mail(smtp, post)
    asked(post)
    url = link(mail, "unsubscribe")

    for _ in range(2):
        assert visitor().post(url, {"do": "never"}).status_code == 303

    assert "We will not write to you again" in visitor().get(url).content.decode()
    assert not Subscription.objects.filter(ended_at=None).exists()
    assert (
        Suppression.objects.order_by("pk").first().address_index
        == Reader.objects.with_address("ann@example.org").get().address_index
    )


def test_what_was_ended_is_not_begun_again_by_an_older_link(post, smtp):
    asked(post)
    deliver()
    (mail,) = smtp.mails
    visitor().post(link(mail, "unsubscribe"), {"do": "thread"})
    visitor().post(link(mail, "confirm"))

    assert not Subscription.objects.active().exists()
    assert "These emails have stopped" in visitor().get(link(mail, "confirm")).content.decode()


def test_a_page_that_is_not_public_any_more_is_not_named(post, smtp):
    _, mail = send_reply_mail(smtp, post)
    post.unpublish()

    assert "A quiet hour" not in visitor().get(link(mail, "unsubscribe")).content.decode()


# --- Moderators ---


def choose(user, frequency: str) -> None:
    ModeratorNotice.objects.update_or_create(user=user, defaults={"frequency": frequency})


def strike() -> None:
    notices.queue_digests()
    deliver()


def test_a_moderator_who_has_not_chosen_is_told_when_the_queue_was_empty(post, smtp, moderator):
    CommentFactory(page=post)
    CommentFactory(page=post)
    deliver()

    (mail,) = to(smtp, "moderator@staff.example")
    assert "http://localhost:8000/admin/comments/" in text_of(mail)


def test_the_hour_is_told_once_and_only_what_waited_when_it_struck(post, smtp, moderator, clock):
    choose(moderator, "hourly")
    for text in ("one", "two"):
        CommentFactory(page=post, text=f"{MARK} {text}", name=MARK, address=VICTIM)
    strike()
    assert smtp.mails == []

    clock.shift(timedelta(minutes=41))
    strike()
    clock.shift(timedelta(minutes=1))
    strike()

    (mail,) = smtp.mails
    assert mail["Subject"] == "2 comments are waiting"
    assert "- A quiet hour" in text_of(mail)
    assert MARK not in words_of(mail)
    assert crawl.leaks(words_of(mail).encode(), [VICTIM]) == []


def test_the_day_is_told_at_eight(post, smtp, moderator, clock):
    choose(moderator, "daily")
    CommentFactory(page=post)
    for moment in (20, 7):
        clock.move_to(START.replace(hour=moment, day=2 if moment == 20 else 3))
        strike()
    assert smtp.mails == []

    for minutes in (0, 30):
        clock.move_to(START.replace(day=3, hour=8, minute=minutes))
        strike()
    assert len(smtp.mails) == 1


def test_nothing_waits_and_nobody_is_told(post, smtp, moderator, clock):
    choose(moderator, "hourly")
    comment = CommentFactory(page=post)
    clock.shift(timedelta(hours=1))
    notices.queue_digests()
    decide(comment, "approve")
    deliver()
    clock.shift(timedelta(hours=1))
    strike()

    assert to(smtp, "moderator@staff.example") == []


def test_never_is_never(post, smtp, moderator, clock):
    choose(moderator, "never")
    CommentFactory(page=post)
    clock.shift(timedelta(days=1))
    strike()

    assert smtp.mails == []


def test_a_moderator_chooses_in_their_account_and_no_one_else_is_asked(moderator, editor):
    browser = signed_in(moderator)
    assert "Email me when reader comments are waiting" in browser.get("/admin/account/").content.decode()
    assert "Email me when" not in signed_in(editor).get("/admin/account/").content.decode()
    assert not ModeratorNotice.objects.exists()

    words = {
        "name_email-first_name": "Mo",
        "name_email-last_name": "Derator",
        "name_email-email": "moderator@staff.example",
        "theme-theme": "system",
        "theme-contrast": "system",
        "theme-density": "default",
        "theme-keyboard_shortcuts": "on",
        "comment-notices-frequency": "daily",
    }
    assert browser.post("/admin/account/", words).status_code == 302
    assert ModeratorNotice.objects.get(user=moderator).frequency == "daily"
