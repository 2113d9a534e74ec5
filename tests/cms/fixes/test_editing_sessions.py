import pytest
from django.db import connection
from django.db.models import Model
from django.utils import timezone
from wagtail.admin.models import EditingSession

from tests.conftest import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def session(post, editor) -> EditingSession:
    return EditingSession.objects.create(
        user=editor, content_object=post.page_ptr, last_seen_at=timezone.now()
    )


def ping(session, **values):
    return signed_in(session.user).post(
        f"/admin/editing-sessions/ping/wagtailcore/page/{session.object_id}/{session.pk}/", values
    )


def ended_before_it_is_saved(session):
    def wrapper(execute, sql, params, many, context):
        if sql.startswith('UPDATE "wagtailadmin_editingsession"'):
            execute('DELETE FROM "wagtailadmin_editingsession" WHERE id = %s', [session.pk], False, context)
        return execute(sql, params, many, context)

    return connection.execute_wrapper(wrapper)


def test_a_session_that_ends_while_its_page_tells_of_itself_stays_ended(session):
    with ended_before_it_is_saved(session):
        assert ping(session).status_code == 200

    assert not EditingSession.objects.exists()


def test_a_page_that_tells_of_itself_is_seen_and_a_forgotten_one_begins_again(session):
    EditingSession.objects.update(last_seen_at=timezone.now() - EditingSession.AVAILABLE_TIMEOUT)

    assert ping(session, is_editing="1").status_code == 200
    kept = EditingSession.objects.get()
    assert kept.is_editing
    assert kept.is_available

    kept.delete()
    assert ping(session).status_code == 200
    assert EditingSession.objects.get().user == session.user


def test_wagtails_own_still_brings_it_back(session, monkeypatch):
    """When this fails, ours can go."""
    monkeypatch.setattr(EditingSession, "save", Model.save)

    with ended_before_it_is_saved(session):
        ping(session)

    assert EditingSession.objects.exists()
