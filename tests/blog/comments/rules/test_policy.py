"""What the owner of a site decides, as a reader meets it: through the form, the reply page and the API."""

import json
import re
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from wagtail.models import Page, Site

from blog.comments.models import Decision, Discussion, Reader, ReaderComment, Token
from blog.comments.moderation import actions
from blog.comments.rules import policy
from blog.models import BlogPostPage
from cms.rate_limit.models import Bucket
from tests.blog.comments.posting.test_life import form_on
from tests.conftest import signed_in, visitor
from tests.factories import CommentFactory, PostFactory, UserFactory

pytestmark = pytest.mark.django_db

WORDS = {"name": "Ann", "email": "ann@example.org", "comment": "I slept through it."}
SETTINGS_PAGE = "/admin/settings/blog_comments/discussion/"


def decide(**values: object) -> Discussion:
    """Save the site's settings as its owner would."""
    discussion = Discussion.for_site(Site.objects.get())
    for name, value in values.items():
        setattr(discussion, name, value)
    discussion.full_clean()
    discussion.save()
    return discussion


def send(client, url: str, **typed: str):
    """Fill in the form as a person does, in ten seconds."""
    fields = {**form_on(client, url), **WORDS, **typed}
    with time_machine.travel(timezone.now() + timedelta(seconds=10)):
        return client.post(url, fields)


def call(client, post: BlogPostPage, token: str = "", **words: object):
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    url = f"/api/v1/posts/{post.pk}/comments/"
    return client.post(url, json.dumps({**WORDS, **words}), content_type="application/json", headers=headers)


def reply_in_public(post: BlogPostPage, staff) -> ReaderComment:
    asked = CommentFactory(page=post, approved=True, name="Ben", text=f"Is it loud there, {staff.pk}?")
    return actions.reply(asked, "Not at all.", by=staff, version=asked.version)


def prove(comment: ReaderComment) -> ReaderComment:
    """The owner of the address has confirmed it, as the link in the confirmation does."""
    now = timezone.now()
    ReaderComment.objects.filter(pk=comment.pk).update(proven_at=now)
    Reader.objects.filter(pk=comment.reader_id).update(proven_at=now)
    return comment


class TestWhoWaits:
    def test_every_comment_is_held_until_somebody_decides_otherwise(self, client, post):
        assert send(client, post.url)["Location"].endswith("?sent=held#comment-notice")
        assert Decision.objects.get().reasons == ["hold-all"]

    def test_a_comment_that_no_rule_holds_is_public_at_once(self, client, post):
        decide(moderation="none")

        response = send(client, post.url)

        assert response["Location"] == f"{post.url}?sent=published#comment-notice"
        assert "I slept through it." in visitor().get(post.url).content.decode()
        comment = ReaderComment.objects.get()
        assert (comment.status, comment.is_public) == ("approved", True)
        decision = Decision.objects.get()
        assert (decision.to_status, decision.actor, decision.reasons) == ("approved", "rule", ["hold-none"])

    def test_what_a_rule_published_counts_and_can_be_taken_down(self, client, post, as_moderator):
        decide(moderation="none")
        send(client, post.url)
        comment = ReaderComment.objects.get()
        assert Reader.objects.get().approved_count == 1

        as_moderator.post(f"/admin/comments/{comment.pk}/", {"do": "trash", "version": comment.version})

        assert (Reader.objects.get().approved_count, Reader.objects.get().refused_count) == (0, 1)
        assert "I slept" not in visitor().get(post.url).content.decode()

    def test_what_a_rule_took_for_spam_can_be_approved(self, client, post, as_moderator):
        send(client, post.url, honeypot="x")
        comment = ReaderComment.objects.get()
        assert Reader.objects.get().refused_count == 1

        as_moderator.post(f"/admin/comments/{comment.pk}/", {"do": "approve", "version": comment.version})

        assert (Reader.objects.get().approved_count, Reader.objects.get().refused_count) == (1, 0)

    def test_the_api_says_that_a_comment_is_public(self, client, post):
        decide(moderation="none")

        assert call(client, post).json()["status"] == "approved"

    @pytest.mark.parametrize(
        ("on_site", "on_post", "status"), [("all", "none", "approved"), ("none", "all", "pending")]
    )
    def test_a_post_may_decide_otherwise(self, client, blog, on_site, on_post, status):
        decide(moderation=on_site)
        call(client, PostFactory(parent=blog, comment_moderation=on_post))

        assert ReaderComment.objects.get().status == status

    @pytest.mark.parametrize(
        ("decided", "typed", "status", "reason"),
        [
            ({"hold_words": "lawsuit\nrefund"}, {"comment": "I want a Refund!"}, "pending", "hold-words"),
            ({"hold_words": "tom"}, {"name": "Tom"}, "pending", "hold-words"),
            ({"spam_words": "cheap pills"}, {"comment": "Cheap pills"}, "spam", "spam-words"),
            ({"spam_words": "spam.example"}, {"email": "a@mail.spam.example"}, "spam", "spam-words"),
            ({}, {"comment": "https://a.example https://b.example"}, "pending", "links"),
            ({"hold_links": 1}, {"comment": "https://a.example"}, "pending", "links"),
        ],
    )
    @pytest.mark.parametrize("door", ["form", "api"])
    def test_words_and_links_are_judged_at_each_door(
        self, client, post, door, decided, typed, status, reason
    ):
        decide(moderation="none", **decided)

        if door == "form":
            send(client, post.url, **typed)
        else:
            call(client, post, **typed)

        assert ReaderComment.objects.get().status == status
        assert Decision.objects.get().reasons == [reason]

    def test_no_one_learns_that_they_are_taken_for_spam(self, client, post):
        decide(spam_words="pills")

        assert send(client, post.url, comment="pills")["Location"].endswith("?sent=held#comment-notice")
        assert call(client, post, comment="pills, pills").json()["status"] == "pending"


