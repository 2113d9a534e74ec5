"""The body of a page for programs: one schema for each block, told apart by ``type``."""

from typing import Annotated, Any, Literal, get_args

from ninja import Schema
from pydantic import BeforeValidator, Field
from wagtail.models import Page

from cms.body.blocks import with_hosts
from cms.pictures.api import PictureOut

Text = Annotated[str, BeforeValidator(lambda text: text or "")]  # a block stored before it had the field
Html = Annotated[str, Field(description="HTML with absolute links; a link nobody may follow is plain text.")]


class HeadingOut(Schema):
    text: Text
    level: Literal["h2", "h3"]
    anchor: str = Field(description="Unique in the body, and the `id` of the heading in `html`.")


class HeadingBlockOut(Schema):
    type: Literal["heading"]
    id: str
    value: HeadingOut


class ParagraphBlockOut(Schema):
    type: Literal["paragraph"]
    id: str
    value: Html


class QuoteOut(Schema):
    text: Text
    who: Text
    source_url: Text


class QuoteBlockOut(Schema):
    type: Literal["quote"]
    id: str
    value: QuoteOut


class CalloutOut(Schema):
    kind: Literal["info", "warning", "urgent"]
    heading: Text
    text: Html


class CalloutBlockOut(Schema):
    type: Literal["callout"]
    id: str
    value: CalloutOut


class ComparisonRowOut(Schema):
    question: Text
    answers: list[str] = Field(description="One for each of the options, in their order.")


class ComparisonOut(Schema):
    caption: Text
    options: list[str] = Field(description="The two or three things compared.")
    rows: list[ComparisonRowOut]
    sources: Text


class ComparisonBlockOut(Schema):
    type: Literal["comparison"]
    id: str
    value: ComparisonOut


class QuestionOut(Schema):
    question: Text
    answer: Html


class QuestionsOut(Schema):
    heading: Text
    questions: list[QuestionOut]


class QuestionsBlockOut(Schema):
    type: Literal["faq"]
    id: str
    value: QuestionsOut


class CaptionedPictureOut(Schema):
    picture: PictureOut | None = Field(description="Null while it is not drawn, or where it is deleted.")
    caption: Text
    credit: Text


class ImageBlockOut(Schema):
    type: Literal["image"]
    id: str
    value: CaptionedPictureOut


class ChosenPageOut(Schema):
    id: int
    title: str
    url: str


class CallToActionOut(Schema):
    heading: Text
    text: Text
    button: Text
    href: str | None = Field(description="Null where the page it leads to cannot be read: show no button.")
    page: ChosenPageOut | None = Field(description="Null where it leads to another site.")


class CallToActionBlockOut(Schema):
    type: Literal["call_to_action"]
    id: str
    value: CallToActionOut


BlockOut = Annotated[
    HeadingBlockOut
    | ParagraphBlockOut
    | QuoteBlockOut
    | CalloutBlockOut
    | ComparisonBlockOut
    | QuestionsBlockOut
    | ImageBlockOut
    | CallToActionBlockOut,
    Field(discriminator="type"),
]
TYPES = frozenset(
    get_args(each.model_fields["type"].annotation)[0] for each in get_args(get_args(BlockOut)[0])
)


class OutlineItem(Schema):
    anchor: str
    text: str
    level: Literal["h2", "h3"]


class BodyOut(Schema):
    blocks: list[BlockOut]
    html: str = Field(
        description="The same as the site shows it: absolute addresses, and no id is there twice."
    )
    outline: list[OutlineItem] = Field(description="The headings, for a table of contents.")


def body(page: Page) -> dict[str, Any]:
    """Return the fields of ``BodyOut`` for a page with a body."""
    stream, context = page.body.stream_block, {"page": page}
    blocks = stream.get_api_representation(page.body, context)
    return {
        "blocks": blocks,
        "html": with_hosts(str(page.body.render_as_block(context)), context),
        "outline": [block["value"] for block in blocks if block["type"] == "heading"],
    }
