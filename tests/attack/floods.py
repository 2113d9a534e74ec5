"""Too much of what is allowed, and what happens when many do it in one moment."""

from concurrent.futures import ThreadPoolExecutor

from django.conf import settings

from blog.comments.models import ReaderComment
from home.contact.models import ContactMessage
from tests.attack.browser import Answer, Browser
from tests.attack.outcome import Outcome, Tally, statuses
from tests.attack.victim import Victim
from tests.factories import CommentFactory

AT_ONCE = 5  # that one client may send
CROWD = 24
SAME = "The same words at once."
KEY = "xw9-key-of-one-reader"
SPELLINGS = (
    *(f"bombed.one{tag}@victim.example" for tag in ("", "+a", "+b", "+c", "+newsletter", "+x+y")),
    "Bombed.One@Victim.example",
    "bombed.one@VICTIM.EXAMPLE",
)


def comments(victim: Victim) -> Outcome:
    """One client sends 40 comments, by the page and by the API, a reader meanwhile"""
    tally, stranger, reader, worst, answers = Tally(), victim.stranger(), victim.stranger(), 0.0, []
    form, door = stranger.comment_form(victim.post.url), f"/api/v1/posts/{victim.post.pk}/comments/"
    for number in range(20):
        typed = {"name": "F", "email": "flood@example.org", "comment": f"Flood {number}"}
        for answer in (
            stranger.post(victim.post.url, {**form, **typed}),
            stranger.post_json(door, {**typed, "comment": f"Flood too {number}"}),
        ):
            answers.append(answer.status)
            taken = answers.count(303) + answers.count(202)
            tally.saw(f"{taken} were taken", wrong=taken > AT_ONCE + 2)
        worst = max(worst, _read(tally, reader))
    kept = ReaderComment.objects.filter(comment__startswith="Flood ").count()
    tally.require("both doors took some, and then no more", {303, 202, 429} == set(answers))
    tally.found(f"{kept} kept", wrong=kept != answers.count(303) + answers.count(202))
    tally.found(f"a reader waited {worst:.1f} s", wrong=worst > 2)
    return tally.outcome(statuses(answers))


def _read(tally: Tally, reader: Browser) -> float:
    """Read a page; return how long it took, in seconds."""
    answer = reader.get("/blog/")
    tally.require(f"a reader is answered 200, not {answer.status}", answer.status == 200)
    return answer.seconds


def messages_and_reports(victim: Victim) -> Outcome:
    """One client sends 30 messages and 30 reports"""
    comment = CommentFactory(page=victim.post, text="To be complained of.", approved=True)
    tally, stranger, url = Tally(), victim.stranger(), f"/api/v1/comments/{comment.pk}/report/"
    sent, reports = [], []
    for number in range(30):
        sent.append(stranger.message(victim.contact.url, message=f"Flood {number}").status)
        tally.saw(f"{sent.count(303)} messages", wrong=sent.count(303) > AT_ONCE + 2)
    for number in range(30):
        reports.append(stranger.post_json(url, {"reason": "spam", "words": f"{number}"}).status)
        kept = comment.reports.count()
        tally.saw(f"{kept} reports of one comment", wrong=kept > 1 or reports[-1] not in (202, 429))
    tally.require("some messages were taken, and then no more", {303, 429} == set(sent))
    tally.require("the report was taken", comment.reports.count() == 1)
    return tally.outcome(f"messages {statuses(sent)}; reports {statuses(reports)}, one kept")


def racing_limits(victim: Victim) -> Outcome:
    """One client sends 24 comments in one moment"""
    address, tally = next(victim.addresses), Tally()
    form = victim.stranger().comment_form(victim.post.url)

    def send(number: int) -> int:
        typed = {"name": "R", "email": "race@example.org", "comment": f"Race {number}"}
        return victim.stranger(address).post(victim.post.url, {**form, **typed}).status

    with ThreadPoolExecutor(CROWD) as crowd:
        answers = list(crowd.map(send, range(CROWD)))
    tally.require("some were taken, and the others refused", set(answers) == {303, 429})
    for number in range(1, CROWD + 1):
        taken = answers[:number].count(303)
        tally.saw(f"{taken} were taken", wrong=taken > AT_ONCE + 1)
    return tally.outcome(statuses(answers))


