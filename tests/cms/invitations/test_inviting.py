"""Who may invite whom to what, what is refused at which field, and what is written down."""

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import Group, User
from django.core.exceptions import PermissionDenied
from wagtail.models import ModelLogEntry

from cms.invitations import actions
from cms.invitations.actions import Wish
from cms.invitations.models import Invitation
from cms.outbox.models import Delivery
from tests import crawl
from tests.cms.invitations.conftest import (
    ADDRESS,
    INVITATIONS,
    NEW,
    forget_limits,
    group,
    invite,
    wanted,
    words,
)
from tests.cms.second_factor.browser import with_app
from tests.conftest import signed_in
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


def errors(answer) -> str:
    assert answer.status_code == 422
    page = BeautifulSoup(answer.content, "html.parser")
    return " ".join(each.get_text(" ", strip=True) for each in page.select(".error-message, [role=alert]"))


def test_an_invitation_is_a_mail_and_no_account(boss, smtp):
    answer = invite(boss, "Editors", "Front desk")

    invitation = Invitation.objects.get()
    assert (answer.status_code, answer["Location"]) == (303, INVITATIONS)
    assert sorted(each.name for each in invitation.groups.all()) == ["Editors", "Front desk"]
    assert not User.objects.filter(email=ADDRESS).exists()
    assert Delivery.objects.get().event == actions.SENT


def test_the_address_is_sealed_in_every_table_and_no_link_waits_there(boss):
    invite(boss)

    assert Invitation.objects.get().address == ADDRESS
    assert crawl.leaks(crawl.database_bytes(), [ADDRESS]) == []
    assert Invitation.objects.get().tokens.count() == 0


def test_the_log_says_who_gave_which_rights_and_not_to_whom(boss):
    invite(boss, "Editors", administrator=True)

    (entry,) = ModelLogEntry.objects.filter(action=actions.INVITED)
    assert entry.user.username == "admin"
    assert entry.data == {"groups": ["Editors"], "administrator": True}
    assert entry.label == f"invitation {Invitation.objects.get().pk}"


def test_every_role_is_explained_where_people_are_invited_and_where_groups_are_given(boss, editor):
    page = words(boss.get(NEW))
    for label in (
        "Write Writes posts and pages as drafts",
        "Write and publish Writes, changes and publishes",
        "Approve pages Gets a mail",
        "Moderate comments Approves and removes",
        "Answer messages Reads, answers",
        "Answer privacy requests Sees the email address",
        "Run the site May do everything",
    ):
        assert label in page
    for url in ("/admin/users/new/", f"/admin/users/edit/{editor.pk}/"):
        assert "Comment moderators: Approves and removes" in words(boss.get(url))
    assert "Approves and removes" in words(boss.get("/admin/groups/"))
    moderators = group("Comment moderators")
    assert "Approves and removes" in words(boss.get(f"/admin/groups/edit/{moderators}/"))


def test_a_group_of_ones_own_is_offered_by_its_name(boss):
    Group.objects.create(name="Acupuncturists")

    assert "Acupuncturists A group made or renamed on this site" in words(boss.get(NEW))


def test_the_list_of_users_leads_to_the_form(boss):
    assert BeautifulSoup(boss.get("/admin/users/").content, "html.parser").find("a", href=NEW)


@pytest.mark.parametrize("by", ["editor", "moderator", "front_desk"])
def test_who_may_not_add_users_invites_nobody(request, by):
    user = request.getfixturevalue(by)
    browser = signed_in(user)

    assert browser.get(NEW).status_code == browser.get(INVITATIONS).status_code == 302
    assert invite(browser).status_code == 302
    with pytest.raises(PermissionDenied):
        actions.invite(Wish("Ada", ADDRESS, [Group.objects.get(name="Editors")]), by=user)
    assert not Invitation.objects.exists()


def test_nobody_gives_a_right_that_they_do_not_have(lesser):
    browser = signed_in(lesser)
    offered = BeautifulSoup(browser.get(NEW).content, "html.parser").find_all("input", {"name": "roles"})
    assert [box["value"] for box in offered] == [group("Editors")]

    for more in ({"groups": ("Comment moderators",)}, {"groups": ("Editors",), "administrator": True}):
        answer = browser.post(NEW, wanted(*more.pop("groups"), **more))
        assert "you can give what you have yourself" in errors(answer)
    for groups, administrator in ((["Comment moderators"], False), (["Editors"], True), ([], False)):
        wish = Wish("Ada", ADDRESS, list(Group.objects.filter(name__in=groups)), administrator)
        with pytest.raises(PermissionDenied):
            actions.invite(wish, by=lesser)
    assert not Invitation.objects.exists()
    assert invite(browser, "Editors").status_code == 303


