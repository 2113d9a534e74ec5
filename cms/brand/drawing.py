"""Draws the logo, the icons and the pictures for shared links. Pure: bytes from colours, words and a logo."""

from collections.abc import Iterator
from io import BytesIO
from typing import NamedTuple

from PIL import Image, ImageDraw, ImageFilter

from cms.brand import lettering, logos
from cms.brand.artwork import Artwork
from cms.brand.colours import DARK_PAPER, LIGHT_PAPER, ON_BAND, palettes_of_brand

LOGO_BOX = (720, 120)  # three times what a page shows
FAVICONS, INSTALLED, APPLE = (32, 48), (192, 512), 180  # pixels
SHARED = (1200, 630)
MARGIN = 80
TITLE_SIZES, TITLE_ROWS, LEADING = (88, 76, 66, 58), 4, 1.18
SHARPER = 4  # times as large while it is drawn
BIG, SMALL = 0.35, 0.12  # round corners of a leaf, of the side
PLAIN = 0.2
FACES = {"plain": lettering.SANS}
BETWEEN = "#767676"  # white and black have the same contrast on it


class File(NamedTuple):
    name: str
    content: bytes
    size: tuple[int, int]


def brand_files(work: Artwork, logo: Image.Image | None) -> Iterator[File]:
    """Yield every picture that is made of the brand alone."""
    if logo:
        yield logo_file(logo)
    square = logo if logo and logos.is_square_enough(logo) else None
    for size in (*FAVICONS, *INSTALLED):
        yield _file(f"icon-{size}.png", _icon(work, square, size))
    yield _file(f"icon-{APPLE}.png", _whole_icon(work, square, APPLE, 0.72))
    for size in INSTALLED:
        yield _file(f"maskable-{size}.png", _whole_icon(work, square, size, 0.56))
    yield shared_file("share.png", work, logo, "")


def logo_file(logo: Image.Image) -> File:
    return _file("logo.webp", _contained(logo, LOGO_BOX))


def shared_file(name: str, work: Artwork, logo: Image.Image | None, title: str) -> File:
    """Return the picture for a shared link: the title on the band, below logo or initials and the name."""
    picture = _shared_picture(work, logo, title)
    # flat colours and letters need few shades, and a logo gets by with them
    return _file(name, picture.quantize(128, dither=Image.Dither.NONE))


def _shared_picture(work: Artwork, logo: Image.Image | None, title: str) -> Image.Image:
    band = palettes_of_brand(work.accent).light.band
    picture = Image.new("RGB", SHARED, band)
    _ripple(picture)
    face = FACES.get(work.faces, lettering.SERIF)
    words = lettering.drawable(title, face)
    _sign(picture, work, logo, face, is_alone=not words)
    if words:
        _write_title(picture, words)
    return picture


def plates(work: Artwork, logo: Image.Image) -> str:
    """Name the papers on which a logo needs a plate: `light`, `dark` and `band`."""
    light, dark = palettes_of_brand(work.accent)
    papers = {"light": [LIGHT_PAPER], "dark": [DARK_PAPER], "band": [light.band, dark.band]}
    return " ".join(name for name, colours in papers.items() if logos.vanishes(logo, colours))


def _file(name: str, picture: Image.Image) -> File:
    out = BytesIO()
    if name.endswith(".webp"):
        picture.save(out, "WEBP", lossless=True)
    else:
        picture.save(out, "PNG")
    return File(name, out.getvalue(), picture.size)


def _contained(logo: Image.Image, box: tuple[int, int]) -> Image.Image:
    copy = logo.copy()
    copy.thumbnail(box, Image.Resampling.LANCZOS)
    return copy


def _icon(work: Artwork, logo: Image.Image | None, size: int) -> Image.Image:
    """Return an icon whose corners are clear; a logo that needs a plate somewhere brings it."""
    if logo is None:
        return _letters(work, size, _shape(size, work.corners), 0.7)
    paper = _paper_for(work, logo)
    if not paper:
        return _centred(logo, Image.new("RGBA", (size, size)), 1.0)
    ground = Image.new("RGBA", (size, size))
    ground.paste(paper, mask=_shape(size, "plain"))
    return _centred(logo, ground, 0.8)


def _whole_icon(work: Artwork, logo: Image.Image | None, size: int, part: float) -> Image.Image:
    """Return an icon that fills its square, for systems that cut it to a shape of their own."""
    if logo is None:
        return _letters(work, size, Image.new("L", (size, size), 255), part).convert("RGB")
    ground = Image.new("RGBA", (size, size), _paper_for(work, logo) or LIGHT_PAPER)
    return _centred(logo, ground, part).convert("RGB")


def _paper_for(work: Artwork, logo: Image.Image) -> str:
    """Return a paper to put below a logo; empty for one that is seen on all."""
    needed = plates(work, logo).split()
    if "light" in needed and "dark" in needed:
        return BETWEEN
    return DARK_PAPER if "light" in needed else LIGHT_PAPER if "dark" in needed else ""


