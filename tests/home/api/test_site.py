"""Who runs the site, its menus, and its search, as a front end asks for them."""

import pytest

from cms.brand.models import SiteIdentity
from tests.conftest import visitor
from tests.factories import PostFactory, StandardPageFactory

pytestmark = pytest.mark.django_db
API = "/api/v1"
ORIGIN = "http://localhost:8000"


def read(path: str, **asked: object) -> dict:
    response = visitor().get(f"{API}{path}", asked)
    assert response.status_code == 200, response.content
    return response.json()


def test_the_site_says_who_runs_it_and_where_its_places_are(home, blog, contact):
    privacy = StandardPageFactory(parent=home, slug="privacy", title="Privacy")
    SiteIdentity.objects.create(
        site=home.get_site(), name="The clinic", telephone="01 234", privacy_page=privacy
    )

    site = read("/site/")

    assert (site["name"], site["telephone"], site["url"]) == ("The clinic", "01 234", f"{ORIGIN}/")
    assert site["language"] == "en-GB"
    assert {name: page["path"] for name, page in site["links"].items()} == {
        "blog": "/blog/",
        "contact": "/contact/",
        "privacy": "/privacy/",
    }
    assert site["feeds"] == {"posts": f"{ORIGIN}/blog/feed/", "comments": f"{ORIGIN}/blog/comments/feed/"}
    for feed in site["feeds"].values():
        assert visitor().get(feed.removeprefix(ORIGIN)).status_code == 200


def test_a_site_without_places_says_so(home):
    site = read("/site/")

    assert site["links"] == {"blog": None, "contact": None, "privacy": None}
    assert site["feeds"] == {"posts": None, "comments": None}


def test_the_menus_are_those_of_the_pages(home, blog):
    StandardPageFactory(parent=home, title="About us", slug="about", show_in_menus=True)
    hidden = StandardPageFactory(parent=home, title="For staff", slug="staff", show_in_menus=True)
    hidden.view_restrictions.create(restriction_type="login")

    menus = read("/menus/")

    assert [entry["title"] for entry in menus["main"]] == ["About us"]
    assert menus["main"][0]["url"] == f"{ORIGIN}/about/"
    assert menus["footer"] == menus["main"]


def test_a_search_shows_the_words_it_found(blog):
    post = PostFactory(
        parent=blog,
        title="On sleep",
        standfirst="What helps.",
        body=[("paragraph", "<p>Needles &amp; <b>quiet evenings</b> <script>x</script> help.</p>")],
    )
    PostFactory(parent=blog, title="Hidden", draft=True, standfirst="A quiet evening.")

    (found,) = read("/search/", q="evening")["items"]

    assert (found["id"], found["type"], found["path"]) == (post.pk, "post", post.url)
    assert found["snippet"].startswith("What helps. Needles &amp; quiet <mark>evenings</mark>")
    assert "<script" not in found["snippet"]


def test_results_come_in_pages_and_each_once(blog):
    posts = {PostFactory(parent=blog, standfirst="A willow.").pk for _ in range(5)}

    seen, cursor = [], ""
    while cursor is not None:
        answer = read("/search/", q="willow", limit=2, cursor=cursor)
        seen += [item["id"] for item in answer["items"]]
        cursor = answer["next"]

    assert len(seen) == 5
    assert set(seen) == posts


@pytest.mark.parametrize("query", ["", " ", "%00", '"(*', "🌿", "NOT AND", "a NEAR b", "*" * 200])
def test_a_search_without_a_word_finds_nothing(post, query):
    assert read("/search/", q=query) == {"items": [], "next": None}


def test_a_search_that_is_too_long_is_refused(post):
    response = visitor().get(f"{API}/search/", {"q": "x" * 201})

    assert response.status_code == 422
    assert response.json()["errors"][0]["field"] == "q"


def test_one_client_searches_so_often_and_no_more(post):
    client = visitor()
    statuses = [client.get(f"{API}/search/", {"q": "quiet"}).status_code for _ in range(122)]

    assert set(statuses[:120]) == {200}
    assert statuses[-1] == 429
