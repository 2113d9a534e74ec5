"""Staff look at the outbox, send again and give up: in the admin and at the command line."""

from io import StringIO

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command
from django.utils import timezone
from wagtail.models import ModelLogEntry

from cms.outbox import actions, postman, staff
from cms.outbox.models import Delivery, Failure, State
from tests.conftest import signed_in, visitor
from tests.factories import UserFactory
from tests.smtp_peer import DROP

pytestmark = pytest.mark.django_db

OUTBOX = "/admin/outbox/"


def queued(number: int = 1, **fields: object) -> Delivery:
    return Delivery.objects.create(
        **{"event": "contact.message", "subject_id": number, "recipient": f"recipient:{number}", **fields}
    )


def failed(number: int = 1, **fields: object) -> Delivery:
    answer = {"last_answer": "SMTPRecipientsRefused 550", "failure": Failure.RECIPIENT, "attempts": 3}
    return queued(number, state=State.FAILED, **{**answer, **fields})


def outbox(*arguments: str) -> str:
    out = StringIO()
    call_command("outbox", *arguments, stdout=out)
    return out.getvalue()


@pytest.fixture
def keeper(db):
    """One who may see to the outbox and to nothing else."""
    group = Group.objects.create(name="Keepers")
    codenames = ("access_admin", "manage_outbox")
    group.permissions.set(Permission.objects.filter(codename__in=codenames))
    return UserFactory(username="keeper", group="Keepers")


@pytest.fixture
def staff_client(keeper):
    return signed_in(keeper)


def test_it_shows_states_attempts_and_the_servers_last_answer(staff_client):
    failed(7)
    queued(8, attempts=2, failure=Failure.FOR_NOW, last_answer="SMTPDataError 451")

    page = staff_client.get(f"{OUTBOX}?state=failed").content.decode()
    for words in ("contact.message 7", "recipient:7", "tried 3 times", "Refused this recipient", "550"):
        assert words in page
    assert "contact.message 8" not in page
    assert "SMTPDataError 451" in staff_client.get(OUTBOX).content.decode()


def test_it_says_whether_a_worker_is_there(staff_client):
    assert "No worker has been seen" in staff_client.get(OUTBOX).content.decode()
    actions.report_alive("here:1")
    assert "A worker is running" in staff_client.get(OUTBOX).content.decode()


def test_one_kind_alone_can_be_looked_at(staff_client):
    queued(7)
    queued(8, event="comment.held")

    page = staff_client.get(f"{OUTBOX}?event=comment.held").content.decode()
    assert "comment.held 8" in page
    assert "contact.message 7" not in page


@pytest.mark.parametrize(
    "query", ["state=x", "event=x", "before=x", "before=-1", f"before={10**30}", "state=%00"]
)
def test_it_forgives_what_it_is_asked_for(staff_client, query):
    assert staff_client.get(f"{OUTBOX}?{query}").status_code == 200


def test_a_thousand_rows_cost_what_one_costs(staff_client, django_assert_max_num_queries):
    queued()
    staff_client.get(OUTBOX)
    Delivery.objects.bulk_create(
        Delivery(event="comment.held", subject_id=number, recipient="user:1") for number in range(1000)
    )
    with django_assert_max_num_queries(20):
        first = staff_client.get(OUTBOX).content.decode()

    assert first.count('class="outbox-row"') == 50
    assert "1,000+" in first
    before = Delivery.objects.order_by("-pk").values_list("pk", flat=True)[49]
    second = staff_client.get(f"{OUTBOX}?before={before}").content.decode()
    assert second.count('class="outbox-row"') == 50
    assert f"No. {before} " not in second


def test_a_failed_row_is_sent_again_and_the_log_says_by_whom(staff_client, keeper):
    row = failed()

    answer = staff_client.post(f"{OUTBOX}{row.pk}/", {"do": "send-again", "state": "failed"})

    assert (answer.status_code, answer["Location"]) == (303, f"{OUTBOX}?state=failed&event=")
    row.refresh_from_db()
    assert (row.state, row.attempts) == (State.WAITING, 0)
    entry = ModelLogEntry.objects.get()
    assert (entry.action, entry.user, entry.label) == (staff.SENT_AGAIN, keeper, str(row))


def test_a_row_is_given_up(staff_client):
    for row in (queued(1), failed(2)):
        staff_client.post(f"{OUTBOX}{row.pk}/", {"do": "give-up"})

    assert set(Delivery.objects.values_list("state", flat=True)) == {State.SUPPRESSED}
    assert ModelLogEntry.objects.filter(action=staff.GIVEN_UP).count() == 2


def test_a_row_in_a_workers_hands_is_not_given_up(staff_client):
    row = queued()
    actions.claim()

    page = staff_client.post(f"{OUTBOX}{row.pk}/", {"do": "give-up"}, follow=True).content.decode()

    assert "Nothing was changed" in page
    row.refresh_from_db()
    assert row.state == State.WAITING
    assert not ModelLogEntry.objects.exists()


