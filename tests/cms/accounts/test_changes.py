"""A log-in changes, by whatever door: its sessions end, and its owner is told at the address from before."""

import re

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.contrib.auth.tokens import default_token_generator
from django.core.management import call_command
from django.db import IntegrityError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.http import urlsafe_base64_encode
from wagtail.users.models import UserProfile

from cms.outbox.models import SiteMail
from cms.rate_limit.models import Bucket
from cms.sessions.models import Session
from tests.cms.second_factor.browser import CONFIRM, Browser, with_app
from tests.conftest import signed_in, visitor
from tests.factories import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db

NEW = "another long password"
OTHER_ADDRESS = "elsewhere@staff.example"
ADDRESS_CHANGED = "Your log-in was changed: email address"
PASSWORD_CHANGED = "Your log-in was changed: password"


@pytest.fixture
def owner(db):
    return UserFactory(username="owner", group="Editors", first_name="Ann", last_name="Lee")


@pytest.fixture
def as_admin(admin) -> Client:
    return signed_in(admin)


def is_logged_in(browser: Client) -> bool:
    return browser.get("/admin/account/").status_code == 200


def told(smtp) -> list[tuple[str, str]]:
    """Return to whom the mails went that have been waiting, and their subjects."""
    call_command("deliver", once=True)
    return [(mail["To"], mail["Subject"]) for mail in smtp.mails]


class TestAccountPage:
    def send(self, browser: Client, **fields: str):
        usual = {
            "name_email-first_name": "Ann",
            "name_email-last_name": "Lee",
            "address-email": "owner@staff.example",
            "theme-theme": "system",
            "theme-contrast": "system",
            "theme-density": "default",
            "theme-keyboard_shortcuts": "on",
            "locale-preferred_language": "",
            "locale-current_time_zone": "",
        }
        return browser.post("/admin/account/", usual | {k.replace("__", "-"): v for k, v in fields.items()})

    def send_address(self, browser: Client, password: str):
        return self.send(browser, address__email=OTHER_ADDRESS, address__current_password=password)

    def send_password(self, browser: Client, password: str):
        new = {"password-new_password1": NEW, "password-new_password2": NEW}
        return self.send(browser, **new, **{"password-old_password": password})

    def test_an_address_is_changed_with_the_password_and_ends_all_other_sessions(self, owner, smtp):
        browser, other = signed_in(owner), signed_in(owner)
        assert self.send_address(browser, PASSWORD).status_code == 302

        owner.refresh_from_db()
        assert owner.email == OTHER_ADDRESS
        assert (is_logged_in(browser), is_logged_in(other)) == (True, False)
        assert told(smtp) == [("owner@staff.example", ADDRESS_CHANGED)]

    @pytest.mark.parametrize(
        ("password", "said"),
        [("wrong", "This is not your password."), ("", "Type your password to make this change.")],
    )
    def test_an_address_is_not_changed_without_the_password(self, owner, smtp, password, said):
        browser, other = signed_in(owner), signed_in(owner)
        answer = self.send_address(browser, password)

        owner.refresh_from_db()
        assert said in answer.content.decode()
        assert owner.email == "owner@staff.example"
        assert is_logged_in(other)
        assert told(smtp) == []

    def test_the_password_for_an_address_is_guessed_slowly_and_hashed_once(self, owner, time_machine):
        time_machine.move_to("2026-11-27 10:00:00+00:00", tick=False)
        browser = signed_in(owner)
        self.send_address(browser, "wrong")
        assert Bucket.objects.get().tokens == 9
        answers = [self.send_address(browser, "wrong").status_code for _ in range(11)]

        assert answers == 9 * [200] + 2 * [429]

    def test_a_password_is_changed_with_the_old_one_and_ends_all_other_sessions(self, owner, smtp):
        browser, other = signed_in(owner), signed_in(owner)
        assert self.send_password(browser, PASSWORD).status_code == 302

        assert (is_logged_in(browser), is_logged_in(other)) == (True, False)
        assert Session.objects.count() == 1
        assert told(smtp) == [("owner@staff.example", PASSWORD_CHANGED)]

    @pytest.mark.parametrize("change", ["address", "password"])
    def test_who_has_a_factor_shows_it_first(self, owner, smtp, change):
        browser, app, _ = with_app("owner")
        browser.forget_proof()
        send = self.send_address if change == "address" else self.send_password
        refused = send(browser.without_checks(), PASSWORD)

        assert (refused.status_code, told(smtp)[1:]) == (200, [])
        assert f'<a href="{CONFIRM}" target="_blank">Show your second factor</a>' in refused.content.decode()
        owner.refresh_from_db()
        assert (owner.email, owner.check_password(PASSWORD)) == ("owner@staff.example", True)
        browser.confirm(app.code(1))
        assert send(browser.without_checks(), PASSWORD).status_code == 302
        owner.refresh_from_db()
        assert (owner.email == OTHER_ADDRESS, owner.check_password(NEW)) == (
            change == "address",
            change == "password",
        )

    def test_who_has_a_factor_changes_anything_else_without_it(self, owner):
        browser, _, _ = with_app("owner")
        browser.forget_proof()

        assert self.send(browser.without_checks(), theme__theme="dark").status_code == 302

    def test_anything_else_is_changed_as_ever(self, owner, smtp):
        browser, other = signed_in(owner), signed_in(owner)
        assert self.send(browser, theme__theme="dark").status_code == 302

        assert (is_logged_in(browser), is_logged_in(other)) == (True, True)
        assert told(smtp) == []

    def test_a_form_without_the_address_leaves_it_as_it_is(self, owner):
        browser = signed_in(owner)
        page = browser.get("/admin/account/").content.decode()
        assert 'name="name_email-email"' not in page
        answer = self.send(browser, **{"name_email-email": OTHER_ADDRESS})

        owner.refresh_from_db()
        assert (answer.status_code, owner.email) == (302, "owner@staff.example")