def racing_moderators(victim: Victim) -> Outcome:
    """One comment, approved and thrown away in one moment by twelve"""
    comment, tally = CommentFactory(page=victim.post, text="Decided at once."), Tally()
    moderator = victim.as_("moderator")
    moderator.get("/admin/comments/")
    token = dict(moderator.cookies)

    def decide(number: int) -> int:
        browser = victim.stranger()
        browser.cookies = dict(token)
        fields = {"do": "approve" if number % 2 else "trash", "comment": f"{comment.pk}:{comment.version}"}
        return browser.submit("/admin/comments/", fields, to="/admin/comments/batch/").status

    with ThreadPoolExecutor(12) as crowd:
        answers = list(crowd.map(decide, range(12)))
    decisions = comment.decisions.filter(actor="person").count()
    for status in answers:
        tally.saw(f"{decisions} decisions; {status}", wrong=decisions > 1 or status >= 500)
    tally.require("one of them decided", decisions)
    return tally.outcome(f"{statuses(answers)}; {decisions} decision")


def same_words_at_once(victim: Victim) -> Outcome:
    """The same comment and the same message, from 24 clients in one moment"""
    tally, newest = Tally(), ContactMessage.objects.latest("pk").pk
    both = {"email": "same@example.org", "comment": SAME, "message": SAME}

    def send(number: int) -> tuple[int, int]:
        stranger = victim.stranger()
        comment = stranger.comment(victim.post.url, email=both["email"], comment=SAME)
        return comment.status, stranger.message(victim.contact.url, email=both["email"], message=SAME).status

    with ThreadPoolExecutor(CROWD) as crowd:
        answers = [status for pair in crowd.map(send, range(CROWD)) for status in pair]
    kept = ReaderComment.objects.filter(comment=SAME).count()
    told = ContactMessage.objects.filter(pk__gt=newest, words__icontains=SAME).count()
    for status in answers:
        tally.saw(f"{status}: {kept} comments, {told} messages", wrong=status != 303 or kept > 1 or told > 1)
    tally.require("one of each was kept", kept and told)
    return tally.outcome(f"{statuses(answers)}; {kept} comment, {told} message")


def idempotency_keys(victim: Victim) -> Outcome:
    """An Idempotency-Key for other words, too long, and twelve times at once"""
    door, tally = f"/api/v1/posts/{victim.post.pk}/comments/", Tally()
    words = {"name": "K", "email": "key@example.org", "comment": "Under a key."}

    def send(key: str, **other: str) -> Answer:
        return victim.stranger().post_json(door, {**words, **other}, Idempotency_Key=key)

    first, repeat = send(KEY), send(KEY)
    tally.require(f"the first is taken, not {first.status}", first.status == 202)
    same = repeat.status == 202 and first.json()["id"] == repeat.json()["id"]
    tally.saw(f"the same again: {repeat.status}", wrong=not same)
    other = send(KEY, comment="Other words.").status
    tally.saw(f"other words: {other}", wrong=other != 409)
    for key in ("x" * 300, "x" * 1000, "'; --", "\u00e9" * 4, " "):
        status = send(key, comment=f"Under {key[:9]}").status
        tally.saw(f"odd key: {status}", wrong=status not in (202, 400, 422))
    with ThreadPoolExecutor(12) as crowd:
        raced = list(crowd.map(lambda _: send("xw9-racing", comment="Under a racing key.").status, range(12)))
    kept = ReaderComment.objects.filter(comment="Under a racing key.").count()
    tally.require("one of the twelve was kept", kept)
    for status in raced:
        tally.saw(f"{status}: {kept} comments", wrong=kept > 1 or status not in (202, 409))
    return tally.outcome(f"the same comment, 409 for other words, {kept} of 12 at once")


