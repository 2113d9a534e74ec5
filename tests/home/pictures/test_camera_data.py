import io
import tracemalloc
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.management import call_command
from PIL import Image
from wagtail.images import get_image_model
from wagtail_factories import ImageFactory

from cms.outbox import chores
from home.pictures import camera_data, cleaning, drawing, shapes
from tests import crawl
from tests.conftest import signed_in, visitor
from tests.factories import PostFactory, draw
from tests.home.pictures.test_uploads import add_one
from tests.pictures import BROKEN, CANARY, PROFILE, encoded, noise, photograph, tells

pytestmark = [pytest.mark.once, pytest.mark.django_db]

KINDS = {"JPEG": "jpg", "PNG": "png", "WEBP": "webp", "AVIF": "avif", "GIF": "gif"}


def planted(kind: str, **fields: object):
    """A picture as it was kept before camera data was left behind, drawn as Wagtail drew it."""
    data = photograph(kind, **fields)
    file = ContentFile(data, name=f"phone.{KINDS[kind]}")
    with Image.open(io.BytesIO(data)) as opened:
        size = {"width": opened.width, "height": opened.height}
    picture = get_image_model().objects.create(title="Phone", file=file, **size)
    for shape in ("format-jpeg|width-480", "width-800", "max-165x165"):
        picture.get_rendition(shape)
    return picture


def files_of(picture) -> list[bytes]:
    paths = [picture.file.path, *(each.file.path for each in picture.renditions.all())]
    return [Path(path).read_bytes() for path in paths]


@pytest.mark.parametrize("kind", KINDS)
def test_the_test_sees_what_a_camera_wrote(kind):
    assert tells(photograph(kind))


@pytest.mark.parametrize("kind", KINDS)
def test_what_a_camera_wrote_is_left_behind_at_the_upload(admin, kind):
    add_one(signed_in(admin), f"phone.{KINDS[kind]}", photograph(kind))
    picture = get_image_model().objects.get()

    draw(picture)

    files = files_of(picture)
    assert len(files) == 13
    assert [tells(file) for file in files] == [[]] * 13
    with Image.open(io.BytesIO(files[0])) as original:
        assert original.info.get("icc_profile") == (PROFILE if kind != "GIF" else None)
        assert getattr(original, "n_frames", 1) == (2 if kind == "GIF" else 1)


def test_no_flag_of_a_webp_promises_what_was_left_behind(admin):
    """A reader may take a file for broken that says it has EXIF or XMP, and has none."""
    flags, promised = 20, 0x0C
    before = photograph("WEBP")
    assert (before[12:16], before[flags] & promised) == (b"VP8X", promised)

    add_one(signed_in(admin), "phone.webp", before)

    after = files_of(get_image_model().objects.get())[0]
    assert (after[12:16], after[flags]) == (b"VP8X", before[flags] & ~promised)


def test_the_small_picture_in_the_first_segment_of_a_jpeg_is_left_behind_too(admin):
    """JFIF keeps it uncompressed, as it was before somebody cut or blurred the large one."""
    data = encoded(noise(), "JPEG")
    end = 4 + int.from_bytes(data[4:6])
    small = data[6:18] + b"\x03\x01" + CANARY  # three pixels by one
    data = data[:4] + (2 + len(small)).to_bytes(2) + small + data[end:]
    assert tells(data) == ["canary"]

    add_one(signed_in(admin), "phone.jpg", data)

    assert tells(files_of(get_image_model().objects.get())[0]) == []


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
def test_leaving_it_behind_changes_no_pixel(admin, kind):
    before = photograph(kind)

    add_one(signed_in(admin), f"phone.{KINDS[kind]}", before)

    after = files_of(get_image_model().objects.get())[0]
    with Image.open(io.BytesIO(before)) as was, Image.open(io.BytesIO(after)) as now:
        assert was.convert("RGB").tobytes() == now.convert("RGB").tobytes()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_a_sideways_photograph_is_turned_before_it_forgets_how_it_was_held(admin, kind):
    add_one(signed_in(admin), f"phone.{KINDS[kind]}", photograph(kind, orientation=6))

    picture = get_image_model().objects.get()
    with Image.open(picture.file.path) as kept:
        assert kept.size == (picture.width, picture.height) == (400, 640)
    assert tells(files_of(picture)[0]) == []


