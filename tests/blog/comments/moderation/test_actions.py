import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django_comments.signals import comment_was_posted

from blog.comments.models import Decision, Reader, ReaderComment
from blog.comments.moderation import actions
from blog.comments.reading import queries
from tests.factories import CommentFactory, PostFactory, UserFactory
from tests.smtp_peer import text_of, words_of

pytestmark = pytest.mark.django_db
MOVES = [verb for verb in actions.VERBS if verb != "refuse-edit"]


@pytest.mark.parametrize("group", ["Editors", "Front desk", None])
@pytest.mark.parametrize("verb", actions.VERBS)
def test_nobody_but_a_moderator_decides(verb, group):
    comment = CommentFactory()

    with pytest.raises(PermissionDenied):
        actions.VERBS[verb](comment, by=UserFactory(group=group), version=comment.version)

    assert ReaderComment.objects.get().status == "pending"


def test_of_two_moderators_one_wins_and_the_other_is_told_who(moderator):
    comment = CommentFactory()
    first, second = moderator, UserFactory(group="Comment moderators")
    actions.approve(comment, by=first, version=1)

    with pytest.raises(actions.StaleError) as stale:
        actions.mark_as_spam(comment, by=second, version=1)

    assert (stale.value.status, stale.value.by) == ("approved", "moderator")
    assert stale.value.at
    assert ReaderComment.objects.get().status == "approved"
    assert Decision.objects.filter(actor="person").count() == 1


@pytest.mark.parametrize("before", MOVES)
@pytest.mark.parametrize("after", MOVES)
def test_every_state_may_follow_every_other_and_is_public_follows(moderator, before, after):
    comment = CommentFactory()
    comment = actions.VERBS[before](comment, by=moderator, version=comment.version)
    comment = actions.VERBS[after](comment, by=moderator, version=comment.version)

    assert comment.is_public == (comment.status == "approved")
    assert [decision.to_status for decision in comment.decisions.all()][-1] == comment.status


def test_a_person_is_one_reader_however_the_address_is_spelt(post):
    CommentFactory(page=post, address="Ann@Example.org")
    CommentFactory(page=post, address="ann@example.org ")

    assert Reader.objects.count() == 1


def test_a_readers_record_counts_what_was_decided(post, moderator):
    comment = CommentFactory(page=post, address="a@b.example", approved=True)
    CommentFactory(page=post, address="a@b.example", spam=True)
    assert (Reader.objects.get().approved_count, Reader.objects.get().refused_count) == (1, 1)

    actions.trash(comment, by=moderator, version=comment.version)

    assert (Reader.objects.get().approved_count, Reader.objects.get().refused_count) == (0, 2)


def test_replies_below_a_comment_that_is_held_again_are_unseen_until_it_is_approved(post, moderator):
    top = CommentFactory(page=post, approved=True)
    middle = CommentFactory(page=post, approved=True, reply_to_id=top.pk)
    CommentFactory(page=post, approved=True, reply_to_id=middle.pk)

    middle = actions.hold(middle, by=moderator, version=middle.version)
    assert shown(post) == ([top.pk], 1)
    top = actions.hold(top, by=moderator, version=top.version)
    assert shown(post) == ([], 0)

    actions.approve(top, by=moderator, version=top.version)
    assert shown(post) == ([top.pk], 1)
    actions.approve(middle, by=moderator, version=middle.version)
    assert shown(post)[1] == 3


def test_a_reply_approved_below_a_held_comment_waits_for_it(post, moderator):
    top = CommentFactory(page=post, approved=True)
    reply = CommentFactory(page=post, reply_to_id=top.pk)
    top = actions.hold(top, by=moderator, version=top.version)

    reply = actions.approve(reply, by=moderator, version=reply.version)
    assert shown(post) == ([], 0)

    actions.approve(top, by=moderator, version=top.version)
    assert shown(post)[1] == 2


