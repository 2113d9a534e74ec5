"""A person before a moderator, and the list of who is banned: through the pages of the desk."""

import re

import pytest
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.utils import timezone
from wagtail.models import ModelLogEntry, Site

from blog.comments.models import (
    Discussion,
    DomainBan,
    Reader,
    ReaderComment,
    ReaderNote,
    Refusal,
    SavedReply,
    Subscription,
)
from blog.comments.moderation import authoring, people
from blog.comments.notifications import subscribing
from cms.outbox.models import Delivery, State
from tests import crawl
from tests.conftest import signed_in
from tests.factories import CommentFactory, UserFactory

pytestmark = pytest.mark.django_db
DESK = "/admin/comments/"
BANS = f"{DESK}bans/"
ADDRESS = "kq7person3x@canary-people.example"
DOMAIN = "canary-people.example"


def page_of(reader: Reader) -> str:
    return f"{DESK}people/{reader.pk}/"


def text_of(answer) -> str:
    """The words of a page, with single spaces, and none at the edges of a cell or of an item."""
    assert answer.status_code in {200, 409, 422}, answer.status_code
    return re.sub(r"(?<=<td>) | (?=</(?:td|li)>)", "", re.sub(r"\s+", " ", answer.content.decode()))


@pytest.fixture
def reader(post) -> Reader:
    """One who wrote under two names, in every state."""
    CommentFactory(page=post, address=ADDRESS, name="Ann", text="approved words", approved=True, notify=True)
    CommentFactory(page=post, address=ADDRESS, name="Ann", text="spam words", spam=True)
    CommentFactory(page=post, address=ADDRESS, name="Ann", text="trashed words", trashed=True)
    CommentFactory(page=post, address=ADDRESS, name="Annabel", text="held words")
    return Reader.objects.get()


@pytest.fixture
def officer(moderator):
    """A moderator who is also a privacy officer."""
    moderator.groups.add(Group.objects.get(name="Comment privacy officers"))
    return signed_in(moderator)


@pytest.fixture
def discussion_open(post):
    return Discussion.objects.create(site=Site.objects.get(), moderation="none")


# --- The page of a person ---


def test_the_page_of_a_person_tells_what_is_known_and_never_the_address(as_moderator, reader):
    html = text_of(as_moderator.get(page_of(reader)))

    assert "<bdi>Annabel</bdi>, <bdi>Ann</bdi>" in html
    for fact, value in (("Approved", "1"), ("Refused", "2"), ("Waiting", "1"), ("Address proven", "No")):
        assert f"<dt>{fact}</dt><dd>{value}</dd>" in html
    for words in ("approved words", "spam words", "trashed words", "held words"):
        assert words in html
    assert crawl.leaks(html.encode(), [ADDRESS]) == []
    assert DOMAIN not in html


def test_a_proven_address_is_told_with_the_day(as_moderator, reader):
    Reader.objects.update(proven_at=timezone.now().replace(year=2026, month=3, day=4))

    assert "Yes, 4 March 2026" in text_of(as_moderator.get(page_of(reader)))


def test_comments_are_read_in_one_state_and_page_by_page(as_moderator, post, reader):
    for number in range(25):
        CommentFactory(page=post, address=ADDRESS, text=f"number {number} said")

    first = text_of(as_moderator.get(page_of(reader)))
    older = re.search(r'href="\?(status=&amp;before=\d+)#comments"', first)[1].replace("&amp;", "&")
    second = text_of(as_moderator.get(f"{page_of(reader)}?{older}"))
    assert "number 24 said" in first
    assert "number 4 said" not in first
    assert "number 4 said" in second
    assert "approved words" in second
    spam = text_of(as_moderator.get(f"{page_of(reader)}?status=spam"))
    assert "spam words" in spam
    assert "held words" not in spam
    for odd in ("status=burnt", "before=-1", f"before={10**30}", "before=%00", "status=%00"):
        assert "number 24 said" in text_of(as_moderator.get(f"{page_of(reader)}?{odd}"))


def test_the_page_of_a_busy_person_costs_a_fixed_number_of_queries(
    as_moderator, post, reader, django_assert_max_num_queries
):
    for _ in range(30):
        CommentFactory(page=post, address=ADDRESS, notify=True)
    ReaderNote.objects.bulk_create(ReaderNote(reader=reader, text=f"note {number}") for number in range(60))
    as_moderator.get(page_of(reader))

    with django_assert_max_num_queries(22):
        as_moderator.get(page_of(reader))


