"""Where pages are, and where they are not: every door holds the same rule (docs/addresses.md)."""

import json
from collections.abc import Callable

import pytest
from django.core.management import call_command
from django.test import Client
from wagtail.actions.copy_for_translation import CopyPageForTranslationAction
from wagtail.models import Locale, Page, Site

from blog.comments.models import ReaderComment
from blog.comments.posting.forms import CommentForm
from cms.outbox.models import Delivery
from home.contact.models import ContactMessage
from tests.conftest import signed_in, visitor
from tests.factories import (
    BlogFactory,
    CommentFactory,
    ContactPageFactory,
    HomePageFactory,
    PostFactory,
    StandardPageFactory,
)

pytestmark = pytest.mark.django_db
COMMENT = {"name": "Ann", "email": "ann@example.org", "comment": "Thank you."}
MESSAGE = {"name": "Ann", "email": "ann@example.org", "message": "Call me."}
PUBLIC = ("/", "/blog/", "/blog/feed/", "/blog/comments/feed/", "/sitemap.xml", "/api/v1/posts/")


def post_json(client: Client, url: str, body: dict) -> int:
    return client.post(url, json.dumps(body), content_type="application/json").status_code


class TestSlugs:
    def test_a_comment_goes_to_the_post_whose_slug_is_a_number(self, client, blog):
        other = PostFactory(parent=blog)
        post = PostFactory(parent=blog, slug=str(other.pk))

        assert client.get(f"/api/v1/posts/{other.pk}/").json()["id"] == post.pk
        assert post_json(client, f"/api/v1/posts/{other.pk}/comments/", COMMENT) == 202
        assert post_json(client, f"/api/v1/posts/id:{other.pk}/comments/", COMMENT) == 202
        assert list(ReaderComment.objects.order_by("pk").values_list("page", flat=True)) == [
            post.pk,
            other.pk,
        ]

    def test_several_posts_with_a_slug_are_a_problem_that_names_their_ids_and_addresses(
        self, client, home, blog
    ):
        posts = [
            PostFactory(parent=parent, slug="2026")
            for parent in (blog, BlogFactory(parent=home, slug="other"))
        ]

        answer = client.get("/api/v1/posts/2026/")

        assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")
        assert answer.json()["pages"] == [{"id": post.pk, "url": post.full_url} for post in posts]
        assert f"id:{posts[0].pk}" in answer.json()["detail"]
        assert post_json(client, "/api/v1/posts/2026/comments/", COMMENT) == 404

    def test_several_contact_pages_with_a_slug_are_told_apart_by_id(self, client, home, contact):
        other = ContactPageFactory(parent=StandardPageFactory(parent=home, slug="branch"), slug=contact.slug)

        assert client.get("/api/v1/contact/contact/").json()["pages"][1]["id"] == other.pk
        assert client.get(f"/api/v1/contact/id:{other.pk}/").json()["id"] == other.pk
        assert post_json(client, f"/api/v1/contact/id:{other.pk}/", MESSAGE) == 202
        assert ContactMessage.objects.get().page_id == other.pk

    def test_lists_hold_the_posts_of_the_site_that_is_asked(self, settings, blog, post):
        settings.ALLOWED_HOSTS = ["localhost", "other.example"]
        elsewhere = HomePageFactory(parent=Page.get_first_root_node(), slug="elsewhere")
        Site.objects.create(hostname="other.example", root_page=elsewhere)
        theirs = PostFactory(parent=BlogFactory(parent=elsewhere), slug=post.slug)

        for host, expected in (("localhost", post), ("other.example", theirs)):
            asked = visitor(host=host)
            assert [item["id"] for item in asked.get("/api/v1/posts/").json()["items"]] == [expected.pk]
            assert asked.get(f"/api/v1/posts/{post.slug}/").json()["id"] == expected.pk
            assert asked.get(f"/search/?q={post.title}").content.decode().count("<li><h3>") <= 1

    @pytest.mark.parametrize("then", ["saved", "published", "moved", "translated"])
    def test_a_copied_section_leaves_its_posts_as_savable_as_they_were(self, admin, home, blog, post, then):
        blog.copy(recursive=True, to=home, update_attrs={"slug": "next-year"}, keep_live=then != "saved")
        other = BlogFactory(parent=home, slug="other")

        if then == "moved":
            post.move(other, "last-child")
        post.refresh_from_db()
        post.title = "Edited"
        post.save_revision().publish()

        assert visitor().get(post.url).status_code == 200

    def test_a_copied_post_can_be_edited_in_the_editor(self, admin, home, blog, post):
        other = BlogFactory(parent=home, slug="other")
        twin = post.copy(to=other)
        staff = signed_in(admin)
        url = f"/admin/pages/{twin.pk}/edit/"

        html = staff.get(url).content.decode()

        assert "Another post has this slug" not in html
        twin.full_clean()

    def test_a_translation_is_a_page_of_its_own(self, client, blog, post):
        german = Locale.objects.create(language_code="de")
        translated = post.copy_for_translation(german, copy_parents=True)
        translated.save_revision().publish()

        assert client.get(f"/api/v1/posts/{post.slug}/").json()["id"] == post.pk
        assert client.get(f"/api/v1/posts/id:{translated.pk}/").status_code < 500
        for url in ("/", "/blog/", post.url, "/sitemap.xml", "/blog/feed/", "/search/?q=quiet"):
            assert client.get(url).status_code == 200

    def test_translations_that_are_turned_on_mix_into_nothing(
        self, settings, client, admin, home, blog, post
    ):
        """docs/addresses.md: they are not offered, and break nothing."""
        settings.WAGTAIL_I18N_ENABLED = True
        settings.LANGUAGES = settings.WAGTAIL_CONTENT_LANGUAGES = [("en-gb", "English"), ("de", "Deutsch")]
        german = Locale.objects.create(language_code="de")
        CommentFactory(page=post, approved=True, text="An English thought")
        CopyPageForTranslationAction(home, german, include_subtree=True, user=admin).execute()
        mirror = blog.create_alias(update_slug="mirror", parent=home)
        translated = post.get_translation(german)
        translated.title = "Stille Stunde"
        for page in (*translated.get_ancestors().specific().filter(depth__gt=1), translated):
            page.save_revision().publish()

        staff, place = signed_in(admin), f"/api/v1/posts/id:{translated.pk}/"
        for language in ("en", "de"):
            visitors = visitor(**{"accept-language": language})
            for url in (*PUBLIC, post.url, mirror.url, "/search/?q=stille"):
                answer = visitors.get(url)
                assert answer.status_code == 200, url
                assert "Stille" not in answer.content.decode(), url
        assert "An English thought" in client.get(post.url).content.decode()
        assert client.get("/sitemap.xml").content.decode().count(f"{post.url}<") == 1
        assert "An English thought" not in client.get(f"{place}comments/").content.decode()
        for url in ("", f"pages/{translated.pk}/edit/", f"pages/{translated.pk}/history/", "comments/"):
            assert staff.get(f"/admin/{url}").status_code == 200, url
        assert staff.post(f"/admin/pages/{translated.pk}/unpublish/").status_code == 302

    def test_an_alias_of_a_private_post_is_in_no_list_and_no_answer(self, client, home, blog, post):
        other = BlogFactory(parent=home, slug="other")
        post.create_alias(parent=other, update_slug="twin")
        post.view_restrictions.create(restriction_type="login")

        assert client.get("/api/v1/posts/twin/").status_code == 404
        assert client.get("/api/v1/posts/").json()["items"] == []
        for url in ("/other/", "/other/feed/", "/sitemap.xml", "/search/?q=quiet", "/"):
            html = client.get(url).content.decode()
            assert "A quiet hour" not in html, url
            assert "twin" not in html


