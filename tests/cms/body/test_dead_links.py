"""A link to a page that visitors cannot read: it is not shown, and editors are warned."""

import json

import pytest
from wagtail.models import Page, Site
from wagtail.rich_text import RichText
from wagtail_factories import ImageFactory

from home.pictures import drawing
from tests.conftest import signed_in, visitor
from tests.factories import BlogFactory, ContactPageFactory, HomePageFactory, PostFactory, StandardPageFactory

pytestmark = pytest.mark.django_db
GONE = ("deleted", "unpublished", "private", "in a private section", "outside every site", "never published")


@pytest.fixture
def target(home):
    return StandardPageFactory(parent=home, slug="target", title="The target")


@pytest.fixture
def linking(blog, target):
    """A post that leads to a page in every way that its blocks know."""
    link = f'<p>Before <a linktype="page" id="{target.pk}">the <b>linked</b> words</a> after.</p>'
    invitation = {"heading": "Come", "text": "Soon", "button": "Go there", "page": target, "url": ""}
    return PostFactory(
        parent=blog,
        body=[
            ("paragraph", RichText(link)),
            ("callout", {"kind": "info", "heading": "Know", "text": RichText(link)}),
            ("faq", {"heading": "Asked", "questions": [{"question": "Where?", "answer": RichText(link)}]}),
            ("call_to_action", invitation),
        ],
    )


@pytest.fixture
def hide(home, target):
    def how(state: str) -> None:
        if state == "deleted":
            target.delete()
        elif state == "unpublished":
            target.unpublish()
        elif state == "private":
            target.view_restrictions.create(restriction_type="login")
        elif state == "in a private section":
            section = StandardPageFactory(parent=home, slug="section")
            section.view_restrictions.create(restriction_type="login")
            target.move(section, "last-child")
        elif state == "outside every site":
            target.move(HomePageFactory(parent=Page.get_first_root_node(), slug="away"), "last-child")
        else:
            Page.objects.filter(pk=target.pk).update(live=False)

    return how


def blocks(post) -> dict:
    found = visitor().get(f"/api/v1/posts/{post.slug}/").json()["blocks"]
    return {block["type"]: block["value"] for block in found}


def test_while_its_page_can_be_read_every_link_leads_there(linking):
    html = visitor().get(linking.url).content.decode()

    assert html.count('<a href="/target/">the <b>linked</b> words</a>') == 3
    assert '<a class="button button-light" href="/target/">Go there</a>' in html
    found, link = blocks(linking), '<a href="http://localhost:8000/target/">the <b>linked</b> words</a>'
    assert link in found["paragraph"]
    assert link in found["callout"]["text"]
    assert link in found["faq"]["questions"][0]["answer"]
    assert found["call_to_action"]["href"] == "http://localhost:8000/target/"


@pytest.mark.parametrize("state", GONE)
def test_then_no_button_is_shown_and_its_words_are_plain_text(linking, hide, state):
    hide(state)

    html = visitor().get(linking.url).content.decode()

    assert "Go there" not in html
    assert html.count("the <b>linked</b> words") == 3
    assert 'href=""' not in html
    assert "/target/" not in html
    assert "None" not in html
    found = blocks(linking)
    assert found["call_to_action"]["href"] is None
    assert "<a" not in json.dumps(found)
    assert "the <b>linked</b> words" in found["paragraph"]
    assert "/target/" not in visitor().get(f"/api/v1/posts/{linking.slug}/").content.decode()


@pytest.mark.parametrize("state", GONE)
def test_who_opens_the_page_in_the_editor_is_told(linking, hide, admin, state):
    editor = signed_in(admin)
    url = f"/admin/pages/{linking.pk}/edit/"
    assert "visitors cannot open" not in editor.get(url).content.decode()
    hide(state)

    html = editor.get(url).content.decode()

    assert "The call to action “Come” shows no button" in html
    named = "a link to a deleted page" if state == "deleted" else "links to “The target”"
    assert f"visitors cannot open the pages: {named}" in html


