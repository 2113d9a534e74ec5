"""Wagtail's editor as a browser uses it: opens a page, sends its form by one of the four ways."""

import json
from typing import Any

from bs4 import BeautifulSoup, Tag
from wagtail.models import Page

JSON = {"Accept": "application/json"}
Blocks = list[tuple[str, str | dict[str, str]]]


class Editor:
    """``browser`` is Django's test client or a session of requests: something with ``get`` and ``post``."""

    def __init__(self, browser: Any, page: Page, site: str = "") -> None:
        self.browser, self.page = browser, page
        self.url = f"{site}/admin/pages/{page.pk}/edit/"

    def open(self) -> dict[str, str]:
        """Return the fields as they stand, without the blocks, which only a script puts there."""
        answer = self.browser.get(self.url)
        assert answer.status_code == 200, answer.status_code
        return fields(answer.content.decode())

    def save(self, form: dict[str, str], **how: Any) -> Any:
        return self.browser.post(self.url, data=form, **how)

    def publish(self, form: dict[str, str], **how: Any) -> Any:
        return self.save({**form, "action-publish": "action-publish"}, **how)

    def autosave(self, form: dict[str, str]) -> Any:
        return self.save(form, headers=JSON)

    def preview(self, form: dict[str, str]) -> Any:
        """Send the form to the preview, and return the page that it shows."""
        answer = self.browser.post(f"{self.url}preview/", data=form)
        assert answer.status_code == 200, answer.status_code
        return self.browser.get(f"{self.url}preview/?mode=")


def fields(html: str, having: str = "slug") -> dict[str, str]:
    """Return what the form of an editor's page would send, or that of another one with a field of its own."""
    form = next(
        each
        for each in BeautifulSoup(html, "html.parser").find_all("form")
        if each.find(attrs={"name": having})
    )
    found = form.find_all(["input", "textarea", "select"], attrs={"name": True})
    return {each["name"]: _value(each) for each in found if _sends(each)}


def _sends(field: Tag) -> bool:
    kind = field.get("type", "")
    return kind not in ("submit", "button", "file") and (
        kind not in ("checkbox", "radio") or field.has_attr("checked")
    )


def _value(field: Tag) -> str:
    if field.name == "textarea":
        return field.text.removeprefix("\n")
    if field.name == "select":
        options = field.find_all("option")
        selected = next(
            (each for each in options if each.has_attr("selected")), options[0] if options else None
        )
        return selected.get("value", selected.text) if selected else ""
    return field.get("value", "on" if field.get("type") == "checkbox" else "")


def paragraph(words: str) -> str:
    """Return a text as the editor sends it."""
    block = {"key": "aaaaa", "type": "unstyled", "depth": 0, "text": words}
    return json.dumps({"blocks": [{**block, "inlineStyleRanges": [], "entityRanges": []}], "entityMap": {}})


def stream(blocks: Blocks, name: str = "body") -> dict[str, str]:
    """Return the fields of blocks, each a kind with its value or with the values of its parts."""
    sent = {f"{name}-count": str(len(blocks))}
    for place, (kind, value) in enumerate(blocks):
        start = f"{name}-{place}"
        sent |= {
            f"{start}-deleted": "",
            f"{start}-order": str(place),
            f"{start}-type": kind,
            f"{start}-id": "",
        }
        parts = value if isinstance(value, dict) else {"": value}
        sent |= {f"{start}-value" + (part and f"-{part}"): each for part, each in parts.items()}
    return sent
