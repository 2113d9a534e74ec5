"""What belongs to others: doors of the admin, words, messages, hidden pages, fields nobody offered."""

import re
from collections import Counter
from collections.abc import Iterator
from hashlib import sha256
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import get_user_model
from django.urls import resolve

from blog.comments.models import ReaderComment, Token
from home.contact.models import Attachment, ContactMessage
from tests import crawl
from tests.attack.browser import Answer, Browser
from tests.attack.outcome import Outcome, Tally, statuses
from tests.attack.victim import HIDDEN_WORDS, ROLES, SENDER, Victim
from tests.factories import CommentFactory
from tests.pictures import encoded, noise
from tests.test_permissions import FRONT_DESK, allowed_at

NAMES = {"officer": "privacy officer", "plain": "plain staff"}  # as the table of permissions calls them
OURS = ("/admin/comments/", "/admin/messages/", "/admin/outbox/", "/admin/privacy/", "/admin/snippets/blog")
OPEN = ("/admin/login/", "/admin/password_reset/", "/admin/jsi18n/", "/admin/sprite/")
SECOND_FACTOR = "/admin/second-factor/"
OF_WHOEVER_IS_LOGGED_IN = tuple(f"{SECOND_FACTOR}{page}/" for page in ("confirm", "app", "passkey"))
# what was searched for is said again: in the title, the field and the heading
REPEATED = re.compile(rf"Search: {HIDDEN_WORDS}|q={HIDDEN_WORDS}|[“\"']{HIDDEN_WORDS}[”\"']")
MORE = {
    "status": "approved",
    "state": "handled",
    "is_public": "1",
    "by_staff": "1",
    "user": "1",
    "user_id": "1",
    "reader": "1",
    "page": "1",
    "moderation": "none",
    "version": "9",
    "is_superuser": "1",
    "is_staff": "1",
    "groups": "1",
    "level": "0",
}
MOST_COMMENTS = 8
STATES = {"pending", "approved", "spam", "trash"}
FORGED_TOKEN = "a" * 32  # as a cookie and in a form: a pair that fits
LINK_IN_MAIL = re.compile(r"https://localhost(/mail/(\w+)/[\w-]+/)")
DOORS_OF = {
    "plain": "/admin/account/",
    "editor": "/admin/snippets/blog/author/",
    "moderator": "/admin/comments/",
    "officer": "/admin/privacy/",
    "front desk": "/admin/messages/",
    "admin": "/admin/outbox/",
}
WITHIN = frozenset(
    {"plain", "editor", "moderator", "officer", "front desk", "admin"}
)  # who may enter the admin


def admin_doors(victim: Victim) -> Outcome:
    """Every address of the admin as each of eight roles"""
    tally, opened = Tally(), Counter()
    reads = [read for read in victim.crawled() if read.url.startswith("/admin/")]
    for role, url, answer in reads:
        opened[role] += answer.status == 200
        may = _may(role, url)
        tally.saw(
            f"{role} {url}: {answer.status}", wrong=answer.status >= 500 or answer.status == 200 and not may
        )
    for role in WITHIN:
        tally.require(f"{role} is let in somewhere", opened[role] > opened["nobody"])
    for role, door in DOORS_OF.items():
        answer = next(read.answer for read in reads if (read.role, read.url) == (role, door))
        tally.require(f"{role} is let in at {door}, not answered {answer.status}", answer.status == 200)
    return tally.outcome(f"{len(reads) // len(ROLES)} addresses; nobody got in where they may not")


def _may(role: str, url: str) -> bool:
    if url.startswith(OPEN):
        return True
    if url == SECOND_FACTOR or url.startswith(OF_WHOEVER_IS_LOGGED_IN):  # readers too: it can be demanded
        return role != "nobody"
    if not url.startswith(OURS):
        return role in WITHIN
    try:
        return NAMES.get(role, role) in allowed_at(_pattern(url))
    except (KeyError, StopIteration):
        return role == "admin"


def _pattern(url: str) -> str:
    return f"/{resolve(urlsplit(url).path).route}"