class TestUserPage:
    """An administrator who changes a user, maybe themselves."""

    def send(self, browser: Client, user, **fields: str):
        groups = [group.pk for group in user.groups.all()]
        usual = {"username": user.username, "email": user.email, "first_name": "Ann", "last_name": "Lee"}
        sent = usual | {"groups": groups, "is_active": "on"} | fields
        return browser.post(f"/admin/users/edit/{user.pk}/", {k: v for k, v in sent.items() if v is not None})

    def test_the_password_field_is_there(self, as_admin, owner):
        page = as_admin.get(f"/admin/users/edit/{owner.pk}/").content.decode()

        assert 'name="current_password"' in page
        assert f"/admin/users/{owner.pk}/sessions/" in page

    @pytest.mark.parametrize(
        ("fields", "subject"),
        [
            ({"email": OTHER_ADDRESS}, ADDRESS_CHANGED),
            ({"password1": NEW, "password2": NEW}, PASSWORD_CHANGED),
            (
                {"email": OTHER_ADDRESS, "password1": NEW, "password2": NEW},
                "Your log-in was changed: password and email address",
            ),
            ({"username": "renamed"}, "Your log-in was changed: username"),
        ],
    )
    def test_how_somebody_logs_in_is_changed_with_ones_own_password(
        self, as_admin, owner, smtp, fields, subject
    ):
        theirs = signed_in(owner)
        for password in ("", "wrong"):
            assert self.send(as_admin, owner, **fields, current_password=password).status_code == 200
        assert is_logged_in(theirs)
        assert self.send(as_admin, owner, **fields, current_password=PASSWORD).status_code == 302

        assert (is_logged_in(as_admin), is_logged_in(theirs)) == (True, False)
        assert told(smtp) == [("owner@staff.example", subject)]

    def test_the_mail_is_in_the_language_of_the_site_whatever_the_administrators(
        self, as_admin, admin, owner, smtp
    ):
        UserProfile.objects.create(user=admin, preferred_language="de")
        assert 'lang="de"' in as_admin.get("/admin/").content.decode()

        self.send(as_admin, owner, password1=NEW, password2=NEW, current_password=PASSWORD)

        assert told(smtp) == [("owner@staff.example", PASSWORD_CHANGED)]

    @pytest.mark.parametrize("url", ["new/", "edit/{}/"])
    def test_a_superuser_is_made_with_ones_own_password(self, as_admin, owner, url):
        url = f"/admin/users/{url.format(owner.pk)}"
        new = {"username": "owner" if "edit" in url else "new", "email": owner.email, "is_active": "on"}
        new |= {"first_name": "Ann", "last_name": "Lee", "is_superuser": "on"}
        new |= {} if "edit" in url else {"password1": NEW, "password2": NEW}
        made = get_user_model().objects.filter(username=new["username"], is_superuser=True)
        for password in ("", "wrong"):
            assert as_admin.post(url, {**new, "current_password": password}).status_code == 200
        assert not made.exists()
        assert as_admin.post(url, {**new, "current_password": PASSWORD}).status_code == 302
        assert made.exists()

    def test_who_has_a_factor_shows_it_first(self, admin, owner):
        browser = Browser()
        browser.give_password("admin")
        browser.confirm()
        app, _ = browser.set_up_app()
        browser.get("/admin/")
        browser.forget_proof()
        new = {"username": "renamed", "email": owner.email, "first_name": "Ann", "last_name": "Lee"}
        new |= {"is_active": "on", "current_password": PASSWORD}
        url = f"/admin/users/edit/{owner.pk}/"
        refused = browser.post(url, **new)

        assert refused.status_code == 200
        assert f'href="{CONFIRM}' in refused.content.decode()
        browser.confirm(app.code(1))
        assert browser.post(url, **new).status_code == 302

    def test_an_administrator_who_changes_themselves_stays_and_their_others_end(self, as_admin, admin, smtp):
        other = signed_in(admin)
        answer = self.send(as_admin, admin, email=OTHER_ADDRESS, current_password=PASSWORD)

        assert answer.status_code == 302
        assert (is_logged_in(as_admin), is_logged_in(other)) == (True, False)
        assert told(smtp) == [("admin@staff.example", ADDRESS_CHANGED)]

    def test_the_password_is_guessed_slowly_here_too(self, admin, owner, time_machine):
        time_machine.move_to("2026-11-27 10:00:00+00:00", tick=False)
        as_admin = signed_in(admin)
        fields = {"email": OTHER_ADDRESS, "current_password": "wrong"}
        answers = [self.send(as_admin, owner, **fields).status_code for _ in range(12)]

        assert answers == 10 * [200] + 2 * [429]

    @pytest.mark.parametrize("fields", [{"is_active": None}, {"groups": None}])
    def test_who_is_switched_off_or_loses_a_group_is_logged_out(self, as_admin, owner, smtp, fields):
        theirs = signed_in(owner)
        assert self.send(as_admin, owner, **fields).status_code == 302

        assert not Session.objects.filter(user=owner).exists()
        assert not is_logged_in(theirs)
        assert told(smtp) == []

    def test_who_gets_a_group_or_another_name_stays(self, as_admin, owner, smtp):
        theirs = signed_in(owner)
        groups = list(Group.objects.values_list("pk", flat=True))
        assert self.send(as_admin, owner, first_name="Anna", groups=groups).status_code == 302

        assert is_logged_in(theirs)
        assert told(smtp) == []

    def test_who_is_switched_off_in_the_list_is_not_back_in_when_switched_on(self, as_admin, owner):
        theirs = signed_in(owner)
        for state in ("False", "True"):
            url = f"/admin/bulk/auth/user/set_active_state/?next=/admin/users/&id={owner.pk}"
            assert as_admin.post(url, {"mark_as_active": state}).status_code == 302

        owner.refresh_from_db()
        assert (owner.is_active, is_logged_in(theirs)) == (True, False)

    @pytest.mark.parametrize("take", [Group.delete, lambda group: group.user_set.clear()])
    def test_a_group_however_large_ends_sessions_in_one_statement(self, take):
        editors = [UserFactory(group="Editors") for _ in range(4)]
        browsers = [signed_in(user) for user in editors]
        with CaptureQueriesContext(connection) as asked:
            take(Group.objects.get(name="Editors"))

        ended = [each for each in asked if each["sql"].startswith('DELETE FROM "cms_sessions_session"')]
        assert len(ended) == 1
        assert [is_logged_in(browser) for browser in browsers] == [False] * 4

    def test_whose_group_is_deleted_is_logged_out(self, as_admin, owner):
        theirs = signed_in(owner)
        as_admin.post(f"/admin/groups/delete/{owner.groups.get().pk}/")

        assert not owner.groups.exists()
        assert not is_logged_in(theirs)

    def test_an_administrator_no_more_is_logged_out(self, as_admin):
        boss = UserFactory(admin=True)
        theirs = signed_in(boss)
        fields = {"is_superuser": None, "groups": None, "current_password": PASSWORD}
        assert self.send(as_admin, boss, **fields).status_code == 302

        assert not is_logged_in(theirs)


