"""``manage.py comments``, as it is used at a terminal."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from blog.comments.models import Decision, ReaderComment, Refusal
from blog.comments.moderation import actions, authoring, erasing
from tests.crawl import leaks
from tests.factories import CommentFactory, PostFactory, UserFactory, plant_comments

pytestmark = pytest.mark.django_db
STATUS_OF = {"approve": "approved", "hold": "pending", "spam": "spam", "trash": "trash"}


def comments(*arguments: object) -> list[list[str]]:
    """Run the command; return the lines it prints, each cut into its columns."""
    printed = StringIO()
    call_command("comments", *map(str, arguments), stdout=printed)
    return [line.split("\t") for line in printed.getvalue().splitlines()]


def status_of(comment) -> str:
    return ReaderComment.objects.get(pk=comment.pk).status


def test_what_waits_is_listed_oldest_first_one_line_each(post):
    first = CommentFactory(page=post, name="Ann", text="One\n\ntwo\u2028three")
    second = CommentFactory(page=post)
    CommentFactory(page=post, approved=True)

    lines = comments("list")

    when = f"{first.submit_date:%Y-%m-%d %H:%M}"
    assert lines[0] == [f"{first.pk}:1", "pending", when, post.slug, "Ann: One two three"]
    assert [line[0] for line in lines] == [f"{first.pk}:1", f"{second.pk}:1"]


def test_an_edit_that_waits_is_listed_by_its_own_words(post):
    comment = CommentFactory(page=post, approved=True, text="The first words")
    authoring.edit(comment, "The second words")

    ((seen, state, _, _, said),) = comments("list")

    assert (seen, state) == (f"{comment.pk}:{comment.version}", "approved, edit waits")
    assert said.endswith(": The second words")


def test_no_line_runs_in_a_spreadsheet(post):
    CommentFactory(page=post, name="=1+1", text="Words;=HYPERLINK(1)")

    assert comments("list")[0][-1] == "'=1+1: Words;'=HYPERLINK(1)"


def test_the_list_is_of_one_state_one_post_and_so_many(post):
    elsewhere = CommentFactory(page=PostFactory(slug="elsewhere"), spam=True)
    spam = CommentFactory(page=post, spam=True)

    assert [line[0] for line in comments("list", "--status", "spam")] == [
        f"{spam.pk}:2",
        f"{elsewhere.pk}:2",
    ]
    assert len(comments("list", "--status", "spam", "--limit", 1)) == 1
    for name in ("elsewhere", elsewhere.page_id):
        assert [line[3] for line in comments("list", "--status", "spam", "--post", name)] == ["elsewhere"]
    assert comments("list", "--post", "no-such-post") == []


def test_no_more_than_twenty_are_listed_unless_asked(post):
    plant_comments(post, [None] * 25, "pending")

    assert (len(comments("list")), len(comments("list", "--limit", 30))) == (20, 25)


def test_no_line_holds_an_address(post):
    addresses = ["kq7held3v@canary-one.example", "xw8spam2j@canary-two.example"]
    for address in addresses:
        CommentFactory(page=post, address=address)
    (seen, *_), _ = lines = comments("list")

    assert leaks(str(lines + comments("trash", seen, "--as", decider())).encode(), addresses) == []


def decider() -> str:
    return UserFactory(username="sam", group="Comment moderators").get_username()


@pytest.mark.parametrize("verb", STATUS_OF)
def test_comments_are_decided_under_the_name_of_a_moderator(post, moderator, verb):
    made = [CommentFactory(page=post, spam=verb == "hold") for _ in range(2)]

    lines = comments(verb, *(comment.pk for comment in made), "--as", "moderator")

    assert [line[:2] for line in lines] == [
        [f"{each.pk}:{each.version + 1}", STATUS_OF[verb]] for each in made
    ]
    assert {status_of(comment) for comment in made} == {STATUS_OF[verb]}
    assert Decision.objects.filter(user=moderator).count() == 2


def test_the_trash_takes_a_reason_by_its_title(post, moderator):
    why = Refusal.objects.create(title="Off topic")
    comment = CommentFactory(page=post)

    with pytest.raises(CommandError, match="There are: Off topic"):
        comments("trash", comment.pk, "--as", "moderator", "--refusal", "Rude")
    assert status_of(comment) == "pending"
    comments("trash", comment.pk, "--as", "moderator", "--refusal", "Off topic")

    assert (status_of(comment), Decision.objects.last().refusal) == ("trash", why)
    with pytest.raises(CommandError):
        comments("spam", comment.pk, "--as", "moderator", "--refusal", "Off topic")


@pytest.mark.parametrize("group", ["Editors", "Front desk", None])
def test_who_may_not_moderate_may_not_here_either(post, group):
    comment, user = CommentFactory(page=post), UserFactory(username="other", group=group)

    with pytest.raises(CommandError, match="other may not moderate comments"):
        comments("approve", comment.pk, "--as", user)
    assert status_of(comment) == "pending"


def test_neither_may_a_moderator_who_has_left_nor_somebody_unknown(post, moderator):
    comment = CommentFactory(page=post)
    moderator.is_active = False
    moderator.save()

    with pytest.raises(CommandError, match="may not moderate"):
        comments("approve", comment.pk, "--as", "moderator")
    with pytest.raises(CommandError, match="There is no user nobody"):
        comments("approve", comment.pk, "--as", "nobody")
    assert status_of(comment) == "pending"


def test_what_could_not_be_done_is_told_and_the_rest_is_done(post, moderator):
    good, stale, erased = (CommentFactory(page=post) for _ in range(3))
    actions.trash(stale, by=moderator, version=1)
    erasing.empty([erased.pk])

    with pytest.raises(CommandError) as refused:
        comments("approve", good.pk, f"{stale.pk}:1", erased.pk, 999999, "--as", "moderator")

    assert str(refused.value) == (
        f"Not found: 999999. Changed since, nothing was done: {stale.pk}. "
        f"Their words were erased, nothing is left to approve: {erased.pk}."
    )
    assert refused.value.returncode == 1
    assert (status_of(good), status_of(stale)) == ("approved", "trash")


@pytest.mark.parametrize(
    "arguments",
    [
        ("approve", "1"),
        ("approve", "--as", "moderator"),
        ("approve", "x", "--as", "moderator"),
        ("approve", "-1", "--as", "moderator"),
        ("approve", "9" * 30, "--as", "moderator"),
        ("burn", "1", "--as", "moderator"),
        ("list", "--status", "x"),
        ("list", "--limit", "0"),
        (),
    ],
)
def test_a_malformed_command_says_how_it_goes(moderator, arguments):
    with pytest.raises(CommandError):
        comments(*arguments)


def test_more_at_once_than_one_act_can_are_refused(post, moderator):
    pks = plant_comments(post, [None] * (actions.MOST_AT_ONCE + 1), "pending")

    with pytest.raises(CommandError, match="At most 500 comments"):
        comments("trash", *pks, "--as", "moderator")
    assert not ReaderComment.objects.filter(status="trash").exists()
