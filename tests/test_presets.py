"""Nothing of the demo's clinic is nailed down: a bookshop on the same code has no trace of it."""

import re

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from wagtail.models import Page

from tests import crawl
from tests.presets import bookshop

pytestmark = [pytest.mark.once, pytest.mark.django_db]

OF_THE_CLINIC = re.compile(r"clinic|osier|acupunct|willow|#0d5a50|#0c4a43|#86d3c3", re.IGNORECASE)
SOURCES = ("css", "js", "img", "embed")
DEFAULTS = re.compile(r"^\s*--[a-z-]+:.*$", re.MULTILINE)  # an accent of one's own takes their place


@pytest.fixture
def shop(home, db):
    return bookshop()


def public_urls():
    """Every address of the site that anybody may read, with feeds, API, sitemap and manifest."""
    return sorted(
        url for url in crawl.every_url() if not url.startswith(("/admin/", "/_util/", "/api/wagtail/"))
    )


def test_no_public_answer_of_a_bookshop_names_the_clinic(client, shop):
    found, read = [], 0
    for url in public_urls():
        answer = client.get(url)
        kind = answer.get("Content-Type", "")
        if answer.streaming or answer.status_code >= 500 or not re.search("text|json|xml", kind):
            continue
        if "/docs" in url or "openapi" in url:
            continue  # about the software, with examples
        read += 1
        text = answer.content.decode() + str(answer.headers)
        found += [f"{url}: {match[0]}" for match in OF_THE_CLINIC.finditer(text)]
    assert read > 30
    assert found == []


def test_the_bookshop_is_everywhere(client, shop):
    for path in shop.values():
        assert "Foxglove Books" in client.get(path).content.decode(), path
    assert "Foxglove Books" in client.get(f"{shop['blog']}feed/").content.decode()
    assert client.get("/api/v1/site/").json()["name"] == "Foxglove Books"
    assert client.get("/manifest.webmanifest").json()["name"] == "Foxglove Books"


def test_no_file_that_pages_load_names_the_clinic():
    found = []
    for folder in SOURCES:
        for path in (settings.BASE_DIR / "static" / folder).rglob("*.*"):
            text = DEFAULTS.sub("", path.read_text()) if path.suffix == ".css" else path.read_text()
            found += [f"{path.name}: {match[0]}" for match in OF_THE_CLINIC.finditer(path.name + text)]
    assert found == []


def test_no_address_of_the_bookshop_names_the_clinic(shop):
    assert finders.find("css/site.css")
    addresses = [page.url for page in Page.objects.live().filter(depth__gt=1)]
    assert not OF_THE_CLINIC.search(" ".join(addresses))
