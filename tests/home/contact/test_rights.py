"""Who may read, decide, export and delete; what the owner of a site decides about messages."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from wagtail.models import Site

from cms.outbox.models import Delivery
from home.contact import actions, retention
from home.contact.models import ContactMessage, ReadGrant, may_read
from home.contact.site_settings import MessageSettings
from tests import crawl
from tests.conftest import signed_in
from tests.factories import UserFactory
from tests.home.contact.test_desk import ADDRESS, INBOX, plant, press, sent, state_of
from tests.smtp_peer import text_of

pytestmark = pytest.mark.django_db


# --- Who may ---


def test_a_group_reads_the_messages_of_its_page_alone(contact, shop, shop_desk):
    own, other = sent(shop, name="Own"), sent(contact, name="Other")
    desk = signed_in(shop_desk)

    page = desk.get(INBOX).content.decode()
    assert "<bdi>Own</bdi>" in page
    assert "<bdi>Other</bdi>" not in page
    assert 'New <span class="staff-number">1</span>' in page
    assert "Other" not in desk.post(INBOX, {"q": ADDRESS}).content.decode()
    assert b"Other" not in desk.post(INBOX, {"do": "csv"}).content
    assert desk.get(f"{INBOX}{own.pk}/").status_code == 200
    assert press(desk, own, "handle") == 303
    assert desk.get(f"{INBOX}{other.pk}/").status_code == 404
    assert press(desk, other, "handle") == 404
    assert INBOX in desk.get("/admin/").content.decode()


def test_an_address_that_wrote_elsewhere_is_to_a_desk_as_one_that_never_wrote(contact, shop, shop_desk):
    """The queries are the same as well: a search that finds no one costs no less."""
    sent(shop, name="Own", address="own@visitor.example")
    sent(contact, name="Other")
    desk = signed_in(shop_desk)

    def asked(address: str) -> tuple[list[str], list, int]:
        with CaptureQueriesContext(connection) as seen:
            shown = desk.post(INBOX, {"q": address}).context
        return [message.name for message in shown["rows"]], shown["tabs"], len(seen)

    asked("warm@up.example")
    assert asked(ADDRESS) == asked("nobody@nowhere.example")
    assert asked("own@visitor.example")[0] == ["Own"]


VERBS = {
    "handled": lambda message, by: actions.mark_handled(message, by=by),
    "reopened": lambda message, by: actions.mark_unhandled(message, by=by),
    "spam": lambda message, by: actions.mark_as_spam(message, by=by),
    "no spam": lambda message, by: actions.mark_as_not_spam(message, by=by),
    "assigned": lambda message, by: actions.assign(message, None, by=by),
    "noted": lambda message, by: actions.note(message, "Words", by=by),
    "sent again": lambda message, by: actions.send_again(message, Delivery.objects.get().pk, by=by),
    "deleted": lambda message, by: actions.delete(message, by=by),
}


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_asks_for_itself_who_may(message, editor, moderator, shop_desk, verb):
    before = crawl.contents()
    for by in (editor, moderator, shop_desk):
        with pytest.raises(PermissionDenied):
            VERBS[verb](message, by)

    assert crawl.contents() == before


def test_reading_is_no_right_to_delete(shop, shop_desk, front_desk):
    message = sent(shop)
    desk = signed_in(shop_desk)

    assert "Delete" not in desk.get(f"{INBOX}{message.pk}/").content.decode()
    assert "permanently?" not in desk.post(f"{INBOX}{message.pk}/", {"do": "delete"}).content.decode()
    assert press(desk, message, "delete for good") == 302  # Wagtail's answer to a PermissionDenied
    assert ContactMessage.objects.exists()
    with pytest.raises(PermissionDenied):
        actions.assign(message, UserFactory(), by=front_desk)


def test_an_administrator_grants_it_on_the_groups_page(admin, shop, contact):
    group = Group.objects.create(name="Shop desk")
    url = f"/admin/groups/edit/{group.pk}/"
    form = {"name": "Shop desk", "contact_pages-pages": [str(shop.pk)]}
    page = signed_in(admin).get(url)
    assert "Messages from individual contact pages" in page.content.decode()
    for panel in page.context["permission_panels"]:
        if hasattr(panel, "management_form"):
            form |= {f"{panel.prefix}-{name}": "0" for name in ("TOTAL_FORMS", "INITIAL_FORMS")}

    for _ in range(2):  # saving the group again takes nothing away
        assert signed_in(admin).post(url, form).status_code == 302
        assert [grant.page_id for grant in ReadGrant.objects.all()] == [shop.pk]
        assert [right.codename for right in group.permissions.all()] == ["read_granted_messages"]
    assert may_read(UserFactory(username="shopdesk", group="Shop desk"))
    del form["contact_pages-pages"]
    signed_in(admin).post(url, form)
    assert not ReadGrant.objects.exists()
    assert not may_read(UserFactory(username="gone", group="Shop desk"))


@pytest.mark.parametrize("who", ["editor", "moderator"])
def test_editors_and_moderators_find_no_door(request, message, who):
    other = signed_in(request.getfixturevalue(who))

    for answer in (
        other.get(INBOX),
        other.post(INBOX, {"do": "csv"}),
        other.get(f"{INBOX}{message.pk}/"),
        other.post(f"{INBOX}{message.pk}/", {"do": "handle"}),
    ):
        assert (answer.status_code, answer["Location"]) == (302, "/admin/")
    assert state_of(message) == "new"


# --- Settings ---


def test_a_site_may_keep_the_words_out_of_mail(client, contact, smtp, default_site):
    MessageSettings.objects.create(site=default_site, words_in_mail=False)
    client.post(contact.url, {"name": "Ben Ode", "email": ADDRESS, "message": "Saturdays?"})
    call_command("deliver", once=True)

    (mail,) = smtp.mails
    assert mail["Reply-To"] is None
    assert f"/admin/messages/{ContactMessage.objects.get().pk}/" in text_of(mail)
    for secret in (b"Ben Ode", b"Saturdays", ADDRESS.encode()):
        assert secret not in mail.as_bytes()


@pytest.fixture
def default_site(db) -> Site:
    return Site.objects.get(is_default_site=True)


def test_handled_messages_and_spam_are_kept_as_long_as_the_site_says(contact, front_desk, default_site):
    MessageSettings.objects.create(site=default_site, keep_handled_days=10, keep_spam_days=5)
    long_ago = timezone.now() - timedelta(days=11)
    for state in ("new", "handled", "spam"):
        plant(contact, 1, state)
        plant(contact, 1, state)
        first = ContactMessage.objects.filter(state=state).first()
        moved = None if state == "new" else long_ago
        ContactMessage.objects.filter(pk=first.pk).update(submitted_at=long_ago, handled_at=moved)
        ContactMessage.objects.filter(state=state).exclude(pk=first.pk).update(
            handled_at=None if state == "new" else timezone.now(), submitted_at=long_ago
        )

    retention.purge()

    assert sorted(ContactMessage.objects.values_list("state", flat=True)) == ["handled", "new", "new", "spam"]


def test_without_a_word_of_the_owner_handled_messages_stay_also_those_of_a_page_that_is_gone(contact):
    plant(contact, 1, "handled")
    plant(contact, 1, "spam")
    contact.delete()
    ContactMessage.objects.update(submitted_at=timezone.now() - timedelta(days=400), handled_at=None)

    retention.purge()

    assert [message.state for message in ContactMessage.objects.all()] == ["handled"]


def test_a_purge_takes_the_rows_of_the_outbox_along(contact):
    message = sent(contact)
    ContactMessage.objects.update(state="spam", submitted_at=timezone.now() - timedelta(days=31))

    retention.purge()

    assert not Delivery.objects.filter(subject_id=message.pk).exists()
