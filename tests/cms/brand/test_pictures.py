import re
from io import BytesIO

import pytest
from django.core.files.images import ImageFile
from PIL import Image, ImageDraw
from wagtail.images import get_image_model

from cms.brand import pictures
from cms.brand.models import Drawing, SiteIdentity
from tests.cms.brand.test_identity import FIELDS, text_of
from tests.conftest import signed_in

pytestmark = pytest.mark.django_db

ADMIN = "/admin/settings/brand/siteidentity/"


def picture_file(size=(400, 300), ink="#d9688f", ground=(0, 0, 0, 0), name="logo.png"):
    """A disc on a ground, clear by default."""
    drawn = Image.new("RGBA", size, ground)
    if ink:
        ImageDraw.Draw(drawn).ellipse((10, 10, size[0] - 10, size[1] - 10), fill=ink)
    out = BytesIO()
    drawn.save(out, "PNG")
    return ImageFile(BytesIO(out.getvalue()), name)


@pytest.fixture
def logo(db):
    def upload(**drawn):
        return get_image_model().objects.create(title="The logo", file=picture_file(**drawn))

    return upload


@pytest.fixture
def save(admin, home, django_capture_on_commit_callbacks):
    """Save the identity in the admin, as its owner does; return the answer."""
    staff = signed_in(admin)
    url = staff.get(ADMIN)["Location"]

    def post(**changes):
        with django_capture_on_commit_callbacks(execute=True):
            response = staff.post(url, {**FIELDS, **changes})
        return response if response.status_code == 200 else staff.get(response["Location"])

    return post


def image_at(client, url):
    response = client.get(url)
    assert response.status_code == 200, url
    return Image.open(BytesIO(response.content))


def test_a_logo_stands_in_header_and_footer_beside_the_name(save, client, home, logo):
    save(logo=logo().pk)

    page = text_of(client.get("/"))
    found = re.findall(
        r'<img class="logo" src="(/brand/[0-9a-f]{16}/logo\.webp)" width="160" height="120"\s+alt="">', page
    )
    assert len(found) == 2
    assert page.count("<span>Quiet Water</span>") == 2
    response = client.get(found[0])
    assert response["Content-Type"] == "image/webp"
    assert "immutable" in response["Cache-Control"]
    assert not response.cookies
    assert image_at(client, found[0]).size == (160, 120)
    assert found[0] in text_of(client.get("/no-such-page/"))


def test_a_logo_with_the_name_in_it_says_the_name(save, client, home, logo):
    save(logo=logo().pk, logo_beside_name="")
    page = text_of(client.get("/"))
    assert page.count('alt="Quiet Water"') == 2
    assert "<span>Quiet Water</span>" not in page


@pytest.mark.parametrize("size", [(1, 1), (63, 400), (400, 63)])
def test_a_logo_that_is_too_small_is_refused_at_its_field(save, logo, size):
    response = save(logo=logo(size=size, ink=None).pk, tagline="Half saved")
    assert f"This picture is {size[0]} by {size[1]} pixels. It must be at least 64 by 64," in text_of(
        response
    )
    assert not SiteIdentity.objects.exists()


@pytest.mark.parametrize("size", [(1, 1), (599, 400), (700, 314)])
def test_so_is_a_picture_for_shared_links(save, logo, size):
    response = save(social_picture=logo(size=size, ink=None).pk, tagline="Half saved")
    assert f"This picture is {size[0]} by {size[1]} pixels. It must be at least 600 by 315," in text_of(
        response
    )
    assert not SiteIdentity.objects.exists()


@pytest.mark.parametrize(
    ("ink", "plates"),
    [("#ffffff", "plate-light"), ("#141414", "plate-dark plate-band"), ("#d9688f", "")],
)
def test_a_logo_that_nobody_would_see_stands_on_a_plate_and_its_owner_reads_why(
    save, client, logo, ink, plates
):
    saved = text_of(save(logo=logo(ink=ink).pk))
    classes = re.search(r'<img class="(logo[^"]*)"', text_of(client.get("/")))[1]
    assert classes == f"logo {plates}".strip()
    assert ("could hardly be seen" in saved) == bool(plates)


def test_a_logo_with_a_ground_of_its_own_needs_no_plate(save, client, logo):
    save(logo=logo(ink="#fafafa", ground="#ffffff").pk)
    assert '<img class="logo"' in text_of(client.get("/"))


def test_where_the_file_of_a_logo_is_lost_the_initials_stand(save, client, logo):
    lost = logo()
    lost.file.storage.delete(lost.file.name)
    saved = text_of(save(logo=lost.pk))
    page = text_of(client.get("/"))
    assert "<img" not in page.split("<main")[0]
    assert '<span class="mark" aria-hidden="true">QW</span>' in page
    assert "its file is missing" in saved


