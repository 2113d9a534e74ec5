"""From the mail to the account: what the link does, once, and what ends it."""

from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.models import Group, User
from django.core.management import call_command
from django.utils import timezone
from wagtail.models import ModelLogEntry

from cms.invitations import actions
from cms.invitations.models import Invitation, InvitationToken
from cms.outbox.models import Delivery
from cms.second_factor.models import Demand
from tests import crawl
from tests.cms.invitations.conftest import (
    ADDRESS,
    CHOSEN,
    NEW,
    accept,
    act,
    deliver,
    invite,
    wanted,
    words,
)
from tests.conftest import signed_in, visitor
from tests.factories import UserFactory
from tests.smtp_peer import text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def link(boss, smtp) -> str:
    invite(boss, "Editors", "Front desk")
    return deliver(smtp)


def is_dead(link: str) -> bool:
    opened, sent = visitor().get(link), accept(link)
    assert opened.content == sent.content
    return (opened.status_code, sent.status_code) == (404, 404)


def test_the_mail_says_who_invites_to_what_and_how_long_and_holds_no_word_typed_about_its_reader(boss, smtp):
    invite(boss, "Editors", name="Buy at evil.example", administrator=True)
    deliver(smtp)

    (mail,) = smtp.mails
    text = " ".join(text_of(mail).split())
    assert smtp.recipients == [ADDRESS]
    assert "admin invites you to work on the website of Our site" in text
    assert "* Write and publish: Writes, changes" in text
    assert "* Run the site: May do everything" in text
    assert "The link works once, until" in text
    assert "evil.example" not in str(mail)
    assert mail["Auto-Submitted"] == "auto-generated"


def test_accepting_makes_the_account_with_the_rights_and_logs_nobody_in(link):
    browser = visitor()
    answer = accept(link, browser)

    user = User.objects.get(email=ADDRESS)
    assert (answer.status_code, browser.cookies.get("sessionid")) == (200, None)
    assert "Your username: ada.lovelace" in words(answer)
    assert (user.first_name, user.last_name, user.is_superuser) == ("Ada", "Lovelace", False)
    assert sorted(user.groups.values_list("name", flat=True)) == ["Editors", "Front desk"]
    assert not Invitation.objects.exists()
    assert not InvitationToken.objects.exists()
    assert not Delivery.objects.exists()
    log_in = visitor()
    log_in.get("/admin/login/")
    token = log_in.cookies["csrftoken"].value
    sent = {"username": "ada.lovelace", "password": CHOSEN, "csrfmiddlewaretoken": token}
    assert log_in.post("/admin/login/", sent)["Location"] == "/admin/"
    assert log_in.get("/admin/messages/").status_code == 200


def test_one_who_is_to_run_the_site_is_an_administrator(boss, smtp):
    boss.post(NEW, wanted(administrator=True))
    accept(deliver(smtp))

    assert User.objects.get(email=ADDRESS).is_superuser


def test_opening_the_link_changes_nothing_however_often_a_mail_scanner_does_so(link):
    before = crawl.contents()
    for _ in range(5):
        for method in ("GET", "HEAD", "OPTIONS"):
            answer = visitor().generic(method, link)
            assert answer.status_code == 200
            assert not answer.cookies
    assert crawl.contents() == before

    page = visitor().get(link)
    assert page["Cache-Control"] == "no-store"
    assert page["Referrer-Policy"] == "no-referrer"
    assert ADDRESS not in page.content.decode()


def test_the_page_suggests_name_and_username(link):
    page = visitor().get(link).content.decode()

    assert 'value="Ada Lovelace"' in page
    assert 'value="ada.lovelace"' in page


@pytest.mark.parametrize(
    ("name", "suggested"),
    [
        ("Ada", "ada2"),
        ("ليلى الحسن", "ليلى.الحسن"),
        ("🦉🦉", "colleague"),
        ("Dr. O’Neill-Å", "dr.oneillå"),
        ("A" * 150, "a" * 40),
    ],
)
def test_a_suggested_username_is_one_that_nobody_has(boss, smtp, name, suggested):
    UserFactory(username="Ada")
    invite(boss, name=name)

    assert f'value="{suggested}"' in visitor().get(deliver(smtp)).content.decode()


@pytest.mark.parametrize(
    ("typed", "what"),
    [
        ({"name": ""}, "Enter your name"),
        ({"name": "A" * 200}, "Use 150 characters or fewer."),
        ({"username": ""}, "Choose a username."),
        ({"username": "ada@example.org"}, "Use letters, digits and . + - _ only."),
        ({"username": "a" * 200}, "Use 150 characters or fewer."),
        ({"username": "ADMIN"}, "Someone has this username already."),
        ({"password": "short", "again": "short"}, "at least 12 characters"),
        ({"password": "password2026", "again": "password2026"}, "too common"),
        ({"password": "kq7invited3x@canary", "again": "kq7invited3x@canary"}, "too similar to the email"),
        ({"again": "something else"}, "The two passwords differ."),
        ({"password": "x" * 2000, "again": "x" * 2000}, "Use 1,000 characters or fewer."),
    ],
)
def test_what_is_wrong_is_said_at_the_field_and_the_link_still_works(link, typed, what):
    answer = accept(link, **typed)

    assert answer.status_code == 422
    assert what in words(answer)
    assert CHOSEN not in answer.content.decode()
    assert not User.objects.filter(email=ADDRESS).exists()
    assert accept(link).status_code == 200