def test_the_password_is_asked_for_because_an_account_outlives_an_open_session(boss):
    for typed in ("", "not the password"):
        assert "password" in errors(invite(boss, current_password=typed))

    assert not Invitation.objects.exists()


@pytest.mark.parametrize(
    ("typed", "what"),
    [
        ({"name": ""}, "Enter their name."),
        ({"name": "A" * 200}, "Use 150 characters or fewer."),
        ({"name": "\x07\u200b\u202e"}, "Enter their name."),
        ({"name": "Ada\x00"}, "Remove the characters that cannot be shown."),
        ({"email": ""}, "Enter their email address."),
        ({"email": "ada"}, "Enter an email address in the correct format"),
        (
            {"email": "ada@example.org\r\nBcc: all@example.org"},
            "Enter an email address in the correct format",
        ),
        ({"email": f"{'a' * 300}@example.org"}, "Use 254 characters or fewer."),
        ({"roles": []}, "Choose at least one."),
        ({"roles": ["999999"]}, "you can give what you have yourself"),
        ({"roles": ["\x00"]}, "you can give what you have yourself"),
    ],
)
def test_what_is_wrong_is_said_at_the_field_and_nothing_is_kept(boss, typed, what):
    assert what in errors(boss.post(NEW, wanted("Editors") | typed))

    assert not Invitation.objects.exists()
    assert not Delivery.objects.exists()


@pytest.mark.parametrize("name", ["ليلى الحسن", "🦉 Owl", "Zoë\x07 O’Neill-Å", "N"])
def test_a_name_in_any_script_is_taken(boss, name):
    assert invite(boss, name=name).status_code == 303

    assert Invitation.objects.get().name == name.replace("\x07", "")
    assert Invitation.objects.get().name in words(boss.get(INVITATIONS))


@pytest.mark.parametrize("email", [ADDRESS, ADDRESS.upper()])
def test_an_address_that_has_an_account_is_said_to_the_inviter(boss, email):
    UserFactory(username="ada", email=ADDRESS, first_name="Ada", last_name="King")

    assert "Ada King has an account with this address." in errors(invite(boss, email=email))
    assert not Invitation.objects.exists()


def test_a_newer_invitation_takes_the_place_of_the_one_before(boss):
    invite(boss, "Editors")
    invite(boss, "Front desk", email=ADDRESS.upper())

    assert [each.name for each in Invitation.objects.get().groups.all()] == ["Front desk"]
    assert Delivery.objects.get().subject_id == Invitation.objects.get().pk


def test_an_invitation_to_more_than_one_may_give_is_not_replaced(boss, lesser):
    invite(boss, administrator=True)

    assert "to more than you can give" in errors(invite(signed_in(lesser), "Editors"))
    assert Invitation.objects.get().administrator


def test_one_address_gets_few_invitations_an_hour_and_one_inviter_sends_few(boss):
    to_one = [invite(boss).status_code for _ in range(5)]
    assert to_one == [303, 303, 303, 422, 422]
    assert "Too many invitations in a short time" in errors(invite(boss))

    forget_limits()
    to_many = [invite(boss, email=f"kq{number}@canary-two.example").status_code for number in range(25)]
    assert 20 <= to_many.count(303) <= 22
    assert set(to_many) == {303, 422}


def test_there_are_never_more_than_so_many(boss, monkeypatch):
    monkeypatch.setattr(actions, "MOST", 2)
    for number in range(2):
        invite(boss, email=f"kq{number}@canary-two.example")

    assert "There are 2 invitations. Withdraw some first." in errors(invite(boss))
    assert Invitation.objects.count() == 2


def test_an_inviter_who_has_a_second_factor_shows_it_first(admin):
    browser, app, _ = with_app("admin")
    browser.forget_proof()
    assert "Show your second factor" in errors(invite(browser.without_checks()))
    assert not Invitation.objects.exists()

    browser.confirm(app.code(1))
    assert invite(browser.without_checks()).status_code == 303