class TestTrust:
    @pytest.fixture(autouse=True)
    def after_one(self, db):
        decide(moderation="until-trusted", trusted_after=1)

    @pytest.fixture
    def token(self, client, post, as_moderator) -> str:
        """The author's token of an approved comment by Ann, who has not proven her address."""
        answer = call(client, post, comment="My first").json()
        comment = ReaderComment.objects.get(pk=answer["id"])
        as_moderator.post(f"/admin/comments/{comment.pk}/", {"do": "approve", "version": comment.version})
        return answer["token"]

    @pytest.fixture
    def first(self, token) -> ReaderComment:
        return ReaderComment.objects.get()

    def test_a_proven_author_who_shows_their_token_is_trusted(self, client, post, token, first):
        prove(first)

        assert call(client, post, token, comment="My second").json()["status"] == "approved"
        assert Decision.objects.latest("pk").reasons == ["trusted"]

    def test_the_browser_shows_the_token_by_its_cookie(self, client, post, as_moderator):
        send(client, post.url)
        comment = prove(ReaderComment.objects.get())
        as_moderator.post(f"/admin/comments/{comment.pk}/", {"do": "approve", "version": comment.version})

        assert "sent=published" in send(client, post.url, comment="Again")["Location"]
        assert "sent=held" in send(visitor(), post.url, comment="Again, from elsewhere")["Location"]

    def test_a_trusted_address_merely_typed_earns_nothing(self, client, post, token, first):
        prove(first)

        assert call(client, post, comment="It is me").json()["status"] == "pending"
        assert Decision.objects.latest("pk").reasons == ["not-yet-trusted"]

    def test_a_token_without_a_proven_address_earns_nothing(self, client, post, token):
        assert call(client, post, token, comment="My second").json()["status"] == "pending"

    def test_ones_own_token_earns_nothing_for_somebody_elses_address(self, client, post, token, first):
        prove(first)
        mine = call(client, post, email="mallory@example.org", comment="Hello").json()
        prove(ReaderComment.objects.get(pk=mine["id"]))

        assert call(client, post, mine["token"], comment="It is Ann").json()["status"] == "pending"

    def test_comments_that_are_not_public_any_more_do_not_count(self, client, post, token, first, moderator):
        prove(first)
        signed_in(moderator).post(f"/admin/comments/{first.pk}/", {"do": "trash", "version": first.version})

        assert call(client, post, token, comment="My second").json()["status"] == "pending"

    def test_a_token_for_something_else_or_out_of_date_proves_nothing(self, client, post, token, first):
        prove(first)
        Token.objects.update(purpose=Token.Purpose.UNSUBSCRIBE)
        assert call(client, post, token, comment="My second").json()["status"] == "pending"

        Token.objects.update(purpose=Token.Purpose.AUTHOR, expires_at=timezone.now())
        assert call(client, post, token, comment="My third").json()["status"] == "pending"

    def test_more_may_be_asked_for(self, client, post, token, first):
        prove(first)
        decide(trusted_after=2)

        assert call(client, post, token, comment="My second").json()["status"] == "pending"

    def test_what_is_sent_with_the_proof_is_proven_itself(self, client, post, token, first, as_moderator):
        prove(first)
        decide(trusted_after=2)
        second = call(client, post, token, comment="My second").json()
        comment = ReaderComment.objects.get(pk=second["id"])
        as_moderator.post(f"/admin/comments/{comment.pk}/", {"do": "approve", "version": comment.version})

        assert call(client, post, second["token"], comment="My third").json()["status"] == "approved"

    @pytest.mark.parametrize("shown", ["comment_nonsense", "other", "comment_\x00", "comment_" + "x" * 5000])
    def test_nonsense_for_a_token_is_no_token(self, client, post, shown):
        assert call(client, post, shown).status_code == 202