def posts_to_admin_doors(victim: Victim) -> Outcome:
    """Forms to every door of ours in the admin, by everybody who may not"""
    tally, held = Tally(), CommentFactory(page=victim.post, text="Decided by nobody who may not.")
    urls, before = [url for url in crawl.every_url() if url.startswith(OURS)], _counted()
    approve = {"do": "approve", "version": str(held.version), "comment": f"{held.pk}:{held.version}"}
    for role in ROLES[:-1]:
        browser = _with_a_token(victim, role)
        for url in (url for url in urls if not _may(role, url)):
            for fields in ({}, approve, {"delete": "1"}):
                answer = browser.post(url, {**fields, "csrfmiddlewaretoken": FORGED_TOKEN})
                tally.saw(f"{role} {url}: {answer.status}", wrong=not _is_sent_away(answer))
    tally.found("something changed", wrong=_counted() != before)
    moderator = _with_a_token(victim, "moderator")
    moderator.post("/admin/comments/batch/", {**approve, "csrfmiddlewaretoken": FORGED_TOKEN})
    held.refresh_from_db()
    tally.require("the same form does it for who may", held.status == "approved")
    return tally.outcome("refused, and no comment or message changed")


def _with_a_token(victim: Victim, role: str) -> Browser:
    """Return a browser whose forms have the token that fits its cookie: rights alone refuse it."""
    browser = victim.as_(role)
    browser.cookies[settings.CSRF_COOKIE_NAME] = FORGED_TOKEN
    return browser


def _is_sent_away(answer: Answer) -> bool:
    """Say whether a door stayed closed: refused, or led to the log-in or the admin's first page."""
    if answer.status == 403:
        return "You signed in again" not in answer.text and "CSRF verification" not in answer.text
    if answer.status == 302:
        return urlsplit(answer.headers["Location"]).path in ("/admin/login/", "/admin/")
    return answer.status in (404, 405)


def _counted() -> list:
    return [
        list(ReaderComment.objects.order_by("pk").values_list("pk", "status", "version")),
        list(ContactMessage.objects.order_by("pk").values_list("pk", "state")),
    ]


def ids_of_others(victim: Victim) -> Outcome:
    """Comments of others by number, with tokens that are not theirs, as cookie and bearer"""
    tally, author = Tally(), victim.stranger()
    door, told = f"/api/v1/posts/{victim.post.pk}/comments/", {"name": "Eve", "email": "eve@example.org"}
    mine = author.post_json(door, {**told, "comment": "Mine alone."}).json()
    real, before = mine["token"], _counted()
    opened = next(_handled(victim, mine["id"], real))
    tally.require("one's own is read with it", opened.status == 200 and "Mine alone." in opened.text)
    shown = ("", real, real[:-1], "comment_" + "A" * 32, "comment_", "wagtail_x", real.upper())
    theirs = list(ReaderComment.objects.exclude(pk=mine["id"]).order_by("pk")[:MOST_COMMENTS])
    tally.require("there are others, of every state", {each.status for each in theirs} >= STATES)
    for comment in theirs:
        for token in shown:
            for answer in _handled(victim, comment.pk, token):
                closed = answer.status in (302, 401, 403, 404) and HIDDEN_WORDS not in answer.text
                what = f"comment {comment.pk} ({comment.status}) with {token[:9]}: {answer.status}"
                tally.saw(what, wrong=not closed)
    tally.found("something changed", wrong=_counted() != before)
    changed = victim.stranger().post_json(
        f"/api/v1/comments/{mine['id']}/", {"comment": "Changed."}, "PATCH", Authorization=f"Bearer {real}"
    )
    tally.require(f"one's own is changed with it, not {changed.status}", changed.status == 200)
    return tally.outcome("nothing read, nothing changed")


def _handled(victim: Victim, pk: int, token: str) -> Iterator[Answer]:
    thief, url, page = victim.stranger(), f"/api/v1/comments/{pk}/", f"{victim.post.url}comments/{pk}/edit/"
    bearer = {"Authorization": f"Bearer {token}"}
    yield thief.get(url, **bearer)
    yield thief.post_json(url, {"comment": "Changed."}, "PATCH", **bearer)
    yield thief.ask("DELETE", url, **bearer)
    thief.cookies = {"own_comments": token, "__Host-own_comments": token}
    yield thief.get(page)
    yield thief.post(page, {"comment": "Changed."})
    yield thief.post(page, {"withdraw": "1"})


