"""An owner makes a site theirs, step by step, through the pages of the admin."""

import re
from base64 import b64decode
from io import BytesIO

import pytest
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from PIL import Image
from wagtail.images import get_image_model
from wagtail.models import ModelLogEntry

from cms.brand import memory
from cms.brand.models import SiteIdentity
from cms.brand.pictures import draw_due
from home.contact.site_settings import MessageSettings
from home.models import FooterLink, SetUpProgress
from tests.conftest import signed_in, visitor
from tests.factories import ContactPageFactory, PostFactory, StandardPageFactory, UserFactory
from tests.pictures import encoded

pytestmark = pytest.mark.django_db

SET_UP = "/admin/set-up/"
SITE = {"name": "Quiet Water", "tagline": "Books and tea", "language": "", "time_zone": ""}
LOOK = {"initials": "", "accent": "", "faces": "leaflet", "corners": "leaf"}
VISIT = {
    "address": "",
    "opening_hours": "",
    "telephone": "",
    "emergency_line": "",
    "links-TOTAL_FORMS": "2",
    "links-INITIAL_FORMS": "0",
    **{f"links-{row}-{name}": "" for row in (0, 1) for name in ("label", "page", "address")},
}
MAIL = {"recipients": "", "sender_name": "", "sender_address": ""}


@pytest.fixture
def owner(admin, home):
    return signed_in(admin)


def text_of(response):
    return response.content.decode()


def front():
    return text_of(visitor().get("/"))


def send(staff, step, **fields):
    start = {"site": SITE, "look": LOOK, "visit": VISIT, "mail": MAIL}[step]
    return staff.post(f"{SET_UP}{step}/", {**start, **fields})


def preview(staff, step, **fields):
    start = {"site": SITE, "look": LOOK, "visit": VISIT, "mail": MAIL}[step]
    return staff.post(f"{SET_UP}{step}/preview/", {**start, **fields})


def png(width=200, height=100, colour=(200, 30, 30, 255)):
    return encoded(Image.new("RGBA", (width, height), colour), "PNG")


def upload(content=None, name="logo.png", kind="image/png"):
    return SimpleUploadedFile(name, content if content is not None else png(), kind)


def done():
    row = SetUpProgress.objects.first()
    return {name for name in ("site", "look", "visit", "mail") if row and getattr(row, f"{name}_done")}


# --- Each step ---


def test_the_name_of_the_first_step_is_everywhere_and_leads_on(owner):
    response = send(owner, "site", name="Quiet Water", time_zone="Europe/Berlin")

    assert response["Location"] == f"{SET_UP}look/"
    identity = SiteIdentity.objects.get()
    assert (identity.name, identity.time_zone) == ("Quiet Water", "Europe/Berlin")
    assert "Quiet Water" in front()
    assert done() == {"site"}


def test_a_logo_is_uploaded_and_cleaned_and_can_be_taken_away(owner):
    send(owner, "look", logo_file=upload(), social_file=upload(png(1200, 630), "social.png"))

    identity = SiteIdentity.objects.get()
    assert (identity.logo.title, identity.social_picture.width) == ("Logo", 1200)
    page = text_of(owner.get(f"{SET_UP}look/"))
    assert f"/admin/images/{identity.logo.pk}/" in page

    send(owner, "look", remove_logo="on")

    identity.refresh_from_db()
    assert (identity.logo, identity.social_picture.width) == (None, 1200)


def test_a_colour_that_had_to_move_is_said_with_both_colours(owner):
    response = owner.post(f"{SET_UP}look/", {**LOOK, "accent": "#FFEE00"}, follow=True)

    said = re.search(
        r"Text in (#\w+) could not be read on light paper\. Links and buttons are (#\w+)", text_of(response)
    )
    assert said[1] == "#ffee00"
    assert said[2] != "#ffee00"
    assert said[2] in text_of(visitor().get(SiteIdentity.objects.get().stylesheet_url))
    assert said[0] in text_of(owner.get(f"{SET_UP}look/"))
    assert "could not be read" not in text_of(
        owner.post(f"{SET_UP}look/", {**LOOK, "accent": "#0d5a50"}, follow=True)
    )