def test_a_button_to_an_address_and_links_elsewhere_stay(blog):
    text = (
        '<p><a href="https://example.org/?a=1&amp;b=2">there</a> <a href="mailto:us@x.example">mail</a></p>'
    )
    away = {"heading": "Come", "text": "", "button": "Go", "page": None, "url": "https://example.org/"}
    post = PostFactory(parent=blog, body=[("paragraph", RichText(text)), ("call_to_action", away)])

    assert 'href="https://example.org/">Go</a>' in visitor().get(post.url).content.decode()
    assert blocks(post)["paragraph"] == text
    assert blocks(post)["call_to_action"]["href"] == "https://example.org/"


def test_an_image_has_a_picture_to_show(blog, with_image):
    post = PostFactory(parent=blog, body=[("image", {"image": with_image, "caption": "", "credit": ""})])
    assert blocks(post)["image"]["picture"] is None  # reading draws nothing
    post.save_revision().publish()
    drawing.draw_all()

    picture = blocks(post)["image"]["picture"]

    assert picture["url"].startswith("http://localhost:8000/media/images/")
    assert picture["width"]


@pytest.mark.parametrize(
    "number", ["x12", "12345678901234567890", "9" * 400, "-1", "\u0661", "1.5", "", " 1", '" title="x']
)
def test_a_link_with_an_impossible_number_is_plain_text_and_its_page_opens_in_the_editor(blog, admin, number):
    link = f'<p><a linktype="page" id="{number}">the words</a></p>'
    post = PostFactory(parent=blog, body=[("paragraph", RichText(link))])

    html = signed_in(admin).get(f"/admin/pages/{post.pk}/edit/").content.decode()

    assert "visitors cannot open the pages: a link to a deleted page" in html
    assert "<p><a>the words</a></p>" in visitor().get(post.url).content.decode()
    assert blocks(post)["paragraph"] == "<p>the words</p>"


def test_a_call_to_action_without_page_and_address_says_so(blog, admin):
    empty = {"heading": "Come", "text": "", "button": "Go", "page": None, "url": ""}
    post = PostFactory(parent=blog, body=[("call_to_action", empty)])

    html = signed_in(admin).get(f"/admin/pages/{post.pk}/edit/").content.decode()

    assert "The call to action “Come” has no page or address yet." in html
    assert "visitors cannot open" not in html


@pytest.mark.parametrize(
    ("written", "absolute"),
    [
        ("/about/", "https://second.example/about/"),
        ("/a/../about/?x=1&amp;y#part", "https://second.example/about/?x=1&amp;y#part"),
        ("//evil.example/x", "https://evil.example/x"),
        ("http://other.example/x", "http://other.example/x"),
        ("mailto:us@x.example", "mailto:us@x.example"),
    ],
)
def test_a_link_without_a_host_is_of_the_site_of_its_page(home, written, absolute):
    root = HomePageFactory(parent=Page.get_first_root_node(), slug="second")
    Site.objects.create(hostname="second.example", port=443, root_page=root)
    text = f'<p><a href="{written}">there</a></p>'
    away = {"heading": "Come", "text": "", "button": "Go", "page": None, "url": written.replace("&amp;", "&")}
    post = PostFactory(
        parent=BlogFactory(parent=root), body=[("paragraph", RichText(text)), ("call_to_action", away)]
    )

    found = visitor().get(f"/api/v1/posts/id:{post.pk}/").json()["blocks"]

    assert found[0]["value"] == f'<p><a href="{absolute}">there</a></p>'
    assert found[1]["value"]["href"] == absolute.replace("&amp;", "&")