class TestClosing:
    @pytest.mark.parametrize(
        ("on_site", "on_post", "days_old", "why"),
        [
            ({}, {}, 4000, None),
            ({"closed": True}, {}, 0, "site"),
            ({}, {"comments_open": False}, 0, "page"),
            ({"close_after_days": 14}, {}, 14, None),
            ({"close_after_days": 14}, {}, 15, "age"),
            ({"close_after_days": 14}, {"comments_close_after_days": 0}, 4000, None),
            ({"close_after_days": 14}, {"comments_close_after_days": 30}, 30, None),
            ({"close_after_days": 14}, {"comments_close_after_days": 30}, 31, "age"),
            ({}, {"comments_close_after_days": 1}, 2, "age"),
        ],
    )
    def test_when_a_post_takes_comments_and_when_not(self, client, blog, on_site, on_post, days_old, why):
        decide(**on_site)
        date = timezone.localdate() - timedelta(days=days_old)
        post = PostFactory(parent=blog, date=date, **on_post)

        assert policy.of(post).closed_by == why
        html = client.get(post.url).content.decode()
        assert ("Comments are closed on this article." in html) == bool(why)
        assert ('id="comment-form"' in html) == (not why)
        assert client.get(f"/api/v1/posts/{post.pk}/").json()["comments"]["open"] == (not why)
        assert call(client, post).status_code == (403 if why else 202)

    def test_a_form_from_before_it_closed_is_refused_with_its_words(self, client, post):
        fields = form_on(client, post.url)
        decide(closed=True)

        response = client.post(post.url, {**fields, **WORDS})

        assert response.status_code == 403
        assert "Comments are closed on this article." in response.content.decode()
        assert not ReaderComment.objects.exists()

    @pytest.mark.parametrize("why", ["alias", "draft above"])
    def test_each_reason_is_a_sentence_on_the_page_and_for_programs(self, client, home, post, why):
        page, sentence = post, "This page takes no comments, because the section it is in is not published."
        if why == "alias":
            page = post.create_alias(parent=home, update_slug="an-alias")
            sentence = "This page takes no comments. Comment on the original article."
        fields = form_on(client, post.url)
        if why == "draft above":
            Page.objects.filter(pk=post.get_parent().pk).update(live=False)

        sent = client.post(page.url, {**fields, **WORDS, "object_pk": page.pk})

        assert sentence in client.get(page.url).content.decode()
        assert "Comments are closed" not in client.get(page.url).content.decode()
        assert sent.status_code in (403, 422)
        assert sentence in sent.content.decode()
        answer = client.post(
            f"/api/v1/posts/id:{page.pk}/comments/",
            {"name": "Ada", "email": "ada@example.org", "comment": "I sleep."},
            content_type="application/json",
        )
        assert answer.status_code == 403
        assert sentence in answer.content.decode()

    def test_a_closed_post_has_no_reply_page(self, client, post):
        comment = CommentFactory(page=post, approved=True)
        assert client.get(f"{post.url}comments/{comment.pk}/reply/").status_code == 200
        decide(closed=True)

        assert client.get(f"{post.url}comments/{comment.pk}/reply/").status_code == 404
        assert "/reply/" not in client.get(post.url).content.decode()


