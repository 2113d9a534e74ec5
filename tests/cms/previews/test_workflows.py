"""What waits in a workflow, seen before it is approved: in the site's front end or on a page of ours."""

import pytest
from django.contrib.auth.models import Group, Permission
from django.urls import reverse
from wagtail.models import GroupApprovalTask, Workflow, WorkflowPage, WorkflowTask

from tests.cms.previews.test_previews import NOT_FOUND, read, refusal, shown, token_in
from tests.conftest import signed_in, visitor
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def approver():
    """Someone who may enter the admin and edit no page but what waits for their approval."""
    group = Group.objects.create(name="Approvers")
    group.permissions.add(Permission.objects.get(codename="access_admin"))
    return UserFactory(username="approver", group="Approvers")


@pytest.fixture
def task(draft, editor, approver):
    """A task of the approvers, at which the draft waits. Since then its editor has written on."""
    task = GroupApprovalTask.objects.create(name="Read it")
    task.groups.add(Group.objects.get(name="Approvers"))
    workflow = Workflow.objects.create(name="Reading")
    WorkflowTask.objects.create(workflow=workflow, task=task)
    WorkflowPage.objects.create(workflow=workflow, page=draft)
    workflow.start(draft, editor)
    return task


def preview(draft, task) -> str:
    return reverse("wagtailadmin_pages:workflow_preview", args=[draft.pk, task.pk])


def test_who_is_asked_to_approve_sees_what_waits_in_the_front_end(draft, task, approver, front_end):
    seen = shown(signed_in(approver).get(preview(draft, task)))

    assert seen["title"] == "A loud hour"
    assert visitor().get(f"/api/v1/posts/{draft.pk}/").json()["title"] == "A quiet hour"


def test_it_is_the_revision_that_waits_and_not_a_later_one(draft, task, approver, front_end):
    waiting = draft.current_workflow_state.current_task_state.revision_id
    draft.title = "A third hour"
    later = draft.save_revision().pk

    seen = shown(signed_in(approver).get(preview(draft, task)))

    assert waiting != later
    assert seen["title"] == "A loud hour"


def test_the_revisions_of_what_waits_open_there_as_well(draft, task, as_editor, front_end):
    urls = [
        reverse("wagtailadmin_pages:revisions_view", args=[draft.pk, each.pk])
        for each in draft.revisions.order_by("pk")
    ]

    assert [shown(as_editor.get(url))["title"] for url in urls] == ["A quiet hour", "A loud hour"]


def test_without_a_front_end_our_own_page_shows_it(draft, task, approver):
    answer = signed_in(approver).get(preview(draft, task))

    assert answer.status_code == 200
    assert "A loud hour" in answer.content.decode()


def test_who_is_not_asked_gets_no_token(draft, task, moderator, front_end):
    answer = signed_in(moderator).get(preview(draft, task))

    assert "token" not in answer.get("Location", "")
    assert "A loud hour" not in answer.content.decode()


def test_the_token_of_an_approver_ends_with_the_task(draft, task, approver, admin, front_end):
    token = token_in(signed_in(approver).get(preview(draft, task))["Location"])
    assert read(token).status_code == 200

    draft.current_workflow_state.current_task_state.reject(user=admin)

    assert refusal(read(token)) == NOT_FOUND
