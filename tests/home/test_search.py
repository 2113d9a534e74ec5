"""What a visitor finds, whatever script it is in and whichever way it is typed."""

import unicodedata
from urllib.parse import quote

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from modelsearch.conf import get_app_config
from wagtail.models import Page

from cms.rate_limit.actions import NETWORKS
from cms.rate_limit.models import Bucket
from cms.search import upkeep, words
from home import search
from tests.conftest import signed_in
from tests.factories import PostFactory

LONG_AGO = "/blog/of-interest/"


@pytest.fixture
def finds(client, blog):
    """Say whether a post with a text, in its title or in its body, is found by a query."""

    def found_by(query: str) -> bool:
        answer = client.get(f"/search/?q={quote(query)}")
        assert answer.status_code == 200
        return LONG_AGO in answer.content.decode()

    def says(text: str, query: str, *, titled: bool = False) -> bool:
        body = [("paragraph", f"<p>{text}</p>")]
        post = PostFactory(parent=blog, slug="of-interest", title=text if titled else "Post", body=body)
        try:
            return found_by(query)
        finally:
            post.delete()

    return says


def composed(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def decomposed(text: str) -> str:
    return unicodedata.normalize("NFD", text)


@pytest.mark.parametrize("asked", [composed, decomposed])
@pytest.mark.parametrize("stored", [composed, decomposed])
@pytest.mark.parametrize(
    "word", ["résumé", "naïve", "Ångström", "ýmir", "Việt", "が行", "한국", "हिन्दी", "क़लम"]
)
def test_a_word_is_found_composed_and_decomposed(finds, word, stored, asked):
    assert finds(f"A talk on {stored(word)} today", asked(word))


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("résumé", "resume"),
        ("resume", "Résumé"),
        ("Ångström", "angstrom"),
        ("Angstrom", "Ångström"),
        ("Ελληνικά", "ΕΛΛΗΝΙΚΑ"),
        ("ύπνος", "υπνος"),
        ("Ёлка", "елка"),
        ("елка", "ёлка"),
        ("İstanbul", "istanbul"),
        ("ISPARTA", "ısparta"),
        ("Straße", "strasse"),
        ("STRASSE", "straße"),
        ("Ærø", "aero"),
        ("Łódź", "lodz"),
        ("smørrebrød", "smorrebrod"),
        ("ｆｕｌｌ ｗｉｄｔｈ", "full width"),
        ("ﬁne", "fine"),
        ("soft\u00adhyphen", "softhyphen"),
        ("كِتَاب", "كتاب"),
        ("أحمد", "احمد"),
        ("שָׁלוֹם", "שלום"),
        ("٢٠٢٦", "2026"),
    ],
)
def test_a_word_is_found_with_and_without_accents(finds, text, query):
    assert finds(f"A talk on {text} today", query)


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("हिन्दी में नींद", "नींद"),
        ("हिन्दी में नींद", "हिन्दी"),
        ("針灸可以改善睡眠質量。", "睡眠"),
        ("针灸可以改善睡眠质量。", "睡眠质量"),
        ("针灸可以改善睡眠质量。", "善"),
        ("日本語で書かれた文章", "日本語"),
        ("カタカナのテスト", "テスト"),
        ("ﾃｽﾄ", "テスト"),
        ("การฝังเข็มช่วยให้นอนหลับ", "ฝังเข็ม"),
        ("ภาษาไทย", "ไทย"),
        ("침술은 안전하다", "침술"),
        ("ខ្ញុំចូលចិត្តគេង", "ចូលចិត្ត"),
        ("Time for a nap 💤 now", "💤"),
        ("With a doctor 👩🏽‍⚕️ near", "👩🏽‍⚕️"),
        ("A face 🫩 of late", "🫩"),
        ("C. difficile", "c"),
        ("Room 1,024 on 3.5.2026", "1,024"),
        ("Covid-19", "covid-19"),
        ("Covid-19", "19"),
        ("a well-being day", "well-being"),
        ("a well-being day", "wellbeing"),
        ("an e-mail", "email"),
        ("Parkinson’s disease", "Parkinsons"),
        ("Parkinsons", "Parkinson's"),
        ("Parkinson's", "Parkinson’s"),
        ("Dr O’Brien", "O'Brien"),
        ("l’acupuncture", "acupuncture"),
        ('He said "sleep well" twice', '"sleep well"'),
        ("x" * 300, "x" * 300),
    ],
)
def test_a_word_of_any_script_is_found_whole(finds, text, query):
    assert finds(f"{text} .", query)


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("needles", "needle"),
        ("needle", "needles"),
        ("studies", "study"),
        ("box", "boxes"),
        ("viruses", "virus"),
        ("sleeping", "sleep"),
        ("иглоукалывание", "иглоукалыванием"),
        ("книги", "книга"),
        ("किताबें", "किताब"),
        ("الكتاب", "كتاب"),
        ("ελληνικά", "ελληνικών"),
    ],
)
def test_a_word_is_found_by_another_form_of_it(finds, text, query):
    assert finds(f"A word: {text}.", query)
    assert finds(text, query, titled=True)


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("हिन्दी में नींद", "न द"),
        ("हिन्दी में नींद", "हन"),
        ("हिन्दी", "ह"),
        ("การฝังเข็ม", "นอนหลับ"),
        ("针灸可以改善睡眠", "眠睡"),
        ("針灸", "灸針"),
        ("résumé", "r sum"),
        ("car", "care"),
        ("е́лка", "лка"),
        ("needle", "needless to say"),
        ("sleep", "wake"),
    ],
)
def test_letters_that_are_no_word_of_a_text_do_not_find_it(finds, text, query):
    assert not finds(f"{text} .", query)


