"""What narrows the lists of moderators, asked at the desk, of the API and of the command."""

import logging
import re
from datetime import timedelta
from io import StringIO

import pytest
from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_comments.models import Comment
from wagtail.models import ModelLogEntry

from blog.comments.desk import lists
from blog.comments.models import Reader, ReaderComment
from blog.comments.moderation import authoring, people
from tests.conftest import signed_in, with_token
from tests.crawl import leaks
from tests.factories import CommentFactory, PostFactory, UserFactory, plant_comments

pytestmark = pytest.mark.django_db
DESK, FIND, API = "/admin/comments/", "/admin/comments/find/", "/api/v1/moderation/comments/"
ADDRESS = "kq7reader3x@canary-one.example"
MOST_QUERIES, MOST_QUERIES_NARROWED = 15, 17
TODAY = f"{timezone.now():%Y-%m-%d}"
TOMORROW = f"{timezone.now() + timedelta(days=1):%Y-%m-%d}"


@pytest.fixture
def doors(as_moderator, moderator):
    """Ask all three for a list; return the ids they agree on."""
    program = with_token(moderator)

    def ask(**asked) -> list[int]:
        html = as_moderator.get(
            DESK, {("q" if name == "search" else name): value for name, value in asked.items()}
        )
        at_desk = [int(pk) for pk in re.findall(r'<article[^>]*id="comment-(\d+)"', html.content.decode())]
        by_api = [item["id"] for item in program.get(API, asked).json()["items"]]
        printed = StringIO()
        arguments = [f"--{name}={value}" for name, value in asked.items()]
        call_command("comments", "list", *arguments, stdout=printed)
        by_command = [int(line.partition(":")[0]) for line in printed.getvalue().splitlines()]
        assert at_desk == by_api == by_command
        return at_desk

    return ask


def sent(comment, **ago) -> None:
    Comment.objects.filter(pk=comment.pk).update(submit_date=timezone.now() - timedelta(**ago))


def test_each_filter_narrows_every_list_and_all_go_together(post, doors):
    elsewhere = PostFactory(slug="elsewhere")
    linked = CommentFactory(page=post, text="See https://a.example and https://b.example, sleepers")
    old = CommentFactory(page=elsewhere, text="I sleep well", address=ADDRESS)
    hasty = CommentFactory(page=elsewhere, seconds_open=1, address=ADDRESS)
    sent(old, days=40)
    person = Reader.objects.with_address(ADDRESS).get().pk

    assert doors(search="SLEEP") == [linked.pk, old.pk]
    assert doors(post="elsewhere") == doors(post=elsewhere.pk) == doors(person=person) == [old.pk, hasty.pk]
    assert doors(reason="links") == [linked.pk]
    assert doors(reason="too-fast") == [hasty.pk]
    assert doors(since=TODAY) == [linked.pk, hasty.pk]
    assert doors(until=f"{timezone.now() - timedelta(days=40):%Y-%m-%d}") == [old.pk]
    assert doors(since=TODAY, until=TODAY, person=person, post="elsewhere", reason="too-fast") == [hasty.pk]
    assert doors(since=TOMORROW) == doors(person=10**9) == doors(post="nowhere") == []
    assert doors(post="elsewhere", search="sleep", until=TODAY) == [old.pk]


