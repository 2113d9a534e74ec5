"""Short constructors for the raw values of `BodyStream`, and the two placeholders they may hold.

`link()` and the `page=` of a call to action name a page by its key; `picture()` names a picture by its key.
Neither has an id before the site exists: `filled()` puts the ids in.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

Block = dict[str, Any]

PAGE = re.compile(r"\{page:([a-z-]+)\}")
PICTURE = re.compile(r"\{picture:([a-z-]+)\}")


def heading(text: str, level: str = "h2") -> Block:
    return {"type": "heading", "value": {"text": text, "level": level}}


def paragraph(*texts: str) -> Block:
    """One block; a text that does not bring its own element becomes a `<p>`."""
    return {"type": "paragraph", "value": rich(*texts)}


def rich(*texts: str) -> str:
    return "".join(text if text.startswith(("<ul>", "<ol>", "<hr")) else f"<p>{text}</p>" for text in texts)


def bullets(*items: str) -> str:
    return "<ul>" + "".join(f"<li>{item}</li>" for item in items) + "</ul>"


def steps(*items: str) -> str:
    return "<ol>" + "".join(f"<li>{item}</li>" for item in items) + "</ol>"


def link(slug: str, words: str) -> str:
    return f'<a linktype="page" id="{{page:{slug}}}">{words}</a>'


def quote(text: str, who: str) -> Block:
    return {"type": "quote", "value": {"text": text, "who": who, "source_url": ""}}


def callout(kind: str, title: str, *texts: str) -> Block:
    return {"type": "callout", "value": {"kind": kind, "heading": title, "text": rich(*texts)}}


def comparison(
    caption: str, options: tuple[str, str], rows: list[tuple[str, str, str]], sources: str = ""
) -> Block:
    answered = [
        {"question": question, "answer_a": first, "answer_b": second, "answer_c": ""}
        for question, first, second in rows
    ]
    names = {"option_a": options[0], "option_b": options[1], "option_c": ""}
    return {
        "type": "comparison",
        "value": {"caption": caption, **names, "rows": answered, "sources": sources},
    }


def faq(title: str, *pairs: tuple[str, str]) -> Block:
    questions = [{"question": question, "answer": rich(answer)} for question, answer in pairs]
    return {"type": "faq", "value": {"heading": title, "questions": questions}}


def picture(key: str, alt: str, caption: str = "") -> Block:
    image = {"image": f"{{picture:{key}}}", "decorative": False, "alt_text": alt}
    return {"type": "image", "value": {"image": image, "caption": caption, "credit": ""}}


def call_to_action(title: str, text: str, button: str, page: str) -> Block:
    value = {"heading": title, "text": text, "button": button, "page": f"{{page:{page}}}", "url": ""}
    return {"type": "call_to_action", "value": value}


def filled(raw: Any, pages: Mapping[str, int], pictures: Mapping[str, int]) -> Any:
    """The same raw value with every placeholder replaced. A value that is one placeholder becomes the number.

    Raises KeyError for a page or picture that does not exist: a dead link would be a mistake here.
    """
    if isinstance(raw, list):
        return [filled(item, pages, pictures) for item in raw]
    if isinstance(raw, dict):
        return {key: filled(item, pages, pictures) for key, item in raw.items()}
    if not isinstance(raw, str):
        return raw
    for pattern, ids in ((PAGE, pages), (PICTURE, pictures)):
        if whole := pattern.fullmatch(raw):
            return ids[whole[1]]
        raw = pattern.sub(_number(ids), raw)
    return raw


def _number(ids: Mapping[str, int]) -> Callable[[re.Match[str]], str]:
    return lambda found: str(ids[found[1]])