def test_a_new_password_by_mail_ends_all_sessions_and_tells(owner, smtp):
    theirs, browser = signed_in(owner), visitor()
    uid, token = urlsafe_base64_encode(str(owner.pk).encode()), default_token_generator.make_token(owner)
    door = browser.get(f"/admin/password_reset/confirm/{uid}/{token}/")["Location"]
    csrf = re.search(r'csrfmiddlewaretoken" value="([^"]+)', browser.get(door).content.decode())[1]
    sent = {"csrfmiddlewaretoken": csrf, "new_password1": NEW, "new_password2": NEW}
    assert browser.post(door, sent).status_code == 302

    assert not is_logged_in(theirs)
    assert told(smtp) == [("owner@staff.example", PASSWORD_CHANGED)]


def test_the_mail_says_who_where_and_what_to_do_and_no_new_address(owner, smtp):
    owner.email = OTHER_ADDRESS
    owner.save()
    call_command("deliver", once=True)

    (mail,) = smtp.mails
    said = mail.get_content()
    assert 'The email address of your log-in "owner" at Our site' in said
    assert "(http://localhost:8000) was just changed" in said
    assert "tell an administrator" in said
    assert OTHER_ADDRESS not in mail.as_string()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("change", [{"email": OTHER_ADDRESS}, {"is_active": False}])