class TestAddress:
    @pytest.mark.parametrize("door", ["form", "api"])
    def test_it_may_be_left_out_where_the_site_does_not_ask_for_it(self, client, post, door):
        decide(require_address=False)

        response = send(client, post.url, email="") if door == "form" else call(client, post, email="")

        assert response.status_code in {202, 303}
        assert ReaderComment.objects.get().reader is None
        assert not Reader.objects.exists()

    def test_the_label_says_so(self, client, post):
        assert "Email address (optional)" not in client.get(post.url).content.decode()
        decide(require_address=False)

        assert "Email address (optional)" in client.get(post.url).content.decode()

    def test_one_that_is_given_must_be_one(self, client, post):
        decide(require_address=False)

        assert send(client, post.url, email="ann").status_code == 422
        assert call(client, post, email="ann").status_code == 422

    def test_replies_can_be_told_to_an_address_only(self, client, post):
        decide(require_address=False)

        response = send(client, post.url, email="", notify="on")

        assert response.status_code == 422
        assert "Enter your email address, or untick" in response.content.decode()
        (error,) = call(client, post, email="", notify=True).json()["errors"]
        assert error["field"] == "email"

    def test_where_it_is_asked_for_it_is_one_error_and_not_two(self, client, post):
        html = send(client, post.url, email="", notify="on").content.decode()

        assert "Enter your email address" in html
        assert "untick" not in html

    def test_a_comment_without_one_can_be_moderated(self, client, post, as_moderator):
        decide(require_address=False)
        call(client, post, email="")
        comment = ReaderComment.objects.get()

        assert "I slept through it." in as_moderator.get("/admin/comments/").content.decode()
        as_moderator.post(f"/admin/comments/{comment.pk}/", {"do": "approve", "version": comment.version})

        assert ReaderComment.objects.get().status == "approved"

    def test_left_out_of_a_body_it_is_missing_only_where_it_is_asked_for(self, client, post):
        url, body = f"/api/v1/posts/{post.pk}/comments/", json.dumps({"name": "Ann", "comment": "Hello"})
        assert client.post(url, body, content_type="application/json").status_code == 422
        decide(require_address=False)

        assert client.post(url, body, content_type="application/json").status_code == 202


class TestThreads:
    @pytest.fixture
    def levels(self, post) -> list[ReaderComment]:
        """A comment, its answer, and the answer to that."""
        top = CommentFactory(page=post, approved=True, text="level 0")
        answer = CommentFactory(page=post, approved=True, text="level 1", reply_to_id=top.pk)
        return [top, answer, CommentFactory(page=post, approved=True, text="level 2", reply_to_id=answer.pk)]

    def test_a_thread_grows_without_bound_by_default(self, client, post, levels):
        assert call(client, post, reply_to=levels[2].pk).status_code == 202

    @pytest.mark.parametrize(("depth", "answerable"), [(1, 1), (2, 2), (3, 3), (0, 3)])
    def test_no_deeper_than_allowed(self, client, post, levels, depth, answerable):
        decide(thread_depth=depth)

        html = client.get(post.url).content.decode()
        for level, comment in enumerate(levels):
            reply_url = f"{post.url}comments/{comment.pk}/reply/"
            assert (reply_url in html) == (level < answerable)
            assert client.get(reply_url).status_code == (200 if level < answerable else 404)
            answer = call(client, post, reply_to=comment.pk, comment=f"to level {level}")
            assert answer.status_code == (202 if level < answerable else 422)

    def test_a_reply_too_deep_keeps_its_words_and_can_be_sent_on_its_own(self, client, post, levels):
        decide(thread_depth=1)

        response = send(client, post.url, reply_to=str(levels[1].pk))

        html = response.content.decode()
        assert response.status_code == 422
        assert "This thread takes no more replies." in html
        assert "I slept through it." in html
        assert re.search(r'name="reply_to"[^>]*value="0"', html)

    def test_a_page_of_threads_is_as_long_as_the_site_says(self, client, post):
        decide(threads_a_page=5)
        comments = [CommentFactory(page=post, approved=True, text=f"thread {number}.") for number in range(7)]

        first = client.get(post.url).content.decode()

        assert first.count('id="comment-') - first.count('id="comment-form') == 5
        assert f"after={comments[4].pk}" in first