def test_a_persons_comments_are_listed_over_all_states_the_newest_first(post, doors, as_moderator):
    mine = [
        CommentFactory(page=post, address=ADDRESS, **trait)
        for trait in ({}, {"spam": True}, {"approved": True})
    ]
    CommentFactory(page=post)
    person = mine[0].reader_id

    assert doors(status="every", person=person) == [comment.pk for comment in reversed(mine)]
    assert doors(status="spam", person=person) == [mine[1].pk]
    html = as_moderator.get(DESK).content.decode()
    assert f'href="{DESK}?status=every&amp;person={person}"' in html
    assert ">All <" not in html
    narrowed = as_moderator.get(DESK, {"status": "every", "person": person}).content.decode()
    assert ">All <" in narrowed
    assert f'href="?status=trash&amp;person={person}"' in narrowed


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"since": "yesterday"}, "Enter a date such as"),
        ({"until": "9999-12-31"}, "Enter a date such as"),
        ({"since": "0001-01-01"}, "Enter a date such as"),
        ({"since": "2026-02-02", "until": "2026-02-01"}, "not before the first one"),
        ({"reason": "x"}, "Choose a reason from the list"),
        ({"person": "x"}, "There is no such person"),
        ({"person": "9" * 30}, "There is no such person"),
        ({"q": "\0"}, "Remove the characters that cannot be shown"),
        ({"post": "a\0"}, "Remove the characters that cannot be shown"),
        ({"q": "x" * 201}, "at most 200 characters"),
        ({"q": ADDRESS}, "Email addresses cannot be part of a link"),
    ],
)
def test_what_cannot_be_asked_lists_nothing_and_says_why(post, as_moderator, moderator, asked, words):
    CommentFactory(page=post)

    answer = as_moderator.get(DESK, asked)

    html = answer.content.decode()
    assert (answer.status_code, html.count("<article"), words in html) == (422, 0, True)
    assert ADDRESS not in html
    by_api = {("search" if name == "q" else name): value for name, value in asked.items()}
    assert with_token(moderator).get(API, by_api).status_code == 422
    with pytest.raises((CommandError, ValueError)):
        call_command("comments", "list", *(f"--{name}={value}" for name, value in by_api.items()))


class TestAddress:
    """An address typed into the search finds a person for an officer, and appears nowhere afterwards."""

    @pytest.fixture
    def as_officer(self, moderator):
        moderator.groups.add(Group.objects.get(name="Comment privacy officers"))
        return signed_in(moderator)

    @pytest.mark.parametrize("typed", [ADDRESS, f"  {ADDRESS.upper()} "])
    def test_it_leads_to_what_the_person_wrote_by_their_number(self, post, as_officer, typed, caplog):
        caplog.set_level(logging.DEBUG)
        comment = CommentFactory(page=post, address=ADDRESS, spam=True, text="By them")
        CommentFactory(page=post, text="By another")

        answer = as_officer.post(FIND, {"q": typed, "status": "pending"})

        assert (answer.status_code, answer["Location"]) == (
            303,
            f"{DESK}?status=every&person={comment.reader_id}",
        )
        html = as_officer.get(answer["Location"]).content.decode()
        assert "By them" in html
        assert "By another" not in html
        assert leaks((html + str(answer.headers) + caplog.text).encode(), [ADDRESS]) == []

    @pytest.mark.parametrize("typed", [ADDRESS, f"of {ADDRESS}", f"{ADDRESS}\0", f"<{ADDRESS}>"])
    def test_nobody_found_is_said_without_it(self, post, as_officer, typed):
        CommentFactory(page=post, text="By another")

        answer = as_officer.post(FIND, {"q": typed})

        html = as_officer.get(answer["Location"]).content.decode()
        assert "No one has written from that address" in html
        kept = str(dict(as_officer.session)) + str(answer.headers) + str(answer.cookies) + html
        assert leaks(kept.encode(), [ADDRESS]) == []

    @pytest.mark.parametrize("typed", [ADDRESS, ADDRESS.upper(), f"of {ADDRESS}"])
    def test_a_moderator_learns_nothing_of_an_address(self, post, as_moderator, typed):
        """Neither by words or numbers, nor by what the database is asked: known or not, all is the same."""
        CommentFactory(page=post, address=ADDRESS)

        def asked(address: str) -> list[str]:
            ContentType.objects.clear_cache()
            with CaptureQueriesContext(connection) as seen:
                answer = as_moderator.post(FIND, {"q": address})
            html = as_moderator.get(answer["Location"]).content.decode()
            assert (answer["Location"], answer.status_code) == (DESK, 303)
            assert "Only comment privacy officers can search" in html
            assert "whole email address" not in html
            tables = [re.findall(r'(?:FROM|INTO|UPDATE) "(\w+)"', each["sql"]) for each in seen]
            return [table for tables in tables for table in tables]

        asked("warm@up.example")
        known, unknown = asked(typed), asked("vq2unknown8d@canary-none.example")

        assert known == unknown
        assert "blog_comments_reader" not in known
        assert not ModelLogEntry.objects.filter(action__startswith="blog_comments.find").exists()

    def test_each_search_is_a_line_of_the_log_without_the_address(self, post, as_officer, moderator, admin):
        reader = CommentFactory(page=post, address=ADDRESS).reader
        for typed in (ADDRESS, "vq2unknown8d@canary-none.example"):
            as_officer.post(FIND, {"q": typed})

        lines = ModelLogEntry.objects.filter(action__startswith="blog_comments.find").order_by("pk")
        assert [(line.action, line.user, line.content_type.model) for line in lines] == [
            ("blog_comments.find", moderator, "reader"),
            ("blog_comments.find_nobody", moderator, "site"),
        ]
        assert "Found by the email address" in as_officer.get(f"{DESK}people/{reader.pk}/").content.decode()
        history = signed_in(admin).get("/admin/reports/site-history/").content.decode()
        assert "Searched for an email address that nobody has used" in history
        kept = f"{list(lines.values())}{history}".encode()
        assert leaks(kept, [ADDRESS, "vq2unknown8d@canary-none.example"]) == []

    def test_the_verb_asks_for_itself_who_may(self, post, moderator):
        CommentFactory(page=post, address=ADDRESS)

        with pytest.raises(PermissionDenied):
            people.find(ADDRESS, by=moderator)

    def test_other_words_are_searched_by_a_web_address(self, post, as_moderator):
        answer = as_moderator.post(
            FIND, {"q": " sleep ", "status": "spam", "reason": "links", "post": post.pk}
        )

        assert answer["Location"] == f"{DESK}?status=spam&q=sleep&post={post.pk}&reason=links"
        assert as_moderator.post(FIND, {"since": "x"}).status_code == 422

    @pytest.mark.parametrize("group", ["Editors", "Front desk"])
    def test_who_is_no_moderator_finds_nobody(self, post, group):
        CommentFactory(page=post, address=ADDRESS)
        staff = signed_in(UserFactory(group=group))

        answer = staff.post(FIND, {"q": ADDRESS})

        assert (answer.status_code, "person" in answer["Location"]) == (302, False)


