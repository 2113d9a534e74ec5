import asyncio
import re
from datetime import UTC, datetime

import pytest
from wagtail.models import Site

from blog.comments.models import ReaderComment
from cms.brand import memory, names
from cms.brand.models import SiteIdentity
from tests.conftest import signed_in
from tests.factories import CommentFactory

pytestmark = pytest.mark.django_db

ADMIN = "/admin/settings/brand/siteidentity/"
FIELDS = {
    "name": "Quiet Water",
    "tagline": "",
    "language": "",
    "time_zone": "",
    "telephone": "",
    "address": "",
    "opening_hours": "",
    "emergency_line": "",
    "comment_notice": "",
    "logo": "",
    "logo_beside_name": "on",
    "initials": "",
    "accent": "",
    "faces": "leaflet",
    "corners": "leaf",
    "social_picture": "",
    "sender_name": "",
    "sender_address": "",
}


@pytest.fixture
def save(admin, home):
    """Save the identity in the admin, as its owner does; return the answer."""
    staff = signed_in(admin)
    url = staff.get(ADMIN)["Location"]
    return lambda **changes: staff.post(url, {**FIELDS, **changes})


def text_of(response):
    return response.content.decode()


def test_the_name_is_set_once_and_read_everywhere(save, client, admin, home, post):
    save(name="Quiet Water")

    front = text_of(client.get("/"))
    assert "<title>Quiet Water" in re.sub(r"\s+", " ", front).replace("> ", ">")
    assert '<meta property="og:site_name" content="Quiet Water">' in front
    assert "Quiet Water" in text_of(client.get(post.url))
    assert client.get("/api/v1/site/").json()["name"] == "Quiet Water"
    staff = signed_in(admin)
    assert "Quiet Water" in text_of(staff.get("/admin/"))
    assert names.site_name() == Site.objects.get().site_name == "Quiet Water"


def test_a_section_is_deleted_after_typing_that_name(save, admin, post, settings):
    settings.WAGTAILADMIN_UNSAFE_PAGE_DELETION_LIMIT = 1
    save(name="Quiet Water")
    staff, blog = signed_in(admin), post.get_parent()
    page = f"/admin/pages/{blog.pk}/delete/"

    assert "Quiet Water" in text_of(staff.get(page))
    staff.post(page, {"confirm_site_name": "Clinic"})
    assert type(blog).objects.filter(pk=blog.pk).exists()
    staff.post(page, {"confirm_site_name": "Quiet Water"})
    assert not type(blog).objects.filter(pk=blog.pk).exists()


def test_the_form_of_a_site_has_no_second_name(admin, home):
    page = text_of(signed_in(admin).get(f"/admin/sites/edit/{home.get_site().pk}/"))
    assert 'name="hostname"' in page
    assert 'name="site_name"' not in page


def test_an_accent_colours_the_site_by_a_sheet_that_browsers_keep(save, client, home):
    assert not re.search(r"/brand/\w+\.css", text_of(client.get("/")))
    save(accent="#7A1F5C", corners="plain", faces="book")

    sheet = re.search(r'href="(/brand/[0-9a-f]{16}\.css)"', text_of(client.get("/")))[1]
    response = client.get(sheet)
    assert response["Content-Type"] == "text/css; charset=utf-8"
    assert "immutable" in response["Cache-Control"]
    assert not response.cookies
    css = text_of(response)
    assert "--accent: light-dark(#7a1f5c," in css
    assert "--corner-button: 0.5rem;" in css
    assert "Charter" in css

    save(accent="#123456")
    assert client.get(sheet)["Cache-Control"] == "public, no-cache"
    assert "#123456" in text_of(client.get(sheet))
    assert sheet not in text_of(client.get("/"))


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("accent", "green", "Enter a colour like #0d5a50"),
        ("accent", "red;}body{display:none", "at most 7 characters"),
        ("time_zone", "Mars/Olympus", "Select a time zone from the list."),
        ("language", "klingon", "Select a language from the list."),
        ("name", "x" * 81, "at most 80 characters"),
        ("name", "\u200b\u2060", "Enter a name that can be seen."),
        ("sender_address", "nobody", "email address"),
        ("faces", "comic", "Select a valid choice"),
        ("corners", "spiky", "Select a valid choice"),
    ],
)
def test_bad_input_is_said_at_its_field_and_nothing_is_saved(save, field, value, sentence):
    response = save(**{field: value, "tagline": "Half saved"})
    assert sentence in text_of(response)
    assert not SiteIdentity.objects.exists()


@pytest.mark.parametrize("name", ["مكتبة المياه الهادئة", "🌙 Moon & <b>Co</b>", "x" * 80])
def test_a_name_in_any_script_is_shown_as_it_is(save, client, home, name):
    save(name=name)
    page = text_of(client.get("/"))
    assert SiteIdentity.objects.get().name == name
    assert (name in page) == ("<" not in name)
    assert client.get("/api/v1/site/").json()["name"] == name


def test_times_are_those_of_the_sites_zone(save, client, post, admin):
    comment = CommentFactory(page=post, approved=True)
    ReaderComment.objects.filter(pk=comment.pk).update(submit_date=datetime(2026, 7, 1, 23, 30, tzinfo=UTC))
    assert "1 July 2026, 23:30" in text_of(client.get(post.url))

    save(time_zone="Asia/Tokyo")

    assert "2 July 2026, 08:30" in text_of(client.get(post.url))
    staff = text_of(signed_in(admin).get(f"/admin/comments/{comment.pk}/"))
    assert "08:30" in staff
    assert "23:30" not in staff


def test_what_has_no_language_of_its_own_is_in_the_sites(save, client, home):
    assert '<html lang="en-gb"' in text_of(client.get("/search/"))
    save(language="ar")
    assert '<html lang="ar" dir="rtl">' in text_of(client.get("/search/"))
    assert '<html lang="ar" dir="rtl">' in text_of(client.get("/"))


def test_each_process_hears_of_a_change_within_a_second(home, settings):
    settings.BRAND_KEPT = 0.0
    identity = SiteIdentity.objects.create(site=home.get_site(), name="Before")
    assert names.site_name() == "Before"
    SiteIdentity.objects.filter(pk=identity.pk).update(name="After")  # as another process does
    assert names.site_name() == "After"


def test_what_is_answered_on_the_event_loop_waits_for_no_database(
    save, client, settings, monkeypatch, loop_of_our_own
):
    """As the front answers /healthz: without a thread."""
    monkeypatch.delenv("DJANGO_ALLOW_ASYNC_UNSAFE")
    save(name="Quiet Water")
    settings.BRAND_KEPT = 0.0

    async def ask():
        return client.get("/healthz").status_code, memory.brand().name

    assert names.site_name() == "Quiet Water"
    assert asyncio.run(ask()) == (200, "Quiet Water")
    memory.forget()
    assert asyncio.run(ask())[0] == 200


@pytest.mark.server_errors(500)
def test_an_error_page_has_the_brand_without_a_database(save, client, post, monkeypatch):
    save(name="Quiet Water", accent="#7a1f5c")
    assert memory.brand().name == "Quiet Water"
    client.raise_request_exception = False
    monkeypatch.setattr("blog.models.BlogPostPage.get_context", lambda *args, **kwargs: 1 / 0)

    page = client.get(post.url)

    assert page.status_code == 500
    assert "Quiet Water" in text_of(page)
    assert "/brand/" in text_of(page)
