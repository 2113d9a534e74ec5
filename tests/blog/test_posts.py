import re
from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from wagtail.blocks import StreamValue
from wagtail.rich_text import RichText

from blog.blocks import BodyStream
from blog.models import BlogPostPage
from tests.conftest import signed_in, visitor
from tests.factories import (
    AuthorFactory,
    BlogFactory,
    CategoryFactory,
    CommentFactory,
    PostFactory,
    plant_comments,
)

pytestmark = pytest.mark.django_db


def test_the_index_lists_published_posts_newest_first(client, blog):
    for month, title in ((1, "Oldest"), (3, "Newest"), (2, "Middle")):
        PostFactory(parent=blog, title=title, date=date(2026, month, 1))
    PostFactory(parent=blog, title="Unready", draft=True)

    html = client.get("/blog/").content.decode()

    assert html.index("Newest") < html.index("Middle") < html.index("Oldest")
    assert "Unready" not in html


def test_a_post_appears_with_its_picture_in_a_modern_format(client, blog):
    PostFactory(parent=blog, with_picture=True)
    PostFactory(parent=blog, with_picture=True)

    assert len(re.findall(r'<img[^>]*src="[^"]+\.webp"', client.get("/blog/").content.decode())) == 2


def test_the_index_costs_the_same_queries_whatever_the_number_of_posts(client, blog):
    costs = []
    for _ in range(3):
        for _ in range(3):
            post = PostFactory(
                parent=blog, author=AuthorFactory(), category=CategoryFactory(), with_picture=True
            )
            post.tags.add("one", "two")
            post.save()
        client.get("/blog/")
        with CaptureQueriesContext(connection) as queries:
            client.get("/blog/")
        costs.append(len(queries))

    assert len(set(costs)) == 1
    assert costs[0] <= 10


def test_a_post_without_comments_costs_at_most_twelve_queries_and_writes_nothing(client, blog):
    """With all it can have: author, category, picture, tags, links to other pages, posts to read next."""
    posts = [
        PostFactory(parent=blog, author=AuthorFactory(), category=CategoryFactory(), with_picture=True)
        for _ in range(4)
    ]
    for post in posts:
        post.tags.add("one", "two")
        links = "".join(f'<p><a linktype="page" id="{page.pk}">said</a></p>' for page in (blog, post))
        post.body = [("heading", {"text": "What is it?", "level": "h2"}), ("paragraph", RichText(links))]
        post.save_revision().publish()
    client.get(posts[0].url)

    with CaptureQueriesContext(connection) as queries:
        html = client.get(posts[0].url).content.decode()

    assert all(shown in html for shown in ("Read next", "Mara Ellis", "tag=one", 'href="/blog/">said'))
    assert len(queries) <= 12
    assert all(query["sql"].startswith("SELECT") for query in queries)


def test_a_post_is_not_taken_for_a_page_of_the_blog_itself(client, blog):
    PostFactory(parent=blog, slug="feed", title="On feeds")

    assert client.get("/blog/feed/")["Content-Type"].startswith("application/atom+xml")
    assert client.get("/blog/feed/comments/feed/").status_code == 200


@pytest.mark.parametrize("hidden", ["post", "blog", "home"])
def test_a_page_in_a_private_section_asks_for_the_log_in(client, home, blog, post, hidden):
    {"post": post, "blog": blog, "home": home}[hidden].view_restrictions.create(restriction_type="login")

    assert client.get(post.url)["Location"].startswith("/_util/login/")
    assert client.get("/blog/").status_code == (200 if hidden == "post" else 302)


def test_an_alias_of_a_private_page_asks_for_the_log_in(client, home, blog, post):
    other = BlogFactory(parent=home, slug="other")
    alias = post.create_alias(parent=other, update_slug="twin")
    post.view_restrictions.create(restriction_type="login")

    assert client.get(alias.url).status_code == 302


def test_posts_are_chosen_by_tag_and_by_category(client, blog):
    PostFactory(parent=blog, title="On sleep", category=CategoryFactory(slug="sleep", name="Sleep"))
    tagged = PostFactory(parent=blog, title="On needles")
    tagged.tags.add("needles")
    tagged.save()

    by_category = client.get("/blog/?category=sleep").content.decode()
    by_tag = client.get("/blog/?tag=needles").content.decode()

    assert "On sleep" in by_category
    assert "On needles" not in by_category
    assert "On needles" in by_tag
    assert "On sleep" not in by_tag