def mail_to_one_mailbox(victim: Victim) -> Outcome:
    """80 clients name one mailbox, in eight spellings and with +tags: one question a day"""
    tally, before = Tally(), len(victim.peer.recipients)
    for number in range(80):
        status = _named(victim, SPELLINGS[number % len(SPELLINGS)], number)
        tally.require(f"number {number} is taken, not {status}", status == 303)
        tally.saw(number, wrong=_sent_to_victim(victim, before) > 1)
    victim.until_delivered()
    mails = _sent_to_victim(victim, before)
    tally.require("the one mail went out", mails)
    tally.found(f"{mails} mails", wrong=mails != 1)
    texts = [
        mail.get_body(("plain",)).get_content() for mail in victim.peer.mails if _is_to_victim(mail["To"])
    ]
    tally.require("it was found", texts)
    tally.found("a mail repeats what a stranger typed", wrong=any("Bomb" in text for text in texts))
    return tally.outcome(f"{mails} mail")


def _named(victim: Victim, mailbox: str, number: int) -> int:
    """Name a mailbox in a comment, or in every fourth message."""
    stranger, words = victim.stranger(), f"Bomb {number}"
    if number % 4:
        return stranger.comment(victim.post.url, email=mailbox, comment=words, notify="on").status
    return stranger.message(victim.contact.url, email=mailbox, message=words, send_copy="on").status


def _sent_to_victim(victim: Victim, before: int) -> int:
    return sum(map(_is_to_victim, victim.peer.recipients[before:]))


def _is_to_victim(address: object) -> bool:
    return "victim.example" in str(address).lower()


def mail_to_staff(victim: Victim) -> Outcome:
    """60 messages of 60 clients at once: staff get a few mails and a digest"""
    tally, answers, (url, mailbox) = Tally(), [], victim.desk()
    for number in range(60):
        typed = {"email": f"crowd{number}@example.org", "message": f"Crowd {number}"}
        answers.append(victim.stranger().message(url, **typed).status)
        mails = victim.peer.recipients.count(mailbox)
        tally.saw(f"{mails} mails", wrong=mails > settings.STAFF_MAILS_AN_HOUR + 1)
    victim.until_delivered()
    mails = victim.peer.recipients.count(mailbox)
    tally.require(f"all are taken: {statuses(answers)}", set(answers) == {303})
    tally.require("staff hear of some", mails)
    tally.found(f"{mails} mails", wrong=mails > settings.STAFF_MAILS_AN_HOUR + 1)
    return tally.outcome(f"{mails} mails at once to each of the staff; the others wait for a digest")


def replayed_forms(victim: Victim) -> Outcome:
    """A comment's form sent 20 times, on other pages, of another time, without its hash"""
    stranger, tally = victim.stranger(), Tally()
    typed = {"name": "P", "email": "replay@example.org", "comment": "Replayed."}
    form = {**stranger.comment_form(victim.post.url), **typed}
    tally.require("the form has a hash", form.get("security_hash"))
    for _ in range(20):
        stranger.post(victim.post.url, form)
        kept = ReaderComment.objects.filter(comment="Replayed.").count()
        tally.require("the first is kept", kept)
        tally.saw(f"{kept} kept", wrong=kept > 1)
    elsewhere = [
        (victim.private.url, form),
        ("/blog/not-yet/", form),
        (victim.post.url, {**form, "timestamp": "1", "comment": "Old."}),
        (victim.post.url, {**form, "security_hash": "", "comment": "Bare."}),
        (victim.post.url, {**form, "object_pk": str(victim.private.pk), "comment": "Moved."}),
    ]
    answers = [victim.stranger().post(url, sent).status for url, sent in elsewhere]
    for status in answers:
        tally.saw(status, wrong=status not in (302, 403, 404, 422))
    kept = ReaderComment.objects.filter(comment__in=("Replayed.", "Old.", "Bare.", "Moved."))
    tally.found(f"{kept.count()} kept", wrong=kept.count() != 1)
    return tally.outcome(f"{kept.count()} kept; elsewhere {statuses(answers)}")


ATTACKS = (
    comments,
    messages_and_reports,
    racing_limits,
    racing_moderators,
    same_words_at_once,
    idempotency_keys,
    mail_to_one_mailbox,
    mail_to_staff,
    replayed_forms,
)
