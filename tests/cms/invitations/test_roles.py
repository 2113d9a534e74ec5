"""The groups behind the roles do what their sentences say, and no two of them can be confused."""

import pytest
from django.contrib.auth.models import Group
from wagtail.models import GroupApprovalTask, Workflow

from blog.models import BlogPostPage
from cms.credentials import roles
from tests.conftest import signed_in
from tests.editor import fields, paragraph, stream
from tests.factories import AuthorFactory, CategoryFactory, UserFactory

pytestmark = pytest.mark.django_db


def test_every_group_that_comes_with_the_site_is_explained():
    names = set(Group.objects.values_list("name", flat=True))

    assert names == {
        "Comment moderators",
        "Comment privacy officers",
        "Editors",
        "Front desk",
        "Page approvers",
        "Writers",
    }
    assert all(roles.of(group).sentence != roles.OF_YOUR_OWN for group in Group.objects.all())


def test_only_one_group_has_moderators_in_its_name_and_the_workflow_says_what_it_approves():
    moderators = Group.objects.filter(name__icontains="moderators")

    assert [group.name for group in moderators] == ["Comment moderators"]
    assert [flow.name for flow in Workflow.objects.all()] == ["Page approval"]
    task = GroupApprovalTask.objects.get()
    assert (task.name, [group.name for group in task.groups.all()]) == ("Page approval", ["Page approvers"])


def test_a_writer_submits_a_draft_that_an_approver_publishes(blog):
    writer = signed_in(UserFactory(username="writer", group="Writers"))
    approver = signed_in(UserFactory(username="approver", group="Page approvers"))
    url = f"/admin/pages/add/blog/blogpostpage/{blog.pk}/"
    form = fields(writer.get(url).content.decode())
    form |= {
        "title": "A draft",
        "slug": "a-draft",
        "standfirst": "What you will learn.",
        "author": str(AuthorFactory().pk),
        "category": str(CategoryFactory().pk),
    } | stream([("paragraph", paragraph("Words."))])
    writer.post(url, {**form, "action-publish": "action-publish"})
    post = BlogPostPage.objects.get(slug="a-draft")
    assert not post.live

    edit = f"/admin/pages/{post.pk}/edit/"
    form |= fields(writer.get(edit).content.decode())
    writer.post(edit, {**form, "action-submit": "action-submit"})
    post.refresh_from_db()
    assert not post.live
    state = post.current_workflow_task_state
    approver.post(f"/admin/pages/workflow/action/{post.pk}/approve/{state.pk}/")
    post.refresh_from_db()
    assert post.live


def test_a_writer_changes_and_deletes_no_page_of_others(post):
    writer = signed_in(UserFactory(username="writer", group="Writers"))

    for page in ("edit", "delete", "unpublish", "move"):
        assert writer.get(f"/admin/pages/{post.pk}/{page}/").status_code in (302, 403, 404)
    assert post.permissions_for_user(UserFactory(group="Writers")).can_edit() is False