def test_address_menu_and_links_are_at_once_on_every_page(owner, home, blog):
    about = StandardPageFactory(parent=home, title="About us", slug="about")
    team = StandardPageFactory(parent=home, title="The team", slug="team", show_in_menus=True)

    send(
        owner,
        "visit",
        address="3 Mill Lane\nWaterby",
        opening_hours="Mon–Fri 9–17\nSat 9–12",
        menu=[about.pk],
        **{"links-0-label": "Our crew", "links-0-page": team.pk},
        **{"links-1-label": "Elsewhere", "links-1-address": "https://books.example/"},
    )

    page = front()
    assert "3 Mill Lane<br>Waterby" in page
    head, foot = page.split('class="site-foot"')
    assert 'href="/about/"' in head
    assert 'href="/team/"' not in head
    assert '<a href="/team/">Our crew</a>' in foot
    assert '<a href="https://books.example/">Elsewhere</a>' in foot
    footer = visitor().get("/api/v1/menus/").json()["footer"]
    assert [(entry["title"], entry["url"]) for entry in footer[1:]] == [
        ("Our crew", "http://localhost:8000/team/"),
        ("Elsewhere", "https://books.example/"),
    ]


def test_a_link_to_a_page_that_is_private_or_gone_is_not_shown(owner, home):
    page = StandardPageFactory(parent=home, title="Secret place", slug="secret")
    send(owner, "visit", **{"links-0-label": "Hush", "links-0-page": page.pk})
    assert "Hush" in front()

    page.view_restrictions.create(restriction_type="login")
    assert "Hush" not in front()
    page.delete()
    assert not FooterLink.objects.exists()
    assert "Hush" not in front()


def test_a_page_that_is_published_later_stays_in_the_menu(owner, home):
    page = StandardPageFactory(parent=home, title="About us", slug="about")
    page.standfirst = "A draft."
    revision = page.save_revision()

    send(owner, "visit", menu=[page.pk])
    revision.refresh_from_db()
    revision.publish()

    assert 'href="/about/"' in front().split('class="site-foot"')[0]


def test_without_a_page_in_the_menu_the_step_says_so(owner, blog):
    response = owner.post(f"{SET_UP}visit/", VISIT, follow=True)

    assert "No page is in the menu" in text_of(response)
    assert visitor().get("/").status_code == 200


def test_the_contact_page_shows_what_the_site_says_where_it_says_nothing(owner, home):
    contact = ContactPageFactory(parent=home, telephone="01632 960001")
    send(owner, "visit", address="3 Mill Lane\nWaterby", telephone="01632 960002")

    page = text_of(visitor().get(contact.url)).split('class="site-foot"')[0]
    assert "3 Mill Lane<br>Waterby" in page
    assert "tel:01632960001" in page
    assert "tel:01632960002" not in page
    found = visitor().get(f"/api/v1/pages/{contact.slug}/").json()
    assert (found["address"], found["telephone"]) == ("3 Mill Lane\nWaterby", "01632 960001")


def test_messages_go_to_whom_the_step_names(owner, home, smtp):
    contact = ContactPageFactory(parent=home)
    send(owner, "mail", recipients="shop@books.example, owner@books.example", sender_name="Quiet Water")
    assert SiteIdentity.objects.get().sender_name == "Quiet Water"

    visitor().post(contact.url, {"name": "Ben", "email": "ben@example.org", "message": "Hello"})
    call_command("deliver", once=True)

    assert {"shop@books.example", "owner@books.example"} <= {*smtp.recipients}


def test_the_way_of_mail_is_said_without_a_password(owner, settings):
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_HOST_PASSWORD = (
        "smtp.books.example",
        587,
        "s3cret-xw8",
    )
    page = text_of(owner.get(f"{SET_UP}mail/"))
    assert "smtp.books.example, port 587" in page
    assert "s3cret-xw8" not in page

    settings.OUTBOX_TRANSPORT = "django.core.mail.backends.filebased.EmailBackend"
    assert "goes to files" in text_of(owner.get(f"{SET_UP}mail/"))


def test_a_test_mail_arrives_and_the_page_says_so(owner, smtp):
    response = owner.post(f"{SET_UP}mail/test/", {"to": "owner@books.example"})
    page = response["Location"]
    assert 'role="status"' in text_of(owner.get(page))

    call_command("deliver", once=True)

    assert len(smtp.mails) == 1
    assert "accepted" in text_of(owner.get(page))


