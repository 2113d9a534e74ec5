"""Long discussions: what a page shows of them, and how the rest is reached."""

import html
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from blog.comments.models import ReaderComment
from blog.comments.moderation import actions
from blog.comments.reading.threads import share
from tests.blog.comments.posting.test_life import form_on, send
from tests.conftest import visitor
from tests.factories import CommentFactory, PostFactory, plant_comments

pytestmark = pytest.mark.django_db


def one_thread(replies: int) -> list[int | None]:
    """A comment that was answered so many times."""
    return [None, *[0] * replies]


def ids(page: str) -> list[int]:
    return [int(pk) for pk in re.findall(r'<article[^>]* id="comment-(\d+)"', page)]


def read(url: str, client=None) -> str:
    response = (client or visitor()).get(url)
    assert response.status_code == 200, url
    return response.content.decode()


def more(page: str) -> tuple[str, int] | None:
    """Where "n more replies" leads, and n."""
    found = re.search(r'data-more href="([^"]+)"[^>]*>\s*(\d+) more repl', page)
    return (html.unescape(found.group(1)), int(found.group(2))) if found else None


def trash(pk: int, by) -> None:
    comment = ReaderComment.objects.get(pk=pk)
    actions.trash(comment, by=by, version=comment.version)


class TestShare:
    def test_threads_take_turns_until_there_is_no_more_room(self):
        assert share([[1, 2, 3, 4], [5], [6, 7, 8]], 6) == [[1, 2, 3], [5], [6, 7]]

    def test_what_there_is_room_for_stays_whole(self):
        assert share([[1, 2], [], [3]], 9) == [[1, 2], [], [3]]


class TestAPageOfThreads:
    def test_a_long_thread_is_cut_and_a_short_one_beside_it_is_not(self, post):
        long = plant_comments(post, one_thread(100))
        short = plant_comments(post, one_thread(5))

        page = read(post.url)

        assert ids(page) == [*long[:36], *short]
        assert more(page) == (f"{post.url}comments/{long[0]}/replies/?after={long[35]}", 65)
        assert "106 comments" not in page
        assert "107 comments" in page

    def test_what_fits_is_not_cut(self, post):
        plant_comments(post, one_thread(40))

        page = read(post.url)

        assert len(ids(page)) == 41
        assert more(page) is None

    def test_the_number_of_more_replies_is_what_a_visitor_can_read(self, post, moderator):
        keys = plant_comments(post, one_thread(70))
        CommentFactory(page=post, reply_to_id=keys[0])
        plant_comments(post, [None], status="spam")
        trash(keys[66], moderator)

        url, number = more(read(post.url))

        assert number == 29
        assert ids(read(url)) == [*keys[41:66], *keys[67:]]

    def test_a_thread_whose_rest_nobody_may_read_is_not_cut(self, post, moderator):
        keys = plant_comments(post, one_thread(42))
        for pk in keys[41:]:
            trash(pk, moderator)

        assert more(read(post.url)) is None

    def test_it_costs_the_same_queries_whatever_was_said(self, client, blog):
        few, many = PostFactory(parent=blog), PostFactory(parent=blog)
        plant_comments(few, [None, *[None, 0, 1, 0, 0, 1, 0] * 7])
        plant_comments(many, [None, *[None, 0, 1, 0, 0, 1, 0] * 285, *[3] * 4])
        assert len(queries_of(client, few.url)) == len(queries_of(client, many.url))
        assert ReaderComment.objects.on(many).count() == 2000
        assert len(ids(read(many.url))) == 60

    @pytest.mark.parametrize("order", ["", "?comments=newest"])
    def test_all_of_a_discussion_is_reached_by_its_links_and_nothing_twice(self, post, order):
        plant_comments(post, [None, *[0] * 200, *[None] * 25, *[210] * 70])

        assert sorted(everything_from(post.url + order)) == sorted(
            ReaderComment.objects.values_list("pk", flat=True)
        )