def tokens_for_another_purpose(victim: Victim) -> Outcome:
    """Tokens of another kind, and digests of tokens, at the doors of links in mail"""
    tally, mailbox = Tally(), "eve2@example.org"
    door = f"/api/v1/posts/{victim.post.pk}/comments/"
    told = {"name": "Eve", "email": mailbox, "comment": "Another.", "notify": True}
    mine = victim.stranger().post_json(door, told).json()["token"]
    copied = {"email": "eve3@example.org", "message": "A copy, please.", "send_copy": "on"}
    victim.stranger().message(victim.contact.url, **copied)
    links = _links_in_mail(victim, mailbox, copied["email"])
    tally.require(f"links came by mail, at {sorted(links)}", links.keys() >= {"confirm", "copy"})
    for kind, link in links.items():
        tally.require(f"the link to {kind} opens", victim.stranger().get(link).status == 200)
    digests = [*Token.objects.values_list("digest", flat=True)[:5], sha256(mine.encode()).hexdigest()]
    tokens = (mine, mine.removeprefix("comment_"), *digests, "x", "A" * 32, "0" * 64, "-" * 32)
    answers = []
    for at in ("/mail/confirm/{}/", "/mail/unsubscribe/{}/", "/mail/copy/{}/"):
        others = [link.split("/")[-2] for kind, link in links.items() if f"/{kind}/" not in at]
        for url in (at.format(token) for token in (*tokens, *others)):
            for got in _tried_at(victim, url):
                answers.append(got.status)
                tally.saw(f"{url}: {got.status}", wrong=got.status not in (403, 404, 410))
    return tally.outcome(f"{', '.join(sorted(links))} open by their own; {statuses(answers)}")


def _links_in_mail(victim: Victim, *mailboxes: str) -> dict[str, str]:
    victim.until_delivered()
    mails = [mail for mail in victim.peer.mails if str(mail["To"]) in mailboxes]
    texts = [mail.get_body(("plain",)).get_content() for mail in mails]
    return {kind: link for text in texts for link, kind in LINK_IN_MAIL.findall(text)}


def _tried_at(victim: Victim, url: str) -> Iterator[Answer]:
    yield victim.stranger().get(url)
    yield victim.stranger().post(url, {"List-Unsubscribe": "One-Click"})
    yield victim.stranger().post(url, {"do": "confirm"})


def hidden_words(victim: Victim) -> Outcome:
    """Words of drafts, private pages, held comments and messages, looked for everywhere"""
    tally = Tally()
    urls = [url for url in crawl.every_url() if not url.startswith("/admin/")]
    shown = victim.as_("reader").get(victim.private.url)
    tally.require("who may read them sees them", shown.status == 200 and HIDDEN_WORDS in shown.text)
    found = victim.as_("nobody").get("/search/?q=quiet").text
    tally.require("the search finds what is public", "A quiet hour" in found)
    opened = 0
    for role in ("nobody", "plain", "front desk"):
        browser = victim.as_(role)
        for url in (*urls, *_asked_for_hidden(victim)):
            members = role != "nobody" and "for-members" in url  # who are logged in may
            answer = browser.get(url)
            opened += answer.status == 200
            words = REPEATED.sub("", answer.text)
            tally.saw(f"{role} {url}", wrong=HIDDEN_WORDS in words and not members)
    tally.require("most of the site was read", opened > len(urls))
    return tally.outcome(f"{opened} pages read; nowhere")


def _asked_for_hidden(victim: Victim) -> Iterator[str]:
    for key in (victim.draft.pk, victim.private.pk, "not-yet", "for-members", f"id:{victim.draft.pk}"):
        yield f"/api/v1/posts/{key}/"
        yield f"/api/v1/posts/{key}/comments/"
    for page in (victim.draft, victim.private, victim.section):
        yield f"/api/v1/resolve/?path={page.url_path}"
    for slug in ("not-yet", "for-members"):
        for rest in ("", "comments/feed/", "comments/1/", "comments/1/reply/", "?preview=1"):
            yield f"/blog/{slug}/{rest}"
    yield from (f"/search/?q={HIDDEN_WORDS}", f"/api/v1/search/?q={HIDDEN_WORDS}", "/section/")


