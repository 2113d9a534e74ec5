"""A StreamField whose migrations name its blocks instead of spelling them out."""

from typing import Any

from wagtail.blocks import StreamBlock
from wagtail.fields import StreamField


class BlocksField(StreamField):
    """
    The blocks of one class. Adding a block needs no migration: the column holds JSON either way.

    A migration that reads such a column therefore gets today's blocks, not those of its own time.
    """

    def __init__(self, stream: type[StreamBlock], **options: Any) -> None:
        self.stream = stream
        super().__init__(stream(), **options)

    def deconstruct(self) -> tuple[str, str, list, dict[str, Any]]:
        name, path, _, options = super().deconstruct()
        options.pop("block_lookup")
        return name, path, [self.stream], options