@pytest.mark.parametrize(
    "query",
    [
        "",
        " ",
        "?!…",
        "\0",
        "\0\0quiet\0",
        '"',
        "'",
        '"quiet',
        "quiet OR NOT (",
        "title:quiet",
        "quiet*",
        "NEAR(quiet hour)",
        "a:*b & !c | <-> d",
        "\\",
        "x" * 10_000,
        "\ufdfa" * 10_000,
        "睡" * 10_000,
        "a " * 5_000,
        "\u0301" * 5_000,
        "\u202e\u200b\u200d",
        "\ud83d".encode("utf-8", "surrogatepass").decode("utf-8", "replace"),
        "100% quiet",
    ],
)
def test_whatever_is_typed_is_answered_by_a_page(client, post, query):
    assert client.get("/search/", {"q": query}).status_code == 200


def test_the_search_of_the_admin_asks_the_same_index(blog, admin):
    PostFactory(parent=blog, slug="a-nap", title="Résumé of needles, 睡眠质量")
    browser = signed_in(admin)
    for query in (
        "re\u0301sume\u0301",
        "resum",
        "needle",
        "needles",
        "nee",
        "睡眠",
        "睡",
        '"needles"',
        '"needle',
    ):
        answer = browser.get("/admin/pages/search/", {"q": query})
        assert answer.status_code == 200
        assert "Résumé of needles" in answer.content.decode(), query
    for query in ('"', "'\"", '"" ""', "(", "a" * 3000, '"a" ' * 500):
        assert browser.get("/admin/pages/search/", {"q": query}).status_code == 200


def test_a_second_page_of_results_asks_for_the_same_words(client, blog):
    for number in range(12):
        PostFactory(parent=blog, slug=f"wool-{number}", title=f"100% wool & more {number}")
    html = client.get("/search/", {"q": "100% wool & more"}).content.decode()
    assert "q=100%25%20wool%20%26%20more&amp;page=2" in html
    second = client.get("/search/?q=100%25%20wool%20%26%20more&page=2").content.decode()
    assert second.partition('class="results"')[2].partition("</ol>")[0].count("<li>") == 2


def test_what_is_found_costs_the_same_number_of_queries_however_much_it_is(client, blog):
    def asked() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert client.get("/search/?q=flat").status_code == 200
        return len(asked)

    PostFactory.create_batch(11, parent=blog, title="Flat")
    asked()
    few = asked()
    PostFactory.create_batch(30, parent=blog, title="Flat")
    assert asked() == few


