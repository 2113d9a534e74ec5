import json

import pytest
from django.contrib.auth.models import Group
from wagtail.models import ModelLogEntry

from blog.comments.models import Reader, ReaderComment, Refusal
from blog.comments.moderation import erasing
from tests.conftest import signed_in, visitor
from tests.factories import CommentFactory, UserFactory

pytestmark = pytest.mark.django_db
DESK = "/admin/comments/"


def test_held_comments_stand_oldest_first_with_the_reason_they_are_held(as_moderator, post):
    CommentFactory(page=post, text="first words", seconds_open=1)
    CommentFactory(page=post, text="second words")

    html = as_moderator.get(DESK).content.decode()

    assert html.index("first words") < html.index("second words")
    assert "First comment" in html
    assert "Sent within two seconds" in html


def test_the_tabs_hold_what_they_say(as_moderator, post):
    for trait in ("approved", "spam", "trashed"):
        CommentFactory(page=post, text=f"{trait} words", **{trait: True})

    for status, words in (("approved", "approved words"), ("spam", "spam words"), ("trash", "trashed words")):
        html = as_moderator.get(f"{DESK}?status={status}").content.decode()
        assert words in html
        assert html.count("<article") == 1
    assert "All caught up" in as_moderator.get(DESK).content.decode()


def test_what_readers_reported_has_a_tab_with_their_reasons(as_moderator, post, client):
    comment = CommentFactory(page=post, approved=True, text="odd advice")
    client.post(f"{post.url}comments/{comment.pk}/report/", {"reason": "harm", "words": "Please look"})

    html = as_moderator.get(f"{DESK}?status=reported").content.decode()
    assert "odd advice" in html
    assert "It gives advice that could harm" in html
    assert "Please look" in html

    as_moderator.post(f"{DESK}{comment.pk}/", {"do": "approve", "version": comment.version})
    assert "odd advice" not in as_moderator.get(f"{DESK}?status=reported").content.decode()
    assert ReaderComment.objects.get().is_public


def test_an_erased_comment_is_not_approved_and_the_moderator_is_told_why(as_moderator, post):
    comment = CommentFactory(page=post, address="gone@example.org", spam=True)
    erasing.empty([comment.pk])

    answer = as_moderator.post(f"{DESK}{comment.pk}/", {"do": "approve", "version": comment.version + 1})

    assert answer.status_code == 409
    assert "Nothing is left to approve" in answer.content.decode()


def test_the_desk_searches_text_and_names_and_never_addresses(as_moderator, post):
    CommentFactory(page=post, name="Zoe", text="about sleep", address="unseen@example.org")

    assert "about sleep" in as_moderator.get(f"{DESK}?q=zoe").content.decode()
    assert "about sleep" in as_moderator.get(f"{DESK}?q=SLEEP").content.decode()
    assert "about sleep" not in as_moderator.get(f"{DESK}?q=unseen").content.decode()
    assert as_moderator.get(f"{DESK}?status=nowhere&p=x").status_code == 200


def test_a_stale_button_changes_nothing_and_says_who_was_first(as_moderator, post):
    comment = CommentFactory(page=post)
    first = signed_in(UserFactory(username="sam", group="Comment moderators"))
    first.post(f"{DESK}{comment.pk}/", {"do": "approve", "version": comment.version})

    response = as_moderator.post(f"{DESK}{comment.pk}/", {"do": "spam", "version": comment.version})

    assert response.status_code == 409
    assert "Already approved by sam" in response.content.decode()
    assert ReaderComment.objects.get().status == "approved"


@pytest.mark.parametrize(
    "sent",
    [{"do": "burn", "version": 1}, {"do": "approve", "version": "x"}, {"do": "approve"}, {"version": 1}],
)
def test_a_malformed_button_is_a_400(as_moderator, post, sent):
    comment = CommentFactory(page=post)

    assert as_moderator.post(f"{DESK}{comment.pk}/", sent).status_code == 400
    assert as_moderator.post(f"{DESK}999999/", {"do": "approve", "version": 1}).status_code == 404