def test_a_search_ends_after_so_many_and_goes_on_where_it_ended(post, as_moderator, moderator, monkeypatch):
    monkeypatch.setattr(lists, "LOOKED_THROUGH", 3)
    keys = plant_comments(post, [None] * 7, "pending")
    found = CommentFactory(page=post, text="A needle")

    html = as_moderator.get(DESK, {"q": "needle"}).content.decode()
    assert "3 comments were looked through" in html
    assert f'href="?status=pending&amp;q=needle&amp;after={keys[2]}"' in html
    html = as_moderator.get(DESK, {"q": "needle", "after": keys[5]}).content.decode()
    assert "A needle" in html
    assert "looked through" not in html

    program, cursor, ids = with_token(moderator), "", []
    while cursor is not None:
        answer = program.get(API, {"search": "needle", "cursor": cursor}).json()
        ids, cursor = ids + [item["id"] for item in answer["items"]], answer["next"]
    assert ids == [found.pk]


COMBINED = [
    {},
    {"q": "nothing says this"},
    {"post": "a-quiet-hour"},
    {"reason": "links"},
    {"since": "2026-01-01", "post": "a-quiet-hour"},
    {"status": "every", "person": 1},
    {"status": "approved", "post": "a-quiet-hour", "q": "planted"},
]


@pytest.mark.parametrize("asked", COMBINED, ids=str)
def test_the_desk_costs_as_many_queries_with_a_hundred_held_as_with_thousands(post, as_moderator, asked):
    def queries() -> int:
        as_moderator.get(DESK, asked)
        with CaptureQueriesContext(connection) as seen:
            assert as_moderator.get(DESK, asked).status_code == 200
        return len(seen)

    for status in ("pending", "approved"):
        plant_comments(post, [None] * 100, status)
    few = queries()
    for status in ("pending", "approved"):
        plant_comments(post, [None] * 2500, status)

    assert queries() == few <= (MOST_QUERIES_NARROWED if asked else MOST_QUERIES)
    assert ReaderComment.objects.count() == 5200


def test_a_card_tells_why_a_comment_waited_also_after_an_edit(post, as_moderator, client):
    comment = CommentFactory(page=post, seconds_open=1)
    authoring.edit(comment, "Better words")

    html = as_moderator.get(DESK).content.decode()
    assert "Sent within two seconds" in html
    assert "Edited by its author" in html
    assert "Every comment is held" not in html.partition("desk-list")[2]
