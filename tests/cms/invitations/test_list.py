"""What the inviter sees of each invitation, and what is left of it afterwards."""

import json
from datetime import timedelta
from io import StringIO

import pytest
import time_machine
from cryptography.fernet import Fernet
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from wagtail.models import ModelLogEntry

from cms.invitations import actions
from cms.invitations.models import Invitation
from cms.outbox import postman
from cms.outbox.models import Delivery
from cms.outbox.suppression import keep_from_mail
from home.privacy import rotation
from tests import crawl
from tests.cms.invitations.conftest import ADDRESS, INVITATIONS, act, deliver, forget_limits, invite, words
from tests.conftest import signed_in, visitor
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
OTHER = "zt4other9w@canary-two.example"


def listed(browser) -> str:
    return words(browser.get(INVITATIONS))


def test_it_says_how_far_each_is(boss, smtp):
    invite(boss, "Editors")
    page = listed(boss)
    for said in ("Ada Lovelace", ADDRESS, "Write and publish", "On its way"):
        assert said in page

    call_command("deliver", once=True)
    assert "Sent, not accepted yet" in listed(boss)


def test_a_mail_that_is_refused_for_good_is_said_there(boss, smtp):
    smtp.at = {("RCPT", ADDRESS): ["550 no such user"]}
    invite(boss)
    call_command("deliver", once=True)

    assert "Not delivered: Refused this recipient" in listed(boss)


def test_a_mail_that_is_refused_for_now_is_said_too(boss, smtp):
    smtp.answers = ["451 later"]
    invite(boss)
    call_command("deliver", once=True)

    assert "Not sent yet: Refused for now. The site tries again." in listed(boss)


def test_an_address_that_wants_no_mail_gets_none_and_the_inviter_learns_it(boss, smtp):
    keep_from_mail(ADDRESS)
    invite(boss)
    call_command("deliver", once=True)

    assert smtp.mails == []
    assert "this address wants no mail from the site" in listed(boss)


def test_one_that_has_ended_stays_for_a_week_and_can_be_sent_again(boss, smtp):
    invite(boss)
    with time_machine.travel(timezone.now() + actions.LIFE + timedelta(days=1)):
        boss = signed_in(User.objects.get(username="admin"))
        actions.purge()
        assert "Has ended without being accepted" in listed(boss)
        page = act(boss, "send again", Invitation.objects.get().pk)
        assert "A new invitation is on its way." in page
        assert visitor().get(deliver(smtp)).status_code == 200


def test_one_whose_inviter_lost_the_right_says_so_and_another_sends_it_again(boss, lesser, smtp, admin):
    invite(signed_in(lesser), "Editors")
    lesser.groups.clear()
    assert "its inviter may no longer give this" in listed(boss)

    act(boss, "send again", Invitation.objects.get().pk)
    assert Invitation.objects.get().invited_by == admin
    assert visitor().get(deliver(smtp)).status_code == 200


def test_one_to_an_address_that_has_an_account_by_now_says_so(boss):
    invite(boss)
    UserFactory(email=ADDRESS.upper())

    assert "someone has an account with this address now" in listed(boss)
    assert "has an account with this address." in act(boss, "send again", Invitation.objects.get().pk)


def test_nobody_acts_on_an_invitation_to_more_than_they_may_give(boss, lesser):
    invite(boss, "Editors", administrator=True)
    other, pk = signed_in(lesser), Invitation.objects.get().pk
    assert "Ada Lovelace" in listed(other)
    assert "Withdraw" not in listed(other)

    for do in ("withdraw", "send again"):
        other.post(INVITATIONS, {"do": do, "invitation": pk})
    assert Invitation.objects.get().pk == pk


def test_each_act_is_in_the_log_without_an_address(boss):
    invite(boss)
    act(boss, "send again", Invitation.objects.get().pk)
    act(boss, "withdraw", Invitation.objects.get().pk)

    done = ModelLogEntry.objects.filter(action__startswith="invitations.").order_by("pk")
    assert [entry.action for entry in done] == [actions.INVITED, actions.SENT_AGAIN, actions.WITHDRAWN]
    assert crawl.leaks(crawl.database_bytes(), [ADDRESS]) == []


@pytest.mark.parametrize("pk", ["999999", "", "x", "9" * 40])
def test_a_button_for_one_that_is_gone_says_so(boss, pk):
    for do in ("withdraw", "send again"):
        assert "Nothing was changed" in act(boss, do, pk)
    assert boss.post(INVITATIONS, {"do": "x", "invitation": pk}).status_code == 400


def test_the_work_of_the_list_does_not_grow_with_its_rows(boss, lesser):
    work = []
    for number in range(6):
        invite(signed_in(lesser), email=f"kq{number}@canary-two.example")
        boss.get(INVITATIONS)
        with CaptureQueriesContext(connection) as asked:
            boss.get(INVITATIONS)
        work.append(len(asked))

    assert work == [work[0]] * 6


def test_the_worker_deletes_what_ended_a_week_ago_and_nothing_else(boss, smtp):
    invite(boss)
    with time_machine.travel(timezone.now() + actions.LIFE + actions.KEPT):
        forget_limits()
        invite(signed_in(User.objects.get(username="admin")), email=OTHER)
    with time_machine.travel(timezone.now() + actions.LIFE + actions.KEPT + timedelta(minutes=1)):
        assert actions.purge() == 1

    assert Invitation.objects.get().address == OTHER
    assert Delivery.objects.get().subject_id == Invitation.objects.get().pk


# --- A person's rights, and keys ---


def test_an_export_holds_the_invitation_and_an_erasure_ends_it(boss, smtp):
    invite(boss, "Editors")
    link = deliver(smtp)
    out = StringIO()
    call_command("privacy", "export", ADDRESS.upper(), stdout=out)
    (held,) = json.loads(out.getvalue())["invitations"]
    assert (held["name"], held["to"], held["may"]) == ("Ada Lovelace", ADDRESS, ["Write and publish"])
    assert "admin" not in json.dumps(held)

    out = StringIO()
    call_command("privacy", "erase", ADDRESS, "--noinput", stdout=out)
    assert "invitations 1" in out.getvalue()
    assert not Invitation.objects.exists()
    assert not Delivery.objects.exists()
    assert visitor().get(link).status_code == 404


def test_an_invitation_is_read_with_the_new_key_alone_after_a_rotation(boss, settings, smtp):
    invite(boss)
    old, new = settings.ADDRESS_KEYS[0], Fernet.generate_key().decode()
    settings.ADDRESS_KEYS = [new, old]
    tallies, _ = rotation.rotate()
    assert tallies["invitations.Invitation"].rotated == 1

    settings.ADDRESS_KEYS = [new]
    postman.deliver_due()
    assert smtp.recipients == [ADDRESS]


def test_an_address_that_no_key_reads_is_said_and_breaks_nothing(boss, settings):
    invite(boss)
    settings.ADDRESS_KEYS = [Fernet.generate_key().decode()]

    assert "cannot be read" in listed(boss)
    assert "cannot be read" in act(boss, "send again", Invitation.objects.get().pk)
    act(boss, "withdraw", Invitation.objects.get().pk)
    assert not Invitation.objects.exists()
