"""Acts on many comments: all that match a filter, in pieces, and their undoing."""

import re
from html import unescape

import pytest

from blog.comments.desk import act_views
from blog.comments.models import Decision, ReaderComment
from blog.comments.moderation import actions, authoring
from tests.conftest import signed_in
from tests.factories import CommentFactory, PostFactory, UserFactory, plant_comments

pytestmark = pytest.mark.django_db
DESK, ALL = "/admin/comments/", "/admin/comments/all/"
HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)"')


def form_of(answer) -> dict[str, str]:
    """What the one form of a page would send."""
    form = answer.content.decode().partition('class="staff-act"')[2].partition("<form")[2]
    return {name: unescape(value) for name, value in HIDDEN.findall(form)}


def confirmed(staff, **asked):
    """Ask for an act, and press its button; return the first page and the answer."""
    page = staff.get(ALL, asked)
    return page, staff.post(ALL, form_of(page))


def statuses(keys) -> list[str]:
    return list(ReaderComment.objects.filter(pk__in=keys).order_by("pk").values_list("status", flat=True))


def pks(comments) -> list[int]:
    return [comment.pk for comment in comments]


def words_after(staff, answer) -> str:
    return staff.get(answer["Location"]).content.decode()


def test_the_number_is_told_first_and_then_all_that_match_are_decided_and_no_other(post, as_moderator):
    casino = [CommentFactory(page=post, text=f"A casino, {number}") for number in range(30)]
    others = [CommentFactory(page=post), CommentFactory(page=post, text="A casino", approved=True)]

    page, answer = confirmed(as_moderator, status="pending", q="casino", do="spam")

    assert "30 comments match" in page.content.decode()
    assert "containing “casino”" in page.content.decode()
    assert answer.status_code == 303
    assert "30 comments marked as spam" in words_after(as_moderator, answer)
    assert statuses(pks(casino)) == ["spam"] * 30
    assert statuses(pks(others)) == ["pending", "approved"]


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"status": "pending", "post": "elsewhere"}, [0]),
        ({"status": "pending", "reason": "links"}, [2]),
        ({"status": "spam"}, [1]),
        ({"status": "every", "post": "elsewhere"}, [0, 1]),
    ],
)
def test_every_filter_bounds_the_act(post, as_moderator, asked, expected):
    elsewhere = PostFactory(slug="elsewhere")
    made = [
        CommentFactory(page=elsewhere),
        CommentFactory(page=elsewhere, spam=True),
        CommentFactory(page=post, text="https://a.example https://b.example"),
    ]
    before = statuses(pks(made))

    confirmed(as_moderator, **asked, do="trash")

    after = ["trash" if at in expected else status for at, status in enumerate(before)]
    assert statuses(pks(made)) == after


def test_what_came_or_changed_after_the_number_was_shown_is_left_alone(post, as_moderator, moderator):
    made = [CommentFactory(page=post) for _ in range(4)]
    page = as_moderator.get(ALL, {"status": "pending", "do": "approve"})
    other = UserFactory(username="sam", group="Comment moderators")
    authoring.edit(made[1], "Other words")
    back = actions.mark_as_spam(made[2], by=other, version=made[2].version)
    actions.hold(back, by=other, version=back.version)
    late = CommentFactory(page=post)

    answer = as_moderator.post(ALL, form_of(page))

    html = words_after(as_moderator, answer)
    assert "2 comments approved" in html
    assert "2 left unchanged" in html
    assert statuses(pks([*made, late])) == ["approved", "pending", "pending", "approved", "pending"]


@pytest.fixture
def small_pieces(monkeypatch):
    """Two at once and two pieces a request, so that ten comments take several pages."""
    monkeypatch.setattr(actions, "MOST_AT_ONCE", 2)
    monkeypatch.setattr(act_views, "PIECES_A_REQUEST", 2)


def test_many_take_several_pages_each_with_a_button_to_go_on(post, as_moderator, small_pieces):
    keys = plant_comments(post, [None] * 9, "pending")

    _, answer = confirmed(as_moderator, status="pending", do="trash")
    assert "4 comments moved to the trash so far" in answer.content.decode()
    assert statuses(keys) == ["trash"] * 4 + ["pending"] * 5
    again = as_moderator.post(ALL, form_of(answer))
    assert "8 comments moved to the trash so far" in again.content.decode()
    last = as_moderator.post(ALL, form_of(again))

    assert "9 comments moved to the trash." in words_after(as_moderator, last)
    assert statuses(keys) == ["trash"] * 9


def test_a_page_that_is_sent_twice_does_nothing_twice(post, as_moderator, small_pieces):
    keys = plant_comments(post, [None] * 6, "pending")
    page = as_moderator.get(ALL, {"status": "every", "do": "trash"})

    for _ in range(2):
        as_moderator.post(ALL, form_of(page))

    assert statuses(keys) == ["trash"] * 4 + ["pending"] * 2
    assert Decision.objects.count() == 4


