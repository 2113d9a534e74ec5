"""Editors at work, each with a session of their own, and what each answer must hold."""

import json
import re
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

import requests
from wagtail.admin.rich_text.converters.contentstate import ContentstateConverter

from blog.models import BlogPostPage
from cms.body.blocks import RICH_TEXT, SHORT_RICH_TEXT
from tests.editor import Editor, stream
from tests.factories import PASSWORD

NAMES = (
    "quillaja",
    "bergamot",
    "tamarind",
    "verbena",
)  # one for each page; no other word of the site is like it
_MARK = re.compile(f"(?:{'|'.join(NAMES)})x[0-9]+x[0-9]+")
_NEWEST = re.compile(r'name="(loaded_revision_(?:id|created_at))" value="([^"]*)"')
_converting = threading.Lock()  # the words sent must be right whatever is wrong with the converter


def marks(text: str) -> Counter[str]:
    """Return the marks in a text: of which page, by which editor, of which time."""
    return Counter(_MARK.findall(text))


def _rich(mark: str, features: list[str]) -> str:
    html = (
        f"<p>{mark} <b>bold {mark}</b> <i>{mark}</i></p><ul><li>{mark}</li><li>{mark}</li></ul><p>{mark}</p>"
    )
    with _converting:
        return ContentstateConverter(features).from_database_format(html)


def words(mark: str) -> dict[str, str]:
    """Return the fields of a post that says a mark wherever words can be."""
    text, short = _rich(mark, RICH_TEXT), _rich(mark, SHORT_RICH_TEXT)
    row = {"question": f"{mark}?", "answer_a": mark, "answer_b": mark, "answer_c": ""}
    rows = _items("rows", [row, row])
    questions = _items("questions", [{"question": f"{mark}?", "answer": short}])
    blocks = [
        ("heading", {"text": mark, "level": "h2"}),
        ("paragraph", text),
        ("quote", {"text": mark, "who": mark, "source_url": ""}),
        ("callout", {"kind": "info", "heading": mark, "text": short}),
        (
            "comparison",
            {"caption": mark, "option_a": mark, "option_b": mark, "option_c": "", "sources": mark} | rows,
        ),
        ("faq", {"heading": mark} | questions),
        (
            "call_to_action",
            {"heading": mark, "text": mark, "button": mark, "page": "", "url": f"https://example.org/{mark}"},
        ),
        ("paragraph", text),
    ]
    about = dict.fromkeys(("title", "standfirst"), title_of(mark))  # which the cards on other pages say too
    return {**about, "hero_caption": mark, "reviewed_by": mark, **stream(blocks)}


def title_of(mark: str) -> str:
    return f"All of {mark.partition('x')[0]}"


def _items(name: str, values: list[dict[str, str]]) -> dict[str, str]:
    """Return the fields of a list in a block."""
    sent = {f"{name}-count": str(len(values))}
    for place, value in enumerate(values):
        start = f"{name}-{place}"
        sent |= {
            f"{start}-deleted": "",
            f"{start}-order": str(place),
            f"{start}-type": "item",
            f"{start}-id": "",
        }
        sent |= {f"{start}-value-{part}": each for part, each in value.items()}
    return sent


@dataclass
class Tally:
    """What was seen by all editors together."""

    answers: Counter[str] = field(default_factory=Counter)
    wrongs: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def count(self, step: str) -> None:
        with self.lock:
            self.answers[step] += 1

    def wrong(self, sentence: str) -> None:
        with self.lock:
            self.wrongs.append(sentence)


class AtWork(threading.Thread):
    """One editor of one page, until it is over."""

    def __init__(
        self, site: str, page: BlogPostPage, number: int, tally: Tally, over: threading.Event
    ) -> None:
        super().__init__(name=f"editor {number}", daemon=True)
        self.site, self.page, self.number, self.tally, self.over = site, page, number, tally, over
        self.name_of_page = NAMES[number % len(NAMES)]
        self.browser = requests.Session()
        self.editor = Editor(self.browser, page, site)
        self.fields: dict[str, str] = {}

    def run(self) -> None:
        try:
            self._log_in()
            self.fields = self.editor.open()
            for time_of in self._times():
                self._work(f"{self.name_of_page}x{self.number}x{time_of}")
        except Exception as error:  # noqa: BLE001 -- whatever it is, it is told as a wrong, and not lost with the thread
            self.tally.wrong(f"{self.name}: {type(error).__name__}: {error}")

    def _times(self) -> Iterator[int]:
        time_of = 0
        while not self.over.is_set() or not time_of:
            time_of += 1
            yield time_of

    def _log_in(self) -> None:
        url = f"{self.site}/admin/login/"
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)', self.browser.get(url).text)[1]
        form = {"csrfmiddlewaretoken": token, "username": f"editor{self.number}", "password": PASSWORD}
        answer = self.browser.post(url, data=form, allow_redirects=False)
        assert answer.status_code == 302, answer.status_code

    def _work(self, mark: str) -> None:
        form = self.fields | self._opened() | words(mark)
        self._judge("autosave", self.editor.autosave(form), conflict="invalid_revision")
        self._judge("preview", self.editor.preview(form), only=mark)
        form |= self._opened()
        self._judge(
            "publish",
            self.editor.publish(form, allow_redirects=False),
            conflict="Your changes are not saved yet",
        )
        self._judge("read", self.browser.get(f"{self.site}{self.page.url}"))
        self._judge("history", self.browser.get(f"{self.site}/admin/pages/{self.page.pk}/history/"))

    def _opened(self) -> dict[str, str]:
        answer = self.browser.get(self.editor.url)
        self._judge("open", answer)
        return dict(_NEWEST.findall(answer.text))

    def _judge(self, step: str, answer: requests.Response, *, only: str = "", conflict: str = "") -> None:
        """Words are of this page, and those of the body of one saving; a conflict is told as one."""
        refused = bool(conflict) and conflict in answer.text
        self.tally.count(f"{step}, refused" if refused else step)
        if not (refused or answer.ok and (step != "publish" or answer.status_code == 302)):
            self.tally.wrong(f"{step}: {answer.status_code} {_first_words(answer)}")
        found = marks(answer.text)
        if foreign := {each for each in found if not each.startswith(self.name_of_page)}:
            self.tally.wrong(f"{step} of {self.name_of_page} shows {sorted(foreign)}")
        if step in ("open", "preview") and len(found) > 1 or only and set(found) != {only}:
            self.tally.wrong(f"{step} of {self.name_of_page} mixes {found}")


def _first_words(answer: requests.Response) -> str:
    return " ".join(re.sub(r"<(script|style).*?</\1>|<[^>]+>", " ", answer.text, flags=re.S).split())[:200]


def work(site: str, pages: list[BlogPostPage], seconds: float) -> Tally:
    """Let two editors work at each page for so many seconds, and at least once."""
    tally, over = Tally(), threading.Event()
    at_work = [
        AtWork(site, pages[number % len(pages)], number, tally, over) for number in range(2 * len(pages))
    ]
    for each in at_work:
        each.start()
    end = time.monotonic() + seconds
    for each in at_work:
        each.join(max(0.0, end - time.monotonic()))
    over.set()
    for each in at_work:
        each.join()
    return tally


def stored(page: BlogPostPage) -> Iterator[tuple[str, str, Counter[str]]]:
    """Return title and marks of a page as it is in the database, and of each of its revisions."""
    yield "page", page.title, marks(json.dumps(page.body.get_prep_value()))
    for revision in page.revisions.iterator():
        yield f"revision {revision.pk}", revision.content["title"], marks(json.dumps(revision.content))