def _centred(logo: Image.Image, ground: Image.Image, part: float) -> Image.Image:
    side = round(ground.width * part)
    scaled = Image.new("RGBA", ground.size)
    fit = _enlarged(logo, side)
    scaled.paste(fit, ((ground.width - fit.width) // 2, (ground.height - fit.height) // 2))
    return Image.alpha_composite(ground, scaled)


def _enlarged(logo: Image.Image, side: int) -> Image.Image:
    scale = side / max(logo.size)
    return logo.resize(
        (max(1, round(logo.width * scale)), max(1, round(logo.height * scale))), Image.Resampling.LANCZOS
    )


def _shape(size: int, corners: str) -> Image.Image:
    """Return the outline that the initials stand in."""
    large = size * SHARPER
    mask = Image.new("L", (large, large))
    canvas = ImageDraw.Draw(mask)
    big, small = (PLAIN, PLAIN) if corners == "plain" else (BIG, SMALL)
    whole = (0, 0, large - 1, large - 1)
    canvas.rounded_rectangle(whole, large * big, 255, corners=(True, False, True, False))
    sharp = Image.new("L", mask.size)
    ImageDraw.Draw(sharp).rounded_rectangle(whole, large * small, 255)
    both = Image.composite(mask, Image.new("L", mask.size), sharp)
    return both.resize((size, size), Image.Resampling.LANCZOS)


def _letters(work: Artwork, size: int, shape: Image.Image, part: float) -> Image.Image:
    colours = palettes_of_brand(work.accent).light
    icon = Image.new("RGBA", (size, size))
    icon.paste(colours.accent, mask=shape)
    words = lettering.drawable(work.letters, lettering.SANS)
    if words:
        large = Image.new("L", (size * SHARPER, size * SHARPER))
        _fill_with(large, words[0], part)
        icon.paste(colours.on_accent, mask=large.resize((size, size), Image.Resampling.LANCZOS))
    return icon


def _fill_with(mask: Image.Image, word: lettering.Word, part: float) -> None:
    """Write a word into the middle of a square, as large as its share of the width and the height allow."""
    side = mask.width
    font = lettering.font(word.face, side // 2)
    left, top, right, bottom = font.getbbox(word.text, anchor="ls")
    scale = min(part * side / max(right - left, 1), part * 0.72 * side / max(bottom - top, 1))
    font = lettering.font(word.face, max(1, int(side // 2 * scale)))
    left, top, right, bottom = font.getbbox(word.text, anchor="ls")
    at = ((side - left - right) / 2, (side - top - bottom) / 2)
    ImageDraw.Draw(mask).text(at, word.text, 255, font, anchor="ls")


def _ripple(picture: Image.Image) -> None:
    """Draw the rings that dark bands of the site carry."""
    rings = Image.new("L", SHARED)
    canvas = ImageDraw.Draw(rings)
    x, y = SHARED[0] * 0.88, SHARED[1] * 1.18
    for radius in range(70, 1500, 70):
        canvas.ellipse((x - radius, y - radius, x + radius, y + radius), outline=20, width=3)
    picture.paste("#ffffff", mask=rings.filter(ImageFilter.GaussianBlur(0.6)))


def _sign(
    picture: Image.Image, work: Artwork, logo: Image.Image | None, face: str, *, is_alone: bool
) -> None:
    """Put logo or initials and the name at the head, or larger in the middle where there is no title."""
    height = 150 if is_alone else 84
    mark = _mark(work, logo, height)
    words = lettering.drawable(work.name, face) if work.shows_name or not logo else []
    left = MARGIN + mark.width + round(height * 0.3)
    room = SHARED[0] - left - MARGIN
    lines = lettering.fit(words, (72, 60, 50, 40) if is_alone else (44, 36, 30), room, 2) if words else None
    top = (SHARED[1] - height) // 2 if is_alone else MARGIN - 10
    picture.paste(mark, (MARGIN, top), mark)
    if lines:
        step = lines.size * LEADING
        first = top + height / 2 + lines.size * 0.35 - step * (len(lines.rows) - 1) / 2
        for at, row in enumerate(lines.rows):
            lettering.write(ImageDraw.Draw(picture), row, (left, first + at * step), lines.size, ON_BAND[0])


def _mark(work: Artwork, logo: Image.Image | None, height: int) -> Image.Image:
    if logo is None:
        shape = _shape(height, work.corners)
        mark = Image.new("RGBA", shape.size)
        mark.paste(ON_BAND[0], mask=shape)
        words = lettering.drawable(work.letters, lettering.SANS)
        if words:
            letters = Image.new("L", (height * SHARPER, height * SHARPER))
            _fill_with(letters, words[0], 0.66)
            band = palettes_of_brand(work.accent).light.band
            mark.paste(band, mask=letters.resize(shape.size, Image.Resampling.LANCZOS))
        return mark
    scale = min(height / logo.height, 520 / logo.width)
    fit = logo.resize((max(1, round(logo.width * scale)), max(1, round(logo.height * scale))))
    if "band" not in plates(work, logo):
        return fit
    pad = height // 8
    plate = Image.new(
        "RGBA", (fit.width + 2 * pad, fit.height + 2 * pad), _paper_for(work, logo) or LIGHT_PAPER
    )
    plate.paste(fit, (pad, pad), fit)
    return plate


def _write_title(picture: Image.Image, words: list[lettering.Word]) -> None:
    room = SHARED[0] - 2 * MARGIN
    lines = lettering.fit(words, TITLE_SIZES, room, TITLE_ROWS)
    step = lines.size * LEADING
    first = SHARED[1] - MARGIN - step * (len(lines.rows) - 1)
    for at, row in enumerate(lines.rows):
        text = " ".join(word.text for word in row)
        x = SHARED[0] - MARGIN - lettering.length(row, lines.size) if lettering.is_rtl(text) else MARGIN
        lettering.write(ImageDraw.Draw(picture), row, (x, first + at * step), lines.size, ON_BAND[0])
