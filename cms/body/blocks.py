"""The blocks a post is written in. Headings are blocks of their own, so that a post has one outline."""

import re
import unicodedata
from collections.abc import Mapping
from contextlib import AbstractContextManager
from functools import partial
from typing import Any
from urllib.parse import urljoin

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.safestring import SafeString
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.blocks import StreamValue
from wagtail.blocks.struct_block import StructBlockValidationError
from wagtail.images.blocks import ImageBlock
from wagtail.models import Page
from wagtail.rich_text import RichText, expand_db_html

from cms.body import page_links
from cms.pages import slugs
from cms.pictures import api as pictures
from cms.text.numbers import read_number

RICH_TEXT = ["bold", "italic", "link", "document-link", "ol", "ul", "hr"]
SHORT_RICH_TEXT = ["bold", "italic", "link", "ol", "ul"]
_ADDRESS = re.compile(r' (href|src)="([^"]*)"')
_SRCSET = re.compile(r' srcset="([^"]*)"')
_DEAD_LINK = re.compile(r"<a>((?:[^<]|<(?!/?a>))*+)</a>")  # a link holds no other


def absolute(url: str, context: Mapping[str, Any] | None) -> str:
    """Return an address with its host: that of the site of the page in ``context`` where it names none."""
    if url.startswith("//"):
        return f"https:{url}"
    page = (context or {}).get("page")
    here = page.get_full_url() if page else settings.SITE_URL
    return urljoin(here, url) if url.startswith("/") else url


def html_for_programs(text: RichText, context: Mapping[str, Any] | None) -> str:
    """Return rich text with absolute links; a link that leads nowhere becomes plain text."""
    return with_hosts(_DEAD_LINK.sub(r"\1", expand_db_html(text.source)), context)


def with_hosts(html: str, context: Mapping[str, Any] | None) -> str:
    """Return HTML of ours, whose attributes stand in double quotes, with absolute addresses."""

    def one(found: re.Match[str]) -> str:
        return f' {found[1]}="{absolute(found[2], context)}"'

    def several(found: re.Match[str]) -> str:
        return f' srcset="{", ".join(absolute(each, context) for each in found[1].split(", "))}"'

    return _SRCSET.sub(several, _ADDRESS.sub(one, html))


class HeadingValue(blocks.StructValue):
    @property
    def anchor(self) -> str:
        """The fragment of links to this heading, made from its text: links survive moving the block."""
        text = self["text"] or ""  # an unfinished draft has none
        plain = slugify(text) if _is_latin(text) else ""
        return f"part-{plain or slugs.of(text)}".rstrip("-")


class HeadingBlock(blocks.StructBlock):
    text = blocks.CharBlock(
        max_length=120,
        label=_("Text"),
        help_text=_("What the next part answers, such as “What happens at a visit?”"),
    )
    level = blocks.ChoiceBlock(
        label=_("Level"), choices=[("h2", _("Section")), ("h3", _("Part of a section"))], default="h2"
    )

    class Meta:
        icon = "title"
        group = _("Text")
        description = _("Starts a section; appears under “On this page”.")
        label_format = "{text}"
        value_class = HeadingValue
        template = "cms/body/heading.html"
        preview_value = {"text": "What happens at a visit?", "level": "h2"}


class ParagraphBlock(blocks.RichTextBlock):
    def get_api_representation(self, value: RichText, context: dict[str, Any] | None = None) -> str:
        return html_for_programs(value, context)

    class Meta:
        icon = "pilcrow"
        group = _("Text")
        description = _("Text with lists and links.")
        template = "cms/body/paragraph.html"
        preview_value = "<p>A visit starts with a talk. Only then do we choose the points.</p>"


class QuoteBlock(blocks.StructBlock):
    text = blocks.TextBlock(label=_("Text"), max_length=500)
    who = blocks.CharBlock(max_length=120, required=False, label=_("Who said it"))
    source_url = blocks.URLBlock(required=False, label=_("Where it was said"))

    class Meta:
        icon = "openquote"
        group = _("Text")
        description = _("A quotation, with the name of the speaker.")
        label_format = "{text}"
        template = "cms/body/quote.html"
        preview_value = {"text": "I slept through it.", "who": "A patient", "source_url": ""}


