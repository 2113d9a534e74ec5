"""Two browsers with the same link, two people with the same wish: threads that commit, on either database."""

import re

import pytest
from django.contrib.auth.models import User

from cms.invitations import actions, queries
from cms.invitations.actions import GoneError, NewAccount, UsernameTakenError
from cms.invitations.models import Invitation
from cms.outbox import postman
from cms.outbox.models import Delivery
from tests.blog.comments.moderation.test_concurrency import at_once
from tests.cms.invitations.conftest import ADDRESS, CHOSEN, accept, forget_limits, invite
from tests.conftest import signed_in
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db(transaction=True)


def links(smtp) -> list[str]:
    postman.deliver_due()
    return [
        re.search(r"http://localhost:8000(/mail/invitation/[\w-]+/)", mail.get_content())[1]
        for mail in smtp.mails
    ]


def test_of_many_browsers_with_the_same_link_one_makes_the_account(home, boss, smtp):
    invite(boss)
    (link,) = links(smtp)

    answers = at_once(6, lambda number: accept(link, username=f"ada{number}").status_code)

    assert sorted(answers) == [200, *[404] * 5]
    assert User.objects.filter(email=ADDRESS).count() == 1
    assert not Invitation.objects.exists()


def test_of_two_colleagues_who_want_the_same_username_one_is_asked_for_another(home, boss, smtp):
    for number in range(2):
        invite(boss, email=f"kq{number}@canary-two.example")
    tokens = [queries.find(link.rstrip("/").rpartition("/")[2]) for link in links(smtp)]

    def take(number: int) -> str:
        try:
            return actions.accept(tokens[number], NewAccount("Ada Lovelace", "ada", CHOSEN)).username
        except UsernameTakenError:
            return ""

    assert sorted(at_once(2, take)) == ["", "ada"]
    assert User.objects.filter(username="ada").count() == 1
    assert Invitation.objects.count() == 1


def test_withdrawing_and_accepting_at_once_leave_one_of_both(home, boss, admin, smtp):
    invite(boss)
    token = queries.find(links(smtp)[0].rstrip("/").rpartition("/")[2])

    def do(number: int) -> bool:
        if number:
            return actions.withdraw(token.invitation, by=admin)
        try:
            return bool(actions.accept(token, NewAccount("Ada", "ada", CHOSEN)))
        except GoneError:
            return False

    accepted, withdrawn = at_once(2, do)
    assert accepted != withdrawn
    assert User.objects.filter(email=ADDRESS).exists() == accepted
    assert not Invitation.objects.exists()


def test_of_invitations_to_one_address_at_once_one_is_left(home):
    forget_limits()
    bosses = [signed_in(UserFactory(admin=True)) for _ in range(3)]

    answers = at_once(3, lambda number: invite(bosses[number]).status_code)

    assert answers == [303] * 3
    assert Invitation.objects.count() == 1
    assert Delivery.objects.count() == 1