def test_reading_a_buttons_address_does_nothing(as_moderator, post):
    comment = CommentFactory(page=post)

    assert as_moderator.get(f"{DESK}{comment.pk}/?do=approve&version=1&case=delete&sure=1").status_code == 200
    assert as_moderator.get(f"{DESK}batch/?do=approve&comment={comment.pk}:1").status_code == 405
    assert ReaderComment.objects.get().status == "pending"


@pytest.mark.parametrize("group", ["Editors", "Front desk"])
def test_other_staff_reach_neither_the_desk_nor_its_buttons(post, group):
    comment = CommentFactory(page=post)
    staff = signed_in(UserFactory(group=group))

    assert staff.get(DESK).status_code == 302
    assert staff.post(f"{DESK}{comment.pk}/", {"do": "approve", "version": 1}).status_code == 302
    assert "Reader comments" not in staff.get("/admin/").content.decode()
    assert ReaderComment.objects.get().status == "pending"


def test_a_button_needs_a_csrf_token_and_a_log_in(post, moderator):
    comment = CommentFactory(page=post)
    forged = visitor()
    forged.force_login(moderator)

    assert forged.post(f"{DESK}{comment.pk}/", {"do": "approve", "version": 1}).status_code == 403
    assert visitor().post(f"{DESK}{comment.pk}/", {"do": "approve", "version": 1}).status_code in {302, 403}
    assert ReaderComment.objects.get().status == "pending"


def test_the_menu_tells_how_many_wait(as_moderator, post):
    CommentFactory(page=post)
    CommentFactory(page=post)

    html = as_moderator.get("/admin/").content.decode()
    assert "2 to moderate" in html
    assert "Reader comments waiting: 2" in html


def test_addresses_in_a_text_are_shown_but_not_linked(as_moderator, post):
    CommentFactory(page=post, text="see https://spam.example/x")

    html = as_moderator.get(DESK).content.decode()
    assert "https://spam.example/x" in html
    assert 'href="https://spam.example' not in html


def test_a_desk_of_many_costs_a_fixed_number_of_queries(as_moderator, post, django_assert_max_num_queries):
    for _ in range(60):
        CommentFactory(page=post)
    as_moderator.get(DESK)

    with django_assert_max_num_queries(15):
        assert as_moderator.get(DESK).content.decode().count("<article") == 25


def case(staff, which, **sent):
    return staff.post(f"{DESK}{which.pk}/", {"version": which.version, **sent})


def test_the_page_of_a_comment_tells_its_history_and_who_wrote_it(as_moderator, post):
    CommentFactory(page=post, address="ann@example.org", text="an earlier one", approved=True)
    comment = CommentFactory(page=post, address="ann@example.org", text="first words")
    case(as_moderator, comment, case="reword", comment="better words")

    html = as_moderator.get(f"{DESK}{comment.pk}/").content.decode()

    assert "first words" in html
    assert "better words" in html
    assert "Edited by a moderator" in html
    assert "an earlier one" in html
    assert "1 approved, 0 refused" in html
    assert "ann@example.org" not in html


def test_rare_things_are_done_on_the_page_of_a_comment(as_moderator, post):
    comment = CommentFactory(page=post)
    why = Refusal.objects.create(title="Off topic")

    assert case(as_moderator, comment, case="person", ban="hold").status_code == 303
    assert case(as_moderator, comment, case="person", note="Writes often").status_code == 303
    assert Reader.objects.get().ban == "hold"
    assert "Writes often" in as_moderator.get(f"{DESK}{comment.pk}/").content.decode()
    case(as_moderator, comment, case="person", lift="1")
    assert Reader.objects.get().ban == ""

    case(as_moderator, comment, case="refuse", refusal=why.pk)
    comment.refresh_from_db()
    assert (comment.status, comment.decisions.last().refusal) == ("trash", why)

    assert case(as_moderator, comment, case="delete").status_code == 422
    assert case(as_moderator, comment, case="delete", sure="1").status_code == 303
    assert not ReaderComment.objects.exists()


