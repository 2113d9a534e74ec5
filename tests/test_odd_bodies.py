"""Bodies that no browser sends, at the doors of the admin that took them for granted."""

import json

import pytest
from django.contrib.auth.models import Group
from wagtail.models import Page, Workflow, WorkflowTask
from wagtail.users.models import UserProfile
from wagtail_factories import ImageFactory

from blog.models import Category
from tests import bodies
from tests.bodies import PLAIN, Body, forms_of
from tests.conftest import signed_in, visitor
from tests.editor import paragraph, stream
from tests.factories import StandardPageFactory
from tests.test_every_input_against_length import QUICK, processor_time
from tests.test_impossible_values import TWENTY_DIGITS, undone

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "where", ["x", "wagtailadmin_home", "//elsewhere.example/", "https://elsewhere.example/"]
)
def test_who_names_no_address_of_ours_as_the_next_is_led_to_the_usual_one(admin, post, where):
    answer = signed_in(admin).post(f"/admin/pages/{post.pk}/unpublish/", {"next": where})

    assert (answer.status_code, answer["Location"]) == (302, f"/admin/pages/{post.get_parent().pk}/")


@pytest.mark.parametrize("body", [{}, {"external-link-chooser-link_text": "Words"}])
def test_a_link_without_its_address_is_asked_for_again(admin, home, body):
    assert signed_in(admin).post("/admin/choose-external-link/", body).status_code == 200


@pytest.mark.parametrize("kind", ["author", "category"])
def test_a_chooser_that_offers_no_form_takes_none(admin, home, kind):
    answer = signed_in(admin).post(f"/admin/snippets/choose/blog/{kind}/create/", {"name": "x", "slug": "x"})

    assert answer.status_code == 404
    assert not Category.objects.exists()


def test_a_focal_point_past_all_numbers_is_refused(admin, home):
    picture = ImageFactory()
    point = dict.fromkeys((f"focal_point_{part}" for part in ("x", "y", "width", "height")), "1" + "0" * 400)

    answer = signed_in(admin).post(f"/admin/images/{picture.pk}/", {"title": "New", **point})

    assert answer.status_code in (200, 400)
    picture.refresh_from_db()
    assert (picture.title == "New", picture.focal_point_x) == (False, None)


@pytest.mark.django_db(transaction=True)
def test_a_workflow_whose_tasks_are_said_to_be_new_keeps_them(admin, home):
    workflow, browser = Workflow.objects.get(), signed_in(admin)
    url, before = f"/admin/workflows/edit/{workflow.pk}/", list(WorkflowTask.objects.values())

    answer = browser.post(url, {**forms_of(browser.get(url)).fields, "workflow_tasks-INITIAL_FORMS": "-1"})

    assert answer.status_code == 400
    assert list(WorkflowTask.objects.values()) == before


@pytest.mark.parametrize("rows", ["1", "3"])
def test_a_workflow_with_a_task_that_has_no_place_is_refused(admin, home, rows):
    body = {"name": "", "workflow_tasks-TOTAL_FORMS": rows, "workflow_tasks-INITIAL_FORMS": "0"}

    assert signed_in(admin).post("/admin/workflows/add/", body).status_code == 400
    assert Workflow.objects.count() == 1


UNREADABLE = [
    body
    for body in PLAIN
    if body.what in {"UTF-16", "no boundary", "a boundary of no text", "a field too many", "no end"}
] + [
    Body("a body too large", b"a=" + b"x" * 3_000_000),
    Body("a charset of no forms", b"a=b", f"{bodies.FORM}; charset=ascii"),
]
NOWHERE = [
    "/nothing/",
    "/media/none",
    "/documents/1/x",
    "/admin/nothing/",
    "/api/v1/nothing/",
    "/mail/confirm/x/",
]


@pytest.mark.parametrize("url", NOWHERE)
@pytest.mark.parametrize("body", UNREADABLE, ids=lambda body: body.what)
def test_a_body_that_cannot_be_read_is_refused_where_nothing_is(home, url, body):
    """A cookie for tokens, as anybody has who has seen a log-in, lets the page of an error read the body."""
    stranger = visitor()
    stranger.cookies["csrftoken"] = "x" * 32

    for host in ("localhost", "elsewhere.example"):
        answer = stranger.generic(
            "POST", url, body.bytes, content_type=body.content_type, headers={"host": host}
        )
        assert 300 <= answer.status_code < 500, (host, answer.status_code)


@pytest.mark.parametrize("url", ["/contact/", "/admin/login/", "/admin/documents/add/"])
@pytest.mark.parametrize("body", UNREADABLE, ids=lambda body: body.what)
def test_and_where_something_is(contact, admin, url, body):
    for browser in (visitor(), signed_in(admin)):
        browser.cookies["csrftoken"] = "x" * 32
        answer = browser.generic("POST", url, body.bytes, content_type=body.content_type)
        assert answer.status_code < 500


