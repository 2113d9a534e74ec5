"""Wagtail's own pages with pictures that cannot be drawn."""

from io import BytesIO

import pytest
from django.urls import reverse
from wagtail.images import get_image_model
from wagtail.images.models import SourceImageIOError
from wagtail_factories import ImageFactory

from cms.pictures import renditions
from tests.conftest import signed_in
from tests.editor import fields
from tests.factories import PostFactory
from tests.pictures import BROKEN, encoded, noise

pytestmark = [pytest.mark.once, pytest.mark.django_db]


@pytest.fixture
def broken(blog):
    """A picture broken in each way, and a post with one of them."""
    broken = [ImageFactory(title=how) for how in BROKEN]
    for picture in broken:
        BROKEN[picture.title](picture)
    body = [("image", {"image": picture, "caption": "", "credit": ""}) for picture in broken]
    PostFactory(parent=blog, slug="broken", hero=broken[0], body=body, drawn=False)
    return broken


def doors(picture, post) -> list[str]:
    return [
        reverse("wagtailimages:index"),
        reverse("wagtailimages:index") + "?layout=list",
        reverse("wagtailimages_chooser:choose"),
        reverse("wagtailimages_chooser:choose") + "?layout=list",
        reverse("wagtailimages_chooser:chosen", args=(picture.pk,)),
        reverse("wagtailimages_chooser:select_format", args=(picture.pk,)),
        reverse("wagtailimages:edit", args=(picture.pk,)),
        reverse("wagtailimages:delete", args=(picture.pk,)),
        reverse("wagtailimages:image_usage", args=(picture.pk,)),
        reverse("wagtailadmin_pages:edit", args=(post.pk,)),
        reverse("wagtailadmin_pages:view_draft", args=(post.pk,)),
        f"/admin/api/main/images/{picture.pk}/",
        reverse("wagtailadmin_home"),
    ]


@pytest.mark.parametrize("how", range(len(BROKEN)))
def test_every_page_of_the_admin_opens_with_a_broken_picture(broken, blog, admin, how):
    picture, desk = broken[how], signed_in(admin)

    for url in doors(picture, blog.get_children().get()):
        assert desk.get(url).status_code == 200, url


@pytest.mark.parametrize("how", range(len(BROKEN)))
def test_a_broken_picture_can_be_described_and_gets_a_new_file(broken, admin, how):
    picture, desk = broken[how], signed_in(admin)
    url = reverse("wagtailimages:edit", args=(picture.pk,))

    desk.post(url, fields(desk.get(url).content.decode(), having="tags") | {"title": "Mended"})
    desk.post(f"/admin/bulk/wagtailimages/image/add_tags/?id={picture.pk}", {"tags": "door"})
    described = get_image_model().objects.get(pk=picture.pk)
    with BytesIO(encoded(noise(), "JPEG")) as file:
        file.name = "new.jpg"
        desk.post(url, fields(desk.get(url).content.decode(), having="tags") | {"file": file})

    assert (described.title, described.file.name) == ("Mended", picture.file.name)
    assert [tag.name for tag in described.tags.all()] == ["door"]
    renewed = get_image_model().objects.get(pk=picture.pk)
    assert (renewed.title, renewed.width, renewed.height) == ("Mended", 640, 400)


def test_lists_and_choosers_show_a_placeholder(broken, admin):
    desk = signed_in(admin)

    chosen = desk.get(reverse("wagtailimages_chooser:chosen", args=(broken[0].pk,))).json()
    listing = desk.get(reverse("wagtailimages:index")).content.decode()

    assert chosen["result"]["preview"]["url"] == "/static/img/no-picture.svg"
    assert listing.count("/static/img/no-picture.svg") >= 3
    assert "not-found" not in listing


def test_a_broken_picture_is_not_tried_at_every_look(broken, monkeypatch):
    tried = []
    real = type(broken[0]).generate_rendition_file
    monkeypatch.setattr(
        type(broken[0]),
        "generate_rendition_file",
        lambda *args, **more: tried.append(1) or real(*args, **more),
    )

    for _ in range(3):
        assert broken[0].get_rendition("max-165x165").url == "/static/img/no-picture.svg"
        assert set(broken[0].get_renditions("width-200", "width-300")) == {"width-200", "width-300"}

    assert len(tried) <= 2


def test_wagtail_still_catches_no_more_than_a_lost_original(broken):
    """When this fails, Wagtail shows broken pictures itself, and `show_placeholders` can go."""
    draw = get_image_model().get_rendition.__wrapped__

    with pytest.raises(Exception) as caught:
        draw(broken[3], "max-165x165")

    assert not isinstance(caught.value, SourceImageIOError)


def test_a_wrong_shape_is_still_an_error(broken):
    with pytest.raises(renditions.InvalidFilterSpecError):
        broken[0].get_rendition("no-such-operation")
