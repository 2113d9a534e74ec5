"""A page of any type, by its key and by its path: all that a front end needs to show it."""

import re

import pytest
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import Page, Site
from wagtail_factories import ImageFactory

from tests.conftest import visitor
from tests.factories import (
    AuthorFactory,
    BlogFactory,
    CategoryFactory,
    CommentFactory,
    HomePageFactory,
    PostFactory,
    StandardPageFactory,
    draw,
)

pytestmark = pytest.mark.django_db
API = "/api/v1"
ORIGIN = "http://localhost:8000"


def read(path: str, **asked: str) -> dict:
    response = visitor().get(f"{API}{path}", asked)
    assert response.status_code == 200, response.content
    return response.json()


def resolve(path: str) -> tuple[int, dict]:
    response = visitor().get(f"{API}/resolve/", {"path": path})
    return response.status_code, response.json()


def picture():
    image = ImageFactory(file__width=1600, file__height=1000)
    draw(image)
    return image


def strings(value: object):
    """Yield every text in an answer."""
    if isinstance(value, str):
        yield value
    for item in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from strings(item)


@pytest.fixture
def full_post(blog, contact):
    """A post with everything: each block, a picture, an author, tags, neighbours."""
    PostFactory(parent=blog, title="Older", slug="older", date="2026-01-01")
    post = PostFactory(
        parent=blog,
        title="A quiet hour",
        slug="a-quiet-hour",
        date="2026-02-01",
        author=AuthorFactory(name="Mara Ellis", slug="mara"),
        category=CategoryFactory(name="Sleep", slug="sleep"),
        hero=picture(),
        hero_caption="A willow",
        reviewed_by="Dr Hale",
        last_reviewed="2026-01-15",
        body=[
            ("heading", {"text": "What is it?", "level": "h2"}),
            ("paragraph", f'<p>See <a linktype="page" id="{contact.pk}">us</a> &amp; rest.</p>'),
            ("quote", {"text": "I slept.", "who": "A patient", "source_url": ""}),
            ("callout", {"kind": "info", "heading": "Note", "text": "<p>Not advice.</p>"}),
            (
                "comparison",
                {
                    "caption": "Two kinds",
                    "option_a": "Short",
                    "option_b": "Long",
                    "option_c": "",
                    "rows": [
                        {"question": q, "answer_a": "a", "answer_b": "b", "answer_c": ""}
                        for q in ("How?", "Why?")
                    ],
                    "sources": "",
                },
            ),
            ("faq", {"heading": "Questions", "questions": [{"question": "Hurt?", "answer": "<p>No.</p>"}]}),
            ("image", {"image": picture(), "caption": "A tree", "credit": "Mara"}),
            (
                "call_to_action",
                {"heading": "Come", "text": "", "button": "Go", "page": contact, "url": ""},
            ),
            ("heading", {"text": "What is it?", "level": "h2"}),
        ],
    )
    post.tags.add("needles")
    post.save()
    PostFactory(parent=blog, title="Newer", slug="newer", date="2026-03-01")
    return post


def test_every_block_has_its_own_shape(full_post, contact):
    answer = read(f"/posts/{full_post.pk}/")

    blocks = {block["type"]: block["value"] for block in reversed(answer["blocks"])}
    assert blocks["heading"] == {"text": "What is it?", "level": "h2", "anchor": "part-what-is-it"}
    assert blocks["paragraph"] == f'<p>See <a href="{ORIGIN}/contact/">us</a> &amp; rest.</p>'
    assert blocks["comparison"]["options"] == ["Short", "Long"]
    assert blocks["comparison"]["rows"][0] == {"question": "How?", "answers": ["a", "b"]}
    assert blocks["faq"]["questions"] == [{"question": "Hurt?", "answer": "<p>No.</p>"}]
    assert blocks["image"]["picture"]["caption"] == "A tree"
    assert blocks["image"]["picture"]["alt"]
    assert blocks["call_to_action"]["page"] == {
        "id": contact.pk,
        "title": "Contact",
        "url": f"{ORIGIN}/contact/",
    }
    assert [item["anchor"] for item in answer["outline"]] == ["part-what-is-it", "part-what-is-it-2"]


def test_the_html_needs_no_site_around_it(full_post):
    html = read(f"/posts/{full_post.pk}/")["html"]

    addresses = re.findall(r' (?:href|src)="([^"]*)"', html)
    assert addresses
    assert all(address.startswith(("http://", "#")) for address in addresses)
    sources = [each for found in re.findall(r' srcset="([^"]*)"', html) for each in found.split(", ")]
    assert sources
    assert all(source.startswith("http://") for source in sources)
    ids = re.findall(r' id="([^"]*)"', html)
    assert len(ids) == len(set(ids)) > 2
    assert "" not in ids
    assert "linktype" not in html


