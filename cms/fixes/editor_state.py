"""
What Wagtail's editor keeps in objects of the process, kept here for one request only.

The site is served with threads, and blocks and widgets of an editor are made once a process. Wagtail 8.0.1
keeps in them, while it answers one request:

* the parser that turns a text into what the editor shows, with the text read so far (wagtail#14573): two
  pages opened at once mixed their words;
* whether a field must be filled in. It need not be while a draft is saved, so a page published at the same
  moment could lack what it needs, and after two drafts at once nothing was required any more.

`test_editor_state` fails when Wagtail holds either for the request itself; then ours can go.
"""

import copy
from contextvars import ContextVar
from typing import Any

from wagtail.admin.rich_text.converters.contentstate import ContentstateConverter
from wagtail.blocks import Block, FieldBlock

WAGTAILS_OWN = (
    (ContentstateConverter, "from_database_format", ContentstateConverter.from_database_format),
    (Block, "clean_deferred", Block.clean_deferred),
    (FieldBlock, "clean", FieldBlock.clean),
)
_saves_a_draft: ContextVar[bool] = ContextVar("saves_a_draft", default=False)


def hold_by_request() -> None:
    """Put ours in the place of Wagtail's own."""
    ContentstateConverter.from_database_format = _from_database_format
    Block.is_deferred_validation = property(lambda block: _saves_a_draft.get(), lambda block, value: None)
    Block.clean_deferred = _clean_deferred
    FieldBlock.clean = _clean


def _from_database_format(self: ContentstateConverter, html: str) -> str:
    """Convert with a parser of our own. The rules it goes by hold no state, and are shared."""
    parser = copy.copy(self.html_to_contentstate_handler)
    parser.reset()
    parser.feed(html)
    parser.close()
    return parser.contentstate.as_json(indent=4, separators=(",", ": "))


def _clean_deferred(self: Block, value: Any) -> Any:
    """Clean what is saved as a draft: what is required for publishing may be missing."""
    token = _saves_a_draft.set(True)
    try:
        return self.clean(value)
    finally:
        _saves_a_draft.reset(token)


def _clean(self: FieldBlock, value: Any) -> Any:
    field = self.field
    if _saves_a_draft.get():
        field = copy.copy(field)
        field.required = bool(getattr(self.meta, "required_on_save", False))
    return self.value_from_form(field.clean(self.value_for_form(value)))
