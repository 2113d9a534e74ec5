import pytest
from hypothesis import given
from hypothesis import strategies as st

from blog.comments import text


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  two words ", "two words"),
        ("one\r\ntwo\rthree", "one\ntwo\nthree"),
        ("a\x07b\x1b[0m", "ab[0m"),
        ("left\u202eright\u2066", "leftright"),
        ("\u200b\u200d\ufeff", ""),
        ("\u3164\u2800", ""),
        ("e\u0301", "é"),
        ("Z" + "\u0300" * 50, "Z" + "\u0300" * 4),
        ("👩\u200d⚕️ ok", "👩\u200d⚕️ ok"),
        ("שלום", "שלום"),
    ],
)
def test_what_is_kept_of_a_text(typed, kept):
    assert text.normalise(typed) == kept


@pytest.mark.parametrize("typed", ["a\0b", "half \ud83d", "\udc00"])
def test_what_no_database_can_hold_is_refused(typed):
    with pytest.raises(text.UnreadableTextError):
        text.normalise(typed)


@given(st.text(max_size=300))
def test_normalising_twice_changes_nothing(typed):
    try:
        once = text.normalise(typed)
    except text.UnreadableTextError:
        return
    assert text.normalise(once) == once


@given(st.text(alphabet=st.sampled_from("<>&\"' /:.abchtpsjvrionle\n"), max_size=200))
def test_no_markup_of_a_reader_survives(typed):
    html = text.as_html(text.normalise(typed))
    for tag in ("<p>", "</p>", "<br>", "</a>"):
        html = html.replace(tag, "")
    for part in html.split("<")[1:]:
        assert part.startswith('a href="http'), html


@pytest.mark.parametrize(
    ("typed", "html"),
    [
        ("one\n\ntwo", "<p>one</p><p>two</p>"),
        ("one\ntwo", "<p>one<br>two</p>"),
        (
            "see https://a.example/x?y=1&z=2.",
            '<p>see <a href="https://a.example/x?y=1&amp;z=2" rel="ugc nofollow noopener">'
            "https://a.example/x?y=1&amp;z=2</a>.</p>",
        ),
        ("javascript:alert(1)", "<p>javascript:alert(1)</p>"),
        ("<script>", "<p>&lt;script&gt;</p>"),
        ("write to ann@example.org", "<p>write to ann@example.org</p>"),
    ],
)
def test_how_a_text_is_shown(typed, html):
    assert text.as_html(typed) == html
