"""Who may change users and is no superuser: no door leads them to a superuser's log-in, or makes them one."""

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import Group, Permission
from django.core.exceptions import PermissionDenied
from django.test import Client
from wagtail.models import ModelLogEntry

from cms.sessions import actions
from cms.sessions.models import Session
from tests.cms.second_factor.browser import CONFIRM, Browser
from tests.conftest import signed_in
from tests.factories import PASSWORD, UserFactory

pytestmark = [pytest.mark.once, pytest.mark.django_db]

NEW = "another long password"


@pytest.fixture
def lesser(db):
    """Somebody with every right over users but that of a superuser."""
    user = UserFactory(username="lesser", first_name="Lee", last_name="Ser")
    names = ("access_admin", "add_user", "change_user", "delete_user")
    user.user_permissions.set(Permission.objects.filter(codename__in=names))
    return user


@pytest.fixture
def browser(lesser) -> Client:
    return signed_in(lesser)


@pytest.fixture
def boss(db):
    return UserFactory(username="boss", admin=True, first_name="Ann", last_name="Lee")


def fields(user, **more) -> dict:
    """Return what the page of a user sends; None leaves a field out."""
    usual = {"username": user.username, "email": user.email, "first_name": "Ann", "last_name": "Lee"}
    sent = {**usual, "is_active": "on", "current_password": PASSWORD, **more}
    return {name: value for name, value in sent.items() if value is not None}


def bulk(action: str, user) -> str:
    return f"/admin/bulk/auth/user/{action}/?next=/admin/users/&id={user.pk}"


CHANGES = {
    "password": lambda user: (
        f"/admin/users/edit/{user.pk}/",
        fields(user, is_superuser="on", password1=NEW, password2=NEW),
    ),
    "address": lambda user: (
        f"/admin/users/edit/{user.pk}/",
        fields(user, is_superuser="on", email="thief@example.org"),
    ),
    "name": lambda user: (
        f"/admin/users/edit/{user.pk}/",
        fields(user, is_superuser="on", username="renamed"),
    ),
    "rights": lambda user: (f"/admin/users/edit/{user.pk}/", fields(user)),
    "switched off": lambda user: (
        f"/admin/users/edit/{user.pk}/",
        fields(user, is_superuser="on", is_active=None),
    ),
    "groups": lambda user: (
        f"/admin/users/edit/{user.pk}/",
        fields(user, is_superuser="on", groups=[Group.objects.get(name="Editors").pk]),
    ),
    "copied": lambda user: (
        f"/admin/users/copy/{user.pk}/",
        fields(user, username="copy", password1=NEW, password2=NEW),
    ),
    "deleted": lambda user: (f"/admin/users/delete/{user.pk}/", {}),
    "sessions": lambda user: (f"/admin/users/{user.pk}/sessions/", {"do": "all"}),
    "all switched off": lambda user: (bulk("set_active_state", user), {"mark_as_active": "False"}),
    "all in a group": lambda user: (
        bulk("assign_role", user),
        {"role": str(Group.objects.get(name="Editors").pk)},
    ),
    "all deleted": lambda user: (bulk("delete", user), {}),
}


def state(user) -> tuple:
    """Return all that such a door changes."""
    user = type(user).objects.get(pk=user.pk)
    rights = (user.is_active, user.is_superuser, sorted(user.groups.values_list("name", flat=True)))
    return (user.username, user.email, user.password, *rights, Session.objects.filter(user=user).count())


@pytest.mark.parametrize("change", CHANGES)
def test_no_door_changes_a_superuser(browser, lesser, boss, change):
    lesser.groups.add(Group.objects.get(name="Editors"))  # which they may give to others
    signed_in(boss)
    before = state(boss)
    url, sent = CHANGES[change](boss)
    answer = browser.post(url, sent)

    assert answer.status_code in (302, 404)
    assert state(boss) == before
    assert not ModelLogEntry.objects.filter(object_id=str(boss.pk)).exists()


@pytest.mark.parametrize("change", [name for name in CHANGES if name != "copied"])
def test_every_such_door_is_open_to_a_superuser(admin, boss, change):
    signed_in(boss)
    before = state(boss)
    url, sent = CHANGES[change](boss)
    answer = signed_in(admin).post(url, sent)

    assert answer.status_code in (302, 303)
    left = type(boss).objects.filter(pk=boss.pk).exists()
    assert not left or state(boss) != before


def test_the_pages_of_a_superuser_are_closed(browser, boss):
    urls = (f"/admin/users/edit/{boss.pk}/", f"/admin/users/{boss.pk}/sessions/")

    assert [browser.get(url).status_code for url in urls] == [302, 302]
    assert f"/admin/users/edit/{boss.pk}/" not in browser.get("/admin/users/").content.decode()


@pytest.mark.parametrize("url", ["set_active_state", "assign_role", "delete"])
def test_the_list_says_whom_an_act_on_many_leaves_out(browser, boss, url):
    page = browser.get(bulk(url, boss)).content.decode()

    assert "permission" in page