DISMISSED = (
    "[1]", "null", '"abc"', "5", "{", "[" * 5000,
    '{"a": "\\u0000"}', '{"a": "\\ud800"}', '{"\\ud800": true}',
    '{"a": NaN}', '{"a": 1e999}', '{"a": {"b": []}}', '[["a", "b"]]',
    '{"a": "%s"}' % ("x" * 5000), b"\xff\xfe",
    json.dumps({f"name-{number}": True for number in range(21)}),
)  # fmt: skip


@pytest.mark.parametrize("body", DISMISSED, ids=lambda body: repr(body[:20]))
def test_what_nobody_can_have_dismissed_is_refused(front_desk, home, body):
    browser = signed_in(front_desk)

    with undone():
        answer = browser.patch("/admin/dismissibles/", body, content_type="application/json")

    assert answer.status_code == 400
    assert not UserProfile.objects.exclude(dismissibles={}).exists()


@pytest.mark.parametrize("value", [True, False, "8.0", "\u00fc"])
def test_what_they_dismiss_stays_dismissed(front_desk, home, value):
    browser = signed_in(front_desk)

    answer = browser.patch("/admin/dismissibles/", {"whats-new": value}, content_type="application/json")

    assert (answer.status_code, answer.json()) == (200, {"whats-new": value})
    assert browser.get("/admin/dismissibles/").json() == {"whats-new": value}


def test_nobody_dismisses_more_than_a_hundred_things(front_desk, home):
    browser = signed_in(front_desk)

    def dismiss(numbers: range) -> int:
        sent = {f"name-{number}": True for number in numbers}
        return browser.patch("/admin/dismissibles/", sent, content_type="application/json").status_code

    answers = [dismiss(range(start, start + 20)) for start in range(0, 120, 20)]

    assert answers == 5 * [200] + [400]
    assert (dismiss(range(99, 100)), dismiss(range(100, 101))) == (200, 400)
    assert len(UserProfile.objects.get().dismissibles) == 100


@pytest.mark.parametrize("parent", ["", "0", "-1", "7777", "x", "a\0b", "1.5", TWENTY_DIGITS])
def test_a_copy_to_a_page_that_is_gone_is_asked_for_again(admin, post, parent):
    browser, url, before = signed_in(admin), f"/admin/pages/{post.pk}/copy/", Page.objects.count()
    form = {**forms_of(browser.get(url)).fields, "new_title": ["Two"], "new_slug": ["two"]}

    with undone():
        answer = browser.post(url, {**form, "new_parent_page": parent})
        assert answer.status_code in (200, 400)
        if parent in ("0", "7777"):
            assert "That choice is not one of the available choices." in answer.content.decode()
        assert Page.objects.count() == before
    assert browser.post(url, form).status_code == 302
    assert Page.objects.count() == before + 1


def in_review(admin: object, post: Page) -> dict[str, object]:
    """Return the form of a post that waits for approval, with the button for it."""
    post.save_revision(user=admin)
    Workflow.objects.get().start(post, admin)
    form = forms_of(signed_in(admin).get(f"/admin/pages/{post.pk}/edit/")).fields
    button = {"action-workflow-action": "true", "workflow-action-name": "approve"}
    return {**form, **stream([("paragraph", paragraph("Words"))]), **button}


WITH_A_COMMENT = (
    "[1]", "null", "5", "[", "[" * 5000, "", '"comment"', '{"x": 1}', '{"user": 1}', '{"comment": 5}',
    '{"comment": {}}', '{"comment": "\\u0000"}', '{"comment": "\\ud800"}', '{"update": false}',
)  # fmt: skip


@pytest.mark.parametrize("data", WITH_A_COMMENT, ids=lambda data: data[:20])
def test_an_approval_with_no_comment_that_can_be_is_refused(admin, post, data):
    form = in_review(admin, post)

    answer = signed_in(admin).post(
        f"/admin/pages/{post.pk}/edit/", {**form, "title": "New", "workflow-action-extra-data": data}
    )

    assert answer.status_code == 400
    post.refresh_from_db()
    assert post.current_workflow_task_state.status == "in_progress"
    assert post.title != "New"


@pytest.mark.parametrize("data", [{}, {"workflow-action-extra-data": '{"comment": "Well done."}'}])
def test_one_with_a_comment_is_kept(admin, post, data):
    form = in_review(admin, post)

    answer = signed_in(admin).post(f"/admin/pages/{post.pk}/edit/", {**form, **data})

    assert answer.status_code == 302
    state = post.workflow_states.get().task_states.get()
    assert (state.status, state.comment) == ("approved", "Well done." if data else "")


@pytest.mark.parametrize("act", ["delete", "publish", "unpublish", "move"])
@pytest.mark.parametrize("parent", ["", "0", "-1", "7777", "x", "1.5", "a%00b", TWENTY_DIGITS])
def test_all_pages_below_one_that_is_gone_are_none(admin, post, act, parent):
    for method in ("GET", "POST"):
        url = f"/admin/bulk/wagtailcore/page/{act}/?id=all&childOf={parent}"
        with undone():
            answer = signed_in(admin).generic(method, url)
        assert answer.status_code in (400, 404)
    assert Page.objects.filter(pk=post.pk, live=True).exists()


