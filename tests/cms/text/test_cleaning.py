import unicodedata
from xml.etree import ElementTree
from xml.sax.saxutils import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from cms.text import cleaning, linking


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
        ("Monday\t09:00\tAda", "Monday 09:00 Ada"),
        ("a\vb\fc\x85d\u2028e\u2029f\x1cg", "a\nb\nc\nd\ne\nf\ng"),
        ("a\x1fb", "a b"),
        ("a\ufdd0b\ufffec\U0001ffffd\U0010fffee", "abcde"),
        ("\U0001fae8\U0001fae9", "\U0001fae8\U0001fae9"),  # Unicode 15 and 16; Python 3.11 knows 14
        ("\U0001face", "\U0001face"),  # 17
        (
            "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
            "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
        ),
        ("👍🏽 ❤️\u200d🔥 1️⃣", "👍🏽 ❤️\u200d🔥 1️⃣"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("क्\u200dष नींद", "क्\u200dष नींद"),
        ("ကွှိုံ့", "ကွှိုံ့"),
        ("בְּרֵאשִׁ֖ית", unicodedata.normalize("NFC", "בְּרֵאשִׁ֖ית")),
        ("\U000e0041\U000e0042", ""),
        ("\ufe0f\u115f\u2065\ufff0\U000e01ef\u061c", ""),
        ("\u0301\u0301", ""),
    ],
)
def test_what_is_kept_of_a_text(typed, kept):
    assert cleaning.normalise(typed) == kept


@pytest.mark.parametrize("typed", ["a\0b", "half \ud83d", "\udc00"])
def test_what_no_database_can_hold_is_refused(typed):
    with pytest.raises(cleaning.UnreadableTextError):
        cleaning.normalise(typed)


@pytest.mark.parametrize(
    ("typed", "line"),
    [
        ("Ada\tByron", "Ada Byron"),
        ("Ada\vByron", "Ada Byron"),
        ("Ada\x85Byron", "Ada Byron"),
        (" Ada\u2029\u3000 Byron\r\n", "Ada Byron"),
    ],
)
def test_a_line_has_a_space_where_there_was_any_kind_of_gap(typed, line):
    assert cleaning.single_line(typed) == line


@given(st.text(alphabet=st.characters(), max_size=300))
def test_what_is_printable_is_taken_by_xml_and_by_a_workbook(typed):
    kept = cleaning.printable(typed)

    assert not ILLEGAL_CHARACTERS_RE.search(kept)
    xml = f"<t>{escape(kept)}</t>".encode()
    assert ElementTree.fromstring(xml).text in (kept, None)  # noqa: S314 -- made in the line above
    assert cleaning.printable(kept) == kept
    assert "\n" not in cleaning.printable_line(typed)


@given(st.text(max_size=300))
def test_normalising_twice_changes_nothing(typed):
    try:
        once = cleaning.normalise(typed)
    except cleaning.UnreadableTextError:
        return
    assert cleaning.normalise(once) == once


@given(st.text(alphabet=st.sampled_from("<>&\"' /:.abchtpsjvrionle\n"), max_size=200))
def test_no_markup_of_a_reader_survives(typed):
    html = linking.as_html(cleaning.normalise(typed))
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
    assert linking.as_html(typed) == html


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("https://a.example/x.", "https://a.example/x"),
        ("https://a.example/x?!...", "https://a.example/x"),
        ("https://a.example/x:;", "https://a.example/x"),
        ("*https://a.example/x*", "https://a.example/x"),
        ("_https://a.example/x_", "https://a.example/x"),
        ("(https://a.example/x)", "https://a.example/x"),
        ("(see https://a.example/x_(y))", "https://a.example/x_(y)"),
        ("https://a.example/x_(y)", "https://a.example/x_(y)"),
        ("https://a.example/((x)", "https://a.example/((x)"),
        ("https://a.example/x)))", "https://a.example/x"),
        ("[https://a.example/x]", "https://a.example/x"),
        ("[words](https://a.example/x)", "https://a.example/x"),
        ("https://a.example/x[1]", "https://a.example/x[1]"),
        ("{https://a.example/x}.", "https://a.example/x"),
        ("'https://a.example/x'", "https://a.example/x"),
        ('"https://a.example/x"', "https://a.example/x"),
        ("“https://a.example/x”", "https://a.example/x"),
        ("«https://a.example/x»…", "https://a.example/x"),
        ("https://a.example/it's-here", "https://a.example/it's-here"),
        ("<https://a.example/x>", "https://a.example/x"),
        ("https://a.example/?a=1&b=2", "https://a.example/?a=1&b=2"),
        ("https://a.example/?q=a&copy;", "https://a.example/?q=a"),
        ("https://a.example/?q=a&copy", "https://a.example/?q=a&copy"),
        ("https://a.example/;a;;", "https://a.example/;a"),
        ("https://a.example/路径。下一句", "https://a.example/路径"),
        ("https://a.example/x，然后", "https://a.example/x"),
        ("（https://a.example/x）", "https://a.example/x"),
        ("「https://a.example/x」と", "https://a.example/x"),
        ("見てhttps://a.example/x、", "https://a.example/x"),
        ("https://münchen.example/straße", "https://münchen.example/straße"),
        ("https://пример.example/путь,", "https://пример.example/путь"),
        ("https://a.example/ ،", "https://a.example/"),
        ("https://a.example/x؟", "https://a.example/x"),
        ("HTTPS://A.example", "HTTPS://A.example"),
        ("http://localhost:8000/x", "http://localhost:8000/x"),
        ("https://a.example\u200bwords", "https://a.example"),
    ],
)
def test_a_link_ends_where_its_reader_would_end_it(typed, found):
    assert linking.links(typed) == [found]
    assert f'href="{escape(found)}"'.replace("'", "&#x27;") in linking.as_html(typed)


@pytest.mark.parametrize(
    "typed",
    [
        "xhttps://a.example",
        "1http://a.example",
        "словоhttps://a.example",
        "https://",
        "https://...",
        "http://-",
        "https:// a",
        "www.a.example",
        "https://a.example/" + "x" * 2000,
    ],
)
def test_no_link_starts_inside_a_word_or_without_a_host(typed):
    assert linking.links(typed) == []
    assert "<a" not in linking.as_html(typed)