class TestLinksInAMembersSection:
    @pytest.fixture
    def section(self, home):
        section = StandardPageFactory(parent=home, slug="members")
        section.view_restrictions.create(restriction_type="login")
        return section

    @pytest.fixture
    def link_from(self, target):
        def write(parent):
            link = RichText(f'<p><a linktype="page" id="{target.pk}">the words</a></p>')
            invitation = {"heading": "Come", "text": "", "button": "Go", "page": target, "url": ""}
            return PostFactory(
                parent=BlogFactory(parent=parent), body=[("paragraph", link), ("call_to_action", invitation)]
            )

        return write

    def test_members_are_shown_what_they_may_read(self, section, target, link_from, admin):
        target.move(section, "last-child")
        target.refresh_from_db()
        post = link_from(section)

        html = signed_in(admin).get(post.url).content.decode()

        assert html.count('href="/members/target/"') == 2
        assert "cannot open" not in signed_in(admin).get(f"/admin/pages/{post.pk}/edit/").content.decode()
        assert "the words" not in visitor().get(post.url).content.decode()

    def test_nobody_else_is(self, home, section, target, link_from, admin):
        target.move(section, "last-child")
        target.refresh_from_db()
        post = link_from(home)

        assert "/members/target/" not in visitor().get(post.url).content.decode()
        assert "/members/target/" not in signed_in(admin).get(post.url).content.decode()
        assert "/members/target/" not in visitor().get(f"/api/v1/posts/id:{post.pk}/").content.decode()

    def test_what_has_a_restriction_of_its_own_is_not(self, section, target, link_from, admin):
        target.move(section, "last-child")
        target.refresh_from_db()
        target.view_restrictions.create(restriction_type="password", password="x")

        assert "/members/target/" not in signed_in(admin).get(link_from(section).url).content.decode()

    def test_what_leads_out_of_the_section_is_shown(self, section, target, link_from, admin):
        assert signed_in(admin).get(link_from(section).url).content.decode().count('href="/target/"') == 2


@pytest.fixture
def with_image():
    return ImageFactory()


def test_nobody_asks_for_another_format(linking):
    """Wagtail's own form of a text would read this parameter."""
    assert visitor().get(f"/api/v1/posts/{linking.slug}/?rich_text_format=nonsense").status_code == 422


class TestLinksOfEveryPage:
    def test_they_are_found_in_the_tree_whatever_the_pages_are_called(self, home, blog, contact, admin):
        privacy = StandardPageFactory(parent=home, slug="what-we-keep")
        signed_in(admin).post(
            f"/admin/settings/brand/siteidentity/{home.get_site().pk}/",
            {"name": "Clinic", "privacy_page": privacy.pk, "faces": "plain", "corners": "plain"},
        )
        for page, slug in ((blog, "articles"), (contact, "write-to-us"), (privacy, "privacy-notice")):
            page.slug = slug
            page.save()

        for url in (
            "/",
            "/articles/",
            "/nowhere/",
            "/search/?q=nothing",
            "/mail/comments/confirm/x/",
            "/write-to-us/",
        ):
            html = visitor().get(url).content.decode()
            for link in ("/articles/feed/", "/articles/comments/feed/", "/privacy-notice/"):
                assert f'href="{link}"' in html, (url, link)
            assert 'href="/blog/' not in html
            assert 'href="/contact/' not in html
        assert 'href="/articles/">all articles' in visitor().get("/search/?q=nothing").content.decode()

    @pytest.mark.parametrize("state", ["unpublished", "private", "deleted"])
    def test_what_cannot_be_read_is_not_linked(self, home, blog, contact, state):
        for page in (blog, contact):
            if state == "deleted":
                page.delete()
            elif state == "private":
                page.view_restrictions.create(restriction_type="login")
            else:
                page.unpublish()

        for url in ("/", "/nowhere/", "/search/?q=nothing"):
            html = visitor().get(url).content.decode()
            assert "/feed/" not in html
            assert 'href="/blog/' not in html
            assert 'href="/contact/' not in html

    def test_of_several_blogs_the_first_in_the_tree_is_linked(self, home, blog):
        ContactPageFactory(parent=StandardPageFactory(parent=home, slug="branch"), slug="reach-us")

        assert 'href="/blog/feed/"' in visitor().get("/").content.decode()