@pytest.mark.parametrize("order", [1, -1])
def test_a_page_and_those_below_it_are_deleted_together(admin, post, order):
    aside, blog = StandardPageFactory(), post.get_parent()
    ids = [blog.pk, post.pk, aside.pk][::order]

    url = "/admin/bulk/wagtailcore/page/delete/?" + "&".join(f"id={each}" for each in ids)
    answer = signed_in(admin).post(url)

    assert answer.status_code == 302
    assert not Page.objects.filter(pk__in=ids).exists()
    assert Page.objects.get(depth=2).numchild == 0


ZONES = ("23:59", "16:00", "19:30", "15:59")


@pytest.mark.parametrize("sign", "+-")
@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("day", ["0001-01-01T00:00:00", "9999-12-31T23:59:59", "2026-11-27T12:00:00"])
def test_a_time_of_a_zone_that_is_none_breaks_no_ping_of_an_editor(admin, post, day, sign, zone):
    revision = post.save_revision()
    url = f"/admin/editing-sessions/ping/blog/blogpostpage/{post.pk}/1/"

    with undone():
        answer = signed_in(admin).post(
            url, {"revision_id": revision.pk, "revision_created_at": f"{day}{sign}{zone}"}
        )

    assert answer.status_code in (200, 400)


@pytest.fixture
def with_formsets(post, contact) -> list[str]:
    group, workflow = Group.objects.earliest("pk").pk, Workflow.objects.get().pk
    pages = [f"/admin/pages/{page.pk}/edit/" for page in (post, contact)]
    return [
        f"/admin/groups/edit/{group}/",
        "/admin/groups/new/",
        f"/admin/workflows/edit/{workflow}/",
        *pages,
    ]


def with_forms(number: int, prefix: str) -> dict[str, str]:
    """Return that there are so many forms in a formset, and a field of each."""
    sent = {f"{prefix}-{each}-id": "" for each in range(number)}
    return {**sent, f"{prefix}-TOTAL_FORMS": str(number)}


def test_no_formset_is_longer_than_what_was_sent_of_it(admin, with_formsets):
    """Django makes up to 2,000 forms for a number, and the page draws each: nine seconds for 20 digits."""
    browser, seen = signed_in(admin), set()
    for url in with_formsets:
        form = forms_of(browser.get(url)).fields
        for name in [name for name in form if name.endswith("-TOTAL_FORMS")]:
            prefix = name.removesuffix("-TOTAL_FORMS")
            for sent in ({name: TWENTY_DIGITS}, {name: "900"}, with_forms(1001, prefix)):
                with undone():
                    answer = browser.post(url, {**form, **sent})
                assert answer.status_code == 400, (url, name)
            seen.add(prefix)
    of_a_group = {f"{each}_permissions" for each in ("page", "collection", "image", "document")}
    assert seen >= {*of_a_group, "workflow_tasks"}  # the editor's comments are below: a script adds them


def test_a_group_has_rights_on_two_hundred_pages_at_most(admin, home):
    browser, url = signed_in(admin), "/admin/groups/new/"
    form = {**forms_of(browser.get(url)).fields, "name": "Everybody"}
    for prefix in ("page", "collection", "image", "document"):
        answer = browser.post(url, {**form, **with_forms(201, f"{prefix}_permissions")})

        assert answer.status_code == 200
        assert "Please submit at most 200 forms." in answer.content.decode()
        assert not Group.objects.filter(name="Everybody").exists()


def test_a_formset_takes_time_in_step_with_its_forms(admin, home):
    browser, url = signed_in(admin), "/admin/groups/new/"
    form = forms_of(browser.get(url)).fields

    def post(number: int) -> object:
        return browser.post(url, {**form, **with_forms(number, "page_permissions")})

    assert post(3).status_code == 200
    short, long = processor_time(lambda: post(40)), processor_time(lambda: post(160))
    assert long < 6 * short


def test_formsets_in_formsets_take_no_more_time_than_their_fields(admin, post):
    """Wagtail's comments, each with its replies: as many numbers as there are comments."""
    browser, url = signed_in(admin), f"/admin/pages/{post.pk}/edit/"
    form = {**forms_of(browser.get(url)).fields, **stream([("paragraph", paragraph("Words"))])}
    for end in ("TOTAL_FORMS", "INITIAL_FORMS"):
        form |= {f"comments-{each}-replies-{end}": "0" for each in range(20)}
    form |= with_forms(20, "comments")
    assert browser.post(url, form).status_code == 302
    usual = processor_time(lambda: browser.post(url, form))
    form |= {f"comments-{each}-replies-TOTAL_FORMS": "900" for each in range(20)}
    assert browser.post(url, form).status_code == 400
    assert processor_time(lambda: browser.post(url, form)) < usual + QUICK