def test_a_link_works_once(link):
    assert accept(link).status_code == 200

    assert is_dead(link)
    assert User.objects.filter(email=ADDRESS).count() == 1


def test_a_link_ends_after_seven_days(link):
    with time_machine.travel(timezone.now() + actions.LIFE + timedelta(seconds=1)):
        assert is_dead(link)


@pytest.mark.parametrize("do", ["withdraw", "send again"])
def test_a_link_ends_when_the_invitation_is_withdrawn_or_sent_again(boss, link, do):
    act(boss, do, Invitation.objects.get().pk)

    assert is_dead(link)


def test_the_link_of_the_newer_mail_works(boss, link, smtp):
    act(boss, "send again", Invitation.objects.get().pk)
    newer = deliver(smtp)

    assert is_dead(link)
    assert accept(newer).status_code == 200
    assert [mail["Message-ID"] for mail in smtp.mails] != [smtp.mails[0]["Message-ID"]] * 2


def test_a_newer_invitation_ends_the_link_of_the_one_before(boss, link):
    invite(boss)

    assert is_dead(link)


LOSSES = {
    "deactivated": lambda user: User.objects.filter(pk=user.pk).update(is_active=False),
    "deleted": lambda user: user.delete(),
    "not in the group any more": lambda user: user.groups.clear(),
    "not to add users any more": lambda user: user.user_permissions.clear(),
}


@pytest.mark.parametrize("loss", LOSSES)
def test_a_link_ends_with_the_rights_of_its_inviter(lesser, smtp, loss):
    invite(signed_in(lesser), "Editors")
    link = deliver(smtp)
    LOSSES[loss](User.objects.get(username="lesser"))

    assert is_dead(link)
    assert not User.objects.filter(email=ADDRESS).exists()


def test_a_link_ends_when_somebody_has_an_account_with_the_address(link):
    UserFactory(username="ada", email=ADDRESS.upper())

    assert is_dead(link)


def test_a_link_ends_when_no_group_is_left_that_it_gives(link):
    Group.objects.filter(name__in=("Editors", "Front desk")).delete()

    assert is_dead(link)


def test_every_dead_link_and_one_that_never_was_get_the_same_answer(boss, link):
    act(boss, "withdraw", Invitation.objects.get().pk)
    withdrawn, unknown = visitor().get(link), visitor().get("/mail/invitation/never-was/")

    assert withdrawn.status_code == unknown.status_code == 404
    assert withdrawn.content == unknown.content
    assert sorted(withdrawn.headers.items()) == sorted(unknown.headers.items())


def test_who_tries_links_is_sent_away_and_the_invited_are_not(link):
    tried = [visitor().get(f"/mail/invitation/never-was-{number}/").status_code for number in range(30)]

    assert tried == [404] * 20 + [429] * 10
    assert visitor().get(link).status_code == 200
    assert accept(link).status_code == 200


def test_nothing_is_sent_once_the_invitation_is_withdrawn(boss, smtp):
    invite(boss)
    act(boss, "withdraw", Invitation.objects.get().pk)
    call_command("deliver", once=True)

    assert smtp.mails == []
    assert not Delivery.objects.exists()


def test_a_mail_that_is_tried_twice_has_two_links_that_work(boss, smtp):
    smtp.answers = ["451 later"]
    invite(boss)
    call_command("deliver", once=True)
    with time_machine.travel(timezone.now() + timedelta(minutes=20)):
        link = deliver(smtp)
        assert InvitationToken.objects.count() == 2
        assert accept(link).status_code == 200
    assert not InvitationToken.objects.exists()


def test_whoever_is_logged_in_stays_so_and_is_told_that_it_is_another_account(link, editor):
    browser = signed_in(editor)
    assert "“editor” is logged in in this browser." in words(browser.get(link))
    answer = accept(link, browser)

    assert "“editor” is still logged in" in words(answer)
    assert browser.get("/admin/").context["request"].user == editor
    assert User.objects.get(email=ADDRESS) != editor


def test_a_second_factor_that_is_required_of_the_group_is_asked_for_at_the_first_log_in(link, admin):
    Demand.load().groups.add(Group.objects.get(name="Editors"))
    accept(link)
    browser = visitor()
    browser.get("/admin/login/")
    sent = {"username": "ada.lovelace", "password": CHOSEN}
    answer = browser.post(
        "/admin/login/", {**sent, "csrfmiddlewaretoken": browser.cookies["csrftoken"].value}
    )

    assert answer["Location"] == "/admin/login/second/"
    assert browser.get("/admin/").status_code == 302


def test_the_log_says_whose_invitation_was_accepted_without_an_address(link, admin):
    accept(link)

    entry = ModelLogEntry.objects.get(action=actions.ACCEPTED)
    assert entry.user == User.objects.get(email=ADDRESS)
    assert entry.data == {
        "administrator": False,
        "groups": ["Editors", "Front desk"],
        "invited_by": admin.pk,
    }
    assert ADDRESS.split("@")[0] not in f"{entry.label} {entry.data}"


def test_a_name_of_one_word_is_kept_as_typed(link):
    accept(link, name="🦉", username="owl")

    user = User.objects.get(username="owl")
    assert (user.first_name, user.last_name) == ("🦉", "")