@pytest.mark.parametrize("sent", [{}, {"note": "  "}])
def test_an_empty_note_lifts_no_ban(as_moderator, post, sent):
    comment = CommentFactory(page=post)
    case(as_moderator, comment, case="person", ban="refuse")

    assert case(as_moderator, comment, case="person", **sent).status_code == 422
    assert Reader.objects.get().ban == "refuse"


def test_a_withdrawn_comment_has_its_page_too(as_moderator, post, client):
    sent = {"name": "Ann", "email": "ann@example.org", "comment": "Taken back"}
    token = client.post(
        f"/api/v1/posts/{post.pk}/comments/", json.dumps(sent), content_type="application/json"
    ).json()["token"]
    comment = ReaderComment.objects.get()
    url = f"/api/v1/comments/{comment.pk}/"
    assert client.delete(url, headers={"authorization": f"Bearer {token}"}).status_code == 204

    answer = as_moderator.get(f"{DESK}{comment.pk}/")

    assert answer.status_code == 200
    assert "Withdrawn by its author" in answer.content.decode()


def test_a_reply_that_came_too_late_is_still_in_its_field(as_moderator, post):
    comment = CommentFactory(page=post)
    case(as_moderator, comment, do="approve")

    answer = case(as_moderator, comment, case="reply", comment="A long and careful answer")

    assert answer.status_code == 409
    assert ">\nA long and careful answer</textarea>" in answer.content.decode()


@pytest.mark.parametrize("sent", [{"case": "reply"}, {"case": "reword", "comment": " "}])
def test_empty_words_are_refused_on_the_page_of_a_comment(as_moderator, post, sent):
    comment = CommentFactory(page=post)

    assert case(as_moderator, comment, **sent).status_code == 422
    assert ReaderComment.objects.get().version == comment.version


@pytest.mark.parametrize(
    "sent", [{"case": "reply", "comment": "x"}, {"case": "refuse"}, {"case": "delete", "sure": 1}]
)
def test_what_somebody_changed_meanwhile_is_left_alone_there_too(as_moderator, post, sent):
    comment = CommentFactory(page=post)
    case(as_moderator, comment, do="approve")

    answer = case(as_moderator, comment, **sent)

    assert answer.status_code == 409
    assert "Already approved by moderator" in answer.content.decode()
    assert ReaderComment.objects.get().status == "approved"


def test_an_address_is_revealed_to_who_may_and_the_look_is_logged(post, moderator, as_moderator):
    comment = CommentFactory(page=post, address="ann@example.org")

    assert case(as_moderator, comment, case="person", reveal="1").status_code == 302
    moderator.groups.add(Group.objects.get(name="Comment privacy officers"))
    officer = signed_in(moderator)
    answer = case(officer, comment, case="person", reveal="1")

    assert "ann@example.org" in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    assert ModelLogEntry.objects.get().action == "blog_comments.reveal"
    assert "ann@example.org" not in officer.get(f"{DESK}{comment.pk}/").content.decode()


@pytest.mark.parametrize(
    "sent", [{}, {"do": "burn"}, {"do": "approve", "comment": "x"}, {"do": "approve", "comment": "1:2:3"}]
)
def test_a_malformed_batch_is_a_400(as_moderator, sent):
    assert as_moderator.post(f"{DESK}batch/", sent).status_code == 400


def test_a_long_queue_goes_on_where_the_page_ended(as_moderator, post):
    comments = [CommentFactory(page=post) for _ in range(52)]

    html = as_moderator.get(DESK).content.decode()
    assert f"after={comments[24].pk}" in html
    rest = as_moderator.get(f"{DESK}?status=pending&after={comments[24].pk}").content.decode()
    assert rest.count("<article") == 25


def test_moderators_keep_their_phrases_and_nobody_else_does(as_moderator, editor):
    for model in ("savedreply", "refusal"):
        url = f"/admin/snippets/blog_comments/{model}/"
        assert as_moderator.get(url).status_code == 200
        assert signed_in(editor).get(url).status_code == 302
