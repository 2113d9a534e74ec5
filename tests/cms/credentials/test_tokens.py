"""Tokens of staff: named, kept as digests, ended in time, seen and revoked in the admin and by command."""

import re
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.contrib.auth import get_user_model
from django.core import checks
from django.core.management import call_command
from django.utils import timezone
from wagtail.models import APIToken, ModelLogEntry

from cms.rate_limit.models import Bucket
from cms.second_factor import actions as second_factor
from tests import crawl
from tests.cms.second_factor.browser import CONFIRM, with_app
from tests.conftest import signed_in, visitor, with_token
from tests.factories import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db
API, TOKENS = "/api/v1/moderation/comments/", "/admin/api-tokens/"


def listed() -> str:
    printed = StringIO()
    call_command("api_tokens", "list", stdout=printed)
    return printed.getvalue()


def make(staff, owner, password: str = PASSWORD):
    sent = {"name": "Front end", "user": owner.pk, "current_password": password}
    return staff.post(f"{TOKENS}new/", sent)


def told(smtp) -> list[tuple[str, str]]:
    """Return to whom the mails went that have been waiting, and their subjects."""
    call_command("deliver", once=True)
    return [(mail["To"], mail["Subject"]) for mail in smtp.mails]


def warned() -> list[str]:
    found = checks.run_checks(tags=[checks.Tags.security], include_deployment_checks=True)
    return [f"{each.msg} {each.hint}" for each in found if each.id == "cms.W009"]


def test_a_token_is_good_to_its_last_day_and_no_longer(moderator, settings):
    program = with_token(moderator)
    made = timezone.now() - timedelta(days=365)
    APIToken.objects.update(created=made + timedelta(minutes=1))
    assert program.get(API).status_code == 200

    APIToken.objects.update(created=made)
    assert program.get(API).status_code == 401
    settings.API_TOKEN_DAYS = 366
    assert program.get(API).status_code == 200


def test_an_ended_token_shows_no_use(moderator):
    program = with_token(moderator)
    APIToken.objects.update(created=timezone.now() - timedelta(days=366))
    assert program.get(API).status_code == 401

    assert APIToken.objects.get().last_used_at is None


def test_an_ended_token_is_nobody_to_whatever_answers(moderator):
    program = with_token(moderator)
    assert program.get(API).wsgi_request.user == moderator
    APIToken.objects.update(created=timezone.now() - timedelta(days=366))

    assert program.get(API).wsgi_request.user.is_anonymous


def test_tokens_that_have_ended_or_soon_will_are_told_before_a_program_stops(moderator, settings):
    for days in (10, 330, 340, 365, 400, 401):
        with_token(moderator)
        APIToken.objects.filter(pk=APIToken.objects.latest("pk").pk).update(
            created=timezone.now() - timedelta(days=days)
        )
    assert warned()[0].startswith("API tokens that have ended: 3; that end within 30 days: 1. ")
    assert "cms.W009" in Path("docs/install.md").read_text()

    APIToken.objects.filter(created__lt=timezone.now() - timedelta(days=364)).update(
        revoked_at=timezone.now()
    )
    assert warned()[0].startswith("API tokens that have ended: 0; that end within 30 days: 1. ")
    get_user_model().objects.update(is_active=False)  # no signal: tokens of before such accounts lost theirs
    assert warned() == []


def test_a_short_life_is_no_reason_to_warn_of_every_token(moderator, settings):
    settings.API_TOKEN_DAYS = 20
    with_token(moderator)

    assert warned() == []


def test_the_end_is_told_in_the_admin_and_by_the_command(admin, moderator):
    with_token(moderator)
    APIToken.objects.update(created=timezone.now().replace(year=2026, month=3, day=4))

    page = signed_in(admin).get(TOKENS).content.decode()

    assert re.findall(r"Mar[^<]*2027[^<]*", page), re.findall(r"<td[^>]*>.*?</td>", page, re.DOTALL)
    assert "ends=2027-03-04" in listed()


