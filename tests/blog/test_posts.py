import json
import re
from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from wagtail.blocks import StreamValue
from wagtail.models import Site
from wagtail.rich_text import RichText

from blog.models import BlogPostPage
from cms.body.blocks import BodyStream
from tests.conftest import signed_in, visitor
from tests.factories import (
    AuthorFactory,
    BlogFactory,
    CategoryFactory,
    CommentFactory,
    PostFactory,
    StandardPageFactory,
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
        button = {"heading": "Come", "text": "", "button": "Go there", "page": blog, "url": ""}
        post.body = [
            ("heading", {"text": "What is it?", "level": "h2"}),
            *[("paragraph", RichText(links))] * 5,
            ("call_to_action", button),
        ]
        post.save_revision().publish()
    client.get(posts[0].url)

    with CaptureQueriesContext(connection) as queries:
        html = client.get(posts[0].url).content.decode()

    assert all(
        shown in html for shown in ("Read next", "Mara Ellis", "tag=one", 'href="/blog/">said', "Go there")
    )
    assert len(queries) <= 12
    assert all(query["sql"].startswith("SELECT") for query in queries)


def test_a_post_is_not_taken_for_a_page_of_the_blog_itself(client, blog):
    post = PostFactory(parent=blog, title="On feeds")
    BlogPostPage.objects.filter(pk=post.pk).update(slug="feed", url_path="/home/blog/feed/")

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


def test_two_posts_of_one_blog_cannot_share_a_slug_and_those_of_two_blogs_can(home, blog, post):
    elsewhere = BlogFactory(parent=home, slug="news", title="News")

    with pytest.raises(ValidationError, match="already in use within the parent page"):
        PostFactory(parent=blog, slug=post.slug, title="Again")
    assert PostFactory(parent=elsewhere, slug=post.slug).url == "/news/a-quiet-hour/"


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


HEADINGS = [
    *(
        "Что такое сон?",
        "Сколько спать?",
        "Τι είναι ύπνος;",
        "睡眠是什么？",
        "ما هو النوم؟",
        "מה זה שינה?",
        "नींद क्या है?",
        "นอนอย่างไร",
    ),
    *(
        "💤",
        "🫨",
        "???",
        "—",
        "What is it?",
        "What is it?",
        "What is it? 2",
        "WHAT IS IT",
        "Café",
        "Café",
        "Сон",
        "сон",
    ),
]


def test_headings_of_any_script_lead_to_places_of_their_own(client, blog):
    post = PostFactory(parent=blog, body=[("heading", {"text": text, "level": "h2"}) for text in HEADINGS])
    post.full_clean()

    page = client.get(post.url).content.decode()
    answer = client.get(f"/api/v1/posts/{post.pk}/").json()

    anchors = [anchor for anchor, _, _ in post.contents]
    assert len(set(anchors)) == len(HEADINGS)
    assert all(re.fullmatch(r"part-\S+", anchor) for anchor in anchors)
    assert anchors[HEADINGS.index("नींद क्या है?")] == "part-नींद-क्या-है"
    assert [anchor for anchor in anchors if "what" in anchor] == [
        "part-what-is-it",
        "part-what-is-it-3",
        "part-what-is-it-2",
        "part-what-is-it-4",
    ]
    assert [block["value"]["anchor"] for block in answer["blocks"]] == anchors
    for html in (page, answer["html"]):
        assert [name for name in re.findall(r'<h2 id="([^"]*)"', html) if name.startswith("part-")] == anchors
    assert re.findall(r'<li><a href="#(part-[^"]*)"', page) == anchors


def test_a_heading_keeps_its_anchor_when_others_move(blog):
    def anchors(*texts: str) -> dict[str, str]:
        post = PostFactory.build(
            parent=None, body=[("heading", {"text": text, "level": "h2"}) for text in texts]
        )
        return {text: anchor for anchor, text, _ in post.contents}

    first, then = anchors("Сон", "Hours", "💤"), anchors("💤", "Neu", "Hours", "Сон")

    assert {text: then[text] for text in first} == first
    assert first["Hours"] == "part-hours"


@pytest.mark.parametrize("given", [True, False])
def test_no_id_is_on_a_page_twice(client, blog, given):
    callout = {"kind": "info", "heading": "Good to know", "text": "<p>Words.</p>"}
    faq = {"heading": "Questions", "questions": [{"question": "Why?", "answer": "<p>So.</p>"}]}
    kinds = [
        ("callout", callout),
        ("faq", faq),
        ("comparison", comparison()),
        ("comparison", comparison()),
        ("callout", callout),
        ("callout", callout),
    ]
    body = [{"type": kind, "value": value, **({"id": "same id"} if given else {})} for kind, value in kinds]
    post = PostFactory(parent=blog, body=json.dumps(body))

    for html in (
        client.get(post.url).content.decode(),
        client.get(f"/api/v1/posts/{post.pk}/").json()["html"],
    ):
        ids = re.findall(r'\bid="([^"]*)"', html)
        assert len(set(ids)) == len(ids)
        assert all(ids)
        assert not any(name.endswith("-") or " " in name for name in ids)
        named = re.findall(r'(?:aria-labelledby|headers)="([^"]*)"', html)
        assert len(named) >= len(kinds)
        assert {name for each in named for name in each.split()} <= set(ids)


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


def feed_ids(url: str, host: str = "localhost") -> list[str]:
    return re.findall("<id>(.*?)</id>", visitor(host=host).get(url, follow=True).content.decode())


@pytest.mark.parametrize(
    "change", ["post renamed", "blog renamed", "moved", "of another host", "published anew", "redated"]
)
def test_ids_in_feeds_stay_for_ever(settings, home, blog, post, change):
    for text in ("one", "two"):
        CommentFactory(page=post, approved=True, text=text)

    def ids() -> list[list[str]]:
        blog.refresh_from_db()
        post.refresh_from_db()
        return [feed_ids(f"{page.url}{feed}") for page, feed in ((blog, "feed/"), (post, "comments/feed/"))]

    before = ids()
    if change == "post renamed":
        post.slug = "another"
        post.save()
    elif change == "blog renamed":
        blog.slug = "articles"
        blog.save()
    elif change == "moved":
        blog.move(StandardPageFactory(parent=home, slug="section"), "last-child")
    elif change == "of another host":
        Site.objects.update(hostname="other.example", port=443)
        Site.clear_site_root_paths_cache()
    elif change == "published anew":
        post.unpublish()
        post.save_revision().publish()
    else:
        post.date = "2020-01-01"
        post.save()

    assert ids() == before
    assert [len(found) for found in before] == [2, 3]
    assert len({each for found in before for each in found}) == 5
    assert all(each.startswith("urn:uuid:") for found in before for each in found)


def test_a_copy_and_its_original_have_ids_of_their_own(home, blog, post):
    CommentFactory(page=post, approved=True)
    twin = blog.copy(to=home, recursive=True, update_attrs={"slug": "twin"})

    assert not set(feed_ids("/blog/feed/")) & set(feed_ids(f"{twin.url}feed/"))
