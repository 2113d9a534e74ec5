"""What moderators can do beyond the four states, through the verbs that every door calls."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from wagtail.models import Site

from blog.comments.models import Decision, Discussion, DomainBan, Reader, ReaderComment
from blog.comments.moderation import actions, authoring, people
from home.privacy import person
from tests.blog.api.test_posts import send
from tests.factories import CommentFactory, UserFactory, plant_comments

pytestmark = pytest.mark.django_db


def test_staff_answer_from_their_account_with_a_badge_and_approve_by_it(post, client, moderator):
    moderator.first_name, moderator.last_name = "Jo", "Wells"
    moderator.save()
    comment = CommentFactory(page=post, text="A question")

    answer = actions.reply(comment, "The answer", by=moderator, version=comment.version)

    html = client.get(post.url).content.decode()
    assert html.index("A question") < html.index("The answer")
    assert "Jo Wells" in html
    assert ">Staff<" in html
    assert (answer.in_reply_to_id, answer.reader, answer.user, answer.by_staff) == (
        comment.pk,
        None,
        moderator,
        True,
    )


def test_a_staff_name_is_never_a_log_in_and_the_badge_outlives_the_account(post, moderator, client):
    comment = CommentFactory(page=post)
    assert actions.reply(comment, "Welcome", by=moderator, version=comment.version).user_name == "Staff"

    moderator.delete()

    assert ">Staff<" in client.get(post.url).content.decode()


def test_the_same_answer_twice_is_one(post, moderator):
    comment = CommentFactory(page=post, approved=True)

    answers = [actions.reply(comment, "Yes.", by=moderator, version=comment.version) for _ in range(2)]

    assert answers[0] == answers[1]
    assert ReaderComment.objects.count() == 2


def test_an_answer_to_a_comment_somebody_else_trashed_meanwhile_is_not_written(post, moderator):
    comment = CommentFactory(page=post)
    actions.trash(comment, by=moderator, version=comment.version)

    with pytest.raises(actions.StaleError):
        actions.reply(comment, "The answer", by=moderator, version=comment.version)

    assert ReaderComment.objects.count() == 1


@pytest.mark.parametrize("verb", ["approve", "hold", "spam", "trash"])
def test_a_decision_can_be_undone(post, moderator, verb):
    comment = CommentFactory(page=post, approved=verb != "approve")
    before = comment.status

    after = actions.VERBS[verb](comment, by=moderator, version=comment.version)
    undone = actions.restore(after, by=moderator, version=after.version)

    assert undone.status == before
    assert undone.is_public == (before == "approved")


def test_a_moderators_words_replace_the_comments_and_the_first_ones_are_kept(post, moderator, client):
    comment = CommentFactory(page=post, approved=True, text="Call me on 555")

    edited = actions.edit(comment, "Call me", by=moderator, version=comment.version)

    assert edited.status == "approved"
    assert "Call me on 555" not in client.get(post.url).content.decode()
    assert [revision.text for revision in edited.revisions.all()] == ["Call me on 555", "Call me"]
    assert edited.decisions.last().user == moderator


def test_a_comment_deleted_for_good_leaves_only_that_it_was_decided(post, moderator):
    comment = CommentFactory(page=post, spam=True, text="Buy this")

    actions.delete(comment, by=moderator, version=comment.version)

    assert not ReaderComment.objects.exists()
    assert Decision.objects.filter(comment=None, to_status="spam", reasons=[]).exists()
    assert Decision.objects.filter(comment=None, to_status="trash", user=moderator).exists()
    assert Reader.objects.get().refused_count == 0


def test_a_comment_with_answers_is_emptied_instead(post, moderator, client):
    comment = CommentFactory(page=post, approved=True, text="Buy this", name="Seller")
    CommentFactory(page=post, approved=True, reply_to_id=comment.pk, text="No, thanks")

    actions.delete(comment, by=moderator, version=comment.version)

    html = client.get(post.url).content.decode()
    assert "No, thanks" in html
    assert "This comment was removed" in html
    assert "Buy this" not in html
    assert "Seller" not in html


def test_an_erased_comment_cannot_be_approved(post, moderator):
    comment = CommentFactory(page=post, address="gone@example.org")
    person.erase("gone@example.org", keep_text=False, by=None)
    comment.refresh_from_db()

    with pytest.raises(actions.NothingLeftError):
        actions.approve(comment, by=moderator, version=comment.version)
    with pytest.raises(actions.NothingLeftError):
        actions.edit(comment, "Other words", by=moderator, version=comment.version)
    assert actions.decide_all("approve", {comment.pk: comment.version}, by=moderator).done == []


@pytest.mark.parametrize(("ban", "status"), [("hold", "pending"), ("refuse", "trash")])
def test_what_a_banned_person_sends_waits_or_goes_to_the_trash(post, discussion_open, moderator, ban, status):
    comment = CommentFactory(page=post, address="ann@example.org")
    assert comment.status == "approved"

    people.ban(comment.reader, ban, by=moderator)

    assert CommentFactory(page=post, address="Ann@example.org").status == status
    assert CommentFactory(page=post, address="ben@example.org").status == "approved"
    people.lift_ban(comment.reader, by=moderator)
    assert CommentFactory(page=post, address="ann@example.org").status == "approved"


@pytest.mark.parametrize("domain", ["spam.example", "mail.spam.example"])
def test_a_banned_domain_covers_what_is_below_it(post, discussion_open, moderator, domain):
    people.ban_domain("Spam.Example", "refuse", by=moderator)

    assert CommentFactory(page=post, address=f"x@{domain}").status == "trash"
    assert CommentFactory(page=post, address="x@notspam.example").status == "approved"


def test_a_banned_person_is_answered_like_anybody(post, client, moderator):
    people.ban_domain("spam.example", "refuse", by=moderator)

    url, words = f"/api/v1/posts/{post.pk}/comments/", {"name": "Ann", "comment": "One"}
    banned = send(client, url, {**words, "email": "x@spam.example"})
    other = send(client, url, {**words, "email": "x@example.org"})

    assert banned.status_code == other.status_code == 202
    assert banned.json()["status"] == other.json()["status"] == "pending"


@pytest.fixture
def discussion_open(post):
    return Discussion.objects.create(site=Site.objects.get(), moderation="none")


def test_a_hundred_are_approved_in_a_fixed_number_of_statements(post, moderator):
    few = [CommentFactory(page=post) for _ in range(3)]
    many = [CommentFactory(page=post) for _ in range(20)]

    def statements(comments) -> int:
        with CaptureQueriesContext(connection) as queries:
            moved = actions.decide_all("approve", {each.pk: each.version for each in comments}, by=moderator)
        assert len(moved.done) == len(comments)
        return len(queries)

    statements([CommentFactory(page=post)])  # what is cached once
    assert statements(few) == statements(many) <= 20
    assert Reader.objects.filter(approved_count=1).count() == 24


def test_edits_that_wait_are_approved_in_a_fixed_number_of_statements_too(post, moderator):
    def edited(number: int) -> list[ReaderComment]:
        comments = [CommentFactory(page=post, approved=True) for _ in range(number)]
        return [authoring.edit(comment, f"Better {comment.pk}") for comment in comments]

    def statements(comments: list[ReaderComment]) -> int:
        with CaptureQueriesContext(connection) as queries:
            actions.decide_all("approve", {each.pk: each.version for each in comments}, by=moderator)
        return len(queries)

    statements([CommentFactory(page=post)])  # what is cached once
    few, many = edited(2), edited(12)
    assert statements(few) == statements(many)
    for comment in many:
        comment.refresh_from_db()
        shown = (comment.comment, comment.revision, comment.held_revision)
        assert shown == (f"Better {comment.pk}", 2, None)


def test_a_batch_leaves_alone_what_somebody_changed_meanwhile(post, moderator):
    first, second = CommentFactory(page=post), CommentFactory(page=post)
    actions.mark_as_spam(first, by=moderator, version=first.version)

    moved = actions.decide_all("approve", {first.pk: 1, second.pk: 1}, by=moderator)

    assert ([row.pk for row in moved.done], [row.pk for row in moved.stale]) == ([second.pk], [first.pk])
    assert ReaderComment.objects.get(pk=first.pk).status == "spam"


def test_a_batch_counts_a_person_as_often_as_they_wrote(post, moderator):
    comments = [CommentFactory(page=post, address="ann@example.org") for _ in range(3)]

    actions.decide_all("approve", {each.pk: each.version for each in comments}, by=moderator)

    assert Reader.objects.get().approved_count == 3


@pytest.mark.parametrize("group", ["Editors", "Front desk", "Comment privacy officers", None])
def test_nobody_else_does_any_of_it(post, group):
    comment, by = CommentFactory(page=post), UserFactory(group=group)
    version = comment.version
    attempts = [
        lambda: actions.reply(comment, "x", by=by, version=version),
        lambda: actions.edit(comment, "x", by=by, version=version),
        lambda: actions.delete(comment, by=by, version=version),
        lambda: actions.restore(comment, by=by, version=version),
        lambda: actions.decide_all("approve", {comment.pk: version}, by=by),
        lambda: people.ban(comment.reader, "hold", by=by),
        lambda: people.lift_ban(comment.reader, by=by),
        lambda: people.ban_domain("spam.example", "hold", by=by),
        lambda: people.note(comment.reader, "x", by=by),
    ]
    for attempt in attempts:
        with pytest.raises(PermissionDenied):
            attempt()

    assert (ReaderComment.objects.get().version, DomainBan.objects.count()) == (version, 0)


@pytest.mark.parametrize(
    ("status", "verb", "held_after"),
    [("pending", "approve", False), ("pending", "trash", False), ("approved", "hold", True)],
)
def test_to_decide_about_many_that_were_answered_takes_as_many_statements_as_about_few(
    post, moderator, status, verb, held_after
):
    counted = {}
    for number in (1, 3, 30):  # with the first one, what is cached once
        decided = plant_comments(post, [None] * number, status)
        answers = [CommentFactory(page=post, reply_to_id=above) for above in decided]
        answers += [CommentFactory(page=post, reply_to_id=each.pk, approved=True) for each in answers]
        assert {each.under_held for each in answers[:number]} == {not held_after}

        with CaptureQueriesContext(connection) as queries:
            actions.decide_all(verb, dict.fromkeys(decided, 1), by=moderator)

        counted[number] = len(queries)
        direct, below = (
            set(ReaderComment.objects.filter(pk__in=pks(group)).values_list("under_held", flat=True))
            for group in (answers[:number], answers[number:])
        )
        assert (direct, below) == ({held_after}, {True})  # the second ones answer what is held

    assert counted[30] == counted[3]


def pks(comments: list[ReaderComment]) -> list[int]:
    return [comment.pk for comment in comments]
