"""The moderation desk for programs, as a program with a token calls it."""

import json
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from blog.comments.models import Decision, ReaderComment, Refusal
from blog.comments.moderation import actions, erasing
from tests.blog.api.test_posts import send
from tests.conftest import signed_in, visitor, with_token
from tests.crawl import leaks
from tests.factories import CommentFactory, PostFactory, UserFactory, plant_comments

pytestmark = pytest.mark.django_db
DESK = "/api/v1/moderation/comments/"
TRAITS = {"approved": "approved", "spam": "spam", "trash": "trashed"}
STATUS_OF = {"approve": "approved", "hold": "pending", "spam": "spam", "trash": "trash"}


@pytest.fixture
def program(moderator):
    return with_token(moderator)


def decide(program, comment, action: str, version: int | None = None, **sent):
    sent = {"version": comment.version if version is None else version, **sent}
    return send(program, f"{DESK}{comment.pk}/{action}/", sent)


def listed(program, **query) -> list[int]:
    return [item["id"] for item in program.get(DESK, query).json()["items"]]


def status_of(comment) -> str:
    return ReaderComment.objects.get(pk=comment.pk).status


# --- Who may ---


def every_door(program, comment):
    """Knock at every door of the desk, with a body that would do something."""
    yield program.get(DESK)
    yield program.get("/api/v1/moderation/refusals/")
    for action in (*actions.VERBS, "delete"):
        yield decide(program, comment, action)
    yield decide(program, comment, "reply", text="An answer")
    seen = {"id": comment.pk, "version": comment.version}
    yield send(program, f"{DESK}bulk/", {"action": "approve", "comments": [seen]})


def assert_closed(program, comment, status: int) -> None:
    for answer in every_door(program, comment):
        assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")
        assert answer["Cache-Control"] == "no-store"
    assert status_of(comment) == "pending"
    assert ReaderComment.objects.count() == 1


def revoked(moderator):
    program = with_token(moderator)
    moderator.api_tokens.get().revoke()
    return program


def inactive(moderator):
    program = with_token(moderator)
    moderator.is_active = False
    moderator.save()
    return program


def ended(moderator):
    program = with_token(moderator)
    moderator.api_tokens.update(created=timezone.now() - timedelta(days=365))
    return program


@pytest.mark.parametrize(
    "stranger",
    [
        lambda moderator: visitor(),
        lambda moderator: visitor(authorization="Bearer wagtail_nonsense"),
        lambda moderator: visitor(authorization="Bearer \0"),
        lambda moderator: visitor(authorization="Basic bW9kZXJhdG9yOng="),
        lambda moderator: visitor(authorization="Bearer comment_x"),
        signed_in,
        revoked,
        inactive,
        ended,
    ],
    ids=["nobody", "nonsense", "nul", "basic", "an author", "a session", "revoked", "inactive", "ended"],
)
def test_without_a_token_that_holds_every_door_is_a_401(post, moderator, stranger):
    comment = CommentFactory(page=post)

    assert_closed(stranger(moderator), comment, 401)


@pytest.mark.parametrize("group", ["Editors", "Front desk", None])
def test_a_token_of_somebody_who_is_no_moderator_is_a_403(post, group):
    assert_closed(with_token(UserFactory(group=group)), CommentFactory(page=post), 403)


def test_an_administrators_token_moderates(post, admin):
    comment = CommentFactory(page=post)

    assert decide(with_token(admin), comment, "approve").status_code == 200


