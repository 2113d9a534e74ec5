"""Who writes on the demo site, what they write about, and who may log in."""

from home.demo.shapes import Author

AUTHORS = (
    Author(
        slug="ines-calloway",
        name="Ines Calloway",
        credentials="BSc (Hons) Acupuncture, Lic Ac",
        bio=(
            "Ines has practised body and scalp acupuncture for sixteen years, the last nine of them at "
            "Osierbrook. She works mostly with people who are finding their way back after a stroke or "
            "living with a long-term condition of the nervous system."
        ),
    ),
    Author(
        slug="tobias-adeyemi-wren",
        name="Tobias Adeyemi-Wren",
        credentials="MSc Physiotherapy, clinic lead",
        bio=(
            "Tobias is a physiotherapist and runs the day-to-day work of the clinic. He writes about "
            "desks, necks, sleep and the small habits that people keep up after they leave the treatment "
            "room."
        ),
    ),
)

CATEGORIES = {
    "treatments": "Treatments explained",
    "your-visit": "Your visit",
    "everyday-care": "Everyday care",
}

# Log-in name → (first name, last name, group). The superuser needs no group.
STAFF = {
    "admin": ("Tobias", "Adeyemi-Wren", ""),
    "editor": ("Ines", "Calloway", "Editors"),
    "moderator": ("Sam", "Okonjo-Reed", "Comment moderators"),
    "frontdesk": ("Wilf", "Tarrant", "Front desk"),
}
