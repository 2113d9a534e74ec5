"""A factor is set up, changed and removed by whoever shows the password, and a factor, again."""

import re
import threading
from io import StringIO

import pytest
from cryptography.fernet import Fernet
from django.contrib.auth.models import Group, Permission
from django.core.management import CommandError, call_command
from django.db import connection
from wagtail.log_actions import registry
from wagtail.models import ModelLogEntry

from cms.second_factor import codes, people, sure
from cms.second_factor.models import Authenticator, Demand, Passkey, RecoveryCode
from tests import crawl
from tests.cms.second_factor.browser import (
    APP,
    CODES,
    CONFIRM,
    KEPT,
    LOG_IN,
    NEW,
    OVERVIEW,
    PASSKEY,
    REMOVE,
    STEP,
    App,
    Browser,
    codes_on,
    with_app,
)
from tests.conftest import visitor
from tests.factories import PASSWORD, UserFactory
from tests.smtp_peer import text_of

pytestmark = pytest.mark.django_db

SETTING = "/admin/settings/second_factor/demand/"


@pytest.fixture
def browser(owner):
    browser = Browser()
    browser.give_password("owner")
    return browser


def whole(phone: App) -> Browser:
    browser = Browser()
    browser.give_password("owner")
    browser.give_code(phone.code())
    return browser


class TestAnApp:
    def test_the_account_page_leads_there(self, browser):
        assert f'href="{OVERVIEW}"' in browser.get("/admin/account/").content.decode()

    def test_the_password_is_asked_for_first(self, browser):
        assert browser.get(APP)["Location"] == f"{CONFIRM}?next={APP.replace('/', '%2F')}"
        assert "not your password" in browser.confirm(password="wrong").content.decode()
        assert browser.confirm()["Location"] == OVERVIEW
        assert browser.get(APP).status_code == 200

    def test_the_password_is_guessed_slowly_there(self, browser):
        answers = [browser.confirm(password="wrong").status_code for _ in range(12)]

        assert answers == 10 * [200] + 2 * [429]

    @pytest.mark.parametrize("to", ["https://evil.example/", "//evil.example/"])
    def test_it_leads_to_no_other_site(self, browser, to):
        answer = browser.post(CONFIRM, current_password=PASSWORD, next=to)

        assert answer["Location"] == OVERVIEW

    def test_that_it_was_asked_for_is_remembered_for_ten_minutes(self, browser, clock):
        browser.confirm()
        clock.shift(601)

        assert browser.get(APP)["Location"].startswith(CONFIRM)

    def test_the_picture_is_part_of_the_page(self, browser):
        browser.confirm()
        page = browser.get(APP).content.decode()

        (drawn,) = [each for each in re.findall(r"<svg.*?</svg>", page, re.DOTALL) if "QR code" in each]
        assert drawn.count("<path") > 1
        assert not re.search(r'<img[^>]+src="http', page)

    def test_it_counts_once_it_has_shown_a_code(self, browser):
        browser.confirm()
        app = App(browser.get(APP).content.decode())
        wrong = browser.post(APP, code="000000")

        assert "not the code your app shows" in wrong.content.decode()
        assert App(wrong.content.decode()).key == app.key
        assert not Authenticator.objects.exists()
        assert browser.post(APP, code=app.code())["Location"] == CODES
        assert Authenticator.objects.exists()

    def test_its_owner_stays_logged_in_and_everywhere_else_is_out(self, browser):
        elsewhere = Browser("203.0.113.10")
        elsewhere.give_password("owner")
        browser.confirm()
        browser.set_up_app()

        assert (browser.is_in(), elsewhere.is_in(), elsewhere.is_named()) == (True, False, False)

    def test_no_page_may_be_kept_by_a_browser(self, browser):
        browser.confirm()
        app = App(browser.get(APP).content.decode())
        answers = [browser.get(APP), browser.post(APP, code=app.code()), browser.get(CODES)]

        assert ["no-store" in answer["Cache-Control"] for answer in answers] == 3 * [True]

    def test_another_key_is_made_when_that_of_the_site_is_gone(self, browser, settings):
        browser.confirm()
        app = App(browser.get(APP).content.decode())
        settings.ADDRESS_KEYS = [Fernet.generate_key().decode()]
        another = App(browser.get(APP).content.decode())

        assert another.key != app.key
        assert browser.post(APP, code=another.code())["Location"] == CODES

    def test_another_one_takes_its_place_for_the_password_and_a_code(self, phone, clock):
        browser = whole(phone)
        assert browser.get(APP)["Location"].startswith(CONFIRM)
        assert browser.confirm(phone.code()).status_code == 200  # used at the log-in
        clock.shift(30)
        assert browser.confirm(phone.code(), password="wrong").status_code == 200
        assert browser.confirm(phone.code()).status_code == 302
        kept = set(RecoveryCode.objects.values_list("digest", flat=True))
        another, codes = browser.set_up_app()

        assert codes == []  # there are some
        assert set(RecoveryCode.objects.values_list("digest", flat=True)) == kept != set()
        clock.shift(60)
        fresh = Browser()
        fresh.give_password("owner")
        assert fresh.give_code(phone.code()).status_code == 200
        assert fresh.give_code(another.code()).status_code == 302
        assert browser.is_in()


