"""Texts by staff that can be shown, sent and stored anywhere, whatever was pasted into a field or a block."""

from typing import Any

from django.db import models
from wagtail import blocks
from wagtail.blocks import StreamValue, StructValue
from wagtail.blocks.list_block import ListValue
from wagtail.rich_text import RichText

from cms.text import cleaning

Untyped: Any = object  # what is mixed into a model of Wagtail, which brings no types


class TidyFieldsMixin(Untyped):
    """A model whose texts are tidied before they are validated: an invisible title is a missing one."""

    def full_clean(self, *args: Any, **kwargs: Any) -> None:
        self.tidy()
        super().full_clean(*args, **kwargs)

    def tidy(self) -> None:
        for field in self._meta.concrete_fields:
            typed = self.__dict__.get(field.attname)  # what was not read is not read for this
            if isinstance(typed, StreamValue):
                for child in typed:
                    child.value = tidied(child.block, child.value)
            elif field.editable and isinstance(typed, str):
                line = isinstance(field, models.CharField)
                setattr(
                    self, field.attname, cleaning.printable_line(typed) if line else cleaning.printable(typed)
                )


def tidied(block: blocks.Block, value: Any) -> Any:
    """Return a block's value in printable characters, a line on one line."""
    if isinstance(value, StructValue):
        for name in value:
            value[name] = tidied(value.block.child_blocks[name], value[name])
    elif isinstance(value, ListValue):
        for child in value.bound_blocks:
            child.value = tidied(child.block, child.value)
    elif isinstance(value, RichText):
        return RichText(cleaning.printable(value.source))
    elif isinstance(value, str):
        return (
            cleaning.printable_line(value)
            if isinstance(block, blocks.CharBlock)
            else cleaning.printable(value)
        )
    elif alt_text := getattr(value, "contextual_alt_text", ""):  # of a picture
        value.contextual_alt_text = cleaning.printable_line(alt_text)
    return value
