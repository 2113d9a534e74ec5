"""The illustrations, each with its alternative text. Drawn for this project."""

from pathlib import Path

from home.demo.shapes import Picture

FOLDER = Path(__file__).parent / "pictures"

PICTURES = (
    Picture(
        "front-door",
        "The front door",
        "A teal front door under a lit arched window, with a bench, two small trees in pots and a ramp "
        "with a rail.",
    ),
    Picture(
        "willow-brook",
        "The clinic by the brook",
        "An old house with a red roof and a teal door, between two willows that hang over a calm brook.",
    ),
    Picture(
        "street-map",
        "The way to the clinic",
        "A drawn street map with a dotted way from the station to a pin on a house beside a brook.",
    ),
    Picture(
        "head-zones",
        "Zones of the scalp",
        "A head in profile with closed eyes. Six soft coloured bands lie across the scalp, each with a "
        "fine needle.",
    ),
    Picture(
        "body-points",
        "Points along the body",
        "A standing figure from the front, with small points marked along lines on the arms, trunk and legs.",
    ),
    Picture(
        "sealed-letter",
        "A sealed letter",
        "A closed cream envelope held shut by a terracotta padlock, with willow leaves on both sides.",
    ),
    Picture(
        "sterile-packet",
        "Sterile packets",
        "Three packets with one acupuncture needle each, the lowest half peeled open, beside a yellow "
        "sharps bin.",
    ),
    Picture(
        "calendar-and-tea",
        "Calendar and tea",
        "A desk calendar with one day ticked, a steaming cup of tea, a pencil and a vase of willow on a "
        "table.",
    ),
    Picture(
        "two-chairs",
        "Two chairs",
        "A bright room with a teal and a terracotta armchair turned towards each other across a small "
        "round table.",
    ),
    Picture(
        "neck-stretch",
        "A neck stretch",
        "A smiling person at a desk lets one ear sink towards the shoulder. An arrow shows the slow "
        "movement.",
    ),
    Picture(
        "moon-and-window",
        "Moon and window",
        "An arched window at night with a crescent moon. A small lamp, two books and a warm cup stand on "
        "the sill.",
    ),
    Picture("logo", "The clinic's logo", "A leaf of an osier over a ripple."),
)