def test_the_rest_is_theirs_as_ever(browser, editor):
    answer = browser.post(f"/admin/users/edit/{editor.pk}/", fields(editor, email="new@staff.example"))
    ended = browser.post(f"/admin/users/{editor.pk}/sessions/", {"do": "all"})
    browser.post(bulk("set_active_state", editor), {"mark_as_active": "False"})

    editor.refresh_from_db()
    assert (answer.status_code, ended.status_code) == (302, 303)
    assert (editor.email, editor.is_active) == ("new@staff.example", False)


def test_they_change_themselves(browser, lesser):
    assert browser.post(f"/admin/users/edit/{lesser.pk}/", fields(lesser, first_name="Li")).status_code == 302

    lesser.refresh_from_db()
    assert lesser.first_name == "Li"


def test_nobody_is_made_a_superuser_by_them(browser, editor):
    edit = f"/admin/users/edit/{editor.pk}/"
    for page in (edit, "/admin/users/new/"):
        box = BeautifulSoup(browser.get(page).content, "html.parser").find(attrs={"name": "is_superuser"})
        assert box.has_attr("disabled")
    browser.post(edit, fields(editor, is_superuser="on"))
    new = fields(editor, username="new", is_superuser="on", password1=NEW, password2=NEW)
    assert browser.post("/admin/users/new/", new).status_code == 302

    users = type(editor).objects
    assert users.filter(username="new", is_superuser=False).exists()
    assert not users.filter(is_superuser=True).exists()


def edited(user) -> str:
    return f"/admin/users/edit/{user.pk}/"


GIVING = {
    "another": lambda user, group: (edited(user), fields(user, groups=[group.pk])),
    "themselves": lambda user, group: (
        edited(UserFactory._meta.model.objects.get(username="lesser")),
        fields(UserFactory._meta.model.objects.get(username="lesser"), groups=[group.pk]),
    ),
    "a new one": lambda user, group: (
        "/admin/users/new/",
        fields(user, username="new", password1=NEW, password2=NEW, groups=[group.pk]),
    ),
    "many": lambda user, group: (bulk("assign_role", user), {"role": group.pk}),
}


def members(group) -> list[str]:
    return sorted(group.user_set.values_list("username", flat=True))


@pytest.mark.parametrize("way", GIVING)
def test_a_group_they_are_not_in_is_given_to_nobody(browser, way):
    """Whatever it grants: rights, pages, collections, private pages, messages."""
    somebody, group = UserFactory(username="somebody"), Group.objects.get(name="Comment moderators")
    url, sent = GIVING[way](somebody, group)
    answer = browser.post(url, sent)

    assert answer.status_code == 200
    assert "Select a valid choice" in answer.content.decode()
    assert members(group) == []


@pytest.mark.parametrize("way", GIVING)
def test_one_they_are_in_is(browser, lesser, way):
    somebody, group = UserFactory(username="somebody"), Group.objects.get(name="Comment moderators")
    lesser.groups.add(group)
    url, sent = GIVING[way](somebody, group)
    assert browser.post(url, sent).status_code == 302

    given = {"themselves": [], "a new one": ["new"]}.get(way, ["somebody"])
    assert members(group) == ["lesser", *given]


@pytest.mark.parametrize("way", [way for way in GIVING if way != "themselves"])
def test_a_superuser_gives_any(admin, way):
    somebody, group = UserFactory(username="somebody"), Group.objects.get(name="Comment moderators")
    url, sent = GIVING[way](somebody, group)
    assert signed_in(admin).post(url, sent).status_code == 302

    assert members(group) == [{"a new one": "new"}.get(way, "somebody")]


def test_the_groups_of_somebody_stay_and_can_be_taken(browser, editor):
    keeps = fields(editor, groups=[group.pk for group in editor.groups.all()], first_name="Anna")
    assert browser.post(edited(editor), keeps).status_code == 302
    assert members(Group.objects.get(name="Editors")) == ["editor"]

    assert browser.post(edited(editor), fields(editor)).status_code == 302
    assert members(Group.objects.get(name="Editors")) == []


def test_no_factor_of_a_superuser_is_reset_by_them(lesser, boss):
    browser = Browser()
    browser.give_password("lesser")
    browser.confirm()

    reset = f"/admin/second-factor/of/{boss.pk}/"
    assert browser.post(reset, page=CONFIRM).status_code == 302
    assert not ModelLogEntry.objects.filter(action="second_factor.reset").exists()


def test_the_verb_that_ends_sessions_asks_by_itself(lesser, boss, editor):
    browsers = [signed_in(boss), signed_in(editor)]

    with pytest.raises(PermissionDenied):
        actions.end_all_of(boss, by=lesser)
    with pytest.raises(PermissionDenied):
        actions.end_all_of(lesser, by=editor)
    actions.end_all_of(editor, by=lesser)
    assert [browser.get("/admin/account/").status_code for browser in browsers] == [200, 302]