def test_a_note_is_kept_and_a_bad_one_is_refused_with_its_words(as_moderator, reader):
    assert as_moderator.post(page_of(reader), {"do": "note", "note": "Writes at night"}).status_code == 303
    html = text_of(as_moderator.get(page_of(reader)))
    assert "<q>Writes at night</q> moderator" in html

    for words, said in (
        ("  ", "Write the note first"),
        ("x" * 501, "500 characters or less"),
        ("a\0b", "Remove the characters"),
    ):
        answer = as_moderator.post(page_of(reader), {"do": "note", "note": words})
        assert answer.status_code == 422
        assert said in text_of(answer)
    assert "x" * 501 in text_of(as_moderator.post(page_of(reader), {"do": "note", "note": "x" * 501}))
    assert reader.notes.count() == 1


def test_a_person_is_banned_and_forgiven_on_their_page_and_the_log_says_so(as_moderator, reader):
    assert as_moderator.post(page_of(reader), {"do": "ban", "ban": "refuse"}).status_code == 303
    assert "Put every comment in the trash</strong> since" in text_of(as_moderator.get(page_of(reader)))
    assert as_moderator.post(page_of(reader), {"do": "lift"}).status_code == 303

    html = text_of(as_moderator.get(page_of(reader)))
    assert "Lifted the ban, moderator" in html
    assert "Banned: Put every comment in the trash, moderator" in html
    reader.refresh_from_db()
    assert (reader.ban, reader.banned_at) == ("", None)


@pytest.mark.parametrize(
    "sent",
    [{}, {"do": "burn"}, {"do": "ban"}, {"do": "ban", "ban": "shout"}, {"do": "ban-domain", "ban": "\0"}],
)
def test_what_no_button_of_the_page_sends_is_a_400(officer, reader, sent):
    assert officer.post(page_of(reader), sent).status_code == 400


def test_nobody_has_a_page_who_is_not_there(as_moderator):
    for number in (1, 2**63, 10**30):
        assert as_moderator.get(f"{DESK}people/{number}/").status_code == 404
        assert as_moderator.post(f"{DESK}people/{number}/", {"do": "lift"}).status_code == 404


def test_the_address_is_revealed_to_who_may_and_each_look_is_in_the_log(as_moderator, moderator, reader):
    assert "Reveal" not in text_of(as_moderator.get(page_of(reader)))
    assert as_moderator.post(page_of(reader), {"do": "reveal"}).status_code == 302
    assert not ModelLogEntry.objects.exists()

    moderator.groups.add(Group.objects.get(name="Comment privacy officers"))
    officer = signed_in(moderator)
    assert ADDRESS not in text_of(officer.get(f"{page_of(reader)}?do=reveal"))
    answer = officer.post(page_of(reader), {"do": "reveal"})
    assert ADDRESS in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    after = text_of(officer.get(page_of(reader)))
    assert ADDRESS not in after
    assert "Looked at the email address, moderator" in after


def test_an_address_no_key_reads_is_told_and_nothing_breaks(officer, reader, settings):
    settings.ADDRESS_KEYS = ["YW5vdGhlciBrZXksIHRoYXQgcmVhZHMgbm90aGluZy4="]

    assert officer.get(page_of(reader)).status_code == 200
    answer = officer.post(page_of(reader), {"do": "reveal"})
    assert (answer.status_code, "cannot be read" in text_of(answer)) == (409, True)
    comment = reader.comments.last()
    answer = officer.post(f"{DESK}{comment.pk}/", {"case": "person", "reveal": 1, "version": comment.version})
    assert (answer.status_code, "cannot be read" in text_of(answer)) == (409, True)
    assert not ModelLogEntry.objects.exists()


def test_everybody_at_the_domain_of_an_address_is_banned_by_who_may_see_it(
    as_moderator, moderator, reader, post, discussion_open
):
    sent = {"do": "ban-domain", "ban": "refuse"}
    assert as_moderator.post(page_of(reader), sent).status_code == 302
    assert not DomainBan.objects.exists()
    with pytest.raises(PermissionDenied):
        people.ban_domain_of(reader, "refuse", by=moderator)

    moderator.groups.add(Group.objects.get(name="Comment privacy officers"))
    officer = signed_in(moderator)
    assert DOMAIN not in text_of(officer.get(page_of(reader)))
    assert f"Comments from anyone at <strong>{DOMAIN}</strong>:" in text_of(
        officer.post(page_of(reader), {"do": "reveal"})
    )
    assert officer.post(page_of(reader), sent)["Location"] == BANS

    assert CommentFactory(page=post, address=f"other@{DOMAIN}").status == "trash"
    actions = ModelLogEntry.objects.order_by("pk").values_list("action", flat=True)
    assert list(actions) == ["blog_comments.reveal", "blog_comments.reveal", "blog_comments.ban"]