def undo_of(staff, answer) -> str:
    """The address behind the Undo of a message."""
    return re.search(r'href="(/admin/comments/acts/[^"]+)"', words_after(staff, answer)).group(1)


def test_an_act_is_undone_but_what_was_decided_since(post, as_moderator, moderator, small_pieces):
    made = [CommentFactory(page=post, **({"spam": True} if at == 0 else {})) for at in range(7)]
    page = as_moderator.get(ALL, {"status": "every", "do": "approve"})
    answer = page
    while answer.status_code == 200:
        answer = as_moderator.post(ALL, form_of(answer))
    url = undo_of(as_moderator, answer)
    since = ReaderComment.objects.get(pk=made[3].pk)
    actions.trash(since, by=moderator, version=since.version)

    undo = as_moderator.get(url)
    assert "6 comments approved together by moderator" in undo.content.decode()
    assert statuses(pks(made)).count("approved") == 6
    while undo.status_code == 200:
        undo = as_moderator.post(url, form_of(undo))

    assert statuses(pks(made)) == ["spam", "pending", "pending", "trash", "pending", "pending", "pending"]
    assert "6 comments put back" in words_after(as_moderator, undo)
    assert "Nothing is left to undo" in as_moderator.get(url).content.decode()


def test_ticked_cards_are_undone_together(post, as_moderator):
    made = [CommentFactory(page=post) for _ in range(3)]
    ticked = [f"{comment.pk}:{comment.version}" for comment in made[:2]]

    answer = as_moderator.post(f"{DESK}batch/", {"do": "spam", "comment": ticked, "list": "status=pending"})
    url = undo_of(as_moderator, answer)
    as_moderator.post(url, form_of(as_moderator.get(url)))

    assert statuses(pks(made)) == ["pending"] * 3


def test_a_button_leads_back_to_the_list_it_stood_on(post, as_moderator):
    comment = CommentFactory(page=post, text="casino")
    sent = {"do": "spam", "version": comment.version, "list": "status=pending&q=casino"}

    assert as_moderator.post(f"{DESK}{comment.pk}/", sent)["Location"] == f"{DESK}?status=pending&q=casino"
    assert as_moderator.post(f"{DESK}{comment.pk}/", sent).status_code == 409
    bad = {**sent, "version": 2, "list": "since=x&q=\0"}
    assert as_moderator.post(f"{DESK}{comment.pk}/", bad)["Location"] == f"{DESK}?status=pending"


@pytest.mark.parametrize("group", ["Editors", "Front desk"])
def test_other_staff_do_and_undo_nothing(post, as_moderator, group):
    made = [CommentFactory(page=post), CommentFactory(page=post)]
    staff = signed_in(UserFactory(group=group))
    page = as_moderator.get(ALL, {"status": "pending", "do": "approve"})

    assert staff.get(ALL, {"status": "pending", "do": "approve"}).status_code == 302
    assert staff.post(ALL, form_of(page)).status_code == 302
    assert statuses(pks(made)) == ["pending"] * 2
    url = undo_of(as_moderator, as_moderator.post(ALL, form_of(page)))
    assert (
        staff.get(url).status_code == staff.post(url, {"after": 0, "done": 0, "left": 0}).status_code == 302
    )
    assert statuses(pks(made)) == ["approved"] * 2


@pytest.mark.parametrize(
    "bad",
    [
        {"act": "x"},
        {"do": "burn"},
        {"do": "delete"},
        {"first": "x"},
        {"first": "0"},
        {"last": "9" * 30},
        {"since": "yesterday"},
        {"since": ""},
        {"done": "-1"},
        {"list": "since=x"},
        {"list": "person=9999999999999999999999"},
    ],
    ids=str,
)
def test_a_malformed_act_is_a_400_and_does_nothing(post, as_moderator, bad):
    comment = CommentFactory(page=post)
    page = as_moderator.get(ALL, {"status": "pending", "do": "trash"})

    assert as_moderator.post(ALL, {**form_of(page), **bad}).status_code == 400
    assert statuses([comment.pk]) == ["pending"]


def test_so_are_a_malformed_question_and_a_malformed_undoing(post, as_moderator):
    CommentFactory(page=post)
    for asked in ({}, {"do": "burn"}, {"do": "spam", "since": "x"}, {"do": "spam", "q": "ann@example.org"}):
        assert as_moderator.get(ALL, asked).status_code == 400
    unknown = f"{DESK}acts/00000000-0000-4000-8000-000000000000/"
    assert as_moderator.get(unknown).status_code == 404
    assert as_moderator.post(unknown, {"after": "x"}).status_code == 400


def test_nothing_that_matches_has_no_button(post, as_moderator):
    html = as_moderator.get(ALL, {"status": "pending", "do": "spam"}).content.decode()

    assert "0 comments match" in html
    assert "Spam all" not in html
