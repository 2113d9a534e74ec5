"""Private pages and documents lead to the log-in; who is logged in and may not read them is told so."""

from urllib.parse import quote

import pytest
from django.contrib.auth.models import Group
from django.core.files.base import ContentFile
from wagtail.documents import get_document_model
from wagtail.models import Collection

from tests.conftest import signed_in, visitor
from tests.factories import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db

GROUP = "Comment moderators"


def restrict(owner, kind: str) -> None:
    restriction = owner.view_restrictions.create(restriction_type=kind)
    if kind == "groups":
        restriction.groups.add(Group.objects.get(name=GROUP))


@pytest.fixture(params=["page", "document"])
def thing(request, post):
    """Something that may be private, and what makes it so."""
    if request.param == "page":
        return post.url, post
    collection = Collection.get_first_root_node().add_child(name="Private")
    document = get_document_model().objects.create(
        title="Private", collection=collection, file=ContentFile(b"A quiet hour", name="private.txt")
    )
    return document.url, collection


def words(answer) -> str:
    return (b"".join(answer.streaming_content) if answer.streaming else answer.content).decode()


@pytest.mark.parametrize("kind", ["login", "groups"])
def test_a_stranger_is_led_to_the_log_in_and_back(thing, kind):
    url, owner = thing
    restrict(owner, kind)
    UserFactory(username="reader", group=GROUP)
    browser = visitor(origin="http://localhost")
    led = browser.get(url, follow=True)

    assert led.redirect_chain[-1] == (f"/admin/login/?next={quote(url, safe='')}", 302)
    assert led.status_code == 200
    form = {"username": "reader", "password": PASSWORD, "next": url}
    form["csrfmiddlewaretoken"] = led.context["csrf_token"]
    assert browser.post("/admin/login/", form)["Location"] == url
    assert "A quiet hour" in words(browser.get(url))


@pytest.mark.parametrize("staff", [True, False])
def test_a_reader_of_other_groups_is_told_so_and_may_log_out(thing, staff):
    """Wagtail sends them to the log-in, which sends staff back, for ever."""
    url, owner = thing
    restrict(owner, "groups")
    browser = signed_in(UserFactory(username="reader", group="Editors" if staff else ""))
    answer = browser.get(url, follow=True)

    assert (answer.status_code, len(answer.redirect_chain)) == (403, 1)
    said = answer.content.decode()
    assert "You are logged in as reader, and what you asked for is for people in other groups." in said
    assert "A quiet hour" not in said
    assert 'action="/admin/logout/"' in said
    assert browser.post("/admin/logout/")["Location"] == "/admin/login/"


def test_the_log_in_of_readers_without_a_page_is_the_log_in(client):
    assert client.get("/_util/login/")["Location"] == "/admin/login/"