def test_what_was_sent_is_not_sent_again(staff_client):
    row = queued(state=State.SENT)
    staff_client.post(f"{OUTBOX}{row.pk}/", {"do": "send-again"})

    row.refresh_from_db()
    assert row.state == State.SENT


def test_all_failed_rows_of_a_kind_are_sent_again_at_once(staff_client):
    for number in range(3):
        failed(number)
    failed(4, event="comment.held")

    page = staff_client.post(OUTBOX, {"do": "send-again", "event": "contact.message"}, follow=True)

    assert "3 mails put back in the queue" in page.content.decode()
    assert Delivery.objects.get(state=State.FAILED).event == "comment.held"


@pytest.mark.parametrize("url", [OUTBOX, f"{OUTBOX}1/"])
def test_an_unknown_action_is_refused(staff_client, url):
    queued(pk=1)
    assert staff_client.post(url, {"do": "shred"}).status_code == 400
    assert staff_client.post(url, {"do": "\0"}).status_code == 400


def test_a_row_that_is_not_there_is_not_found_and_a_get_does_nothing(staff_client):
    row = failed()
    assert staff_client.post(f"{OUTBOX}{2**63 - 1}/", {"do": "give-up"}).status_code == 404
    assert staff_client.get(f"{OUTBOX}{row.pk}/", {"do": "give-up"}).status_code == 405
    row.refresh_from_db()
    assert row.state == State.FAILED


@pytest.mark.parametrize("role", ["editor", "moderator", "front_desk"])
def test_nobody_else_sees_or_does_anything(role, request):
    row, user = failed(), request.getfixturevalue(role)
    browser = signed_in(user)

    assert browser.get(OUTBOX).status_code in {302, 403}
    for url in (OUTBOX, f"{OUTBOX}{row.pk}/"):
        assert browser.post(url, {"do": "send-again"}).status_code in {302, 403}
    with pytest.raises(PermissionDenied):
        staff.send_again([row], by=user)
    row.refresh_from_db()
    assert row.state == State.FAILED


def test_the_permission_can_be_given_in_the_group_editor_and_an_admin_has_it(admin):
    page = signed_in(admin).get("/admin/groups/new/").content.decode()

    assert "Can see the outbox, send again and give up" in page
    assert signed_in(admin).get(OUTBOX).status_code == 200


# --- The command ---


def test_the_command_tells_how_it_is():
    actions.report_alive("here:1")
    queued(1)
    for number in (2, 3):
        failed(number)

    output = outbox("status")

    for words in ("worker: seen", "oldest due: ", "waiting: 1", "failed: 2", "sent: 0"):
        assert words in output
    assert "failed contact.message: 2 × recipient, SMTPRecipientsRefused 550" in output


def test_the_command_sends_again_by_id_by_event_and_all():
    rows = [failed(1), failed(2), failed(3, event="comment.held"), failed(4, event="comment.reported")]

    assert "1 put back" in outbox("send-again", str(rows[0].pk))
    assert "1 put back" in outbox("send-again", "--event", "contact.message")
    assert "2 put back" in outbox("send-again", "--all")
    with pytest.raises(CommandError, match="Nothing was changed"):
        outbox("send-again", "--all")


def test_the_command_gives_up_by_id():
    row = queued()
    assert "1 given up" in outbox("give-up", str(row.pk))
    with pytest.raises(CommandError):
        outbox("give-up", str(row.pk))


def test_staff_see_which_mail_may_have_arrived_twice_and_each_press_sends_it_once(
    staff_client, front_desk, smtp, contact
):
    smtp.at["DATA", ""] = [DROP] * 3
    words = {"name": "Ben", "email": "ben@example.org", "message": "Are you there?"}
    assert visitor().post(contact.url, words).status_code == 303
    row = Delivery.objects.get()
    for _ in range(3):
        deliver_all()
    page = staff_client.get(f"{OUTBOX}?state=failed").content.decode()
    assert "Dropped after DATA" in page
    assert "2 times after receiving the whole message: it may have arrived as many times." in page
    message = signed_in(front_desk).get(f"/admin/messages/{row.subject_id}/").content.decode()
    assert "it may have arrived all the same" in message
    assert len(smtp.mails) == 2

    for copies in (3, 4):
        staff_client.post(f"{OUTBOX}{row.pk}/", {"do": "send-again"})
        for _ in range(3):
            deliver_all()
        assert len(smtp.mails) == copies

    assert set(smtp.message_ids) == {f"<{row.message_id}@localhost>"}
    assert Delivery.objects.get().state == State.SENT


def deliver_all() -> None:
    Delivery.objects.filter(state=State.WAITING).update(due_at=timezone.now())
    postman.deliver_due()