def queries_of(client, url: str) -> list[dict[str, str]]:
    client.get(url)
    with CaptureQueriesContext(connection) as captured:
        client.get(url)
    return captured.captured_queries


def everything_from(url: str) -> list[int]:
    """Follow every link to more, from page to page."""
    page = read(url)
    links = re.findall(r'data-more href="([^"]+)"', page)
    return ids(page) + [pk for link in links for pk in everything_from(html.unescape(link))]


class TestThePagesOfAThread:
    def test_a_reply_says_whom_it_answers_where_that_is_on_another_page(self, post):
        keys = plant_comments(post, [None, *[0] * 40, 40, 0])

        url, _ = more(read(post.url))

        page = read(url)
        assert ids(page) == keys[41:]
        assert re.findall(r"In reply to ([^<]+?)\s*<", page) == ["Planted 40"]

    def test_a_removed_parent_is_not_named(self, post, moderator):
        keys = plant_comments(post, [None, *[0] * 40, 40])
        trash(keys[40], moderator)

        page, further = read(post.url), read(more(read(post.url))[0])

        assert "This comment was removed" in page
        assert ids(further) == [keys[41]]
        assert "Planted 40" not in page + further
        assert "In reply to" not in further

    def test_a_removed_comment_keeps_its_place_on_every_page(self, post, moderator):
        keys = plant_comments(post, [None, *[0] * 80, *[70] * 60])
        trash(keys[0], moderator)
        trash(keys[70], moderator)

        first = read(post.url)
        second = read(more(first)[0])

        assert first.count("This comment was removed") == 1
        assert ids(first)[0] == keys[0]
        assert keys[70] in ids(second)
        assert "Planted 70<" not in second
        assert "Replies to" not in second

    def test_it_leads_back_to_all_comments_and_to_its_beginning(self, post):
        keys = plant_comments(post, one_thread(70))

        page = read(f"{post.url}comments/{keys[0]}/replies/?after={keys[60]}")

        assert f'href="{post.url}comments/{keys[0]}/">All comments' in page
        assert ids(read(f"{post.url}comments/{keys[0]}/replies/")) == keys[1:41]
        assert f'href="{post.url}comments/{keys[0]}/replies/"' in page

    def test_its_form_answers_the_thread(self, client, post):
        keys = plant_comments(post, one_thread(70))
        url = f"{post.url}comments/{keys[0]}/replies/?after={keys[60]}"

        words = {"name": "Ann", "email": "ann@example.org", "comment": "From far below"}
        assert client.post(post.url, {**form_on(client, url), **words}).status_code == 303
        assert ReaderComment.objects.get(comment="From far below").in_reply_to_id == keys[0]
        assert client.post(url, words).status_code == 405

    def test_only_a_thread_that_may_be_read_has_one(self, post, blog, moderator):
        top = CommentFactory(page=post, approved=True)
        reply = CommentFactory(page=post, approved=True, reply_to_id=top.pk)
        held, gone = CommentFactory(page=post), CommentFactory(page=post, trashed=True)
        elsewhere = CommentFactory(page=PostFactory(parent=blog), approved=True)

        answers = {
            pk: visitor().get(f"{post.url}comments/{pk}/replies/").status_code
            for pk in (top.pk, reply.pk, held.pk, gone.pk, elsewhere.pk, 10**9, 10**30)
        }

        assert [pk for pk, status in answers.items() if status == 200] == [top.pk]
        assert set(answers.values()) == {200, 404}

    def test_a_removed_thread_of_removed_replies_has_none(self, post, moderator):
        keys = plant_comments(post, one_thread(2))
        for pk in keys:
            trash(pk, moderator)

        assert visitor().get(f"{post.url}comments/{keys[0]}/replies/").status_code == 404

    def test_an_unknown_place_in_it_is_an_empty_page(self, post):
        keys = plant_comments(post, one_thread(2))

        assert "No replies yet" in read(f"{post.url}comments/{keys[0]}/replies/?after={10**15}")