@pytest.mark.parametrize("odd", ["x@localhost", "x@[127.0.0.1]"])
def test_what_is_no_domain_is_banned_by_nobody(officer, post, odd):
    reader = CommentFactory(page=post, address=odd).reader

    answer = officer.post(page_of(reader), {"do": "ban-domain", "ban": "hold"})

    assert (answer.status_code, "cannot be banned" in text_of(answer)) == (422, True)
    assert not DomainBan.objects.exists()


def test_who_may_reveal_but_not_moderate_bans_nobody(reader):
    officer = UserFactory(group="Comment privacy officers")

    with pytest.raises(PermissionDenied):
        people.ban_domain_of(reader, "hold", by=officer)
    assert signed_in(officer).get(page_of(reader)).status_code == 302
    assert not ModelLogEntry.objects.exists()


def test_mail_and_wishes_for_it_are_told_as_states(as_moderator, reader, post):
    Subscription.objects.update(confirmed_at=timezone.now())
    top = ReaderComment.objects.get(comment="approved words")
    reply = CommentFactory(
        page=post, address="zt4other9w@canary-ten.example", reply_to_id=top.pk, approved=True
    )
    Delivery.objects.filter(event="comment.confirm").update(state=State.FAILED, attempts=7)

    html = text_of(as_moderator.get(page_of(reader)))
    assert "A quiet hour</a>" in html
    assert ": confirmed</li>" in html
    assert "Request to confirm the address</a></td> <td>its author</td> <td>Failed</td> <td>7</td>" in html
    assert f'<a href="{DESK}{reply.pk}/">New reply</a>' in html

    subscribing.never_again(reader)
    html = text_of(as_moderator.get(page_of(reader)))
    assert "wants no email from this site" in html
    assert ": ended</li>" in html
    assert crawl.leaks(html.encode(), [ADDRESS, "zt4other9w@canary-ten.example"]) == []


@pytest.mark.parametrize("group", ["Editors", "Front desk", "Comment privacy officers"])
def test_other_staff_find_neither_page(reader, group):
    staff = signed_in(UserFactory(group=group))
    for sent in ({"do": "note", "note": "x"}, {"do": "ban", "ban": "hold"}, {"do": "lift"}, {"do": "reveal"}):
        assert staff.post(page_of(reader), sent).status_code == 302
    assert staff.get(page_of(reader)).status_code == 302
    assert staff.get(BANS).status_code == 302
    assert staff.post(BANS, {"do": "ban", "domain": "x.example", "ban": "hold"}).status_code == 302

    reader.refresh_from_db()
    assert (reader.ban, reader.notes.count(), DomainBan.objects.count()) == ("", 0, 0)
    assert not ModelLogEntry.objects.exists()


def test_a_person_is_reached_from_the_card_and_from_the_page_of_a_comment(as_moderator, reader):
    assert f'href="{page_of(reader)}"' in as_moderator.get(DESK).content.decode()
    comment = reader.comments.last()
    assert f'href="{page_of(reader)}"' in as_moderator.get(f"{DESK}{comment.pk}/").content.decode()


# --- Bans ---


def test_domains_are_banned_and_forgiven_on_a_page_of_the_desk(as_moderator, post, discussion_open):
    assert f'href="{BANS}"' in as_moderator.get(DESK).content.decode()
    assert "No domain is banned" in text_of(as_moderator.get(BANS))

    answer = as_moderator.post(BANS, {"do": "ban", "domain": " Spam.Example. ", "ban": "hold"})
    assert answer.status_code == 303
    html = text_of(as_moderator.get(BANS))
    assert "<strong>spam.example</strong>" in html
    assert "Hold every comment · moderator" in html
    assert CommentFactory(page=post, address="x@mail.spam.example").status == "pending"

    banned = DomainBan.objects.get()
    assert as_moderator.post(BANS, {"do": "lift", "banned": banned.pk}).status_code == 303
    assert CommentFactory(page=post, address="x@spam.example").status == "approved"
    again = as_moderator.post(BANS, {"do": "lift", "banned": banned.pk})
    assert (again.status_code, "already been lifted" in text_of(again)) == (409, True)


@pytest.mark.parametrize(
    ("domain", "ban"),
    [
        ("", "hold"),
        ("spam", "hold"),
        ("spam@spam.example", "hold"),
        ("sp am.example", "hold"),
        ("x" * 300 + ".example", "hold"),
        ("a\0b.example", "hold"),
        ("-.example", "hold"),
        ("spam.example", "shout"),
        ("spam.example", ""),
    ],
)
def test_what_is_no_domain_is_refused_with_its_words(as_moderator, domain, ban):
    answer = as_moderator.post(BANS, {"do": "ban", "domain": domain, "ban": ban})

    assert answer.status_code == 422
    assert "error-message" in answer.content.decode()
    assert domain.replace("\0", "") in answer.content.decode().replace("\0", "")
    assert not DomainBan.objects.exists()