def test_what_could_not_be_saved_ends_no_session_and_tells_nobody(owner, admin, change):
    theirs = signed_in(owner)
    for name, value in {**change, "username": admin.username}.items():
        setattr(owner, name, value)
    with pytest.raises(IntegrityError):
        owner.save()

    assert is_logged_in(theirs)
    assert not SiteMail.objects.exists()


def test_an_address_that_is_not_written_is_not_told_of(owner, smtp):
    owner.email, owner.is_active = OTHER_ADDRESS, True
    owner.save(update_fields=["is_active"])

    assert told(smtp) == []


def test_the_mail_says_the_new_username(owner, smtp):
    owner.username = "renamed"
    owner.save()
    call_command("deliver", once=True)

    (mail,) = smtp.mails
    assert 'Your username is now "renamed".' in mail.get_content()


def test_a_log_in_and_a_better_hash_of_the_same_password_are_no_change(owner, settings):
    theirs = signed_in(owner)
    settings.PASSWORD_HASHERS = [
        "django.contrib.auth.hashers.PBKDF2PasswordHasher",
        "django.contrib.auth.hashers.MD5PasswordHasher",
    ]
    browser = Client(headers={"host": "localhost"})
    sent = {"username": "owner", "password": PASSWORD, "next": "/admin/"}
    assert browser.post("/admin/login/", sent).status_code == 302

    owner.refresh_from_db()
    assert owner.password.startswith("pbkdf2")
    assert not SiteMail.objects.exists()
    assert Session.objects.filter(user=owner).count() == 2
    assert is_logged_in(browser)
    assert not is_logged_in(theirs)  # Django's own rule: the hash it was logged in by is another one


@pytest.mark.parametrize("door", ["account", "confirm"])
def test_a_password_that_is_asked_for_again_ends_no_session(owner, settings, door):
    """A better hash of it would: a session counts by the hash it was logged in by."""
    browser = signed_in(owner)
    settings.PASSWORD_HASHERS = [
        "django.contrib.auth.hashers.PBKDF2PasswordHasher",
        "django.contrib.auth.hashers.MD5PasswordHasher",
    ]
    if door == "confirm":
        assert browser.post(CONFIRM, {"current_password": PASSWORD}).status_code == 302
    else:
        sent = {"password-old_password": PASSWORD, "password-new_password1": NEW}
        answer = TestAccountPage().send(browser, **sent, **{"password-new_password2": "mistyped"})
        assert answer.status_code == 200

    assert is_logged_in(browser)


def test_a_command_on_the_machine_ends_sessions_too(owner, smtp, monkeypatch):
    theirs = signed_in(owner)
    monkeypatch.setattr("getpass.getpass", lambda prompt: NEW)
    call_command("changepassword", "owner")

    assert not Session.objects.filter(user=owner).exists()
    assert not is_logged_in(theirs)
    assert told(smtp) == [("owner@staff.example", PASSWORD_CHANGED)]