def test_a_mail_server_that_refuses_is_said_in_its_words(owner, smtp):
    smtp.at["RCPT", ""] = ["550 5.7.1 we do not relay"]
    page = owner.post(f"{SET_UP}mail/test/", {"to": "owner@books.example"})["Location"]

    call_command("deliver", once=True)

    assert "550" in text_of(owner.get(page))


# --- Left and taken up again ---


def test_the_steps_are_left_and_taken_up_where_they_were_left(owner):
    assert "0 of" in text_of(owner.get("/admin/"))
    assert f'href="{SET_UP}site/"' in text_of(owner.get("/admin/"))

    send(owner, "site")
    send(owner, "visit")

    dashboard = text_of(owner.get("/admin/"))
    assert "2 of" in dashboard
    assert f'href="{SET_UP}look/"' in dashboard


def test_the_panel_goes_for_good_and_the_page_stays_in_settings(owner):
    owner.post(SET_UP)

    dashboard = text_of(owner.get("/admin/"))
    assert "Do not show this again" not in dashboard
    assert f"{SET_UP}" in dashboard  # the menu
    assert owner.get(SET_UP).status_code == 200


def test_two_tabs_do_not_undo_each_other(owner, admin):
    """Each holds a form of its own step, filled in before the other was saved."""
    send(owner, "look", accent="#7a1f5c")
    send(signed_in(admin), "site", name="Quiet Water")
    send(owner, "visit", telephone="01632 960001")

    identity = SiteIdentity.objects.get()
    assert (identity.name, identity.accent, identity.telephone) == ("Quiet Water", "#7a1f5c", "01632 960001")
    assert done() == {"site", "look", "visit"}


# --- The preview ---


def test_a_preview_shows_what_is_typed_and_saves_nothing(owner, home):
    about = StandardPageFactory(parent=home, title="About us", slug="about")
    SiteIdentity.objects.create(site=home.get_site(), name="Before")

    name = preview(owner, "site", name="Typed <b>name</b>")
    assert "Typed &lt;b&gt;name&lt;/b&gt;" in text_of(name)
    visit = preview(
        owner,
        "visit",
        address="1 New Street",
        menu=[about.pk],
        **{"links-0-label": "Far", "links-0-address": "https://f.example/"},
    )
    assert "1 New Street" in text_of(visit)
    assert text_of(visit).count('href="/about/"') == 2
    assert "https://f.example/" in text_of(visit)

    assert "Before" in front()
    assert "About us" not in front()
    assert (SiteIdentity.objects.get().address, done(), FooterLink.objects.exists()) == ("", set(), False)
    assert memory.brand().name == "Before"


def test_a_preview_of_a_look_has_a_sheet_of_its_own(owner):
    page = text_of(preview(owner, "look", accent="#7a1f5c", corners="plain"))
    sheet = re.search(r'href="(/admin/set-up/sheet/[^"]+)"', page)[1].replace("&amp;", "&")

    css = text_of(owner.get(sheet))
    assert "--accent: light-dark(#7a1f5c," in css
    assert "--corner-button: 0.5rem;" in css
    assert visitor().get(sheet).status_code == 302
    assert "/admin/set-up/sheet/" not in front()


def test_a_preview_shows_a_logo_that_is_not_saved_and_none_that_is_taken_away(owner, home):
    page = text_of(preview(owner, "look", logo_file=upload(), logo_beside_name="on"))
    shown = re.search(r'<img[^>]* src="data:image/webp;base64,([^"]+)"', page)
    with Image.open(BytesIO(b64decode(shown[1]))) as logo:
        assert logo.convert("RGB").getpixel((9, 9)) == (200, 30, 30)
    assert "img-src 'self' data:" in preview(owner, "look")["Content-Security-Policy"]
    assert not get_image_model().objects.exists()
    assert "<img" not in front().split("<main")[0]

    send(owner, "look", logo_file=upload())
    draw_due()
    assert "<img" in text_of(preview(owner, "look")).split("<main")[0]
    assert "<img" not in text_of(preview(owner, "look", remove_logo="on")).split("<main")[0]
    assert "<img" in front().split("<main")[0]