class TestOwnWords:
    def test_the_author_of_a_held_reply_sees_it_in_a_thread_that_is_cut(self, client, post):
        keys = plant_comments(post, [None, *[0] * 70])

        location = send(client, f"{post.url}comments/{keys[69]}/reply/", comment="Held words")["Location"]

        page = read(location, client)
        assert "Held words" in page
        assert "In reply to Planted 69" in page
        assert more(page)[1] == 30
        assert "Held words" not in read(location)

    def test_so_does_one_whose_thread_is_on_a_later_page(self, client, post):
        keys = plant_comments(post, [*[None] * 30, *[28] * 5])

        location = send(client, f"{post.url}comments/{keys[34]}/reply/", comment="Held words")["Location"]

        page = read(location, client)
        assert "Held words" in page
        assert keys[28] in ids(page)
        assert keys[27] not in ids(page)


class TestPermalinks:
    @pytest.mark.parametrize("index", [0, 1, 40, 41, 130, 200])
    def test_each_reply_of_a_long_thread_has_one_that_finds_it(self, client, post, index):
        plant_comments(post, [None] * 25)
        keys = plant_comments(post, one_thread(200))

        place = client.get(f"{post.url}comments/{keys[index]}/")["Location"]

        address, _, fragment = place.partition("#")
        assert fragment == f"comment-{keys[index]}"
        assert keys[index] in ids(read(address))
        assert ("/replies/" in place) is (index > 40)

    def test_it_is_the_same_from_the_newest_first(self, post):
        keys = plant_comments(post, [None] * 45)

        page = read(f"{post.url}?comments=newest")

        link = f"{post.url}comments/{keys[30]}/"
        assert f'href="{link}"' in page
        assert keys[30] in ids(read(visitor().get(link)["Location"].partition("#")[0]))


class TestTheAPI:
    def test_threads_are_bounded_and_say_how_they_go_on(self, client, post):
        keys = plant_comments(post, one_thread(90))
        url = f"/api/v1/posts/{post.pk}/comments/"

        (thread,) = client.get(url).json()["items"]
        assert [reply["id"] for reply in thread["replies"]] == keys[1:41]
        assert thread["more_replies"] == 50

        cursor, rest = thread["next_replies"], []
        while cursor:
            answer = client.get(f"{url}{keys[0]}/replies/", {"cursor": cursor, "limit": 12}).json()
            rest += answer["items"]
            cursor = answer["next"]
        assert [reply["id"] for reply in rest] == keys[41:]
        assert {reply["parent"] for reply in rest} == {keys[0]}

    def test_a_thread_that_is_whole_says_so(self, client, post):
        plant_comments(post, one_thread(3))

        (thread,) = client.get(f"/api/v1/posts/{post.pk}/comments/").json()["items"]

        assert (thread["more_replies"], thread["next_replies"]) == (0, None)

    def test_replies_are_listed_flat_with_what_they_answer(self, client, post):
        keys = plant_comments(post, [None, 0, 1, 2, 3, 4, 0])

        answer = client.get(f"/api/v1/posts/{post.pk}/comments/{keys[0]}/replies/").json()

        assert [reply["id"] for reply in answer["items"]] == keys[1:]
        assert [reply["parent"] for reply in answer["items"]] == [*keys[:5], keys[0]]
        assert "replies" not in answer["items"][0]

    def test_held_threads_and_bad_cursors_are_problems(self, client, post):
        held = CommentFactory(page=post)
        open_one = CommentFactory(page=post, approved=True)
        url = f"/api/v1/posts/{post.pk}/comments/"

        assert client.get(f"{url}{held.pk}/replies/").status_code == 404
        assert client.get(f"{url}{10**30}/replies/").status_code == 404
        assert client.get(f"{url}{open_one.pk}/replies/?cursor=abc").status_code == 422