class TestRecoveryCodes:
    def test_new_ones_take_the_place_of_the_old(self, owner, clock):
        browser, app, old = with_app("owner")
        clock.shift(60)
        browser.post(NEW, page=OVERVIEW)
        new = browser.keep_codes()

        assert len(new) == 10 and not set(new) & set(old)
        fresh = Browser()
        fresh.give_password("owner")
        assert fresh.give_code(old[0]).status_code == 200
        assert fresh.give_code(new[0]).status_code == 302

    def test_there_are_none_without_a_factor(self, browser):
        browser.confirm()

        assert browser.post(NEW, page=CONFIRM)["Location"] == OVERVIEW
        assert not RecoveryCode.objects.exists()

    def test_the_password_and_a_code_are_asked_for(self, phone):
        browser = whole(phone)

        assert browser.post(NEW, page=OVERVIEW)["Location"].startswith(CONFIRM)

    def test_they_are_shown_until_they_are_kept_and_their_page_may_be_left(self, browser):
        browser.confirm()
        browser.post(APP, code=App(browser.get(APP).content.decode()).code())
        shown = [codes_on(browser.get(CODES).content.decode()) for _ in range(2)]
        assert len(shown[0]) == 10 and shown[0] == shown[1]
        assert f'href="{CODES}"' in browser.get(OVERVIEW).content.decode()

        assert browser.post(KEPT, page=CODES)["Location"] == OVERVIEW
        assert browser.get(CODES)["Location"] == OVERVIEW
        assert f'href="{CODES}"' not in browser.get(OVERVIEW).content.decode()

    def test_a_form_that_is_sent_twice_leads_to_them_too(self, browser):
        browser.confirm()
        app = App(browser.get(APP).content.decode())
        answers = [browser.post(APP, page=CONFIRM, code=app.code()) for _ in range(2)]

        assert [answer["Location"] for answer in answers] == [CODES, CODES]
        assert len(browser.keep_codes()) == RecoveryCode.objects.count() == 10

    @pytest.mark.django_db(transaction=True)
    def test_a_form_that_is_sent_twice_at_once_makes_one_app_and_codes_that_open(self, browser, monkeypatch):
        """Both requests have read the session before one has written it."""
        browser.confirm()
        app = App(browser.get(APP).content.decode())
        token = browser.client.cookies["csrftoken"].value
        both, look = threading.Barrier(2), codes.step_of

        def meet(*args: object) -> int | None:
            both.wait(20)
            return look(*args)

        def finish(answers: list) -> None:
            tab = visitor()
            tab.cookies.update(browser.client.cookies)
            sent = {"code": app.code(), "csrfmiddlewaretoken": token}
            answers.append(tab.post(APP, sent, REMOTE_ADDR=browser.address).get("Location"))
            connection.close()

        monkeypatch.setattr(codes, "step_of", meet)
        answers: list[str | None] = []
        threads = [threading.Thread(target=finish, args=[answers]) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
        monkeypatch.undo()
        recovery = browser.keep_codes()
        fresh = Browser()
        fresh.give_password("owner")

        assert (answers, len(recovery)) == ([CODES, CODES], 10)
        assert fresh.give_code(recovery[0]).status_code == 302


class TestRemoving:
    def test_the_password_is_enough_again_and_the_recovery_codes_are_gone(self, owner):
        browser, _, _ = with_app("owner")
        browser.post(REMOVE, page=OVERVIEW, passkey="")

        assert not Authenticator.objects.exists() and not RecoveryCode.objects.exists()
        assert browser.is_in()
        assert Browser().give_password("owner")["Location"] == "/admin/"

    def test_all_other_sessions_end(self, owner, clock):
        browser, app, _ = with_app("owner")
        clock.shift(60)
        elsewhere = whole(app)
        assert elsewhere.is_in()
        browser.post(REMOVE, page=OVERVIEW, passkey="")

        assert (browser.is_in(), elsewhere.is_in(), elsewhere.is_named()) == (True, False, False)

    def test_the_password_and_a_code_are_asked_for(self, phone):
        browser = whole(phone)

        assert browser.post(REMOVE, page=OVERVIEW, passkey="")["Location"].startswith(CONFIRM)
        assert Authenticator.objects.exists()

    def test_who_must_have_one_keeps_the_last(self, owner):
        browser, _, _ = with_app("owner")
        Demand.objects.update(administrators=True)
        answer = browser.post(REMOVE, page=OVERVIEW, passkey="")

        assert "Add another one before" in browser.get(answer["Location"]).content.decode()
        assert Authenticator.objects.exists() and RecoveryCode.objects.exists()

    @pytest.mark.parametrize("passkey", ["7", "9" * 18])
    def test_what_is_not_there_is_removed_in_peace(self, owner, passkey):
        browser, _, _ = with_app("owner")

        assert browser.post(REMOVE, page=OVERVIEW, passkey=passkey).status_code == 302
        assert Authenticator.objects.exists()

    @pytest.mark.parametrize(
        "which", [{}, *({"passkey": odd} for odd in ("abc", "-1", "9" * 40, "\N{SUPERSCRIPT TWO}"))]
    )
    def test_nothing_is_removed_for_what_is_no_number(self, owner, which):
        browser, _, _ = with_app("owner")

        assert browser.post(REMOVE, page=OVERVIEW, **which).status_code == 400
        assert Authenticator.objects.exists()


class TestDemand:
    @pytest.fixture
    def demanded(self, editor):
        Demand.objects.get().groups.add(Group.objects.get(name="Editors"))
        return editor

    def test_who_must_have_one_is_led_to_it_and_lands_where_they_wanted(self, demanded):
        browser = Browser()
        assert browser.give_password("editor", to="/admin/reports/locked/")["Location"] == STEP
        assert browser.get(STEP)["Location"] == APP
        assert not browser.is_named()
        page = browser.get(APP).content.decode()
        done = browser.post(APP, code=App(page).code())
        new = codes_on(browser.get(done["Location"]).content.decode())

        assert len(new) == 10
        assert browser.post(KEPT, page=CODES)["Location"] == "/admin/reports/locked/"
        assert browser.is_in()
        assert any(name.startswith("device_") for name in browser.client.cookies)

    def test_there_is_half_an_hour_for_it_and_the_phone_keeps_what_it_has_read(self, demanded, clock):
        browser = Browser()
        browser.give_password("editor")
        app = App(browser.get(APP).content.decode())
        clock.shift(29 * 60)
        assert browser.get(APP).status_code == 200
        clock.shift(2 * 60)
        assert browser.get(APP)["Location"] == LOG_IN
        browser.give_password("editor")

        assert App(browser.get(APP).content.decode()).key == app.key

    def test_nobody_else_finds_that_app_in_the_same_browser(self, demanded):
        UserFactory(username="colleague", group="Editors")
        browser = Browser()
        browser.give_password("editor")
        app = App(browser.get(APP).content.decode())
        browser.give_password("colleague")

        assert App(browser.get(APP).content.decode()).key != app.key

    def test_a_reader_of_whom_it_is_demanded_manages_it(self, db, clock):
        """They have no business in the admin."""
        readers = Group.objects.create(name="Readers")
        UserFactory(username="reader", group="Readers")
        Demand.objects.get().groups.add(readers)
        browser = Browser()
        browser.give_password("reader")
        app, _ = browser.set_up_app()
        clock.shift(60)
        assert "Your group must have one" in browser.get(OVERVIEW).content.decode()
        browser.confirm(app.code())
        browser.set_up_app()
        browser.post(NEW, page=OVERVIEW)

        assert len(browser.keep_codes()) == 10
        assert (
            "Add another one before"
            in browser.get(browser.post(REMOVE, page=OVERVIEW, passkey="")["Location"]).content.decode()
        )
        assert Browser().get(OVERVIEW)["Location"] == f"{LOG_IN}?next={OVERVIEW}"

    def test_setting_up_opens_nothing_else(self, demanded, post):
        browser = Browser()
        browser.give_password("editor")
        urls = [url for url in crawl.every_url() if url.startswith("/admin/")]
        street = {answer.url for answer in crawl.walk({"": visitor()}, urls) if answer.status < 300}
        opened = {answer.url for answer in crawl.walk({"": browser.client}, urls) if answer.status < 300}

        assert opened == street | {APP, PASSKEY}

    def test_a_reader_finds_it_where_they_may_not_read(self, post):
        restriction = post.view_restrictions.create(restriction_type="groups")
        restriction.groups.add(Group.objects.create(name="Other readers"))
        UserFactory(username="reader")
        browser = Browser()
        browser.give_password("reader")

        assert f'href="{OVERVIEW}"' in browser.get(post.url, follow=True).content.decode()

    def test_a_session_from_before_the_demand_is_nobodys_until_then(self, editor):
        browser = Browser()
        browser.give_password("editor")
        assert browser.is_in()
        Demand.objects.get().groups.add(Group.objects.get(name="Editors"))

        assert browser.get("/admin/")["Location"] == f"{LOG_IN}?next=/admin/"
        assert browser.get("/admin/pages/", HTTP_X_REQUESTED_WITH="XMLHttpRequest").status_code == 403

    def test_the_words_of_an_editor_whose_session_ended_so_are_kept(self, editor):
        browser = Browser()
        browser.give_password("editor")
        page = browser.get("/admin/account/").content.decode()
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[1]
        Demand.objects.get().groups.add(Group.objects.get(name="Editors"))
        words = {"csrfmiddlewaretoken": token, "name_email-first_name": "Long words"}
        answer = browser.client.post("/admin/account/", words, HTTP_ORIGIN="http://localhost")

        assert answer.status_code == 403
        assert "Long words" in answer.content.decode()

    def test_others_are_asked_for_nothing(self, demanded, moderator):
        browser = Browser()

        assert browser.give_password("moderator")["Location"] == "/admin/"
        assert browser.is_in()

    def test_administrators_are_a_choice_of_their_own(self, owner, moderator):
        Demand.objects.update(administrators=True)

        assert Browser().give_password("owner")["Location"] == STEP
        assert Browser().give_password("moderator")["Location"] == "/admin/"

    def test_it_is_set_in_the_admin_by_somebody_who_has_one(self, owner, browser):
        url = browser.get(SETTING)["Location"]
        browser.confirm()
        refused = browser.post(url, administrators="on")
        assert "Set up your own second factor first" in refused.content.decode()
        browser.set_up_app()
        group = Group.objects.get(name="Editors")

        assert browser.post(url, administrators="on", groups=str(group.pk)).status_code == 302
        assert Demand.objects.get().administrators
        assert list(Demand.objects.get().groups.all()) == [group]

    def test_it_is_not_changed_without_the_password(self, owner, browser):
        browser.confirm()
        browser.set_up_app()
        Demand.objects.update(administrators=True)
        session = browser.client.session
        del session[sure.UNTIL]
        session.save()
        url = browser.get(SETTING)["Location"]
        asked = (browser.get(url), browser.post(url, page=CONFIRM, administrators=""))

        assert [answer["Location"].split("?")[0] for answer in asked] == [CONFIRM, CONFIRM]
        assert Demand.objects.get().administrators

    def test_the_api_of_tokens_is_closed_to_no_one_by_it(self, demanded, post):
        assert visitor().get("/api/v1/posts/").status_code == 200


class TestReset:
    @pytest.fixture
    def lost(self, editor, clock):
        """An editor who has set up an app, is logged in somewhere, and has lost the phone."""
        browser, _, _ = with_app("editor")
        clock.shift(60)
        return browser

    def page(self, user) -> str:
        return f"{OVERVIEW}of/{user.pk}/"

    def test_an_administrator_resets_it_and_all_is_ended_recorded_and_told(
        self, lost, editor, browser, smtp, caplog, owner
    ):
        Passkey.objects.create(user=editor, name="Key", digest="d" * 64, credential=b"key", sign_count=0)
        caplog.clear()
        assert browser.get(self.page(editor))["Location"].startswith(CONFIRM)
        browser.confirm()
        assert browser.post(self.page(editor)).status_code == 302

        assert not people.has_factor(editor)
        assert not RecoveryCode.objects.filter(user=editor).exists()
        assert not lost.is_named()
        assert Browser().give_password("editor")["Location"] == "/admin/"
        entry = ModelLogEntry.objects.get(action="second_factor.reset")
        assert (entry.user, entry.object_id) == (owner, str(editor.pk))
        assert registry.get_action_label(entry.action) == "Reset a second factor"
        lines = [
            record.getMessage() for record in caplog.records if record.name == "cms.second_factor.actions"
        ]
        assert lines == [f"second_factor.reset: user {editor.pk}, by user {owner.pk}"]
        call_command("deliver", once=True)
        mail = smtp.mails[-1]
        assert mail["To"] == editor.email
        assert "An administrator removed every second factor" in text_of(mail)

    def test_the_list_of_users_leads_there(self, lost, editor, browser):
        page = browser.get("/admin/users/").content.decode()

        assert self.page(editor) in page
        assert "person has none" not in page

    def test_nobody_resets_their_own(self, phone, owner, clock):
        browser = whole(phone)
        clock.shift(60)
        browser.confirm(phone.code())
        browser.post(self.page(owner), page=CONFIRM)

        assert people.has_factor(owner)
        assert self.page(owner) not in browser.get("/admin/users/").content.decode()

    def test_who_may_change_users_resets_no_superusers(self, phone, owner, editor, moderator):
        for right in ("access_admin", "change_user"):
            moderator.user_permissions.add(Permission.objects.get(codename=right))
        with_app("editor")
        browser = Browser()
        browser.give_password("moderator")
        browser.confirm()
        for user in (owner, editor):
            browser.post(self.page(user), page=CONFIRM)

        assert (people.has_factor(owner), people.has_factor(editor)) == (True, False)

    def test_an_editor_resets_nobodys(self, phone, owner, editor):
        browser = Browser()
        browser.give_password("editor")
        browser.confirm()
        browser.post(self.page(owner), page=CONFIRM)

        assert people.has_factor(owner)

    def test_a_command_resets_that_of_the_last_administrator(self, phone, owner, smtp):
        browser = whole(phone)
        call_command("second_factor", "reset", "owner", stdout=(told := StringIO()))

        assert not people.has_factor(owner) and not browser.is_named()
        assert told.getvalue() == "owner now logs in with the password alone.\n"
        with pytest.raises(CommandError, match="There is no user named nobody"):
            call_command("second_factor", "reset", "nobody")


def test_the_command_and_a_query_name_administrators_without(owner, phone, editor):
    other = UserFactory(username="other", admin=True)
    UserFactory(username="retired", admin=True, is_active=False)
    call_command("second_factor", "status", stdout=(told := StringIO()))

    assert list(people.administrators_without()) == [other]
    assert told.getvalue() == "other has no second factor.\n"


def test_each_change_is_told_by_mail(owner, smtp, clock):
    browser, _, _ = with_app("owner")
    browser.post(NEW, page=OVERVIEW)
    browser.post(REMOVE, page=OVERVIEW, passkey="")
    call_command("deliver", once=True)

    told = [text_of(mail) for mail in smtp.mails]
    assert ["was added" in told[0], "New recovery codes" in told[1], "was removed" in told[2]] == 3 * [True]
    assert all("/admin/account/" in words and "owner" in words for words in told)
    assert ModelLogEntry.objects.filter(action__startswith="second_factor.").count() == 3


def test_a_new_key_for_addresses_seals_the_keys_of_apps_too(phone, settings):
    old, new = settings.ADDRESS_KEYS[0], Fernet.generate_key().decode()
    settings.ADDRESS_KEYS = [new, old]
    call_command("rotate_address_keys", stdout=(told := StringIO()))
    settings.ADDRESS_KEYS = [new]

    assert "second_factor.Authenticator: 1 of 1 rotated" in told.getvalue()
    assert whole(phone).is_in()
