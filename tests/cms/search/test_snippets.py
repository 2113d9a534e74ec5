import time

import pytest

from cms.search.snippets import LONGEST, snippet

pytestmark = pytest.mark.once


@pytest.mark.parametrize(
    ("text", "query", "shown"),
    [
        ("A quiet hour.", "quiet", "A <mark>quiet</mark> hour."),
        ("Two needles, one needle.", "needle", "Two <mark>needles</mark>, one <mark>needle</mark>."),
        ("Ein schönes Café!", "cafe", "Ein schönes <mark>Café</mark>!"),
        ("(Sleep) and sleep-walking", "sleep", "(<mark>Sleep</mark>) and <mark>sleep-walking</mark>"),
        ("針灸可以幫助睡眠。", "睡眠", "針灸可以幫助<mark>睡眠</mark>。"),
        ("मैं सोता हूँ", "सोता", "मैं <mark>सोता</mark> हूँ"),
        ("a < b & <b>quiet</b>", "quiet", "a &lt; b &amp; &lt;b&gt;quiet&lt;/b&gt;"),
        ("<mark>quiet", "mark", "&lt;<mark>mark&gt;quiet</mark>"),
        ("Nothing of it.", "else", "Nothing of it."),
        ("Nothing.", "", "Nothing."),
        ("", "quiet", ""),
    ],
)
def test_the_words_that_match_are_marked_and_all_else_is_escaped(text, query, shown):
    assert snippet(text, query) == shown


def test_a_long_text_is_cut_around_its_first_match_at_words():
    text = "word " * 500 + "willow " + "more " * 500

    shown = snippet(text, "willow")

    assert shown.startswith("… word ")
    assert "<mark>willow</mark>" in shown
    assert shown.endswith("more …")
    assert len(shown) < LONGEST + 40


def test_a_match_beyond_what_is_read_is_not_looked_for():
    assert "<mark>" not in snippet("a " * 20_000 + "willow", "willow")


@pytest.mark.parametrize("piece", ["willow ", "w", "睡", "́", "willow\u200b", "w-"])
def test_the_longest_text_takes_no_longer_than_a_moment(piece):
    text = piece * (400_000 // len(piece))
    start = time.process_time()

    snippet(text, "willow w 睡 " + "w" * 150)

    assert time.process_time() - start < 1
