"""Every role at every door: nothing is there before the factor that is demanded."""

import pytest
from django.contrib.auth.models import Group

from cms.second_factor.models import Demand
from tests import crawl
from tests.cms.second_factor.browser import APP, PASSKEY, STEP, Browser, with_app
from tests.conftest import signed_in, visitor
from tests.factories import UserFactory

pytestmark = [pytest.mark.once, pytest.mark.django_db]

SETTING_UP = {APP, PASSKEY}


@pytest.fixture
def people(owner) -> list[str]:
    """Somebody of each group, and an administrator."""
    for group in Group.objects.all():
        UserFactory(username=group.name, group=group.name)
    return [*Group.objects.values_list("name", flat=True), "owner"]


@pytest.fixture
def urls(post, contact) -> list[str]:
    return [url for url in crawl.every_url() if not url.startswith("/admin/logout")]


def seen(client, urls: list[str]) -> dict[str, int]:
    return {answer.url: answer.status for answer in crawl.walk({"": client}, urls)}


def half_in(name: str) -> Browser:
    browser = Browser()
    assert browser.give_password(name)["Location"] == STEP
    return browser


def test_where_it_is_demanded_there_is_nothing_before_it_is_set_up(people, urls):
    Demand.objects.update(administrators=True)
    Demand.objects.get().groups.set(Group.objects.all())
    street = seen(visitor(), urls)

    for name in people:
        saw = seen(half_in(name).client, urls)
        assert (name, {url for url in urls if saw[url] != street[url]}) == (name, SETTING_UP)


def test_nor_for_a_session_from_before_it_was_demanded(people, urls, django_user_model):
    sessions = {name: signed_in(django_user_model.objects.get(username=name)) for name in people}
    Demand.objects.update(administrators=True)
    Demand.objects.get().groups.set(Group.objects.all())
    street = seen(visitor(), urls)

    for name, session in sessions.items():
        assert (name, seen(session, urls)) == (name, street)


def test_who_has_one_finds_nothing_between_the_password_and_the_code(people, urls):
    for name in people:
        with_app(name)
    street = seen(visitor(), urls)

    for name in people:
        saw = seen(half_in(name).client, urls)
        assert (name, {url for url in urls if saw[url] != street[url]}) == (name, {STEP})