class CalloutBlock(blocks.StructBlock):
    kind = blocks.ChoiceBlock(
        label=_("Kind"),
        choices=[("info", _("Good to know")), ("warning", _("Take care")), ("urgent", _("Urgent"))],
        default="info",
    )
    heading = blocks.CharBlock(label=_("Heading"), max_length=120)
    text = blocks.RichTextBlock(label=_("Text"), features=SHORT_RICH_TEXT)

    class Meta:
        icon = "info-circle"
        group = _("Text")
        description = _("A box for what must not be missed.")
        label_format = "{heading}"
        template = "cms/body/callout.html"
        preview_value = {
            "kind": "info",
            "heading": "General information",
            "text": "<p>Not medical advice.</p>",
        }

    def get_api_representation(self, value: Any, context: dict[str, Any] | None = None) -> dict[str, Any]:
        return {
            **super().get_api_representation(value, context),
            "text": html_for_programs(value["text"], context),
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
    question = blocks.CharBlock(label=_("Question"), max_length=120)
    answer_a = blocks.TextBlock(max_length=400, label=_("First"))
    answer_b = blocks.TextBlock(max_length=400, label=_("Second"))
    answer_c = blocks.TextBlock(max_length=400, label=_("Third"), required=False)

    class Meta:
        icon = "table"
        label_format = "{question}"


class ComparisonBlock(blocks.StructBlock):
    caption = blocks.CharBlock(label=_("Caption"), max_length=160, help_text=_("What is compared with what."))
    option_a = blocks.CharBlock(max_length=60, label=_("First"))
    option_b = blocks.CharBlock(max_length=60, label=_("Second"))
    option_c = blocks.CharBlock(max_length=60, label=_("Third"), required=False)
    rows = blocks.ListBlock(ComparisonRowBlock(), label=_("Rows"), min_num=2, max_num=15)
    sources = blocks.CharBlock(label=_("Sources"), max_length=300, required=False)

    class Meta:
        icon = "table"
        group = _("Compare and answer")
        description = _("Two or three things side by side, a question a row.")
        label_format = "{caption}"
        value_class = ComparisonValue
        template = "cms/body/comparison.html"
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

    def get_api_representation(self, value: Any, context: dict[str, Any] | None = None) -> dict[str, Any]:
        return {
            "caption": value["caption"],
            "options": value.options,
            "rows": value.bands,
            "sources": value["sources"],
        }

    def clean(self, value: Any) -> Any:
        """A third answer needs a third name, and a third name needs every third answer."""
        value = super().clean(value)
        third = [bool(row["answer_c"]) for row in value["rows"]]
        if any(third) and not value["option_c"]:
            raise StructBlockValidationError(
                {"option_c": ValidationError(_("Name the third thing you compare."))}
            )
        if value["option_c"] and not all(third):
            raise StructBlockValidationError(
                {"option_c": ValidationError(_("Give a third answer in each row."))}
            )
        return value


class QuestionBlock(blocks.StructBlock):
    question = blocks.CharBlock(label=_("Question"), max_length=160)
    answer = blocks.RichTextBlock(label=_("Answer"), features=SHORT_RICH_TEXT)

    class Meta:
        icon = "help"
        label_format = "{question}"

    def get_api_representation(self, value: Any, context: dict[str, Any] | None = None) -> dict[str, Any]:
        return {
            **super().get_api_representation(value, context),
            "answer": html_for_programs(value["answer"], context),
        }


class QuestionsBlock(blocks.StructBlock):
    heading = blocks.CharBlock(label=_("Heading"), max_length=120, default=_("Questions people ask"))
    questions = blocks.ListBlock(QuestionBlock(), label=_("Questions"), min_num=1, max_num=12, collapsed=True)

    class Meta:
        icon = "help"
        label = _("Questions")
        group = _("Compare and answer")
        description = _("Questions that open to their answers.")
        label_format = "{heading}"
        template = "cms/body/faq.html"
        preview_value = {
            "heading": "Questions people ask",
            "questions": [{"question": "Does it hurt?", "answer": "<p>Most people feel a brief sting.</p>"}],
        }


class CaptionedImageBlock(blocks.StructBlock):
    image = ImageBlock(label=_("Image"))
    caption = blocks.CharBlock(label=_("Caption"), max_length=200, required=False)
    credit = blocks.CharBlock(label=_("Credit"), max_length=120, required=False)

    class Meta:
        icon = "image"
        label = _("Image")
        group = _("Media")
        description = _("A picture with what it shows in words.")
        label_format = "{caption}"
        template = "cms/body/image.html"
        is_previewable = False

    def get_api_representation(self, value: Any, context: dict[str, Any] | None = None) -> dict[str, Any]:
        image, captions = value["image"], {"caption": value["caption"], "credit": value["credit"]}
        alt = (
            ("" if image.decorative else image.contextual_alt_text or image.default_alt_text) if image else ""
        )
        return {"picture": pictures.picture(image, alt=alt, **captions), **captions}


class CallToActionValue(blocks.StructValue):
    @property
    def href(self) -> str:
        """The button's address; empty where its page is gone, or closed to the readers of this one."""
        return page_links.url_of(self["page"]) if self["page"] else self["url"]


class CallToActionBlock(blocks.StructBlock):
    heading = blocks.CharBlock(label=_("Heading"), max_length=120)
    text = blocks.TextBlock(label=_("Text"), max_length=300, required=False)
    button = blocks.CharBlock(label=_("Button"), max_length=40)
    page = blocks.PageChooserBlock(label=_("Page"), required=False)
    url = blocks.URLBlock(required=False, label=_("Or an address"))

    class Meta:
        icon = "link"
        label = _("Invitation")
        group = _("Media")
        description = _("One thing the reader can do next.")
        label_format = "{heading}"
        value_class = CallToActionValue
        template = "cms/body/call_to_action.html"
        preview_value = {
            "heading": "Come and talk to us",
            "text": "",
            "button": "Get in touch",
            "page": None,
            "url": "https://example.org/",
        }

    def get_api_representation(self, value: Any, context: dict[str, Any] | None = None) -> dict[str, Any]:
        page, href = value["page"], absolute(value.href, context) or None
        return {
            "heading": value["heading"],
            "text": value["text"],
            "button": value["button"],
            "href": href,
            "page": {"id": page.pk, "title": page.title, "url": href} if page and href else None,
        }

    def clean(self, value: Any) -> Any:
        value = super().clean(value)
        if bool(value["page"]) == bool(value["url"]):
            raise StructBlockValidationError(
                {"page": ValidationError(_("Choose a page or give an address, not both."))}
            )
        return value


class BodyStream(blocks.StreamBlock):
    heading = HeadingBlock(label=_("Heading"))
    paragraph = ParagraphBlock(label=_("Paragraph"), features=RICH_TEXT)
    quote = QuoteBlock(label=_("Quote"))
    callout = CalloutBlock(label=_("Callout"))
    comparison = ComparisonBlock(label=_("Comparison"))
    faq = QuestionsBlock()
    image = CaptionedImageBlock()
    call_to_action = CallToActionBlock()

    class Meta:
        block_counts = {"faq": {"max_num": 1}, "call_to_action": {"max_num": 1}}
        template = "cms/body/body.html"

    def render(self, value: StreamValue, context: Mapping[str, Any] | None = None) -> SafeString:
        with self._drawn(value, context):
            return super().render(value, context)

    def get_context(
        self, value: StreamValue, parent_context: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        return {**super().get_context(value, parent_context), "blocks": with_ids(value)}

    def get_api_representation(self, value: StreamValue, context: Any = None) -> list[dict[str, Any]]:
        """Return the blocks. A heading has its anchor: a front end makes the same table of contents."""
        with self._drawn(value, context):
            representation = super().get_api_representation(value, context)
        for (block, block_id), out in zip(with_ids(value), representation, strict=True):
            out["id"] = block.id or block_id
            if block.block_type == "heading":
                out["value"] = {**out["value"], "anchor": block_id}
        return representation

    def linked_pages(self, value: StreamValue) -> set[int | None]:
        """Return the ids of all pages that a text or a button of a body leads to."""
        references = self.extract_references(value)
        return {read_number(pk) for model, pk, *_ in references if model is Page}

    def _drawn(self, value: StreamValue, context: Mapping[str, Any] | None) -> AbstractContextManager[None]:
        page = (context or {}).get("page")
        return page_links.shown_on(page, partial(self.linked_pages, value))


def with_ids(body: StreamValue) -> list[tuple[StreamValue.StreamChild, str]]:
    """Return the blocks, each with a unique id, from which its template makes the ids of its elements."""
    return list(zip(body, _distinct([_id_of(place, block) for place, block in enumerate(body)]), strict=True))


def _id_of(place: int, block: StreamValue.StreamChild) -> str:
    if block.block_type == "heading":
        return block.value.anchor
    return re.sub(r"[^A-Za-z0-9-]", "", block.id or "") or str(place)


def _distinct(wanted: list[str]) -> list[str]:
    """Number duplicates, skipping numbers that an editor has used already."""
    given: dict[str, None] = {}
    for name in wanted:
        free, number = name, 1
        while free in given or (number > 1 and free in wanted):
            number += 1
            free = f"{name}-{number}"
        given[free] = None
    return list(given)


def _is_latin(words: str) -> bool:
    return words.isascii() or all("LATIN" in unicodedata.name(char, "") for char in words if char.isalpha())