def test_a_logo_whose_file_is_lost_later_is_shown_on(save, client, logo):
    lost = logo()
    save(logo=lost.pk)
    lost.file.storage.delete(lost.file.name)
    pictures.draw_due()
    assert image_at(client, re.search(r"/brand/\w+/logo\.webp", text_of(client.get("/")))[0])


def test_a_logo_that_is_deleted_leaves_the_initials(save, client, logo):
    gone = logo()
    save(logo=gone.pk)
    gone.delete()
    assert '<span class="mark" aria-hidden="true">QW</span>' in text_of(client.get("/"))


@pytest.mark.parametrize("with_logo", [False, True])
def test_icons_are_made_once_and_kept_by_browsers(save, client, logo, with_logo):
    save(accent="#7a1f5c", logo=logo().pk if with_logo else "")
    page = text_of(client.get("/"))
    icon = re.search(r'<link rel="icon" href="([^"]+)"', page)[1]
    touch = re.search(r'<link rel="apple-touch-icon" href="([^"]+)"', page)[1]
    assert image_at(client, icon).size == (48, 48)
    assert image_at(client, touch).size == (180, 180)
    assert image_at(client, touch).mode == "RGB", "a system would put black where it is clear"
    assert "immutable" in client.get(icon)["Cache-Control"]
    assert client.get("/favicon.ico")["Location"] == icon
    assert client.get("/apple-touch-icon.png")["Location"] == touch
    red, _, blue, alpha = image_at(client, icon).convert("RGBA").getpixel((24, 6))
    assert alpha == 255 or with_logo
    assert with_logo or (red, blue) == (0x7A, 0x5C)

    drawn = list(Drawing.objects.order_by("pk").values_list("pk", "digest"))
    pictures.draw_due()
    assert list(Drawing.objects.order_by("pk").values_list("pk", "digest")) == drawn

    save(accent="#123456")
    assert icon not in text_of(client.get("/"))
    assert client.get(icon)["Cache-Control"] == "public, no-cache"


def test_the_manifest_names_the_site_and_icons_that_exist(save, client, home):
    save(name="Quiet Water Books", tagline="By the mill", accent="#7a1f5c", language="ar")
    response = client.get("/manifest.webmanifest")
    assert response["Content-Type"] == "application/manifest+json"
    said = response.json()
    assert said["name"] == "Quiet Water Books"
    assert said["short_name"] == "Quiet"
    assert (said["lang"], said["dir"], said["start_url"]) == ("ar", "rtl", "/")
    assert re.fullmatch("#[0-9a-f]{6}", said["theme_color"])
    assert {icon["purpose"] for icon in said["icons"]} == {"any", "maskable"}
    for icon in said["icons"]:
        width, height = image_at(client, icon["src"]).size
        assert icon["sizes"] == f"{width}x{height}"


def test_a_site_whose_identity_nobody_saved_has_icons_too(client, home):
    pictures.draw_due()
    assert not SiteIdentity.objects.exists()
    assert image_at(client, client.get("/favicon.ico")["Location"]).size == (48, 48)


def test_reading_draws_nothing(client, home):
    assert client.get(client.get("/favicon.ico")["Location"]).status_code == 404
    assert not Drawing.objects.exists()


def test_a_logo_with_a_new_file_is_drawn_anew(save, client, logo, django_capture_on_commit_callbacks):
    changed = logo()
    save(logo=changed.pk)
    before = re.search(r"/brand/\w+/logo\.webp", text_of(client.get("/")))[0]
    with django_capture_on_commit_callbacks(execute=True):
        changed.file = picture_file(size=(300, 300), name="other.png")
        changed.save()
    after = re.search(r"/brand/\w+/logo\.webp", text_of(client.get("/")))[0]
    assert after != before
    assert image_at(client, after).size == (120, 120)


@pytest.mark.parametrize("name", ["書店", "🌙 Moon", "مكتبة المياه", "x" * 80])
def test_a_name_in_any_script_gets_icons(save, client, home, name):
    save(name=name, initials="")
    assert image_at(client, client.get("/favicon.ico")["Location"]).size == (48, 48)


@pytest.mark.server_errors(500)
def test_an_error_page_has_logo_and_icon(save, client, post, logo, monkeypatch):
    save(logo=logo().pk)
    client.raise_request_exception = False
    monkeypatch.setattr("blog.models.BlogPostPage.get_context", lambda *args, **kwargs: 1 / 0)
    page = text_of(client.get(post.url))
    assert '<img class="logo" src="/brand/' in page
    assert 'rel="apple-touch-icon"' in page
