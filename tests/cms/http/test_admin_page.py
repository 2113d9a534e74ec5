"""Every page of ours in the admin says where it is: each of its breadcrumbs leads to a page above it."""

import pytest
from django.template.response import TemplateResponse
from django.utils.html import escape

from cms import vault
from cms.webhooks import signing
from cms.webhooks.models import Endpoint
from home.contact.models import ContactMessage
from tests.conftest import signed_in, visitor
from tests.factories import CommentFactory

DASHBOARD = "/admin/"
DESK, INBOX, WEBHOOKS = "/admin/comments/", "/admin/messages/", "/admin/webhooks/"


@pytest.fixture
def places(post, contact) -> dict[str, list[str]]:
    """Each page, and the addresses of those above it."""
    comment = CommentFactory(page=post)
    visitor().post(contact.url, {"name": "Ben", "email": "ben@example.org", "message": "Hello"})
    message = ContactMessage.objects.get()
    endpoint = Endpoint.objects.create(
        name="Shop & Co", url="https://shop.example/", sealed_secret=vault.seal_text(signing.new_secret())
    )
    its = f"{WEBHOOKS}{endpoint.pk}/"
    return {
        DESK: [],
        f"{DESK}{comment.pk}/": [DESK],
        f"{DESK}people/{comment.reader_id}/": [DESK],
        f"{DESK}bans/": [DESK],
        f"{DESK}all/?do=approve": [DESK],
        INBOX: [],
        f"{INBOX}{message.pk}/": [INBOX],
        WEBHOOKS: [],
        f"{WEBHOOKS}new/": [WEBHOOKS],
        its: [WEBHOOKS],
        f"{its}calls/": [WEBHOOKS, its],
        "/admin/outbox/": [],
        "/admin/privacy/": [],
        "/admin/reports/pictures/": [],
        "/admin/reports/shared-drafts/": [],
        "/admin/account/sessions/": [],
        f"/admin/pages/{post.pk}/shared/": [],
    }


def test_every_page_says_where_it_is(places, admin):
    client = signed_in(admin)
    for address, above in places.items():
        answer = client.get(address)
        assert isinstance(answer, TemplateResponse), address
        crumbs = answer.context_data["breadcrumbs_items"]

        assert [crumb["url"] for crumb in crumbs] == [DASHBOARD, *above, ""], address
        assert escape(str(crumbs[-1]["label"])) in answer.content.decode(), address
    assert {client.get(each).status_code for path in places.values() for each in path} == {200}
