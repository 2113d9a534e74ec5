"""Each page in the language of its locale, all else in that of the site; nothing stays for the next one."""

import os
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection

import pytest
from django.utils.translation import get_language
from wagtail.models import Locale, Page, Site, get_page_models
from wagtail.users.models import UserProfile

from cms.pages.languages import OwnLanguageMixin
from home.models import HomePage
from tests import pseudo
from tests.conftest import signed_in, visitor
from tests.factories import ContactPageFactory, HomePageFactory
from tests.served import HOST, web_server

EN, AR = ("en-gb", "ltr"), ("ar", "rtl")
SECTION = "127.0.0.1"  # the host of a site in another language
THREADS, ROUNDS = 8, 40


def written_in(html: str) -> tuple[str, str]:
    return re.search(r'<html lang="([^"]*)" dir="([^"]*)"', html).groups()


def read(path: str, host: str = "localhost") -> tuple[str, str]:
    return written_in(visitor(host=host).get(path).content.decode())


def section_in(code: str) -> HomePage:
    """A site of its own with a contact page, below a root in another locale."""
    locale = Locale.objects.create(language_code=code)
    root = HomePageFactory(parent=Page.get_first_root_node(), slug="section", locale=locale)
    ContactPageFactory(parent=root, locale=locale)
    Site.objects.create(hostname=SECTION, root_page=root)
    return root


@pytest.mark.django_db
class TestTheLanguageOfAPage:
    def test_a_page_without_another_locale_is_in_the_language_of_the_site(self, settings, contact):
        assert {read("/"), read("/contact/"), read("/search/"), read("/none/")} == {EN}
        settings.LANGUAGE_CODE = "ar"
        assert {read("/"), read("/contact/"), read("/search/"), read("/none/")} == {AR}

    @pytest.mark.parametrize("translated", [False, True])
    def test_a_page_in_another_locale_is_in_that_ones_language(self, settings, contact, translated):
        settings.WAGTAIL_I18N_ENABLED = translated
        settings.WAGTAIL_CONTENT_LANGUAGES = [("en-gb", "English"), ("ar", "Arabic")]
        section_in("ar")

        assert [read(path, SECTION) for path in ("/", "/contact/", "/contact/thanks/")] == [AR] * 3
        assert read("/contact/") == EN

    def test_what_is_no_page_stays_in_the_language_of_the_site(self, contact):
        section_in("ar")

        assert {read(path, SECTION) for path in ("/search/", "/none/", "/contact/none/")} == {EN}

    def test_an_answer_to_a_form_is_in_the_language_of_its_page(self, contact):
        section_in("ar")

        answer = visitor(host=SECTION).post("/contact/", {"name": ""})

        assert answer.status_code == 422
        assert written_in(answer.content.decode()) == AR

    def test_nothing_stays_active_after_a_page_or_an_error_in_it(self, client, contact):
        section_in("ar")
        before = get_language()

        for path in ("/", "/contact/", "/contact/none/"):
            read(path, SECTION)
            assert get_language() == before

    def test_an_editor_with_another_language_sees_a_preview_as_its_readers_do(self, admin, contact):
        UserProfile.objects.create(user=admin, preferred_language="ar")
        browser = signed_in(admin)
        url = f"/admin/pages/{contact.pk}/view_draft/"
        assert written_in(browser.get("/admin/").content.decode().replace(' class="no-js"', ""))[0] == "ar"

        assert written_in(browser.get(url).content.decode()) == EN

    def test_a_telephone_number_runs_from_left_to_right_in_every_language(self, settings, client, home):
        settings.LANGUAGE_CODE = "ar"
        page = ContactPageFactory(parent=home, telephone="01632 960123")

        assert '<bdi dir="ltr">01632&nbsp;960123</bdi>' in client.get(page.url).content.decode()

    def test_link_previews_name_the_language_as_open_graph_does(self, settings, client, contact):
        assert '<meta property="og:locale" content="en_GB">' in client.get("/contact/").content.decode()


def test_every_kind_of_page_keeps_to_its_own_language():
    kinds = [model for model in get_page_models() if model is not Page]

    assert len(kinds) >= 5
    assert [kind for kind in kinds if not issubclass(kind, OwnLanguageMixin)] == []


@pytest.fixture(scope="module")
def places(tmp_path_factory):
    return pseudo.build(tmp_path_factory.mktemp("locale"))


def answers_of(port: int, thread: int) -> Iterator[tuple[str, str, str]]:
    """Ask for pages of both sites in turn, each thread beginning with another one."""
    doors = [("localhost", "/contact/"), (SECTION, "/contact/"), (SECTION, "/none/"), ("localhost", "/")]
    line = HTTPConnection(HOST, port, timeout=60)
    for number in range(ROUNDS):
        host, path = doors[(thread + number) % len(doors)]
        line.request("GET", path, headers={"Host": host})
        yield host, path, line.getresponse().read().decode()
    line.close()


@pytest.mark.django_db(transaction=True)
def test_two_languages_at_once_never_mix(contact, places, tmp_path):
    """Eight visitors at the front door, whose requests share a few threads."""
    section_in(pseudo.CODE)
    variables = {
        "DJANGO_SETTINGS_MODULE": "tests.spoken",
        "TEST_LOCALE_PATHS": os.pathsep.join(map(str, places)),
    }
    with web_server(tmp_path / "log", **variables) as site, ThreadPoolExecutor(THREADS) as visitors:
        rounds = visitors.map(lambda thread: list(answers_of(site.port, thread)), range(THREADS))
        answers = [answer for answered in rounds for answer in answered]

    wrong = {
        (host, path)
        for host, path, html in answers
        if ("⟦" in html) is not (host == SECTION and path == "/contact/")
        or written_in(html)[0] != (pseudo.CODE if "⟦" in html else "en-gb")
    }
    assert len(answers) == THREADS * ROUNDS
    assert sum("⟦" in html for _, _, html in answers) == THREADS * ROUNDS / 4
    assert wrong == set()