def test_the_last_use_is_written_once_in_five_minutes(moderator):
    program = with_token(moderator)
    program.get(API)
    token = APIToken.objects.get()
    program.get(API)
    assert APIToken.objects.get().last_used_at == token.last_used_at

    APIToken.objects.update(last_used_at=token.last_used_at - timedelta(seconds=299))
    program.get(API)
    assert APIToken.objects.get().last_used_at < token.last_used_at
    APIToken.objects.update(last_used_at=token.last_used_at - timedelta(seconds=301))
    program.get(API)
    assert APIToken.objects.get().last_used_at >= token.last_used_at


def test_made_and_revoked_in_the_admin_it_is_two_lines_of_the_log_and_no_secret_is_kept(admin, moderator):
    staff = signed_in(admin)
    made = make(staff, moderator)
    secret = re.search(r"wagtail_[0-9A-Za-z]{20,}", made.content.decode())[0]
    program = visitor(authorization=f"Bearer {secret}")
    assert program.get(API).status_code == 200
    assert secret.encode() not in crawl.database_bytes()

    assert staff.post(f"{TOKENS}delete/{APIToken.objects.get().pk}/").status_code == 302

    assert program.get(API).status_code == 401
    lines = ModelLogEntry.objects.filter(action__startswith="wagtail.apitoken.").order_by("pk")
    assert [(line.action, line.user) for line in lines] == [
        ("wagtail.apitoken.create", admin),
        ("wagtail.apitoken.revoke", admin),
    ]
    assert secret not in staff.get("/admin/reports/site-history/").content.decode()


def test_made_and_revoked_by_command_it_is_two_lines_of_the_log(moderator):
    program = with_token(moderator)
    call_command("api_tokens", "revoke", id=APIToken.objects.get().pk, stdout=StringIO())

    assert program.get(API).status_code == 401
    assert listed() == ""
    actions = ModelLogEntry.objects.order_by("pk").values_list("action", flat=True)
    assert list(actions) == ["wagtail.apitoken.create", "wagtail.apitoken.revoke"]


class TestMadeInAnOpenSession:
    """Whoever sits down at somebody else's desk makes no token that outlives the session."""

    @pytest.mark.parametrize(
        ("password", "said"),
        [("wrong", "This is not your password."), ("", "Type your password to make this change.")],
    )
    def test_none_is_made_without_the_password(self, admin, moderator, smtp, password, said):
        page = make(signed_in(admin), moderator, password).content.decode()

        assert said in page
        assert "wagtail_" not in page.replace("wagtail_icon", "")
        assert not APIToken.objects.exists()
        assert told(smtp) == []

    def test_it_is_the_password_of_whoever_asks(self, admin, moderator):
        moderator.set_password("another long password")
        moderator.save()

        assert (
            "another long password"
            not in make(signed_in(admin), moderator, "another long password").content.decode()
        )
        assert not APIToken.objects.exists()

    def test_who_has_a_factor_shows_it_first(self, admin, moderator):
        browser, app, _ = with_app("admin")
        browser.forget_proof()
        page = make(browser.without_checks(), moderator).content.decode()

        assert f'<a href="{CONFIRM}" target="_blank">Show your second factor</a>' in page
        assert not APIToken.objects.exists()
        browser.confirm(app.code(1))
        make(browser.without_checks(), moderator)
        assert APIToken.objects.get().user == moderator

    def test_the_password_is_guessed_slowly_here_too(self, admin, moderator, time_machine):
        time_machine.move_to("2026-11-27 10:00:00+00:00", tick=False)
        staff = signed_in(admin)
        answers = [make(staff, moderator, "wrong").status_code for _ in range(12)]

        assert answers == 10 * [200] + 2 * [429]
        assert Bucket.objects.exists()

    def test_a_token_is_renamed_without_it(self, admin, moderator):
        with_token(moderator)
        url = f"{TOKENS}edit/{APIToken.objects.get().pk}/"
        assert signed_in(admin).post(url, {"name": "Robot"}).status_code == 302

        assert APIToken.objects.get().name == "Robot"