@pytest.mark.parametrize("number", ["", "x", "0", "-1", str(10**30), "9" * 5000, "\0"])
def test_a_ban_that_is_not_there_is_not_lifted(as_moderator, number):
    assert as_moderator.post(BANS, {"do": "lift", "banned": number}).status_code == 409


def test_banned_persons_are_listed_with_a_way_to_each_also_when_no_comment_is_left(
    as_moderator, post, reader
):
    people.ban(reader, "hold", by=UserFactory(group="Comment moderators"))
    gone = CommentFactory(page=post, address="gone@example.org")
    people.ban(gone.reader, "refuse", by=UserFactory(group="Comment moderators"))
    gone.delete()

    html = text_of(as_moderator.get(BANS))
    assert f'<a href="{page_of(reader)}">Person {reader.pk}, <bdi>Annabel</bdi></a>' in html
    assert f'<a href="{page_of(gone.reader)}">Person {gone.reader.pk}</a>' in html
    assert "No comment is left" in text_of(as_moderator.get(page_of(gone.reader)))


def test_many_bans_are_read_in_pages_at_a_fixed_cost(as_moderator, django_assert_max_num_queries):
    now = timezone.now()
    DomainBan.objects.bulk_create(DomainBan(domain=f"d{number:03}.example") for number in range(120))
    Reader.objects.bulk_create(
        Reader(sealed_address=b"", address_index=str(number), ban="hold", banned_at=now)
        for number in range(120)
    )
    as_moderator.get(BANS)

    with django_assert_max_num_queries(15):
        html = as_moderator.get(BANS).content.decode()
    assert "d049.example" in html
    assert "d050.example" not in html
    assert "d110.example" in as_moderator.get(f"{BANS}?domains=3").content.decode()
    assert as_moderator.get(f"{BANS}?domains=x&persons={10**30}").status_code == 200


# --- The page of a comment ---


def test_a_saved_reply_stands_in_the_field_and_is_sent_by_nobody(as_moderator, post):
    saved = SavedReply.objects.create(title="Opening hours", text="We open <at> nine.")
    comment = CommentFactory(page=post)
    page = f"{DESK}{comment.pk}/"

    assert f'href="?reply={saved.pk}#reply_comment"' in as_moderator.get(page).content.decode()
    html = as_moderator.get(f"{page}?reply={saved.pk}").content.decode()
    assert ">\nWe open &lt;at&gt; nine.</textarea>" in html
    assert ReaderComment.objects.count() == 1
    for odd in ("", "x", "0", str(10**30), "%00"):
        assert "nine.</textarea>" not in text_of(as_moderator.get(f"{page}?reply={odd}"))


def test_a_reason_shows_the_words_it_sends_and_whether_they_are_sent(as_moderator, post):
    Refusal.objects.create(title="Off topic", words="It was about something else.")
    silent = CommentFactory(page=post)
    asked = CommentFactory(page=post, notify=True)

    html = text_of(as_moderator.get(f"{DESK}{silent.pk}/"))
    assert "It was about something else." in html
    assert "The author did not ask for email" in html
    assert "has not confirmed the address" in text_of(as_moderator.get(f"{DESK}{asked.pk}/"))
    Subscription.objects.update(confirmed_at=timezone.now())
    assert "is sent a minute later" in text_of(as_moderator.get(f"{DESK}{asked.pk}/"))


def test_the_mail_about_a_comment_is_told_in_words(as_moderator, post, moderator):
    comment = CommentFactory(page=post, notify=True)

    html = text_of(as_moderator.get(f"{DESK}{comment.pk}/"))
    assert "<td>Comment waiting</td> <td>a moderator</td> <td>Waiting</td> <td>0</td>" in html
    assert "<td>Request to confirm the address</td> <td>its author</td>" in html
    assert moderator.email not in html


def test_the_page_of_a_comment_costs_a_fixed_number_of_queries(
    as_moderator, post, reader, django_assert_max_num_queries
):
    for _ in range(25):
        CommentFactory(page=post, address=ADDRESS)
    comment = authoring.edit(CommentFactory(page=post, address=ADDRESS, approved=True), "Better")
    as_moderator.get(f"{DESK}{comment.pk}/")

    with django_assert_max_num_queries(25):
        as_moderator.get(f"{DESK}{comment.pk}/")