def test_a_picture_comes_in_every_size_with_what_it_shows(full_post):
    shown = read(f"/posts/{full_post.pk}/")["picture"]

    assert (shown["sizes"]["card"]["width"], shown["sizes"]["card"]["height"]) == (640, 400)
    assert (shown["sizes"]["share"]["width"], shown["sizes"]["share"]["height"]) == (1200, 630)
    assert [source["type"] for source in shown["sources"]] == ["image/avif", "image/webp", "image/jpeg"]
    assert all(source["srcset"].endswith("1200w") for source in shown["sources"])
    assert [each["width"] for each in shown["sources"][0]["renditions"]] == [480, 800, 1200]
    assert (shown["caption"], shown["focal_point"]) == ("A willow", None)


def test_a_focal_point_is_a_fraction(full_post):
    hero = full_post.hero
    hero.focal_point_x, hero.focal_point_y, hero.focal_point_width, hero.focal_point_height = 400, 500, 10, 10
    hero.save()
    draw(hero)

    assert read(f"/posts/{full_post.pk}/")["picture"]["focal_point"] == {"x": 0.25, "y": 0.5}


def test_a_post_knows_its_neighbours_its_terms_and_its_reviewer(full_post):
    answer = read(f"/posts/{full_post.pk}/")

    assert (answer["previous"]["title"], answer["next"]["title"]) == ("Older", "Newer")
    assert answer["category"] == {"slug": "sleep", "name": "Sleep", "url": f"{ORIGIN}/blog/?category=sleep"}
    assert answer["tags"] == [{"slug": "needles", "name": "needles", "url": f"{ORIGIN}/blog/?tag=needles"}]
    assert answer["author"]["url"] == f"{ORIGIN}/blog/?author=mara"
    assert answer["review"] == {"by": "Dr Hale", "last": "2026-01-15", "next": None}
    assert {post["title"] for post in answer["related"]} == {"Older", "Newer"}
    assert [page["title"] for page in answer["ancestors"]] == [
        full_post.get_parent().get_parent().title,
        "Blog",
    ]
    for url in (answer["category"]["url"], answer["tags"][0]["url"], answer["author"]["url"]):
        assert "A quiet hour" in visitor().get(url.removeprefix(ORIGIN)).content.decode()


def test_what_search_engines_get_is_what_the_site_gives_them(full_post):
    seo = read(f"/posts/{full_post.pk}/")["seo"]
    html = visitor().get(full_post.url).content.decode()

    assert seo["canonical_url"] == f"{ORIGIN}/blog/a-quiet-hour/"
    assert f'<meta property="og:image" content="{seo["open_graph"]["image"]["url"]}">' in html
    assert f'<meta property="og:site_name" content="{seo["open_graph"]["site_name"]}">' in html
    (thing,) = seo["json_ld"]
    assert (thing["@type"], thing["author"]["name"]) == ("BlogPosting", "Mara Ellis")
    assert '"@type": "BlogPosting"' in html
    assert f'"headline": "{thing["headline"]}"' in html


def test_hostile_words_do_not_end_the_script_of_a_post(blog):
    post = PostFactory(parent=blog, title="</script><script>alert(1)</script> & more")

    html = visitor().get(post.url).content.decode()

    assert "<script>alert(1)" not in html
    assert "\\u003C/script\\u003E" in html


def test_the_words_of_a_body_are_counted_when_it_is_saved(blog):
    post = PostFactory(parent=blog, body=[("paragraph", f"<p>{'word ' * 600}</p>")])

    assert read(f"/posts/{post.pk}/")["reading_minutes"] == 3
    assert read("/posts/")["items"][0]["reading_minutes"] == 3


def test_each_page_type_has_its_fields(home, blog, contact):
    standard = StandardPageFactory(parent=home, picture=picture(), standfirst="Who we are.")
    post = PostFactory(parent=blog)

    answers = {
        page["type"]: page
        for page in (read(f"/pages/{each.pk}/") for each in (home, blog, contact, standard, post))
    }

    assert set(answers) == {"home", "blog", "contact", "standard", "post"}
    assert answers["home"]["latest"][0]["id"] == post.pk
    assert answers["blog"]["feed_url"] == f"{ORIGIN}/blog/feed/"
    assert "email" in [field["name"] for field in answers["contact"]["form"]["fields"]]
    assert answers["standard"]["comments"]["open"] is False
    assert answers["standard"]["picture"]["sizes"]["card"]["width"] == 640
    assert answers["post"] == read(f"/posts/{post.pk}/")