class TestNames:
    @pytest.mark.parametrize(
        "name",
        [
            "ann@example.org",
            "Ann <ann@example.org>",
            "ann @ example.org",
            "ａｎｎ＠ｅｘａｍｐｌｅ．ｏｒｇ",
            "ann@mail.example.co.uk",
            "ann@example。org",
        ],
    )
    @pytest.mark.parametrize("door", ["form", "api"])
    def test_an_address_for_a_name_is_refused_with_a_hint(self, client, post, door, name):
        response = send(client, post.url, name=name) if door == "form" else call(client, post, name=name)

        assert response.status_code == 422
        assert "Enter a name, not an email address. Your name is published." in response.content.decode()
        assert not ReaderComment.objects.exists()

    @pytest.mark.parametrize("name", ["M@tt", "Ann @ St. Mary's", "Dr. A. Okonjo", "@ann", "ann@", "J.R."])
    def test_a_name_that_is_none_is_taken(self, client, post, name):
        assert call(client, post, name=name).status_code == 202

    @pytest.mark.parametrize(
        "name",
        [
            "Sam Okonjo-Reed",
            "sam okonjo reed",
            "SAM  OKONJO–REED",
            "S.a.m OkonjoReed",
            "Sam\u00a0Okonjo‑Reed!",
            "Sam\u200d Okonjo-Reed",
            "Ѕаm Оkоnjо-Rееd",  # Cyrillic letters among them
            "ｓａｍ ｏｋｏｎｊｏ-ｒｅｅｄ",
        ],
    )
    @pytest.mark.parametrize("door", ["form", "api"])
    def test_nobody_writes_under_the_name_that_staff_reply_under(self, client, post, door, name):
        reply_in_public(
            post, UserFactory(username="sam.desk", first_name="Sam", last_name="Okonjo-Reed", admin=True)
        )

        response = send(client, post.url, name=name) if door == "form" else call(client, post, name=name)

        assert response.status_code == 422
        assert "Choose another name. This one belongs to a member of staff." in response.content.decode()

    @pytest.mark.parametrize(
        "name",
        ["Sam", "Sam Reed", "Samuel Okonjo-Reed", "Okonjo-Reed", "sam.desk", "Sam Desk", "!!!", "ليلى"],
    )
    def test_another_name_is_accepted(self, client, post, name):
        reply_in_public(
            post, UserFactory(username="sam.desk", first_name="Sam", last_name="Okonjo-Reed", admin=True)
        )
        UserFactory(username="nobody-special", group="Editors")

        assert call(client, post, name=name).status_code == 202

    @pytest.mark.parametrize("door", ["form", "api"])
    def test_a_log_in_is_answered_like_any_other_name(self, client, post, door):
        """Names typed one after the other tell a stranger nothing that no page shows."""
        UserFactory(username="ada", group="Editors")
        UserFactory(username="the-owner", admin=True, first_name="Grace", last_name="Hopper")
        reply_in_public(
            post, UserFactory(username="barbara", first_name="B.", last_name="Liskov", admin=True)
        )
        answers = []
        for name in ("ada", "Ada", "the-owner", "Grace Hopper", "barbara", "zz-no-such-log-in"):
            sent = {"name": name, "comment": f"Said as {len(answers)}"}
            answer = send(client, post.url, **sent) if door == "form" else call(client, post, **sent)
            answers.append(answer.status_code)
            Bucket.objects.all().delete()

        assert len(set(answers)) == 1
        assert answers[0] in (202, 303)

    @pytest.mark.parametrize("hide", ["unpublished", "trashed", "inactive"])
    def test_a_name_that_no_page_shows_is_free(self, client, post, blog, hide):
        staff = UserFactory(username="sam.desk", first_name="Sam", last_name="Okonjo-Reed", admin=True)
        elsewhere = PostFactory(parent=blog, slug="elsewhere")
        said = reply_in_public(elsewhere, staff)
        if hide == "unpublished":
            elsewhere.unpublish()
        elif hide == "trashed":
            actions.trash(said, by=UserFactory(admin=True), version=said.version)
        else:
            staff.is_active = False
            staff.save()

        assert call(client, post, name="Sam Okonjo-Reed").status_code == 202

    def test_the_staff_are_looked_up_once_and_only_when_a_form_is_sent(self, client, post):
        with CaptureQueriesContext(connection) as reading:
            client.get(post.url)
        with CaptureQueriesContext(connection) as posting:
            call(client, post)

        asked = [
            sum(
                '"by_staff"' in query["sql"].partition("WHERE")[2] and "DISTINCT" in query["sql"]
                for query in queries
            )
            for queries in (reading, posting)
        ]
        assert asked == [0, 1]

    def test_an_address_in_the_text_is_left_alone(self, client, post):
        call(client, post, comment="Write to clinic@example.org")

        assert ReaderComment.objects.get().comment == "Write to clinic@example.org"


