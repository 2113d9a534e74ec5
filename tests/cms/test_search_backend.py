"""A search takes every word as it is written: none is syntax, and none is an error."""

import pytest
from django.core.management import call_command
from wagtail.images import get_image_model
from wagtail.models import Page
from wagtail.search.query import And, Not, Or, Phrase, PlainText
from wagtail_factories import ImageFactory

from tests.conftest import signed_in
from tests.factories import AuthorFactory, PostFactory

pytestmark = pytest.mark.django_db

ODD = [
    '"', '"6 inch', 'the "sham" needle', "'", "it's", "''", "*", "sham*", "(", ")", "(sham", "AND", "OR",
    "NOT sham", "NEAR/2", "NEAR(a b)", "^", "^sham", "-", "--", "-sham", ":", "title:sham", "sham:*", "&",
    "|",
    "!", "<->", "a & !b", "\\", "\\\\", "sham\\", "%", "%s", "_", "...", "\u201csham\u201d", "\U0001f4a4",
    "\u0661", "+", "{", "}", "{title}:x",
    "\t", "live:true", 'live:"', "x" * 5000, "word " * 2000, '"a" ' * 2000, "\u00e9" * 3000, "'\"'\"",
]  # fmt: skip
LISTS = [
    "/admin/pages/{home}/",
    "/admin/pages/search/",
    "/admin/pages/search/results/",
    "/admin/pages/{home}/results/",
    "/admin/choose-page/search/",
    "/admin/images/",
    "/admin/images/results/",
    "/admin/images/chooser/",
    "/admin/images/chooser/results/",
    "/admin/documents/",
    "/admin/documents/chooser/results/",
    "/admin/snippets/blog/author/",
    "/admin/snippets/choose/blog/author/results/",
    "/admin/users/",
    "/admin/redirects/",
    "/admin/comments/",
    "/admin/comments/all/",
    "/admin/messages/",
    "/search/",
]
# The desk says what is too long; the page of a batch is reached from there, with a batch.
IN_WORDS = {"/admin/comments/": {200, 422}, "/admin/comments/all/": {400, 422}}
TAGS = "/admin/tag-autocomplete/"


@pytest.fixture
def indexed(home, post):
    PostFactory(parent=post.get_parent(), title='The "sham" needle, 6 inch', slug="needle")
    ImageFactory(title='A 6" needle')
    AuthorFactory(name='O\'Hara "Sham" Ellis')
    call_command("update_index", verbosity=0)


@pytest.mark.parametrize("address", LISTS)
def test_no_search_of_staff_is_an_error(indexed, home, admin, address):
    browser = signed_in(admin)
    answered = IN_WORDS.get(address, {200})
    for words in ODD:
        answer = browser.get(address.format(home=home.pk), {"q": words})
        assert answer.status_code in answered, (address, words[:40], answer.status_code)


def test_nor_is_any_that_suggests_tags(admin):
    for words in ODD:
        assert signed_in(admin).get(TAGS, {"term": words}).status_code == 200, words[:40]


@pytest.mark.parametrize("words", [*ODD, "a\0b"], ids=range(len(ODD) + 1))
def test_nor_one_in_code(indexed, words):
    for query in (words, PlainText(words, operator="or"), Phrase(words)):
        for query_again in (query, Or([PlainText("needle"), query]) if not isinstance(query, str) else query):
            list(Page.objects.all().search(query_again))
    list(Page.objects.all().autocomplete(And([PlainText("needle"), Phrase(words), Not(PlainText(words))])))


@pytest.mark.parametrize(
    "words", ['"sham" needle', "sham", '"sham', "(needle)", "6 inch*", "-needle", "needle, 6", "needle ..."]
)
def test_what_has_such_characters_in_it_is_found_by_its_words(indexed, words):
    assert [page.slug for page in Page.objects.all().search(words)] == ["needle"]


def test_the_lists_of_staff_find_it_too(indexed, home, admin):
    browser = signed_in(admin)
    for address, words, found in (
        ("/admin/pages/search/", '"sham" need', "The &quot;sham&quot; needle"),
        ("/admin/images/", '6" need', "A 6&quot; needle"),
        ("/admin/snippets/blog/author/", "o'ha", "O&#x27;Hara"),
    ):
        assert found in browser.get(address, {"q": words}).content.decode(), address


def test_words_without_a_letter_or_digit_find_nothing(indexed):
    for words in ("...", '"', "()", "\0"):
        assert not list(Page.objects.all().search(words))
        assert not list(get_image_model().objects.all().search(words))