def test_the_settings_of_comments_are_those_of_the_page(blog):
    open_post, closed = PostFactory(parent=blog), PostFactory(parent=blog, closed=True)
    CommentFactory(page=open_post, approved=True)
    CommentFactory(page=open_post)

    assert read(f"/posts/{open_post.pk}/")["comments"] == {
        "open": True,
        "why_closed": "",
        "count": 1,
        "email_required": True,
        "thread_depth": 0,
        "feed_url": f"{ORIGIN}{open_post.url}comments/feed/",
    }
    assert read(f"/posts/{closed.pk}/")["comments"]["why_closed"] == "Comments are closed on this article."


@pytest.mark.parametrize("asked", ["{url}", "{bare}", "{url}?page=2", "{quoted}"])
def test_a_path_leads_to_its_page(blog, asked):
    post = PostFactory(parent=blog, slug="café-日本", title="A café")
    forms = {"url": "/blog/café-日本/", "bare": "blog/café-日本", "quoted": post.url}

    status, answer = resolve(asked.format(**forms))

    assert (status, answer["kind"], answer["page"]["id"]) == (200, "page", post.pk)


def test_the_front_page_is_at_the_root(home):
    assert resolve("/")[1]["page"]["type"] == "home"
    assert resolve("")[1]["page"]["id"] == home.pk


def test_an_old_address_leads_on(post, django_capture_on_commit_callbacks):
    post.slug = "renamed"
    with django_capture_on_commit_callbacks(execute=True):
        post.save_revision().publish()
    Redirect.objects.create(old_path="/old", redirect_link="https://elsewhere.example/", is_permanent=False)

    assert resolve("/blog/a-quiet-hour/")[1] == {
        "kind": "redirect",
        "url": f"{ORIGIN}/blog/renamed/",
        "permanent": True,
    }
    assert resolve("/old/")[1] == {
        "kind": "redirect",
        "url": "https://elsewhere.example/",
        "permanent": False,
    }


HOSTILE = [
    "/nowhere/",
    "/blog/nowhere/",
    "/blog/feed/",
    "/blog/a-quiet-hour/comments/feed/",
    "/admin/",
    "/api/v1/posts/",
    "//evil.example/",
    "/%00/",
    "/../../etc/passwd",
    "/" + "a/" * 900,
    "/%E0%A4%A/",
    "\\evil",
    "/blog/ a-quiet-hour/",
    "javascript:alert(1)",
    "http://evil.example/blog/a-quiet-hour/",
]


@pytest.mark.parametrize("path", HOSTILE)
def test_what_is_no_page_is_a_problem(post, path):
    response = visitor().get(f"{API}/resolve/", {"path": path})

    assert (response.status_code, response["Content-Type"]) == (404, "application/problem+json")


def test_what_nobody_may_read_is_at_no_address(home, blog, post):
    draft = PostFactory(parent=blog, draft=True, slug="draft")
    private = StandardPageFactory(parent=home, slug="staff")
    private.view_restrictions.create(restriction_type="login")
    below = StandardPageFactory(parent=private, slug="below")
    hidden = (draft, private, below)

    for page in hidden:
        assert resolve(page.url or f"/blog/{page.slug}/")[0] == 404
        for path in (f"/pages/{page.pk}/", f"/pages/id:{page.pk}/", f"/pages/{page.slug}/"):
            assert visitor().get(f"{API}{path}").status_code == 404
    told = list(strings(read(f"/pages/id:{home.pk}/"))) + list(strings(read("/menus/")))
    assert not [text for text in told if any(page.slug in text.split("/") for page in hidden)]


def test_another_site_has_its_own_pages(home, post, settings):
    root = HomePageFactory(parent=home.get_parent(), slug="other")
    Site.objects.create(hostname="other.example", root_page=root, site_name="Other")
    other = PostFactory(parent=BlogFactory(parent=root, slug="blog"), slug="a-quiet-hour", title="Theirs")
    settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, "other.example"]

    there = visitor(host="other.example")
    assert there.get(f"{API}/resolve/", {"path": "/blog/a-quiet-hour/"}).json()["page"]["id"] == other.pk
    assert resolve("/blog/a-quiet-hour/")[1]["page"]["id"] == post.pk
    assert there.get(f"{API}/posts/").json()["items"][0]["title"] == "Theirs"


def test_a_page_of_an_unknown_type_has_what_every_page_has(home):
    plain = home.add_child(instance=Page(title="Plain", slug="plain"))

    answer = read(f"/pages/{plain.pk}/")

    assert (answer["type"], answer["title"], answer["path"]) == ("page", "Plain", "/plain/")