@pytest.mark.parametrize("kind", KINDS)
def test_pictures_of_before_are_cleaned_with_their_renditions(kind):
    """The worker does it by itself, soon after the update."""
    picture = planted(kind, orientation=1 if kind == "GIF" else 6)

    next(clock for clock in chores.clocks() if clock.name == "clean pictures").strike()

    assert [tells(file) for file in files_of(picture)] == [[]] * 4
    picture.refresh_from_db()
    assert (picture.width, picture.height) == ((640, 400) if kind == "GIF" else (400, 640))
    assert not cleaning.unclean().exists()


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_drawn_of_a_picture_of_before_tells_nothing_either(kind):
    """The worker may come to it before it is cleaned."""
    picture = planted(kind)
    picture.renditions.all().delete()

    draw(picture)

    original, *drawn = files_of(picture)
    assert tells(original)
    assert [tells(file) for file in drawn] == [[]] * len(shapes.LEADING)


def lying(kind: str) -> bytes:
    """A small file, one part of which says that it is thirty million bytes long."""
    data, much = encoded(noise(8, 8), kind), 30_000_000
    if kind == "WEBP":
        data += b"ICCP" + much.to_bytes(4, "little") + b"xx"
        return data[:4] + (len(data) - 8).to_bytes(4, "little") + data[8:]
    if kind == "PNG":
        return data[:-12] + much.to_bytes(4) + b"IDAT" + data[-12:]
    if kind == "AVIF":
        return data + much.to_bytes(4) + b"free" + b"xx"
    return data[:2] + b"\xff\xdb\xff\xff" + data[2:]


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_a_part_that_lies_about_its_length_costs_no_memory(kind):
    data = lying(kind)
    tracemalloc.start()
    try:
        assert len(camera_data.strip(data, kind)) < 10_000
    except (OSError, SyntaxError):  # as Pillow reads it
        pass
    finally:
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()

    assert peak < 5_000_000


def test_a_picture_that_cannot_be_read_keeps_no_other_from_being_cleaned(capsys):
    broken, whole = planted("JPEG"), planted("PNG")
    Path(broken.file.path).write_bytes(b"no picture at all")

    call_command("clean_pictures")

    assert [tells(file) for file in files_of(whole)] == [[]] * 4
    assert capsys.readouterr().out.endswith("1 pictures cleaned, 1 could not be read.\n")


def test_a_scan_of_sixteen_bits_from_before_can_be_drawn_once_it_is_cleaned(blog):
    picture = ImageFactory()
    BROKEN["sixteen bits"](picture)
    draw(picture)
    assert picture.care.problem

    cleaning.clean_some()
    drawing.draw_all()

    picture.care.refresh_from_db()
    assert picture.care.problem == ""
    assert picture.renditions.count() == len(shapes.LEADING)


def test_after_a_restore_all_pictures_can_be_looked_at_again(capsys):
    picture = planted("JPEG")
    before = Path(picture.file.path).read_bytes()
    call_command("clean_pictures")
    Path(picture.file.path).write_bytes(before)

    call_command("clean_pictures")
    assert tells(files_of(picture)[0])
    call_command("clean_pictures", all=True)

    assert tells(files_of(picture)[0]) == []


def test_no_address_of_the_site_tells_what_a_camera_wrote(blog, admin):
    for kind, ending in KINDS.items():
        add_one(signed_in(admin), f"phone.{ending}", photograph(kind))
    pictures = list(get_image_model().objects.all())
    assert len(pictures) == len(KINDS)
    for picture in pictures:
        PostFactory(parent=blog, hero=picture)

    urls = crawl.every_url()

    assert len([url for url in urls if url.startswith("/media/images/")]) >= 12 * len(KINDS)
    for answer in crawl.walk({"anonymous": visitor()}, urls):
        assert CANARY not in answer.bytes, answer


def test_the_crawl_sees_what_a_picture_tells(blog):
    PostFactory(parent=blog, hero=planted("JPEG"), drawn=False)

    answers = crawl.walk({"anonymous": visitor()}, crawl.every_picture())

    assert noise().size == (640, 400)
    assert any(CANARY in answer.bytes for answer in answers)
