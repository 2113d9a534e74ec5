"""What a page offers to send: each button of each of its forms, with the fields as they stand."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

WORDS = {"email": "ann@example.org", "": "Some words."}


@dataclass(slots=True)
class Form:
    action: str = ""
    post: bool = False
    fields: dict[str, str] = field(default_factory=dict)
    buttons: list[tuple[str, str]] = field(default_factory=list)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.named: dict[str, Form] = {}
        self.open = Form()
        self.select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.open = self._form(found.get("id") or f"form {len(self.named)}")
            self.open.action, self.open.post = (
                found.get("action", ""),
                found.get("method", "").lower() == "post",
            )
            return
        form = self._form(found["form"]) if "form" in found else self.open
        name, value, kind = found.get("name", ""), found.get("value", ""), found.get("type", "")
        if tag == "button" and kind in ("", "submit"):
            form.buttons.append((name, value))
        elif tag in ("input", "textarea") and name:
            form.fields[name] = value or WORDS.get(kind, WORDS[""])
        elif tag == "select":
            self.select = name
        elif tag == "option" and self.select and value:
            form.fields.setdefault(self.select, value)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.open = Form()
        elif tag == "select":
            self.select = ""

    def _form(self, name: str) -> Form:
        return self.named.setdefault(name, Form())


def every_post(url: str, html: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Return where each button of each form that posts leads, and what it sends."""
    reader = _Reader()
    reader.feed(html)
    for form in reader.named.values():
        for name, value in form.buttons if form.post else ():
            yield form.action or url, {**form.fields, **({name: value} if name else {})}
