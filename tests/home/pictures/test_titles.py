import re
from io import BytesIO

import pytest
from PIL import Image
from wagtail_factories import ImageFactory

from cms.brand import lettering, pictures
from cms.brand.models import PagePicture, SiteIdentity
from home.pictures import titles
from tests.factories import PostFactory, draw

pytestmark = pytest.mark.django_db


@pytest.fixture
def identity(home):
    made = SiteIdentity.objects.create(site=home.get_site(), name="Foxglove Books", accent="#7a1f5c")
    pictures.draw_due()
    return made


def picture_of(client, post):
    page = client.get(post.url).content.decode()
    return re.search(r'property="og:image" content="http://localhost(?::\d+)?([^"]+)"', page)[1]


def sent(client, url):
    response = client.get(url)
    assert response.status_code == 200
    return response


def test_a_post_without_a_picture_is_shared_with_its_title(client, identity, post):
    url = picture_of(client, post)
    brand_alone = sent(client, url)
    assert brand_alone["Cache-Control"] == "public, no-cache"
    assert not PagePicture.objects.exists(), "reading draws nothing"

    titles.draw_due()

    titled = sent(client, url)
    assert titled.content != brand_alone.content
    assert "immutable" in titled["Cache-Control"]
    assert Image.open(BytesIO(titled.content)).size == (1200, 630)
    seo = client.get(f"/api/v1/posts/{post.slug}/").json()["seo"]
    assert seo["open_graph"]["image"]["url"].endswith(url)
    assert "logo" in seo["json_ld"][0]["publisher"]


def test_it_is_drawn_again_when_title_name_or_look_change(
    client, identity, post, django_capture_on_commit_callbacks
):
    titles.draw_due()
    seen = {picture_of(client, post)}
    with django_capture_on_commit_callbacks(execute=True):
        post.title = "Another hour"
        post.save_revision().publish()
    for change in ({}, {"name": "Other Books"}, {"accent": "#123456"}):
        with django_capture_on_commit_callbacks(execute=True):
            for name, value in change.items():
                setattr(identity, name, value)
            identity.save()
        titles.draw_due()
        url = picture_of(client, post)
        assert url not in seen
        assert "immutable" in sent(client, url)["Cache-Control"]
        seen.add(url)


def test_a_picture_of_the_post_or_of_the_site_goes_first(client, identity, blog):
    pictured = PostFactory(parent=blog, with_picture=True)
    plain = PostFactory(parent=blog)
    assert picture_of(client, pictured).startswith("/media/images/")
    assert picture_of(client, plain).startswith("/brand/")

    identity.social_picture = ImageFactory()
    identity.save()
    draw(identity.social_picture)

    assert picture_of(client, plain).startswith("/media/images/")
    titles.draw_due()
    assert not PagePicture.objects.exists()


def test_nobody_reads_the_title_of_a_page_that_is_not_public(client, identity, post):
    titles.draw_due()
    url = picture_of(client, post)
    post.unpublish()
    assert client.get(url).status_code == 404


def test_a_title_that_cannot_be_drawn_is_not_tried_for_ever(client, identity, post, monkeypatch, tmp_path):
    monkeypatch.setattr(lettering, "FOLDER", tmp_path)  # the fonts are gone
    titles.draw_due()
    url = picture_of(client, post)
    assert Image.open(BytesIO(sent(client, url).content)).size == (1200, 630)
    monkeypatch.undo()
    before = PagePicture.objects.get().digest
    titles.draw_due()
    assert PagePicture.objects.get().digest == before
