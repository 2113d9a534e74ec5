from io import BytesIO

import pytest
from PIL import Image

from cms.brand import drawing, lettering
from cms.brand.artwork import Artwork

WORK = Artwork("Quiet Water", "QW", "#7a1f5c", "book", "plain")


def shared(title, work=WORK):
    return Image.open(BytesIO(drawing.shared_file("share.png", work, None, title).content)).convert("RGB")


WRITTEN = ("Night reading", "Übergrößen", "Ночные чтения", "Έλληνες ποιητές", "مكتبة المياه", "שלום עולם")
WRITTEN_IN_INDIA_AND_THAILAND = ("हिन्दी की किताबें", "বই", "தமிழ்", "หนังสือ")


@pytest.mark.parametrize("title", [*WRITTEN, *WRITTEN_IN_INDIA_AND_THAILAND])
def test_a_title_is_written_on_the_picture(title):
    assert lettering.drawable(title, lettering.SERIF)
    assert shared(title).tobytes() != shared("").tobytes()


@pytest.mark.parametrize("title", ["書店の秋", "𓀀𓀁", "Night 書", ""])
def test_a_title_that_no_font_has_leaves_the_brand_alone(title):
    assert lettering.drawable(title, lettering.SERIF) == []
    assert shared(title).tobytes() == shared("").tobytes()


def test_emoji_are_left_out_of_a_title():
    assert shared("🌙 Moon").tobytes() == shared("Moon").tobytes()


@pytest.mark.parametrize("title", ["x" * 250, "word " * 60, "W" * 30 + " " + "i" * 200])
def test_a_title_of_any_length_stays_inside(title):
    picture = shared(title)
    band = picture.getpixel((2, 2))
    inside = lettering.fit(lettering.drawable(title, lettering.SERIF), drawing.TITLE_SIZES, 1040, 4)
    assert len(inside.rows) <= 4
    assert all(lettering.length(row, inside.size) <= 1040 for row in inside.rows)
    edge = picture.crop((1130, 0, 1200, 630))
    assert max(sum(pixel) for _, pixel in edge.getcolors(100_000)) < sum(band) + 120, "letters at the edge"


def test_the_title_and_the_look_are_of_the_picture():
    assert shared("One").tobytes() != shared("Two").tobytes()
    assert shared("One").tobytes() != shared("One", WORK._replace(accent="#123456")).tobytes()
    assert len(drawing.shared_file("share.png", WORK, None, "One").content) < 60_000
