"""The body of a page for programs: one schema for each block, told apart by ``type``."""

from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, BeforeValidator, Field
from wagtail.models import Page

from cms.body.blocks import with_hosts
from cms.pictures.api import PictureOut

Text = Annotated[str, BeforeValidator(lambda text: text or "")]  # a block stored before it had the field
Html = Annotated[str, Field(description="HTML with absolute links; a link nobody may follow is plain text.")]


class HeadingOut(BaseModel):
    text: Text
    level: Literal["h2", "h3"]
    anchor: str = Field(description="Unique in the body, and the `id` of the heading in `html`.")


class HeadingBlockOut(BaseModel):
    type: Literal["heading"]
    id: str
    value: HeadingOut


class ParagraphBlockOut(BaseModel):
    type: Literal["paragraph"]
    id: str
    value: Html


class QuoteOut(BaseModel):
    text: Text
    who: Text
    source_url: Text


class QuoteBlockOut(BaseModel):
    type: Literal["quote"]
    id: str
    value: QuoteOut


class CalloutOut(BaseModel):
    kind: Literal["info", "warning", "urgent"]
    heading: Text
    text: Html


class CalloutBlockOut(BaseModel):
    type: Literal["callout"]
    id: str
    value: CalloutOut


class ComparisonRowOut(BaseModel):
    question: Text
    answers: list[str] = Field(description="One for each of the options, in their order.")


class ComparisonOut(BaseModel):
    caption: Text
    options: list[str] = Field(description="The two or three things compared.")
    rows: list[ComparisonRowOut]
    sources: Text


class ComparisonBlockOut(BaseModel):
    type: Literal["comparison"]
    id: str
    value: ComparisonOut


class QuestionOut(BaseModel):
    question: Text
    answer: Html


class QuestionsOut(BaseModel):
    heading: Text
    questions: list[QuestionOut]


class QuestionsBlockOut(BaseModel):
    type: Literal["faq"]
    id: str
    value: QuestionsOut


class CaptionedPictureOut(BaseModel):
    picture: PictureOut | None = Field(description="Null while it is not drawn, or where it is deleted.")
    caption: Text
    credit: Text


class ImageBlockOut(BaseModel):
    type: Literal["image"]
    id: str
    value: CaptionedPictureOut


class ChosenPageOut(BaseModel):
    id: int
    title: str
    url: str


class CallToActionOut(BaseModel):
    heading: Text
    text: Text
    button: Text
    href: str | None = Field(description="Null where the page it leads to cannot be read: show no button.")
    page: ChosenPageOut | None = Field(description="Null where it leads to another site.")


class CallToActionBlockOut(BaseModel):
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


class OutlineItem(BaseModel):
    anchor: str
    text: str
    level: Literal["h2", "h3"]


class BodyOut(BaseModel):
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
