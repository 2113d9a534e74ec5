import pytest
from django.core.files.base import ContentFile
from wagtail.documents import get_document_model

from tests.conftest import signed_in, visitor
from tests.factories import PostFactory, StandardPageFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "url",
    ["/nowhere/", "/blog/nowhere/", "/media/nothing.png", "/%00/", "/blog/a-quiet-hour/comments/1/reply/"],
)
def test_an_unknown_url_is_the_sites_own_404(post, url):
    response = visitor().get(url)

    assert response.status_code == 404
    assert 'class="brand' in response.content.decode()


def test_a_host_that_is_not_ours_is_refused(post):
    assert visitor(host="evil.example").get("/").status_code == 400


def test_search_finds_public_pages_by_their_words(client, blog):
    PostFactory(parent=blog, title="On quiet evenings")
    PostFactory(parent=blog, title="Hidden evenings", draft=True)

    html = client.get("/search/?q=evenings").content.decode()

    assert "On quiet evenings" in html
    assert "Hidden evenings" not in html


@pytest.mark.parametrize(
    "query",
    [
        "",
        "q=",
        "q=%00",
        'q="(*',
        "q=%F0%9F%8C%BF",
        "q=NOT+AND",
        "q=a+NEAR+b",
        "q=" + "x" * 5000,
        "q=a&page=99",
    ],
)
def test_a_strange_search_is_answered_with_a_page(client, post, query):
    assert client.get(f"/search/?{query}").status_code == 200


def test_the_menu_holds_public_pages_that_ask_to_be_in_it(client, home):
    StandardPageFactory(parent=home, title="About us", slug="about", show_in_menus=True)
    StandardPageFactory(parent=home, title="Small print", slug="small-print")
    hidden = StandardPageFactory(parent=home, title="For staff", slug="staff", show_in_menus=True)
    hidden.view_restrictions.create(restriction_type="login")

    html = client.get("/").content.decode()

    assert "About us" in html
    assert "Small print" not in html
    assert "For staff" not in html


def test_the_sitemap_holds_public_pages_only(client, blog, post):
    PostFactory(parent=blog, slug="secret", draft=True)
    PostFactory(parent=blog, slug="unlisted", noindex=True)

    sitemap = client.get("/sitemap.xml").content.decode()

    assert "http://localhost:8000/blog/a-quiet-hour/" in sitemap
    assert "secret" not in sitemap
    assert "unlisted" not in sitemap


def test_robots_are_kept_out_of_the_admin(client, home):
    robots = client.get("/robots.txt").content.decode()

    assert "Disallow: /admin/" in robots
    assert "Sitemap: http://localhost:8000/sitemap.xml" in robots


def test_public_pages_carry_a_strict_policy(client, post):
    policy = client.get(post.url)["Content-Security-Policy"]

    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


def test_no_page_asks_a_third_party_for_anything(client, post, admin):
    for html in (client.get(post.url).content, signed_in(admin).get("/admin/").content):
        for host in (b"gravatar.com", b"googleapis", b"wagtail.org/latest", b"cdn."):
            assert host not in html


def test_documents_are_not_given_out_past_their_permissions(client, home, settings):
    document = get_document_model().objects.create(
        title="For staff", file=ContentFile(b"private", name="private.txt")
    )

    assert client.get(settings.MEDIA_URL + document.file.name).status_code == 404
    assert client.get(document.url).status_code == 200