@pytest.mark.parametrize(
    "query", ["page=x", "page=0", "page=999999999999999999999", "tag=%00", "category=%00", "tag=x"]
)
def test_a_strange_query_is_answered_with_a_page(client, post, query):
    assert client.get(f"/blog/?{query}").status_code == 200


def test_the_index_pages(client, blog):
    for _ in range(10):
        PostFactory(parent=blog)

    assert 'rel="next"' in client.get("/blog/").content.decode()
    assert 'rel="prev"' in client.get("/blog/?page=2").content.decode()


def test_a_post_says_who_wrote_it_when_and_how_long_it_takes(client, blog):
    words = "<p>" + "word " * 480 + "</p>"
    post = PostFactory(parent=blog, author=AuthorFactory(name="Mara Ellis"), body=[("paragraph", words)])

    html = client.get(post.url).content.decode()

    assert "Mara Ellis" in html
    assert post.reading_minutes == 3
    assert "3 minute read" in html


def test_related_posts_share_tags_and_are_never_the_post_itself(blog):
    first, second, third = (PostFactory(parent=blog) for _ in range(3))
    for post in (first, third):
        post.tags.add("sleep")
        post.save()

    assert [post.pk for post in first.related_posts()] == [third.pk, second.pk]


def test_two_posts_cannot_share_a_slug(home, post):
    elsewhere = BlogFactory(parent=home, slug="news", title="News")

    with pytest.raises(ValidationError, match="Another post has this slug"):
        PostFactory.build(parent=None, slug=post.slug, title="Again").clean()
    assert elsewhere.url == "/news/"


def test_the_feed_is_atom_with_absolute_links_and_no_address(client, post):
    CommentFactory(page=post, approved=True)

    response = client.get("/blog/feed/")

    feed = response.content.decode()
    assert response["Content-Type"].startswith("application/atom+xml")
    assert "<title>A quiet hour</title>" in feed
    assert 'href="http://localhost:8000/blog/a-quiet-hour/"' in feed
    assert "@" not in feed


def test_a_comment_leads_to_itself(post):
    comment = CommentFactory(page=post, approved=True)

    assert comment.get_absolute_url() == f"{post.url}#comment-{comment.pk}"


class TestBlocks:
    def test_every_block_says_what_it_is_for(self):
        for name, block in BodyStream().child_blocks.items():
            assert block.meta.group, name
            assert block.meta.description, name
            assert block.meta.icon not in {"", "placeholder"}, name

    def test_every_block_has_a_preview_that_can_be_drawn(self, admin):
        staff = signed_in(admin)
        for name, block in BodyStream().child_blocks.items():
            if block.is_previewable:
                response = staff.get("/admin/block-preview/", {"id": block.definition_prefix})
                assert response.status_code == 200, name

    def test_a_comparison_is_a_table_with_a_band_for_each_question(self, client, blog):
        post = PostFactory(parent=blog, body=[("comparison", comparison())])

        html = client.get(post.url).content.decode()

        assert re.search(r"<caption[^>]*>\s*Tea compared", html)
        assert html.count('scope="col"') == 2
        assert html.count('scope="rowgroup"') == 2

    @pytest.mark.parametrize(
        "change",
        [
            {"option_c": "Third"},
            {"rows": [{"question": "q", "answer_a": "a", "answer_b": "b", "answer_c": "c"}] * 2},
        ],
    )
    def test_a_third_answer_needs_a_third_name_and_the_other_way_round(self, change):
        block = BodyStream().child_blocks["comparison"]

        with pytest.raises(ValidationError):
            block.clean(block.to_python({**comparison(), **change}))

    def test_an_invitation_leads_to_one_place(self, contact):
        block = BodyStream().child_blocks["call_to_action"]
        value = {"heading": "Come", "text": "", "button": "Go", "page": contact.pk, "url": ""}

        assert block.clean(block.to_python(value)).href == contact.url
        for wrong in ({"page": None}, {"url": "https://example.org/"}):
            with pytest.raises(ValidationError):
                block.clean(block.to_python({**value, **wrong}))