@pytest.mark.parametrize(
    "headers", [{"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}], ids=str
)
def test_another_sites_page_cannot_act_even_with_a_token(post, program, headers):
    comment = CommentFactory(page=post)
    body = {"version": comment.version}

    assert send(program, f"{DESK}{comment.pk}/approve/", body, **headers).status_code == 403
    assert status_of(comment) == "pending"


def test_a_plain_form_cannot_post_to_it(post, program):
    comment = CommentFactory(page=post)

    answer = program.post(f"{DESK}{comment.pk}/approve/", '{"version": 1}', content_type="text/plain")

    assert (answer.status_code, status_of(comment)) == (403, "pending")


# --- What is listed ---


def test_an_item_has_exactly_these_fields(post, program):
    top = CommentFactory(page=post, approved=True)
    reply = CommentFactory(page=post, reply_to_id=top.pk, name="Ann", text="One\n\ntwo", seconds_open=1)

    (item,) = program.get(DESK).json()["items"]

    assert item.pop("submitted_at")
    assert item == {
        "id": reply.pk,
        "version": 1,
        "revision": 1,
        "status": "pending",
        "post": post.pk,
        "parent": top.pk,
        "person": reply.reader_id,
        "name": "Ann",
        "text": "One\n\ntwo",
        "html": "<p>One</p><p>two</p>",
        "reasons": ["Sent within two seconds", "Every comment is held"],
        "edit": None,
        "staff": False,
    }


def test_each_state_is_listed_by_itself_and_held_ones_without_asking(post, program, client):
    made = {status: CommentFactory(page=post, **{trait: True}).pk for status, trait in TRAITS.items()}
    made["pending"] = CommentFactory(page=post).pk
    client.post(f"{post.url}comments/{made['approved']}/report/", {"reason": "harm"})
    made["reported"] = made["approved"]

    assert listed(program) == [made["pending"]]
    for status, pk in made.items():
        assert listed(program, status=status) == [pk], status
    assert listed(program, status="withdrawn") == []


@pytest.mark.parametrize(("status", "newest_first"), [("pending", False), ("spam", True)])
def test_held_comments_come_oldest_first_others_newest_first_in_pieces(post, program, status, newest_first):
    made = sorted(plant_comments(post, [None] * 5, status), reverse=newest_first)

    found, query = [], {"status": status, "limit": 2}
    while query:
        piece = program.get(DESK, query).json()
        assert len(piece["items"]) <= 2
        found += [item["id"] for item in piece["items"]]
        query = {**query, "cursor": piece["next"]} if piece["next"] else None

    assert found == made


def test_what_was_decided_meanwhile_makes_no_item_of_the_next_piece_go_missing(post, program):
    made = [CommentFactory(page=post) for _ in range(4)]
    first = program.get(DESK, {"limit": 2}).json()
    for comment in made[:2]:
        decide(program, comment, "approve")

    assert listed(program, limit=2, cursor=first["next"]) == [comment.pk for comment in made[2:]]


def test_names_and_words_are_searched_and_addresses_are_not(post, program):
    comment = CommentFactory(page=post, name="Zoe", text="about sleep", address="unseen@example.org")
    CommentFactory(page=post)

    assert listed(program, search="zoe") == listed(program, search=" SLEEP ") == [comment.pk]
    assert listed(program, search="unseen") == []


def test_a_post_is_named_by_id_or_slug_also_when_it_is_a_draft(post, program):
    elsewhere = CommentFactory(page=PostFactory(slug="elsewhere"))
    CommentFactory(page=post)
    elsewhere.page.unpublish()

    assert listed(program, post="elsewhere") == listed(program, post=elsewhere.page_id) == [elsewhere.pk]
    for unknown in ("no-such-post", "9" * 18, "9" * 40, "-1", "²"):
        assert listed(program, post=unknown) == [], unknown


@pytest.mark.parametrize(
    "query",
    [
        "limit=0",
        "limit=101",
        "limit=x",
        "cursor=abc",
        "cursor=%00",
        "status=x",
        "search=%00",
        f"search={'x' * 201}",
    ],
)
def test_a_malformed_question_is_a_422(program, query):
    answer = program.get(f"{DESK}?{query}")

    assert (answer.status_code, answer["Content-Type"]) == (422, "application/problem+json")
    assert answer["Cache-Control"] == "no-store"


def test_an_edit_that_waits_is_listed_with_both_words(post, program):
    comment = edited_by_its_author(post, program)

    (item,) = program.get(DESK).json()["items"]
    assert (item["status"], item["text"]) == ("approved", "The first words")
    assert (item["edit"], item["version"]) == ("The second words", comment.version)


def edited_by_its_author(post, program) -> ReaderComment:
    """An approved comment whose author has other words by now."""
    sent = {"name": "Ann", "email": "ann@example.org", "comment": "The first words"}
    receipt = send(visitor(), f"/api/v1/posts/{post.slug}/comments/", sent).json()
    decide(program, ReaderComment.objects.get(pk=receipt["id"]), "approve")
    author = visitor(authorization=f"Bearer {receipt['token']}")
    words = json.dumps({"comment": "The second words"})
    author.patch(f"/api/v1/comments/{receipt['id']}/", words, content_type="application/json")
    return ReaderComment.objects.get(pk=receipt["id"])


def test_a_list_costs_a_fixed_number_of_queries(post, program):
    def cost() -> int:
        with CaptureQueriesContext(connection) as captured:
            answer = program.get(DESK, {"limit": 100, "post": post.slug})
        assert answer.status_code == 200
        return len(captured)

    CommentFactory(page=post)
    cost()
    few = cost()
    for _ in range(30):
        CommentFactory(page=post)

    assert cost() == few <= 10


# --- What is decided ---


@pytest.mark.parametrize("action", STATUS_OF)
def test_a_decision_is_made_under_the_name_of_the_tokens_owner(post, program, moderator, action):
    comment = CommentFactory(page=post, spam=action == "hold")

    answer = decide(program, comment, action, reason="  As we agreed ")

    assert (answer.status_code, answer["Cache-Control"]) == (200, "no-store")
    item = answer.json()
    assert (item["status"], item["version"]) == (STATUS_OF[action], comment.version + 1)
    assert item["reasons"] == ["As we agreed"]
    assert status_of(comment) == STATUS_OF[action]
    assert Decision.objects.last().user == moderator


def test_a_decision_is_undone(post, program):
    comment = CommentFactory(page=post, approved=True)
    trashed = decide(program, comment, "trash").json()

    restored = decide(program, comment, "restore", trashed["version"]).json()

    assert restored["status"] == "approved"


def test_a_reason_for_the_trash_is_told_and_kept_with_the_decision(post, program):
    why = Refusal.objects.create(title="Off topic", words="Please stay with the topic.")
    one, *more = (CommentFactory(page=post) for _ in range(3))
    listed = program.get("/api/v1/moderation/refusals/")
    assert (listed.json(), listed["Cache-Control"]) == (
        [{"id": why.pk, "title": "Off topic", "words": "Please stay with the topic."}],
        "no-store",
    )

    item = decide(program, one, "trash", refusal=why.pk, reason="Second time").json()
    seen = [{"id": comment.pk, "version": 1} for comment in more]
    send(program, f"{DESK}bulk/", {"action": "trash", "comments": seen, "refusal": why.pk})

    assert item["reasons"] == ["Off topic", "Second time"]
    assert [decision.refusal for decision in Decision.objects.filter(to_status="trash")] == [why] * 3


def test_such_a_reason_goes_with_the_trash_alone_and_must_be_there(post, program):
    why = Refusal.objects.create(title="Off topic")
    comment = CommentFactory(page=post)
    seen = [{"id": comment.pk, "version": 1}]

    for action, refusal in (("spam", why.pk), ("delete", why.pk), ("trash", why.pk + 1), ("trash", "x")):
        answers = [decide(program, comment, action, refusal=refusal)]
        answers += [send(program, f"{DESK}bulk/", {"action": action, "comments": seen, "refusal": refusal})]
        for answer in answers:
            assert (answer.status_code, answer["Content-Type"]) == (422, "application/problem+json")
        assert "refusal" in {error["field"] for error in answers[0].json()["errors"]}
    assert status_of(comment) == "pending"


def test_what_is_deleted_is_answered_as_it_was(post, program):
    comment = CommentFactory(page=post, spam=True, text="Buy this")

    answer = decide(program, comment, "delete")

    assert (answer.status_code, answer.json()["text"], answer.json()["status"]) == (200, "Buy this", "spam")
    assert not ReaderComment.objects.exists()
    assert decide(program, comment, "approve").status_code == 404


def test_an_edit_is_refused_once_and_the_approved_words_stay(post, program):
    comment = edited_by_its_author(post, program)

    item = decide(program, comment, "refuse-edit").json()

    assert (item["status"], item["text"], item["edit"]) == ("approved", "The first words", None)
    assert decide(program, comment, "refuse-edit", item["version"]).status_code == 409


def test_the_second_of_two_moderators_is_told_who_was_first_and_when(post, program):
    comment = CommentFactory(page=post)
    other = with_token(UserFactory(username="sam", group="Comment moderators"))
    decide(other, comment, "approve")

    for action in ("spam", "delete", "reply"):
        if action == "reply":
            actions.trash(comment, by=UserFactory(username="kim", admin=True), version=comment.version + 1)
        answer = decide(program, comment, action, text="An answer")

        problem = answer.json()
        assert (answer.status_code, answer["Content-Type"]) == (409, "application/problem+json")
        assert answer["Cache-Control"] == "no-store"
        now = ("trash", "kim") if action == "reply" else ("approved", "sam")
        assert (problem["status"], problem["by"]) == now
        assert problem["at"].startswith("20")
        assert problem["detail"] == "This comment has changed since you read it. Nothing was done."
    assert ReaderComment.objects.count() == 1


def test_an_erased_comment_cannot_be_approved_and_words_say_why(post, program):
    comment = CommentFactory(page=post, spam=True)
    erasing.empty([comment.pk])

    answer = decide(program, comment, "approve", comment.version + 1)

    assert (answer.status_code, answer.json()["status"]) == (409, 409)
    assert "Nothing is left to approve" in answer.json()["detail"]


@pytest.mark.parametrize("pk", ["0", "-1", "999999", "9" * 40])
@pytest.mark.parametrize("action", ["approve", "reply"])
def test_a_comment_that_is_not_there_is_a_404(program, pk, action):
    answer = send(program, f"{DESK}{pk}/{action}/", {"version": 1, "text": "An answer"})

    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")


@pytest.mark.parametrize(
    ("action", "sent", "fields"),
    [
        ("approve", {"version": None}, {"version"}),
        ("approve", {"version": "x"}, {"version"}),
        ("approve", {"reason": "x" * 501}, {"reason"}),
        ("approve", {"reason": "a\0b"}, {"reason"}),
        ("approve", {"reason": "\ud800"}, {"reason"}),
        ("approve", {"reason": 7}, {"reason"}),
        ("burn", {}, {"action"}),
        ("reply", {}, {"text"}),
        ("reply", {"text": " "}, {"text"}),
        ("reply", {"text": "a\0b"}, {"text"}),
        ("reply", {"text": "x" * 5001}, {"text"}),
    ],
)
def test_bad_input_names_the_field_and_changes_nothing(post, program, action, sent, fields):
    comment = CommentFactory(page=post)

    answer = send(program, f"{DESK}{comment.pk}/{action}/", {"version": comment.version, **sent})

    assert (answer.status_code, answer["Content-Type"]) == (422, "application/problem+json")
    assert {error["field"] for error in answer.json()["errors"]} == fields
    assert status_of(comment) == "pending"


def test_a_body_that_is_no_json_is_a_400(post, program):
    comment = CommentFactory(page=post)

    answer = program.post(f"{DESK}{comment.pk}/approve/", "{", content_type="application/json")

    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")


def test_reading_an_actions_address_does_nothing(post, program):
    comment = CommentFactory(page=post)

    for action in ("approve", "reply"):
        assert program.get(f"{DESK}{comment.pk}/{action}/?version=1").status_code == 405
    assert status_of(comment) == "pending"


# --- What is answered, and what is decided at once ---


def test_an_answer_is_published_under_the_name_of_staff_and_approves_by_it(post, program, moderator, client):
    moderator.first_name, moderator.last_name = "Jo", "Wells"
    moderator.save()
    comment = CommentFactory(page=post)

    answer = decide(program, comment, "reply", text="Come\r\nby\u202e.")

    assert (answer.status_code, answer["Cache-Control"]) == (201, "no-store")
    item = answer.json()
    assert (item["parent"], item["name"], item["staff"]) == (comment.pk, "Jo Wells", True)
    assert (item["status"], item["text"]) == ("approved", "Come\nby.")
    assert status_of(comment) == "approved"
    assert "Jo Wells" in client.get(post.url).content.decode()


@pytest.mark.parametrize("action", STATUS_OF)
def test_many_are_decided_in_one_act_and_the_rest_is_named(post, program, action):
    good = [CommentFactory(page=post), CommentFactory(page=post)]
    stale, erased = CommentFactory(page=post), CommentFactory(page=post)
    erasing.empty([erased.pk])
    seen = [{"id": comment.pk, "version": 1} for comment in (*good, stale)]
    seen += [{"id": erased.pk, "version": 2}, {"id": 2**62, "version": 1}]
    decide(program, stale, "trash")

    answer = send(program, f"{DESK}bulk/", {"action": action, "comments": seen})

    empty = [erased.pk] if action == "approve" else []
    done = [comment.pk for comment in good] + ([] if empty else [erased.pk])
    assert (answer.status_code, answer["Cache-Control"]) == (200, "no-store")
    assert answer.json() == {"done": done, "stale": [stale.pk, 2**62], "empty": empty}
    assert {status_of(comment) for comment in good} == {STATUS_OF[action]}
    assert status_of(stale) == "trash"


def test_more_at_once_than_one_act_can_are_refused(post, program):
    comment = CommentFactory(page=post)
    seen = [{"id": comment.pk, "version": 1}] * (actions.MOST_AT_ONCE + 1)

    assert send(program, f"{DESK}bulk/", {"action": "trash", "comments": seen}).status_code == 422
    assert status_of(comment) == "pending"
    assert send(program, f"{DESK}bulk/", {"action": "trash", "comments": seen[:-1]}).status_code == 200


@pytest.mark.parametrize(
    "sent",
    [
        {"action": "delete", "comments": []},
        {"action": "approve"},
        {"action": "approve", "comments": [{"id": 1}]},
        {"action": "approve", "comments": [{"id": 0, "version": 1}]},
        {"action": "approve", "comments": [{"id": 2**63, "version": 1}]},
        {"action": "approve", "comments": {}},
    ],
)
def test_a_malformed_batch_is_a_422(program, sent):
    assert send(program, f"{DESK}bulk/", sent).status_code == 422


def test_no_answer_gives_an_address_away(post, program):
    addresses = [f"kq7reader{number}x@canary-{number}.example" for number in range(3)]
    held, refused, public = (
        CommentFactory(page=post, address=address, **trait)
        for address, trait in zip(addresses, ({}, {"spam": True}, {"approved": True}), strict=True)
    )

    answers = [program.get(DESK, {"status": status}) for status in ("pending", "spam", "approved", "trash")]
    answers += [decide(program, held, "reply", text="An answer"), decide(program, public, "spam")]
    answers += [decide(program, public, "approve"), decide(program, refused, "delete")]

    assert [answer.status_code for answer in answers] == [200, 200, 200, 200, 201, 200, 409, 200]
    for answer in answers:
        assert leaks(str(answer.headers).encode() + answer.content, addresses) == []