class TestPlacesWithoutAnAddress:
    """A page outside every site, with a private or an unpublished page above it, or whose root is gone."""

    PLACES = (
        "outside",
        "draft above",
        "private above",
        "draft root",
        "private root",
        "moved root",
        "deleted root",
    )

    @pytest.fixture
    def place(self, home, blog, post, contact) -> Callable[[str], None]:
        def put(where: str) -> None:
            root = Page.get_first_root_node()
            if where == "outside":
                away = HomePageFactory(parent=root, slug="away")
                blog.move(away, "last-child")
                contact.move(away, "last-child")
            elif where == "draft above":
                section = StandardPageFactory(parent=home, slug="section")
                blog.move(section, "last-child")
                contact.move(section, "last-child")
                section.unpublish()
            elif where == "draft root":
                home.unpublish()
            elif where == "moved root":
                home.move(HomePageFactory(parent=root, slug="away"), "last-child")
                home.refresh_from_db()
                home.unpublish()
            elif where == "deleted root":
                away = HomePageFactory(parent=root, slug="away")
                for page in (blog, contact):
                    page.move(away, "last-child")
                home.refresh_from_db()
                home.delete()
            else:
                (blog if where == "private above" else home).view_restrictions.create(
                    restriction_type="login"
                )
                contact.view_restrictions.create(restriction_type="login")

        return put

    @pytest.mark.parametrize("where", PLACES)
    def test_no_door_fails_there_and_none_takes_words(self, place, post, contact, moderator, admin, where):
        said = CommentFactory(page=post, approved=True)
        held = CommentFactory(page=post)
        urls = [
            post.url,
            "/blog/",
            "/section/blog/",
            f"/section{post.url}",
            contact.url,
            f"/section{contact.url}",
        ]
        place(where)
        visit = visitor()

        for url in urls:
            for below in (
                "",
                "feed/",
                "comments/feed/",
                f"comments/{said.pk}/",
                f"comments/{said.pk}/reply/",
            ):
                assert visit.get(url + below).status_code < 500, url + below
        for url in urls:
            assert visit.post(url, {**COMMENT, **MESSAGE}).status_code not in (202, 303, 500), url
        for key in (post.slug, f"id:{post.pk}", str(post.pk)):
            assert visit.get(f"/api/v1/posts/{key}/").status_code < 500
            assert visit.get(f"/api/v1/posts/{key}/comments/").status_code < 500
            assert 400 <= post_json(visit, f"/api/v1/posts/{key}/comments/", COMMENT) < 500
        assert 400 <= post_json(visit, f"/api/v1/contact/id:{contact.pk}/", MESSAGE) < 500
        for url in (
            "/",
            "/search/?q=quiet",
            "/sitemap.xml",
            "/robots.txt",
            "/api/v1/posts/",
            "/nowhere/",
            "/contact/",
        ):
            assert visit.get(url).status_code < 500, url

        assert set(ReaderComment.objects.values_list("pk", flat=True)) == {said.pk, held.pk}
        assert not ContactMessage.objects.exists()

    @pytest.mark.parametrize("where", PLACES)
    def test_the_desk_stays_open_with_its_comments(self, place, post, moderator, admin, where):
        held = CommentFactory(page=post, name="Held there")
        place(where)

        for staff in (signed_in(moderator), signed_in(admin)):
            for url in (
                "/admin/comments/",
                f"/admin/comments/?post=id:{post.pk}",
                f"/admin/comments/{held.pk}/",
            ):
                answer = staff.get(url)
                assert (answer.status_code, "Held there" in answer.content.decode()) == (200, True), url
        assert signed_in(admin).get(f"/admin/pages/{post.pk}/edit/").status_code == 200
        staff = signed_in(moderator)
        answer = staff.post(f"/admin/comments/{held.pk}/", {"do": "approve", "version": held.version})
        assert answer.status_code < 400
        assert ReaderComment.objects.get(pk=held.pk).is_public

    def test_a_post_below_an_unpublished_page_is_read_and_says_that_comments_are_closed(
        self, client, blog, post
    ):
        blog.unpublish()

        html = client.get("/blog/a-quiet-hour/").content.decode()

        assert "This page takes no comments, because the section it is in is not published." in html
        assert 'id="comment-form"' not in html
        form = {**COMMENT, **CommentForm(post).generate_security_data()}
        assert client.post("/blog/a-quiet-hour/", form).status_code == 403
        assert client.get(f"/api/v1/posts/{post.slug}/").json()["comments"]["open"] is False

    def test_no_mail_about_a_comment_goes_out_from_a_page_without_an_address(
        self, smtp, client, post, moderator
    ):
        CommentFactory(page=post, notify=True, approved=True)
        post.get_parent().move(HomePageFactory(parent=Page.get_first_root_node(), slug="away"), "last-child")
        call_command("deliver", once=True)

        assert smtp.mails == []
        assert not Delivery.objects.filter(state="failed").exists()