def comparison() -> dict:
    row = {"question": "How it tastes", "answer_a": "Fresh", "answer_b": "Strong", "answer_c": ""}
    return {
        "caption": "Tea compared",
        "option_a": "Green",
        "option_b": "Black",
        "option_c": "",
        "sources": "",
        "rows": [row] * 2,
    }


def test_an_editor_writes_previews_and_publishes_a_post(editor, blog):
    """The same requests the editor's browser sends; the browser itself is driven in tests/browser."""
    staff = signed_in(editor)
    url = f"/admin/pages/add/blog/blogpostpage/{blog.pk}/"
    assert staff.get(url).status_code == 200
    fields = {
        "title": "Written in the admin",
        "slug": "written-in-the-admin",
        "standfirst": "What it is.",
        "hero": "",
        "hero_caption": "",
        "date": "2026-11-20",
        "author": "",
        "category": "",
        "tags": "",
        "reviewed_by": "",
        "last_reviewed": "",
        "next_review": "",
        "canonical_url": "",
        "seo_title": "",
        "search_description": "",
        "comments_open": "on",
        "go_live_at": "",
        "expire_at": "",
        "body-count": "1",
        "body-0-deleted": "",
        "body-0-order": "0",
        "body-0-type": "quote",
        "body-0-id": "",
        "body-0-value-text": "I slept.",
        "body-0-value-who": "A patient",
        "body-0-value-source_url": "",
        "comments-TOTAL_FORMS": "0",
        "comments-INITIAL_FORMS": "0",
        "comments-MIN_NUM_FORMS": "0",
        "comments-MAX_NUM_FORMS": "",
    }

    assert staff.post(f"{url}preview/", fields).json()["is_valid"]
    assert "I slept." in staff.get(f"{url}preview/?mode=").content.decode()
    response = staff.post(url, {**fields, "action-publish": "1"})

    assert response.status_code == 302
    assert "Written in the admin" in visitor().get("/blog/").content.decode()
    assert isinstance(BlogPostPage.objects.get().body, StreamValue)


def test_two_headings_may_not_say_the_same():
    block = BodyStream()
    heading = {"type": "heading", "value": {"text": "What is it?", "level": "h2"}}

    assert block.clean(block.to_python([heading]))
    with pytest.raises(ValidationError):
        block.clean(block.to_python([heading, heading]))


def test_the_feed_of_all_comments_says_on_which_post_and_leads_to_each(client, blog, post):
    other = PostFactory(parent=blog, title="Another matter")
    first = CommentFactory(page=post, approved=True, name="Ann", text="first words")
    second = CommentFactory(page=other, approved=True, name="Ben", text="second words")
    CommentFactory(page=post, text="held words")

    feed = client.get("/blog/comments/feed/").content.decode()

    assert feed.index("<title>Ben on Another matter</title>") < feed.index(
        "<title>Ann on A quiet hour</title>"
    )
    assert "held words" not in feed
    assert "@" not in feed
    for comment in (first, second):
        link = f"{comment.page.full_url}comments/{comment.pk}/"
        assert f'href="{link}"' in feed
        assert f"#comment-{comment.pk}" in client.get(link)["Location"]
    assert 'href="/blog/comments/feed/"' in client.get("/blog/").content.decode()


def test_the_feed_of_all_comments_costs_the_same_queries_whatever_their_number(client, blog):
    def cost() -> int:
        client.get("/blog/comments/feed/")
        with CaptureQueriesContext(connection) as queries:
            client.get("/blog/comments/feed/")
        return len(queries)

    plant_comments(PostFactory(parent=blog), [None] * 5)
    few = cost()
    for _ in range(3):
        plant_comments(PostFactory(parent=blog), [None] * 30)

    assert cost() == few


def test_the_feed_of_a_posts_comments_holds_approved_ones_only(client, post):
    CommentFactory(page=post, approved=True, text="seen <b>words</b>", name="Ann")
    CommentFactory(page=post, text="held words")

    feed = client.get(f"{post.url}comments/feed/").content.decode()

    assert "seen &amp;lt;b" in feed
    assert "<name>Ann</name>" in feed
    assert "held words" not in feed
    assert "@" not in feed
