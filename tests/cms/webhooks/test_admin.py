"""Administrators add endpoints, see what was called, and send again: with forms alone."""

import re

import pytest
from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.test import Client
from wagtail.models import ModelLogEntry, Site

from cms import vault
from cms.outbox.models import Delivery, State
from cms.webhooks import actions, announcing
from cms.webhooks.announcing import Thing
from cms.webhooks.models import Call, Disabled, Endpoint
from tests.cms.webhooks.conftest import deliver, endpoint_at, told
from tests.conftest import signed_in, visitor
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db

WEBHOOKS = "/admin/webhooks/"
WANTED = {"name": "Front end", "url": "https://hooks.example.org/", "events": ["page.published"], "site": ""}


@pytest.fixture
def keeper(db):
    """One who may manage webhooks and nothing else."""
    group = Group.objects.create(name="Keepers")
    codenames = ("access_admin", "manage_webhooks")
    group.permissions.set(Permission.objects.filter(codename__in=codenames))
    return UserFactory(username="keeper", group="Keepers")


@pytest.fixture
def browser(keeper) -> Client:
    return signed_in(keeper)


def announce() -> None:
    with transaction.atomic():
        announcing.announce("page.published", lambda: [Thing({"id": 1}, None)])


def act(browser: Client, endpoint: Endpoint, do: str, **fields: object) -> str:
    answer = browser.post(f"{WEBHOOKS}{endpoint.pk}/", {"do": do, **fields}, follow=True)
    return answer.content.decode()


def test_the_secret_is_shown_once_when_an_endpoint_is_added(browser):
    answer = browser.post(f"{WEBHOOKS}new/", WANTED)

    page, endpoint = answer.content.decode(), Endpoint.objects.get()
    (secret,) = re.findall(r"whsec_[A-Za-z0-9+/]{43}=", page)
    assert vault.unseal_text(endpoint.sealed_secret) == secret
    assert "no-store" in answer["Cache-Control"]
    assert (endpoint.name, endpoint.events, endpoint.site) == ("Front end", ["page.published"], None)
    for url in ("", "new/", f"{endpoint.pk}/", f"{endpoint.pk}/calls/"):
        assert "whsec_" not in browser.get(WEBHOOKS + url).content.decode()
    assert ModelLogEntry.objects.get(action="webhooks.create").user.username == "keeper"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("url", "http://hooks.example.org/"),
        ("url", "https://127.0.0.1/"),
        ("url", "https://ann:secret@hooks.example.org/"),
        ("url", "https://hooks.example.org/" + 500 * "x"),
        ("events", []),
        ("events", ["page.burnt"]),
        ("name", ""),
        ("name", 101 * "x"),
        ("site", "99999"),
    ],
)
def test_what_cannot_be_is_refused_in_words_with_the_form_kept(browser, field, value):
    answer = browser.post(f"{WEBHOOKS}new/", {**WANTED, field: value})

    assert answer.status_code == 422
    assert "was not saved" in answer.content.decode()
    assert not Endpoint.objects.exists()


def test_there_are_so_many_endpoints_and_no_more(browser):
    for number in range(actions.MOST_ENDPOINTS):
        endpoint_at(f"https://hooks.example.org/{number}")

    answer = browser.post(f"{WEBHOOKS}new/", WANTED)
    assert answer.status_code == 422
    assert "Delete one first" in answer.content.decode()
    assert Endpoint.objects.count() == actions.MOST_ENDPOINTS


def test_an_endpoint_is_changed(browser, endpoint):
    site = Site.objects.get()
    page = act(browser, endpoint, "save", **{**WANTED, "site": site.pk, "events": ["page.moved"]})

    endpoint.refresh_from_db()
    assert "Endpoint saved." in page
    assert (endpoint.url, endpoint.events, endpoint.site) == (WANTED["url"], ["page.moved"], site)
    assert "was not saved" in act(browser, endpoint, "save", **{**WANTED, "url": "http://x/"})


def test_a_new_secret_signs_beside_the_old_one(browser, endpoint):
    page = act(browser, endpoint, "rotate")

    assert "whsec_" in page
    assert "For 24 hours the previous secret signs as well" in page
    endpoint.refresh_from_db()
    assert endpoint.sealed_old_secret


def test_a_test_arrives(browser, endpoint, peer):
    assert "endpoint.test" in act(browser, endpoint, "test")

    (body,) = told(peer)
    assert (body["type"], body["data"]) == ("endpoint.test", {"endpoint": endpoint.pk})


