"""
Work for what anyone may send grows with its length, not with its square, and far too long is not worked on.

Each pattern is the worst that is known for something that reads the field: runs of marks for a normal form,
brackets and semicolons for links, blanks for paragraphs.
"""

import time
from collections.abc import Callable, Iterator
from itertools import count, cycle, islice

import pytest

from blog.comments.models import ReaderComment, Report
from blog.comments.posting.forms import LONGEST_COMMENT, CommentForm, ReportForm, WordsForm
from blog.comments.rules import names, verdicts
from cms.search import words as search_words
from cms.text import cleaning, linking, words
from cms.text.fields import TIMES_THE_LIMIT
from home.contact.forms import LONGEST_TELEPHONE, ContactForm
from home.contact.models import ContactMessage
from tests.conftest import visitor
from tests.factories import CommentFactory, ContactPageFactory
from tests.test_bad_input import post_json
from tests.work import MOST_SECONDS, at_usual_pace

pytestmark = pytest.mark.once

SHORT, LONG = 4_000, 16_000
MARKS = "\u0300\u0316\u0327\u0345"  # of four classes, each to be sorted before the last
PATTERNS = {
    "marks": MARKS,
    "marks on letters": f"e{MARKS * 30}",
    "spacing marks": "\u302e\u302f\U0001d165\U0001d16d",
    "kana marks": "\uff9e\u0327",
    "marks that fall apart": "\u0344\u0316",
    "ligatures": "\ufdfa",
    "Hangul": "\u1100\u1161\u11a8",
    "invisible": "\u200b\u200d",
    "brackets": "https://a.example/)",
    "open brackets": "https://a.example/(((",
    "semicolons": "https://a.example/&a;",
    "http": "http://",
    "at signs": "a@b.",
    "line ends": "\r\n \r\n",
    "blanks": " \t\u00a0",
    "controls": "\x07\u202e",
    "surrogates of emoji": "\U0001fae8\u200d",
}


def of_length(pattern: str, length: int) -> str:
    return "".join(islice(cycle(pattern), length))


def quickest(work: Callable[[str], object], typed: str, times: int = 3) -> float:
    """Return the least processor time that some work took, in seconds: what else runs does not count."""
    took = []
    for _ in range(times):
        start = time.thread_time()
        work(typed)
        took.append(time.thread_time() - start)
    return min(took)


def last_of_long_link(typed: str) -> str:
    """One address as long as the whole text."""
    return linking.as_html("https://a.example/" + typed.replace("https://", ""))


WORK = [
    cleaning.normalise,
    cleaning.single_line,
    cleaning.printable,
    linking.as_html,
    linking.links,
    words.cut,
    words.fold,
]
WORK += [names.is_address, names.look, last_of_long_link]


@pytest.mark.parametrize("pattern", PATTERNS)
@pytest.mark.parametrize("work", WORK, ids=lambda work: work.__name__)
def test_four_times_the_text_takes_about_four_times_as_long(work, pattern):
    typed = PATTERNS[pattern]
    short, long = of_length(typed, SHORT), of_length(typed, LONG)

    seconds, at_most = quickest(work, long), 10 * quickest(work, short) + 0.002
    assert seconds < at_most  # 16 times, and more, for a square


@pytest.mark.parametrize("pattern", PATTERNS)
def test_the_longest_text_that_is_cleaned_is_cleaned_within_a_tenth_of_a_second(pattern):
    typed = of_length(PATTERNS[pattern], TIMES_THE_LIMIT * LONGEST_COMMENT)

    kept = cleaning.normalise(typed)[:LONGEST_COMMENT]
    seconds = [
        quickest(cleaning.normalise, typed),
        quickest(linking.as_html, kept),
        quickest(words.cut, kept),
    ]
    assert max(seconds) < 0.1


@pytest.mark.parametrize("pattern", PATTERNS)
def test_the_terms_of_a_text_are_made_in_time_in_step_with_its_length(pattern):
    short, long = (of_length(PATTERNS[pattern], length) for length in (20_000, 80_000))

    assert quickest(search_words.index_terms, long) < 10 * quickest(search_words.index_terms, short) + 0.02


LISTED = {
    "words": "a{}",
    "phrases that begin alike": "a " * 46 + "{}",
    "ideographs": "\u4e00" * 90 + "{}",
    "ligatures": "\ufdfa" * 90 + "{}",
    "domains": "a{}.example",
    "domains beyond ASCII": "\u00fc{}.example",
}