class TestSettings:
    def test_the_owner_finds_them_in_the_admin_and_what_is_saved_holds(self, admin, client, post):
        staff = signed_in(admin)
        page = staff.get(SETTINGS_PAGE, follow=True)
        assert page.status_code == 200
        fields = {
            name: "" if value is None else value
            for name, value in page.context["form"].initial.items()
            if value is not False
        }
        fields |= {"moderation": "none", "hold_words": "lawsuit"}

        assert staff.post(page.request["PATH_INFO"], fields).status_code == 302

        assert call(client, post).json()["status"] == "approved"
        assert call(client, post, comment="A lawsuit").json()["status"] == "pending"

    @pytest.mark.parametrize("group", ["Editors", "Comment moderators", "Front desk"])
    def test_nobody_else_does(self, group):
        staff = signed_in(UserFactory(group=group))
        url = f"{SETTINGS_PAGE}{Site.objects.get().pk}/"

        assert staff.get(url).status_code in {302, 403}
        staff.post(url, {"moderation": "none"})
        assert not Discussion.objects.exists()
        assert "/settings/blog_comments/" not in staff.get("/admin/").content.decode()

    @pytest.mark.parametrize(
        ("words", "message"),
        [
            ("\n".join(f"word{number}" for number in range(501)), "List 500 words or less; there are 501."),
            ("fine\n" + "x" * 101, "Line 2 is longer than 100 characters."),
        ],
    )
    @pytest.mark.parametrize("field", ["hold_words", "spam_words"])
    def test_the_word_lists_are_bounded(self, admin, field, words, message):
        staff = signed_in(admin)
        page = staff.get(SETTINGS_PAGE, follow=True)

        html = staff.post(page.request["PATH_INFO"], {"moderation": "all", field: words}).content.decode()

        assert message in html
        assert not Discussion.objects.exists()

    def test_reading_a_page_writes_no_settings_and_asks_for_them_once(
        self, client, post, django_assert_num_queries
    ):
        client.get(post.url)

        assert not Discussion.objects.exists()
        with django_assert_num_queries(1):
            policy.of(post)

    def test_who_may_not_decide_for_the_site_may_not_for_a_post(self, editor, admin, post):
        url = f"/admin/pages/{post.pk}/edit/"

        assert 'name="comment_moderation"' in signed_in(admin).get(url).content.decode()
        html = signed_in(editor).get(url).content.decode()
        assert 'name="comment_moderation"' not in html
        assert 'name="comments_close_after_days"' in html

    def test_words_are_read_line_by_line(self, post):
        decide(spam_words=" Cheap pills \r\n\r\n\tcasino\n")

        assert policy.of(post).spam_words == ("Cheap pills", "casino")