def test_a_logo_with_a_damaged_end_leaves_the_initials_in_a_preview(owner):
    noise = Image.effect_noise((400, 400), 90).convert("RGB")
    damaged = encoded(noise, "JPEG")[:20_000]
    response = preview(owner, "look", logo_file=upload(damaged, "logo.jpg", "image/jpeg"))

    assert response.status_code == 200
    assert "<img" not in text_of(response).split("<main")[0]


@pytest.mark.parametrize("look", ["accent=red;}body{x:y", "accent=%23fff", "faces=comic", "corners=spiky"])
def test_no_sheet_is_made_of_what_is_no_look(owner, look):
    assert owner.get(f"{SET_UP}sheet/?{look}").status_code == 404


def test_only_this_site_may_frame_a_preview_and_it_shows_no_session(owner):
    response = preview(owner, "site")

    assert response["X-Frame-Options"] == "SAMEORIGIN"
    assert "frame-ancestors 'self'" in response["Content-Security-Policy"]
    assert "'unsafe-inline'" not in response["Content-Security-Policy"]
    assert "no-store" in response["Cache-Control"]
    assert "wagtail-userbar" not in text_of(response)


def test_a_preview_takes_no_post_from_elsewhere(admin, home):
    stranger = Client(enforce_csrf_checks=True, headers={"host": "localhost"})
    stranger.force_login(admin)
    assert stranger.post(f"{SET_UP}site/preview/", SITE).status_code == 403


def test_what_is_wrong_in_a_preview_stays_as_it_is_saved(owner, home):
    SiteIdentity.objects.create(site=home.get_site(), name="Before")
    page = text_of(preview(owner, "look", accent="green", corners="plain"))
    assert "accent=&amp;" in page


# --- Who may ---


def test_who_may_change_the_identity_takes_its_steps_and_no_others(home):
    user = UserFactory(username="designer", group="Editors")
    user.user_permissions.add(Permission.objects.get(codename="change_siteidentity"))
    designer, editor = signed_in(user), signed_in(UserFactory(username="writer", group="Editors"))

    for step, status in (("", 200), ("site/", 200), ("look/", 200), ("visit/", 200), ("mail/", 302)):
        assert designer.get(f"{SET_UP}{step}").status_code == status, step
        assert editor.get(f"{SET_UP}{step}").status_code == 302, step
    assert send(designer, "site", name="Theirs").status_code == 303
    send(designer, "mail", recipients="thief@example.org")
    designer.post(f"{SET_UP}mail/test/", {"to": "thief@example.org"})
    assert not MessageSettings.objects.exists()
    assert "Do not show this again" not in text_of(designer.get("/admin/"))


def test_the_log_says_which_step_and_nothing_that_was_typed(owner):
    send(owner, "mail", recipients="canary@books.example", sender_address="sender@books.example")
    send(owner, "visit", telephone="01632 960777")

    entries = ModelLogEntry.objects.filter(action="home.set_up")
    assert [entry.data for entry in entries.order_by("pk")] == [{"step": "mail"}, {"step": "visit"}]
    assert "Set up the site: Mail" in text_of(owner.get("/admin/reports/site-history/"))


# --- Bad input ---


SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(2)</script></svg>'


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda: upload(SVG, "logo.svg", "image/svg+xml"), "Not a supported image format"),
        (lambda: upload(SVG, "logo.png"), "cannot be read as a picture"),
        (lambda: upload(png() + bytes(50 * 1024 * 1024)), "too big"),
        (lambda: upload(png(1, 1)), "1 by 1 pixels. It must be at least 64 by 64"),
        (lambda: upload(b"", "logo.png"), "empty"),
        (lambda: upload(png(), "logo.jpg"), "Change the ending to .png"),
    ],
    ids=["svg", "svg named png", "50 MB", "1 x 1", "empty", "wrong ending"],
)
def test_a_logo_that_cannot_be_shown_is_refused_in_a_sentence(owner, make, sentence):
    response = send(owner, "look", logo_file=make(), accent="#7a1f5c", corners="plain")

    assert response.status_code == 422
    assert sentence in text_of(response)
    assert not SiteIdentity.objects.exists()
    assert not get_image_model().objects.exists()
    assert done() == set()