@pytest.mark.django_db(transaction=True)
def test_its_owner_is_told_of_a_new_token_whoever_made_it(admin, moderator, smtp):
    make(signed_in(admin), moderator)
    with_token(moderator)

    assert told(smtp) == 2 * [(moderator.email, "Our site: a new token for the API")]
    said = smtp.mails[0].get_content()
    assert "Front end" in said
    assert moderator.get_username() in said
    assert "http://localhost:8000/admin/account/" in said
    assert APIToken.objects.earliest("pk").prefix not in said


def test_nothing_is_told_of_a_token_that_is_used_renamed_or_revoked(admin, moderator, smtp):
    program, staff = with_token(moderator), signed_in(admin)
    told(smtp)
    program.get(API)
    pk = APIToken.objects.get().pk
    staff.post(f"{TOKENS}edit/{pk}/", {"name": "Robot"})
    staff.post(f"{TOKENS}delete/{pk}/")

    assert len(told(smtp)) == 1


class TestWhatEndsTokens:
    def test_a_reset_of_the_second_factor_does_and_says_so(self, moderator, admin, smtp):
        program, other = with_token(moderator), with_token(UserFactory(admin=True))
        second_factor.reset(moderator, by=admin)

        assert (program.get(API).status_code, other.get(API).status_code) == (401, 200)
        assert ModelLogEntry.objects.get(action="wagtail.apitoken.revoke").user == admin
        told(smtp)
        assert "tokens" in smtp.mails[-1].get_content()

    @pytest.mark.parametrize("door", ["page", "list", "shell"])
    def test_being_made_inactive_does_for_ever(self, moderator, admin, door):
        program = with_token(moderator)
        self.switch_off(moderator, signed_in(admin), door)
        assert program.get(API).status_code == 401
        moderator.refresh_from_db()
        assert not moderator.is_active
        moderator.is_active = True
        moderator.save()

        assert program.get(API).status_code == 401
        line = ModelLogEntry.objects.get(action="wagtail.apitoken.revoke")
        assert line.user == (None if door == "shell" else admin)

    def switch_off(self, user, staff, door: str) -> None:
        if door == "list":
            url = f"/admin/bulk/auth/user/set_active_state/?next=/admin/users/&id={user.pk}"
            assert staff.post(url, {"mark_as_active": "False"}).status_code == 302
        elif door == "page":
            sent = {"username": user.username, "email": user.email, "first_name": "A", "last_name": "B"}
            sent["groups"] = [group.pk for group in user.groups.all()]
            assert staff.post(f"/admin/users/edit/{user.pk}/", sent).status_code == 302
        else:
            user.is_active = False
            user.save()

    def test_a_new_password_does_not_and_the_mail_says_so(self, moderator, smtp):
        program = with_token(moderator)
        told(smtp)
        moderator.set_password("another long password")
        moderator.save()

        assert program.get(API).status_code == 200
        told(smtp)
        assert "1 API token" in smtp.mails[-1].get_content()

    def test_who_has_none_reads_nothing_of_tokens(self, moderator, smtp):
        moderator.set_password("another long password")
        moderator.save()
        told(smtp)

        assert "token" not in smtp.mails[-1].get_content()
        assert "for the API" not in visible(signed_in(moderator).get("/admin/account/sessions/"))

    def test_ending_all_sessions_does_not_and_the_page_says_so(self, moderator, admin):
        program, staff, own = with_token(moderator), signed_in(admin), signed_in(moderator)
        theirs = visible(staff.get(f"/admin/users/{moderator.pk}/sessions/"))
        assert "1 API token" in theirs
        assert f'href="{TOKENS}?user={moderator.pk}"' in theirs
        assert "1 API token" in visible(own.get("/admin/account/sessions/"))
        assert TOKENS not in visible(own.get("/admin/account/sessions/"))  # it is no page of theirs
        own.post(CONFIRM, {"current_password": PASSWORD})
        own.post("/admin/account/sessions/", {"do": "everywhere"})
        assert own.get("/admin/account/").status_code == 302

        assert program.get(API).status_code == 200


def visible(page) -> str:
    return page.content.decode().partition("<main")[2]
