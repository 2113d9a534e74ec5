"""A colleague is invited as an administrator does it, and reads the mail as it arrives."""

import re
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import Group, Permission
from django.core.cache import cache
from django.core.management import call_command
from django.http import HttpResponse
from django.test import Client

from cms.invitations.forms import ADMINISTRATOR
from cms.rate_limit.models import Bucket
from tests.conftest import signed_in, visitor
from tests.factories import PASSWORD, UserFactory

INVITATIONS = "/admin/invitations/"
NEW = f"{INVITATIONS}new/"
ADDRESS = "kq7invited3x@canary-one.example"
CHOSEN = "heron willow 47 barge"


@pytest.fixture
def boss(admin) -> Client:
    return signed_in(admin)


@pytest.fixture
def lesser(db):
    """One who may add users, is an editor, and no superuser."""
    user = UserFactory(username="lesser", first_name="Lee", last_name="Ser", group="Editors")
    user.user_permissions.set(Permission.objects.filter(codename__in=("access_admin", "add_user")))
    return user


def group(name: str) -> str:
    return str(Group.objects.get(name=name).pk)


def wanted(*groups: str, administrator: bool = False, **more: Any) -> dict[str, Any]:
    """Return what the form sends."""
    chosen = [*map(group, groups), *([ADMINISTRATOR] if administrator else [])]
    return {"name": "Ada Lovelace", "email": ADDRESS, "roles": chosen, "current_password": PASSWORD, **more}


def invite(browser: Client, *groups: str, **more: Any) -> HttpResponse:
    return browser.post(NEW, wanted(*(groups or ("Editors",)), **more))


def act(browser: Client, do: str, pk: int) -> str:
    """Press a button of the list; return the page after it."""
    return words(browser.post(INVITATIONS, {"do": do, "invitation": pk}, follow=True))


def deliver(smtp) -> str:
    """Deliver what waits; return the path of the link in the newest mail."""
    call_command("deliver", once=True)
    return re.search(r"http://localhost:8000(/mail/invitation/[\w-]+/)", smtp.mails[-1].get_content())[1]


def answers(**more: str) -> dict[str, str]:
    usual = {"name": "Ada Lovelace", "username": "ada.lovelace", "password": CHOSEN, "again": CHOSEN}
    return {**usual, **more}


def accept(link: str, browser: Client | None = None, **more: str) -> HttpResponse:
    return (browser or visitor()).post(link, answers(**more))


def words(answer: HttpResponse) -> str:
    return " ".join(BeautifulSoup(answer.content, "html.parser").get_text(" ").split())


def forget_limits() -> None:
    Bucket.objects.all().delete()
    cache.clear()