def test_the_title_counts_for_more_than_the_text(client, blog):
    PostFactory(
        parent=blog, slug="aside", title="Other", body=[("paragraph", "<p>" + "words " * 80 + "pillow</p>")]
    )
    PostFactory(parent=blog, slug="about-it", title="The pillow")
    PostFactory(
        parent=blog,
        slug="aside-too",
        title="More",
        body=[("paragraph", "<p>" + "words " * 80 + "pillow</p>")],
    )
    html = client.get("/search/?q=pillows").content.decode()
    assert html.index("/blog/about-it/") < min(html.index("/blog/aside/"), html.index("/blog/aside-too/"))


class TestUpkeep:
    def test_an_index_of_another_format_is_made_anew(self, client, blog):
        PostFactory(parent=blog, slug="of-interest", title="Résumé")
        upkeep.rebuild()
        assert upkeep.is_current()
        entries = get_app_config().get_model("IndexEntry").objects.all()
        entries.update(title="", body="", autocomplete="")  # as another version left it
        entries.filter(object_id=f"format {words.FORMAT}").update(object_id="format 0")
        assert not upkeep.is_current()
        assert LONG_AGO not in client.get("/search/?q=resume").content.decode()
        upkeep.rebuild()
        assert upkeep.is_current()
        assert LONG_AGO in client.get("/search/?q=resume").content.decode()

    def test_an_update_of_the_index_by_hand_keeps_the_mark(self, blog):
        upkeep.rebuild()
        call_command("update_index", verbosity=0)
        assert upkeep.is_current()

    def test_an_index_that_was_emptied_is_made_anew(self, blog):
        upkeep.rebuild()
        get_app_config().get_model("IndexEntry").objects.all().delete()
        assert not upkeep.is_current()

    def test_the_mark_is_no_result(self, admin, blog):
        upkeep.rebuild()
        assert not Page.objects.search("format").count()


def test_the_index_is_made_of_our_terms(blog):
    """The class that makes an entry is ours: ``modelsearch`` 1.3.2 asks its own module for it."""
    entry = PostFactory(parent=blog, title="Ångström units").index_entries.get()
    assert "angstrom" in str(entry.title) and "unit" in str(entry.title) and "Å" not in str(entry.title)


def test_a_text_of_any_length_can_be_indexed(client, blog):
    """PostgreSQL takes a megabyte of terms; what is beyond the bound is not found, and nothing fails."""
    text = "".join(chr(0x4E00 + number * 7 % 20_000) for number in range(300_000))
    post = PostFactory(parent=blog, slug="of-interest", title="Long")
    post.body = [("paragraph", f"<p>{text}</p>")]
    post.save()
    assert LONG_AGO in client.get(f"/search/?q={quote(text[100:104])}").content.decode()


class TestTooManySearches:
    def search(self, client, address: str = "203.0.113.9", query: str = "quiet"):
        return client.get("/search/", {"q": query}, REMOTE_ADDR=address)

    def test_one_client_waits_and_nobody_else_and_no_row_is_written(self, client, post, time_machine):
        time_machine.move_to("2026-11-27 10:00:00+00:00", tick=False)
        answers = [self.search(client) for _ in range(search.MOST_A_MINUTE + 2)]

        assert [answer.status_code for answer in answers] == search.MOST_A_MINUTE * [200] + 2 * [429]
        refused = answers[-1]
        assert (refused["Retry-After"], refused["Cache-Control"]) == ("60", "private, no-store")
        assert "60 seconds" in refused.content.decode()
        assert self.search(client, "203.0.113.10").status_code == 200
        assert self.search(client, query="").status_code == 200
        assert not Bucket.objects.exists()
        time_machine.shift(61)
        assert self.search(client).status_code == 200

    def test_the_networks_of_one_connection_share_what_six_may_ask(self, client, post, time_machine):
        time_machine.move_to("2026-11-27 10:00:00+00:00", tick=False)
        most = NETWORKS * search.MOST_A_MINUTE
        spread = [f"2001:db8:1:{number:x}::1" for number in range(most + 1)]
        answers = [self.search(client, address).status_code for address in spread]

        assert answers == most * [200] + [429]
        assert self.search(client, "2001:db8:2::1").status_code == 200