def test_of_two_pictures_none_is_kept_when_one_is_refused(owner):
    response = send(owner, "look", logo_file=upload(), social_file=upload(png(100, 100)))

    assert "at least 600 by 315" in text_of(response)
    assert not get_image_model().objects.exists()


def test_a_transparent_logo_is_taken(owner):
    send(owner, "look", logo_file=upload(png(colour=(255, 255, 255, 0))))
    assert SiteIdentity.objects.get().logo.width == 200


@pytest.mark.parametrize(
    ("step", "fields", "sentence"),
    [
        ("site", {"name": "x" * 200}, "at most 80 characters"),
        ("site", {"name": ""}, "This field is required"),
        ("site", {"name": "\u200b "}, "Enter a name that can be seen."),
        ("site", {"name": "A", "time_zone": "Mars/Olympus"}, "Select a time zone from the list."),
        ("site", {"name": "A", "language": "klingon"}, "Select a language from the list."),
        ("look", {"accent": "green"}, "Enter a colour like #0d5a50"),
        ("look", {"faces": "comic"}, "Select a valid choice"),
        ("visit", {"address": "x" * 401}, "at most 400 characters"),
        ("visit", {"menu": ["999999"]}, "Select a valid choice"),
        ("visit", {"links-0-label": "Both"}, "Choose a page or enter an address, not both."),
        ("visit", {"links-0-address": "https://a.example/"}, "Enter what the link says."),
        ("visit", {"links-0-label": "X", "links-0-address": "javascript:alert(1)"}, "begins with https://"),
        ("visit", {"links-TOTAL_FORMS": "13", **{f"links-{n}-label": "a" for n in range(13)}}, "12"),
        ("mail", {"recipients": "nobody"}, "List email addresses"),
        ("mail", {"sender_address": "nobody"}, "email address"),
    ],
)
def test_each_mistake_is_one_sentence_and_nothing_is_saved(owner, blog, step, fields, sentence):
    response = send(owner, step, **fields)

    assert response.status_code == 422
    assert sentence in text_of(response)
    assert not SiteIdentity.objects.exists()
    assert not MessageSettings.objects.exists()
    assert not FooterLink.objects.exists()
    assert done() == set()


@pytest.mark.parametrize("name", ["مكتبة المياه الهادئة", "🌙 Moon & <b>Co</b>"])
def test_a_name_in_any_script_is_taken(owner, name):
    send(owner, "site", name=name)
    assert SiteIdentity.objects.get().name == name
    assert visitor().get("/").status_code == owner.get(f"{SET_UP}site/").status_code == 200


@pytest.mark.parametrize("accent", ["#ffffff", "#fbf8f1", "#000000", "#101514"])
def test_an_accent_like_the_background_can_be_read_all_the_same(owner, accent):
    send(owner, "look", accent=accent)
    sheet = text_of(visitor().get(SiteIdentity.objects.get().stylesheet_url))
    light, dark = re.search(r"--accent: light-dark\((#\w+), (#\w+)\)", sheet).groups()
    assert light != "#ffffff"
    assert dark != "#101514"


def test_a_test_mail_to_nowhere_is_refused_at_its_field(owner):
    response = owner.post(f"{SET_UP}mail/test/", {"to": "nobody"})
    assert response.status_code == 422
    assert "email address" in text_of(response)


def test_a_bare_site_is_set_up_too(owner, post):
    for step in ("site", "look", "visit", "mail"):
        assert send(owner, step).status_code == 303
    assert done() == {"site", "look", "visit", "mail"}
    assert "There is nothing of the demo" in text_of(owner.get(f"{SET_UP}demo/"))
    assert owner.post(f"{SET_UP}demo/", {"do": "keep"})["Location"] == SET_UP
    assert PostFactory(parent=post.get_parent()).url
    assert "Do not show this again" not in text_of(owner.get("/admin/"))
    assert "See your site" in text_of(owner.get(SET_UP))


def test_links_are_edited_in_settings_too(owner, home):
    send(owner, "visit", **{"links-0-label": "Far", "links-0-address": "https://far.example/"})
    page = owner.get("/admin/settings/home/footerlinks/", follow=True)
    assert "https://far.example/" in text_of(page)