def test_a_disabled_endpoint_gets_nothing_until_it_is_enabled(browser, endpoint, peer):
    announce()
    assert "Disabled by an administrator" in act(browser, endpoint, "disable")
    announce()
    deliver()
    assert peer.received == []
    assert Delivery.objects.get().state == State.SUPPRESSED
    assert "Nothing was changed" in act(browser, endpoint, "test")

    assert "Endpoint enabled." in act(browser, endpoint, "enable")
    announce()
    deliver()
    assert len(peer.received) == 1


def test_one_is_deleted_with_its_calls_after_a_question(browser, endpoint, peer):
    announce()
    assert "for good?" in act(browser, endpoint, "delete")
    assert Endpoint.objects.exists()
    act(browser, endpoint, "delete for good")

    assert not Endpoint.objects.exists()
    assert not Delivery.objects.exists()
    assert told(peer) == []


def test_calls_are_listed_with_what_was_answered_newest_first(browser, endpoint, peer):
    peer.statuses = [500]
    announce()
    deliver()
    Endpoint.objects.update(rests_until=None)
    announce()

    page = browser.get(f"{WEBHOOKS}{endpoint.pk}/calls/").content.decode()
    assert "HTTP 500" in page
    assert re.search(r"\d+ ms", page)
    ids = [str(row.message_id) for row in Delivery.objects.order_by("-pk")]
    assert [page.index(each) for each in ids] == sorted(page.index(each) for each in ids)


def test_a_long_list_has_pages(browser, endpoint, monkeypatch):
    monkeypatch.setattr("cms.webhooks.admin_views.CALLS_A_PAGE", 2)
    for _ in range(3):
        announce()

    url = f"{WEBHOOKS}{endpoint.pk}/calls/"
    first = browser.get(url).content.decode()
    (before,) = re.findall(r"\?before=(\d+)", first)
    second = browser.get(f"{url}?before={before}").content.decode()
    assert (first.count("page.published"), second.count("page.published")) == (2, 1)
    assert "Older ones" not in second


@pytest.mark.parametrize("status", [204, 410])
def test_send_again_repeats_the_same_call(browser, endpoint, peer, status):
    peer.statuses = [status]
    announce()
    deliver()
    Endpoint.objects.update(disabled="")
    call = Call.objects.get()
    url = f"{WEBHOOKS}{endpoint.pk}/calls/"
    assert browser.post(url, {"call": call.pk}).status_code == 303
    deliver()

    assert len(peer.received) == 2
    assert len(set(peer.ids)) == 1
    assert peer.received[0].body == peer.received[1].body
    assert Delivery.objects.get(event=announcing.CALL).state == State.SENT


def test_a_call_that_waits_or_is_another_endpoints_is_not_sent_again(browser, endpoint):
    other = endpoint_at("https://hooks.example.org/", events=[])
    announce()
    call = Call.objects.get()

    waiting = browser.post(f"{WEBHOOKS}{endpoint.pk}/calls/", {"call": call.pk}, follow=True)
    assert "Nothing was changed" in waiting.content.decode()
    for number in (call.pk, "", "x", "99999999999999999999999"):
        assert browser.post(f"{WEBHOOKS}{other.pk}/calls/", {"call": number}).status_code == 404
    assert browser.post(f"{WEBHOOKS}{endpoint.pk}/", {"do": "explode"}).status_code == 400


def test_it_is_for_those_with_the_permission(endpoint, keeper, editor, moderator):
    urls = [WEBHOOKS, f"{WEBHOOKS}new/", f"{WEBHOOKS}{endpoint.pk}/", f"{WEBHOOKS}{endpoint.pk}/calls/"]
    for url in urls:
        assert signed_in(keeper).get(url).status_code == 200
        for user in (editor, moderator):
            assert signed_in(user).get(url).status_code == 302
        assert visitor().get(url).status_code == 302


def test_every_form_is_protected(endpoint, keeper):
    browser = Client(enforce_csrf_checks=True, headers={"host": "localhost"}, raise_request_exception=False)
    browser.force_login(keeper)
    for url, form in (
        (f"{endpoint.pk}/", {"do": "disable"}),
        ("new/", WANTED),
        (f"{endpoint.pk}/calls/", {}),
    ):
        assert browser.post(WEBHOOKS + url, form).status_code == 403
    assert Endpoint.objects.get().disabled == ""


def test_an_endpoint_that_failed_says_so(browser, endpoint):
    Endpoint.objects.update(disabled=Disabled.FAILING)

    assert "every call failed for three days" in browser.get(WEBHOOKS).content.decode()