def test_a_removed_comment_with_replies_leaves_its_place_without_its_words(post, moderator, client):
    top = CommentFactory(page=post, approved=True, name="Gone Person", text="Gone words")
    CommentFactory(page=post, approved=True, reply_to_id=top.pk, text="The answer stays")

    actions.trash(top, by=moderator, version=top.version)

    html = client.get(post.url).content.decode()
    assert "This comment was removed" in html
    assert "The answer stays" in html
    assert "Gone" not in html
    assert shown(post)[1] == 1


def test_removed_comments_that_nothing_stands_on_leave_no_place(post, moderator):
    top = CommentFactory(page=post, approved=True)
    reply = CommentFactory(page=post, approved=True, reply_to_id=top.pk)
    actions.trash(reply, by=moderator, version=reply.version)
    actions.trash(top, by=moderator, version=top.version)

    assert shown(post) == ([], 0)


def test_a_thread_of_any_depth_is_shown_whole(post, client):
    comment = None
    for depth in range(12):
        comment = CommentFactory(
            page=post, approved=True, text=f"depth {depth}", reply_to_id=comment and comment.pk
        )

    assert ReaderComment.objects.get(pk=comment.pk).level == 11
    html = client.get(post.url).content.decode()
    assert all(f"depth {depth}" in html for depth in range(12))


def test_a_reply_touches_no_other_row(post, django_assert_num_queries):
    top = CommentFactory(page=post, approved=True)
    before = ReaderComment.objects.filter(pk=top.pk).values().get()

    CommentFactory(page=post, reply_to_id=top.pk)

    assert ReaderComment.objects.filter(pk=top.pk).values().get() == before


def test_a_page_of_comments_costs_the_same_queries_whatever_their_number(
    post, client, django_assert_num_queries
):
    top = CommentFactory(page=post, approved=True)
    client.get(post.url)
    with django_assert_num_queries(3):
        queries.public_thread(post)
    for _ in range(30):
        CommentFactory(page=post, approved=True)
        CommentFactory(page=post, approved=True, reply_to_id=top.pk)
    with django_assert_num_queries(3):
        thread = queries.public_thread(post)

    assert (len(thread.threads), thread.count) == (20, 61)
    assert f"?after={thread.next_after}#comments" in client.get(post.url).content.decode()


def test_other_apps_hear_of_a_comment_by_django_comments_own_signal(django_capture_on_commit_callbacks):
    heard = []
    comment_was_posted.connect(
        lambda sender, comment, **kwargs: heard.append(comment.pk), weak=False, dispatch_uid="t"
    )
    with django_capture_on_commit_callbacks(execute=True):
        comment = CommentFactory()
    comment_was_posted.disconnect(dispatch_uid="t")

    assert heard == [comment.pk]


def test_moderators_are_written_to_when_the_queue_was_empty(smtp, moderator, post):
    UserFactory(group="Editors")
    CommentFactory(page=post, text="First words", address="first@canary.example")
    CommentFactory(page=post, text="Second words")
    call_command("deliver", once=True)

    (mail,) = smtp.mails
    assert smtp.recipients == ["moderator@staff.example"]
    assert post.title in mail["Subject"]
    assert "http://localhost:8000/admin/comments/" in text_of(mail)
    assert "words" not in words_of(mail)
    assert b"canary" not in mail.as_bytes()


def test_a_mail_about_a_comment_that_was_decided_meanwhile_is_not_sent(smtp, moderator):
    comment = CommentFactory()
    actions.approve(comment, by=moderator, version=comment.version)
    call_command("deliver", once=True)

    assert smtp.mails == []


def test_deleting_a_page_takes_its_comments_along(post):
    top = CommentFactory(page=post, approved=True)
    CommentFactory(page=post, approved=True, reply_to_id=top.pk)
    elsewhere = CommentFactory(page=PostFactory())

    post.delete()

    assert list(ReaderComment.objects.all()) == [elsewhere]


def shown(post) -> tuple[list[int], int]:
    """The threads a visitor sees, and the number they read."""
    thread = queries.public_thread(post)
    return [node.id for node in thread.threads], thread.count
