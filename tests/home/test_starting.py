"""A new site is whole before anybody has written a word, and its privacy page says what holds."""

import re
from collections.abc import Callable
from io import StringIO

import pytest
from django.contrib.auth import authenticate, get_user_model
from django.core.management import CommandError, call_command
from PIL import Image

from blog.comments.models import Discussion
from blog.models import BlogIndexPage
from cms.brand.models import Drawing, SiteIdentity
from cms.brand.pictures import draw_due
from cms.management import preparation
from home import starting
from home.contact.site_settings import MessageSettings
from home.models import HomePage, PlantedItem, StandardPage
from tests import crawl
from tests.conftest import signed_in, visitor
from tests.factories import PostFactory, UserFactory
from tests.links import dead_links

PASSWORD = "osier-brook-42-mill"
BOOKS = {"name": "Baker Street Books", "admin": "ann"}


@pytest.fixture
def new(db) -> None:
    starting.start()


def first_site(**options) -> str:
    said = StringIO()
    call_command("first_site", stdout=said, **{**BOOKS, **options})
    return said.getvalue()


def text(url: str) -> str:
    answer = visitor().get(url)
    assert answer.status_code == 200, url
    return answer.content.decode()


@pytest.fixture
def set_to(new, django_capture_on_commit_callbacks) -> Callable[..., None]:
    """Save some settings of a new site, and do what follows once they are committed."""

    def save(model, **fields) -> None:
        row = model.for_site(starting.Site.objects.get())
        for name, value in fields.items():
            setattr(row, name, value)
        with django_capture_on_commit_callbacks(execute=True):
            row.save()

    return save


# --- Its pages ---


def test_every_link_of_a_new_site_leads_somewhere(new):
    begin = ("/", "/blog/", "/contact/", "/privacy/", "/blog/feed/", "/blog/comments/feed/", "/sitemap.xml")
    draw_due()  # as the worker does

    assert dead_links(*begin) == []


def test_the_menu_has_blog_and_contact_and_the_foot_leads_to_privacy(new):
    html = text("/")
    menu, _, rest = html.partition("</nav>")

    assert ['href="/blog/"' in menu, 'href="/contact/"' in menu, 'href="/privacy/"' in menu] == [
        True,
        True,
        False,
    ]
    assert 'href="/privacy/"' in rest
    assert "linic" not in html


def test_an_empty_blog_tells_visitors_so_and_staff_how_to_begin(new):
    assert "There is nothing here yet." in text("/blog/")
    assert "Read all articles" not in text("/blog/")
    html = signed_in(UserFactory(group="Editors")).get("/blog/").content.decode()
    new_post = f"/admin/pages/add/blog/blogpostpage/{BlogIndexPage.objects.get().pk}/"
    assert f'href="{new_post}"' in html
    assert signed_in(UserFactory(group="Editors")).get(new_post).status_code == 200
    front_desk = signed_in(UserFactory(group="Front desk")).get("/blog/").content.decode()
    assert new_post not in front_desk


def test_an_unknown_category_of_an_empty_blog_still_leads_back(new):
    html = text("/blog/?category=none")

    assert "There is no such category here." in html
    assert "Read all articles" in html


def test_the_first_article_takes_the_place_of_the_hint(new):
    PostFactory(title="Our first", slug="our-first")

    assert "Our first" in text("/blog/")
    assert "nothing here yet" not in text("/blog/")


def test_a_message_can_be_sent_at_once(new):
    words = {"name": "Ann", "email": "ann@books.example", "message": "Hello"}

    assert visitor().post("/contact/", words).status_code == 303


def test_starting_twice_adds_nothing(new):
    before = crawl.contents()
    starting.start()

    assert crawl.contents() == before


def test_a_home_page_that_somebody_has_written_is_left_alone(home):
    home.heading = "Come in"
    home.save()
    starting.start()

    assert "Come in" in text("/")


# --- What the privacy page says ---


def test_the_privacy_page_says_what_the_settings_say(new):
    html = text("/privacy/")

    assert "A moderator reads every comment before it appears." in html
    assert "deleted 30 days after that was decided" in html
    assert "A message stays until we delete it." in html


def test_it_follows_the_settings(set_to):
    set_to(Discussion, moderation="none", keep_refused_days=12, edit_minutes=0, require_address=False)
    set_to(MessageSettings, keep_handled_days=1, keep_spam_days=9, words_in_mail=False, take_files=True)
    html = text("/privacy/")

    for words in (
        "A comment appears at once, unless a rule holds it",
        "deleted 12 days after that was decided",
        "You may leave your email address, and need not.",
        "A message is deleted a day after it was answered.",
        "Spam is deleted after 9 days.",
        "Files that you send are kept as long as the message.",
    ):
        assert words in html
    assert "you can change or withdraw it yourself" not in html
    assert "also goes by mail" not in html