def fields_nobody_offered(victim: Victim) -> Outcome:
    """State, badge, page and rights, sent along with a comment, a message, an account"""
    tally, words, url = Tally(), ("With more fields.", "In JSON.", "More fields."), victim.contact.url
    told = {"name": "A", "email": "a@example.org", "comment": words[1], **MORE}
    to = {"to": "x@evil.example", "recipients": "x@evil.example", "name": "More"}
    door = f"/api/v1/posts/{victim.post.pk}/comments/"
    taken = {
        "comment": victim.stranger().comment(victim.post.url, comment=words[0], **MORE).status,
        "JSON": victim.stranger().post_json(door, told).status,
        "message": victim.stranger().message(url, message=words[2], **MORE, **to).status,
        "account": _account_with_more(victim).status,
    }
    tally.require(
        f"all were taken: {taken}", taken == {"comment": 303, "JSON": 202, "message": 303, "account": 302}
    )
    comments = list(ReaderComment.objects.filter(comment__in=words))
    tally.require("both comments were kept", len(comments) == 2)
    message = ContactMessage.objects.latest("pk")
    tally.require("the message was kept", message.name == "More")
    editor = get_user_model().objects.get(username="editor")
    tally.require("what is offered was changed", editor.first_name == "Changed")
    victim.until_delivered()
    for name in MORE:
        for comment in comments:
            more = (
                comment.is_public or comment.by_staff or comment.user_id or comment.page_id != victim.post.pk
            )
            tally.saw(f"{name} in {comment.comment}", wrong=more or comment.version != 1 or comment.level)
        tally.saw(
            f"{name} in a message", wrong=message.state != "new" or message.page_id != victim.contact.pk
        )
        groups = list(editor.groups.values_list("name", flat=True)) != ["Editors"]
        tally.saw(f"{name} in an account", wrong=groups or editor.is_superuser or editor.is_staff)
    tally.found("mail elsewhere", wrong=any("evil.example" in to for to in victim.peer.recipients))
    return tally.outcome("all taken, and what was not offered ignored")


def _account_with_more(victim: Victim) -> Answer:
    account = {f"name_email-{name}": value for name, value in MORE.items()}
    offered = {"name_email-first_name": "Changed", "name_email-last_name": "Editor"}
    return victim.anew("editor").save_account(**MORE, **account, **offered)


def messages_of_others(victim: Victim) -> Outcome:
    """A message to staff and its file, looked for by everybody who may not read it"""
    tally = Tally()
    form = {"name": "Zoe", "email": SENDER, "message": HIDDEN_WORDS, "honeypot": ""}
    sent = victim.stranger().upload(
        victim.contact.url, form, {"files": ("a.jpg", encoded(noise(8, 8), "JPEG"))}
    )
    file = Attachment.objects.latest("pk")
    tally.require(
        f"there is one with a file, not {sent.status}", sent.status == 303 and file.message.name == "Zoe"
    )
    one = f"/admin/messages/{file.message_id}/"
    urls = (
        one,
        f"{one}files/{file.pk}/",
        f"/admin/messages/{file.message_id + 1}/",
        "/admin/messages/0/",
        f"/admin/messages/?q={HIDDEN_WORDS}",
        "/admin/messages/?export=csv",
    )
    desk = victim.as_("front desk")
    tally.require("the front desk reads it", SENDER in desk.get(one).text and desk.get(urls[1]).status == 200)
    for role in (role for role in ROLES if NAMES.get(role, role) not in FRONT_DESK):
        browser = victim.as_(role)
        for url in urls:
            answer = browser.get(url)
            read = answer.status == 200 or SENDER.encode() in answer.whole
            tally.saw(f"{role} {url}: {answer.status}", wrong=read)
    return tally.outcome("nobody but the front desk")


ATTACKS = (
    admin_doors,
    posts_to_admin_doors,
    ids_of_others,
    tokens_for_another_purpose,
    hidden_words,
    fields_nobody_offered,
    messages_of_others,
)
