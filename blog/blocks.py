"""The blocks a post is written in. Headings are blocks of their own, so that a post has one outline."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.text import slugify
from wagtail import blocks
from wagtail.blocks.stream_block import StreamBlockValidationError
from wagtail.blocks.struct_block import StructBlockValidationError
from wagtail.images.blocks import ImageBlock

RICH_TEXT = ["bold", "italic", "link", "document-link", "ol", "ul", "hr"]
SHORT_RICH_TEXT = ["bold", "italic", "link", "ol", "ul"]


class HeadingValue(blocks.StructValue):
    @property
    def anchor(self) -> str:
        """The fragment that leads here; it follows the text, so moving a block keeps links alive."""
        return "part-" + slugify(self["text"])


class HeadingBlock(blocks.StructBlock):
    text = blocks.CharBlock(
        max_length=120, help_text="What the next part answers, such as “What happens at a visit?”"
    )
    level = blocks.ChoiceBlock(choices=[("h2", "Section"), ("h3", "Part of a section")], default="h2")

    class Meta:
        icon = "title"
        group = "Text"
        description = "Starts a section; appears under “On this page”."
        label_format = "{text}"
        value_class = HeadingValue
        template = "blog/blocks/heading.html"
        preview_value = {"text": "What happens at a visit?", "level": "h2"}


class ParagraphBlock(blocks.RichTextBlock):
    class Meta:
        icon = "pilcrow"
        group = "Text"
        description = "Text with lists and links."
        template = "blog/blocks/paragraph.html"
        preview_value = "<p>A visit starts with a talk. Only then do we choose the points.</p>"


class QuoteBlock(blocks.StructBlock):
    text = blocks.TextBlock(max_length=500)
    who = blocks.CharBlock(max_length=120, required=False, label="Who said it")
    source_url = blocks.URLBlock(required=False, label="Where it was said")

    class Meta:
        icon = "openquote"
        group = "Text"
        description = "Somebody's words, with their name."
        label_format = "{text}"
        template = "blog/blocks/quote.html"
        preview_value = {"text": "I slept through it.", "who": "A patient", "source_url": ""}


class CalloutBlock(blocks.StructBlock):
    kind = blocks.ChoiceBlock(
        choices=[("info", "Good to know"), ("warning", "Take care"), ("urgent", "Urgent")], default="info"
    )
    heading = blocks.CharBlock(max_length=120)
    text = blocks.RichTextBlock(features=SHORT_RICH_TEXT)

    class Meta:
        icon = "info-circle"
        group = "Text"
        description = "A box for what must not be missed."
        label_format = "{heading}"
        template = "blog/blocks/callout.html"
        preview_value = {
            "kind": "info",
            "heading": "General information",
            "text": "<p>Not medical advice.</p>",
        }


class ComparisonValue(blocks.StructValue):
    @property
    def options(self) -> list[str]:
        """What is compared: two or three names."""
        return [name for name in (self["option_a"], self["option_b"], self["option_c"]) if name]

    @property
    def bands(self) -> list[dict[str, Any]]:
        """The rows: a question each, and an answer for each option."""
        columns = ("answer_a", "answer_b", "answer_c")[: len(self.options)]
        return [
            {"question": row["question"], "answers": [row[column] for column in columns]}
            for row in self["rows"]
        ]


class ComparisonRowBlock(blocks.StructBlock):
    question = blocks.CharBlock(max_length=120)
    answer_a = blocks.TextBlock(max_length=400, label="First")
    answer_b = blocks.TextBlock(max_length=400, label="Second")
    answer_c = blocks.TextBlock(max_length=400, label="Third", required=False)

    class Meta:
        icon = "table"
        label_format = "{question}"


class ComparisonBlock(blocks.StructBlock):
    caption = blocks.CharBlock(max_length=160, help_text="What is compared with what.")
    option_a = blocks.CharBlock(max_length=60, label="First")
    option_b = blocks.CharBlock(max_length=60, label="Second")
    option_c = blocks.CharBlock(max_length=60, label="Third", required=False)
    rows = blocks.ListBlock(ComparisonRowBlock(), min_num=2, max_num=15)
    sources = blocks.CharBlock(max_length=300, required=False)

    class Meta:
        icon = "table"
        group = "Compare and answer"
        description = "Two or three things side by side, a question a row."
        label_format = "{caption}"
        value_class = ComparisonValue
        template = "blog/blocks/comparison.html"
        preview_value = {
            "caption": "Two kinds of tea compared",
            "option_a": "Green",
            "option_b": "Black",
            "option_c": "",
            "sources": "",
            "rows": [
                {
                    "question": "How it is made",
                    "answer_a": "Steamed",
                    "answer_b": "Left to darken",
                    "answer_c": "",
                },
                {"question": "How it tastes", "answer_a": "Fresh", "answer_b": "Strong", "answer_c": ""},
            ],
        }

    def clean(self, value: Any) -> Any:
        """A third answer needs a third name, and a third name needs every third answer."""
        value = super().clean(value)
        third = [bool(row["answer_c"]) for row in value["rows"]]
        if any(third) and not value["option_c"]:
            raise StructBlockValidationError(
                {"option_c": ValidationError("Name the third thing you compare.")}
            )
        if value["option_c"] and not all(third):
            raise StructBlockValidationError(
                {"option_c": ValidationError("Give a third answer in each row.")}
            )
        return value


class QuestionBlock(blocks.StructBlock):
    question = blocks.CharBlock(max_length=160)
    answer = blocks.RichTextBlock(features=SHORT_RICH_TEXT)

    class Meta:
        icon = "help"
        label_format = "{question}"


class QuestionsBlock(blocks.StructBlock):
    heading = blocks.CharBlock(max_length=120, default="Questions people ask")
    questions = blocks.ListBlock(QuestionBlock(), min_num=1, max_num=12, collapsed=True)

    class Meta:
        icon = "help"
        label = "Questions"
        group = "Compare and answer"
        description = "Questions that open to their answers."
        label_format = "{heading}"
        template = "blog/blocks/faq.html"
        preview_value = {
            "heading": "Questions people ask",
            "questions": [{"question": "Does it hurt?", "answer": "<p>Most people feel a brief sting.</p>"}],
        }


class CaptionedImageBlock(blocks.StructBlock):
    image = ImageBlock()
    caption = blocks.CharBlock(max_length=200, required=False)
    credit = blocks.CharBlock(max_length=120, required=False)

    class Meta:
        icon = "image"
        label = "Image"
        group = "Media"
        description = "A picture with what it shows in words."
        label_format = "{caption}"
        template = "blog/blocks/image.html"
        is_previewable = False


class CallToActionValue(blocks.StructValue):
    @property
    def href(self) -> str:
        return self["page"].get_url() if self["page"] else self["url"]


class CallToActionBlock(blocks.StructBlock):
    heading = blocks.CharBlock(max_length=120)
    text = blocks.TextBlock(max_length=300, required=False)
    button = blocks.CharBlock(max_length=40)
    page = blocks.PageChooserBlock(required=False)
    url = blocks.URLBlock(required=False, label="Or an address")

    class Meta:
        icon = "link"
        label = "Invitation"
        group = "Media"
        description = "One thing the reader can do next."
        label_format = "{heading}"
        value_class = CallToActionValue
        template = "blog/blocks/call_to_action.html"
        preview_value = {
            "heading": "Come and talk to us",
            "text": "",
            "button": "Get in touch",
            "page": None,
            "url": "https://example.org/",
        }

    def clean(self, value: Any) -> Any:
        value = super().clean(value)
        if bool(value["page"]) == bool(value["url"]):
            raise StructBlockValidationError(
                {"page": ValidationError("Choose a page or give an address, not both.")}
            )
        return value


class BodyStream(blocks.StreamBlock):
    heading = HeadingBlock()
    paragraph = ParagraphBlock(features=RICH_TEXT)
    quote = QuoteBlock()
    callout = CalloutBlock()
    comparison = ComparisonBlock()
    faq = QuestionsBlock()
    image = CaptionedImageBlock()
    call_to_action = CallToActionBlock()

    class Meta:
        block_counts = {"faq": {"max_num": 1}, "call_to_action": {"max_num": 1}}

    def clean(self, value: Any, **kwargs: Any) -> Any:
        """No two headings may lead to the same place."""
        value = super().clean(value, **kwargs)
        anchors: set[str] = set()
        errors = {}
        for place, block in enumerate(value):
            if block.block_type == "heading":
                if block.value.anchor in anchors:
                    errors[place] = ValidationError(
                        "Another heading says the same. Give this one other words."
                    )
                anchors.add(block.value.anchor)
        if errors:
            raise StreamBlockValidationError(block_errors=errors)
        return value