def judged(lines: int, letters: int, listed: str, said: str, numbers: Iterator[int]) -> None:
    """Judge a comment by two lists that were saved just now: nothing of them is prepared."""
    lists = [tuple(LISTED[listed].format(next(numbers)) for _ in range(lines)) for _ in range(2)]
    limits = verdicts.Limits(hold_words=lists[0], spam_words=lists[1])
    facts = verdicts.Facts(text=of_length(said, letters), domain=f"{'a.' * 100}example")
    assert verdicts.judge(facts, limits).reasons == (verdicts.Reason.HOLD_ALL,)


@pytest.mark.parametrize("listed", LISTED)
@pytest.mark.parametrize("said", ["a ", "\u4e00", "\ufdfa"])
def test_words_that_hold_take_time_in_step_with_their_list_and_with_the_comment(listed, said):
    numbers = count(1000)

    def took(lines: int, letters: int) -> float:
        return quickest(lambda said: judged(lines, letters, listed, said, numbers), said, times=2)

    whole, few_lines, short = took(240, 4_000), took(60, 4_000), took(240, 1_000)
    assert whole < 10 * min(few_lines, short) + 0.01


@pytest.mark.django_db
@pytest.mark.parametrize("pattern", ["marks", "marks on letters", "ligatures", "http", "at signs"])
class TestForms:
    """Two million characters in each field: refused by name, in the time that it takes to show them again."""

    LENGTH = 2_000_000

    @pytest.fixture
    def typed(self, pattern) -> str:
        return of_length(PATTERNS[pattern], self.LENGTH)

    def test_a_field_that_is_far_too_long_is_not_worked_on(self, post, contact, typed):
        forms = {
            "name": CommentForm(post, {"name": typed}, signed=False),
            "email": CommentForm(post, {"email": typed}, signed=False),
            "comment": WordsForm({"comment": typed}),
            "words": ReportForm({"words": typed, "reason": "spam"}),
            "telephone": ContactForm(contact, {"telephone": typed}, sealed=False),
            "message": ContactForm(contact, {"message": typed}, sealed=False),
        }
        for name, form in forms.items():
            start = time.thread_time()
            error = form.errors[name][0]
            assert at_usual_pace(time.thread_time() - start) < MOST_SECONDS, name
            assert "characters or less" in error or name == "email"


MANY_MARKS = "e" + MARKS * 2_000


@pytest.mark.django_db
def test_every_door_names_the_field_and_its_limit(client, post, contact):
    comment = CommentFactory(page=post, approved=True)
    doors = [
        (
            f"/api/v1/posts/{post.pk}/comments/",
            {"name": "Ann", "email": "a@example.org", "comment": "x"},
            "name",
            50,
        ),
        (
            f"/api/v1/posts/{post.pk}/comments/",
            {"name": "Ann", "email": "a@example.org", "comment": "x"},
            "comment",
            5000,
        ),
        (
            f"/api/v1/contact/{contact.pk}/",
            {"name": "Ann", "email": "a@example.org", "message": "x"},
            "telephone",
            LONGEST_TELEPHONE,
        ),
        (
            f"/api/v1/contact/{contact.pk}/",
            {"name": "Ann", "email": "a@example.org", "message": "x"},
            "message",
            5000,
        ),
        (f"/api/v1/comments/{comment.pk}/report/", {"reason": "spam"}, "words", 500),
    ]
    for url, body, field, limit in doors:
        answer = post_json(url, {**body, field: MANY_MARKS * 4}, visitor())
        assert answer.status_code == 422, url
        (error,) = answer.json()["errors"]
        assert error["field"] == field
        assert f"{limit:,} characters or less" in error["message"]

    page = client.post(contact.url, {"name": "Ann Kept", "email": "a@example.org", "message": MANY_MARKS * 4})
    assert page.status_code == 422
    assert "5,000 characters or less" in page.content.decode()
    assert "Ann Kept" in page.content.decode()
    assert (ReaderComment.objects.count(), Report.objects.count(), ContactMessage.objects.count()) == (
        1,
        0,
        0,
    )


@pytest.mark.django_db
def test_an_answer_to_a_question_of_an_editor_is_bounded_too(home):
    form = ContactForm(page := ContactPageFactory(parent=home, asking=True), sealed=False)
    lines = {
        name: MANY_MARKS * 4
        for name, child in form.question_blocks.items()
        if child.block_type in ("line", "text")
    }

    errors = ContactForm(page, lines, sealed=False).errors

    assert lines
    assert all("characters or less" in errors[name][0] for name in lines)
