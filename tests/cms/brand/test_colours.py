import random

import pytest
from django.core.exceptions import ValidationError

from cms.brand import colours
from cms.brand.colours import contrast, palettes

AA = 4.5
ODD = ("#ffffff", "#000000", "#fbf8f1", "#101514", "#ffff00", "#0000ff", "#00ff00", "#ff0000", "#808080")


def accents():
    drawn = random.Random(13)
    return [*ODD, *(f"#{drawn.randrange(1 << 24):06x}" for _ in range(500))]


def test_text_in_any_accent_can_be_read_on_every_surface():
    for accent in accents():
        light, dark = palettes(accent)
        for palette, surfaces in ((light, colours.LIGHT_SURFACES), (dark, colours.DARK_SURFACES)):
            for colour in (palette.accent, palette.strong):
                assert min(contrast(colour, surface) for surface in surfaces) >= AA, (accent, palette)
                assert contrast(palette.on_accent, colour) >= AA, (accent, palette)
            assert min(contrast(palette.band, text) for text in colours.ON_BAND) >= AA, (accent, palette)


def test_contrast_is_that_of_wcag():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)  # the lightest grey that passes
    assert contrast("#777777", "#ffffff") < AA


def test_a_colour_that_can_be_read_stays_as_it_is():
    assert palettes("#0d5a50").light.accent == "#0d5a50"
    assert palettes("#8FD3C3").dark.accent == "#8fd3c3"
    assert not colours.is_moved("#0d5a50")
    assert colours.is_moved("#ffff00")


def test_a_colour_that_moves_keeps_its_hue():
    for accent in ("#ffff00", "#00ff00", "#ff8800", "#ff66cc", "#3399ff"):
        hue = colours._as_oklch(accent)[2]
        for palette in palettes(accent):
            assert abs(colours._as_oklch(palette.accent)[2] - hue) < 0.15, (accent, palette)


@pytest.mark.parametrize("text", ["", "green", "#fff", "#12345g", "#1234567", "#12345\n", "#١٢٣٤٥٦"])
def test_what_is_no_colour_is_refused(text):
    with pytest.raises(ValidationError):
        palettes(text)