def test_a_site_without_comments_does_not_speak_of_them(set_to):
    set_to(Discussion, closed=True)

    assert "If you leave a comment" not in text("/privacy/")


def test_the_settings_page_of_the_admin_keeps_it_true(new, django_capture_on_commit_callbacks):
    admin, site = signed_in(UserFactory(admin=True)), starting.Site.objects.get()
    url = f"/admin/settings/home_contact/messagesettings/{site.pk}/"
    with django_capture_on_commit_callbacks(execute=True):
        admin.post(url, {"offer_copy": "on", "keep_handled_days": "", "keep_spam_days": "4"})

    assert "Spam is deleted after 4 days." in text("/privacy/")


def test_words_that_somebody_has_edited_are_never_overwritten(set_to):
    page = StandardPage.objects.get(slug="privacy")
    page.standfirst = "In our own words."
    page.save_revision().publish()
    set_to(Discussion, keep_refused_days=12)

    assert "deleted 30 days after" in text("/privacy/")


def test_a_setting_that_the_page_does_not_speak_of_makes_no_revision(set_to):
    page = StandardPage.objects.get(slug="privacy")
    set_to(Discussion, threads_a_page=50)

    assert page.revisions.count() == 1


def test_a_new_site_speaks_the_language_it_is_set_to(db, settings):
    settings.LANGUAGE_CODE = "de"
    starting.start()

    assert PlantedItem.objects.count() == 4
    assert HomePage.objects.get().heading  # no German catalogue is shipped: the text is the English one


# --- Its first log-in ---


def test_first_site_makes_pages_name_and_administrator(db, settings):
    settings.ADMIN_PASSWORD = PASSWORD
    said = first_site(email="ann@books.example", tagline="Old books and new")

    ann = authenticate(username="ann", password=PASSWORD)
    assert (ann.is_superuser, ann.email) == (True, "ann@books.example")
    assert "Baker Street Books" in text("/")
    assert SiteIdentity.objects.get().tagline == "Old books and new"
    assert starting.Site.objects.get().site_name == "Baker Street Books"
    assert PASSWORD not in said
    assert signed_in(ann).get("/admin/").status_code == 200


def test_a_password_that_nobody_chose_is_printed_once(db, settings):
    settings.ADMIN_PASSWORD = ""
    password = first_site().rpartition("Password: ")[2].strip()

    assert authenticate(username="ann", password=password)


def test_it_names_a_site_that_was_started_without_the_demo(new, settings):
    settings.ADMIN_PASSWORD = PASSWORD
    first_site()

    assert BlogIndexPage.objects.count() == 1
    assert "Baker Street Books" in text("/contact/")


def test_a_site_that_is_updated_has_its_icons_before_it_is_served(new):
    Drawing.objects.all().delete()
    preparation.bring_up_to_date()

    assert visitor().get("/favicon.ico", follow=True).status_code == 200


def test_icons_that_cannot_be_drawn_stop_no_start(new, monkeypatch, capsys):
    Drawing.objects.all().delete()
    monkeypatch.setattr(Image.Image, "save", lambda *args, **options: 1 / 0)
    preparation.bring_up_to_date()

    assert "Warning: The icons of the site could not be drawn: ZeroDivisionError." in capsys.readouterr().out


def test_no_box_of_a_new_site_is_empty(new):
    empty = re.compile(r"<(div|section|aside|ul|p|h\d)\b[^>]*>\s*</\1>")
    pages = ("/", "/blog/", "/contact/", "/privacy/", "/search/")
    assert {url: found[0] for url in pages if (found := empty.search(text(url)))} == {}


@pytest.mark.parametrize(
    ("options", "password", "words"),
    [
        ({"admin": "two words"}, PASSWORD, "Enter a valid username"),
        ({"email": "nobody"}, PASSWORD, "Enter a valid email address"),
        ({"name": "x" * 81}, PASSWORD, "at most 80 characters"),
        ({"name": " \x07 "}, PASSWORD, "cannot be blank"),
        ({}, "password2026", "too common"),
    ],
)
def test_bad_input_is_refused_in_a_sentence_and_nothing_is_begun(db, settings, options, password, words):
    settings.ADMIN_PASSWORD = password
    with pytest.raises(CommandError, match=words):
        first_site(**options)

    assert not get_user_model().objects.exists()
    assert not BlogIndexPage.objects.exists()


def test_a_site_with_a_log_in_is_not_begun_again(new, admin):
    preparation.bring_up_to_date()
    before = crawl.contents()
    with pytest.raises(CommandError, match="has log-ins already"):
        first_site()

    assert crawl.contents() == before
