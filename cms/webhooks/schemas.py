"""The bodies of events as schemas, for the API's document. Tests hold every body against them."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Literal

from django.utils.translation import override
from ninja import Schema
from pydantic import BaseModel, ConfigDict, Field, create_model
from pydantic.json_schema import models_json_schema

from cms.webhooks import events

REF = "#/components/schemas/{model}"


class PageName(Schema):
    model_config = ConfigDict(extra="forbid")

    id: int
    url: str | None = Field(description="Absolute; null for a page that is in no site.")
    api_url: str = Field(description="Absolute. Where the API serves it, if anyone may read it.")


class PageEvent(PageName):
    public: bool = Field(description="Whether anyone may read it now.")


class SectionEvent(PageEvent):
    descendants: int = Field(description="How many published pages below it are concerned in the same way.")


class MovedEvent(SectionEvent):
    previous_url: str | None


class RestrictedEvent(SectionEvent):
    restriction: Literal["none", "login", "groups", "password"]


class DiscussedPage(PageName):
    comments_api_url: str = Field(description="Absolute. Its comments, as visitors read them.")


class CommentEvent(Schema):
    model_config = ConfigDict(extra="forbid")

    id: int
    url: str | None
    page: DiscussedPage


class MessageEvent(Schema):
    model_config = ConfigDict(extra="forbid")

    id: int
    page: PageName | None = Field(description="Where it was sent from; null once that is deleted.")


class TestEvent(Schema):
    model_config = ConfigDict(extra="forbid")

    endpoint: int


DATA: dict[str, type[Schema]] = {
    events.PAGE_PUBLISHED: PageEvent,
    events.PAGE_UNPUBLISHED: PageEvent,
    events.PAGE_MOVED: MovedEvent,
    events.PAGE_DELETED: SectionEvent,
    events.PAGE_RESTRICTED: RestrictedEvent,
    events.COMMENT_APPROVED: CommentEvent,
    events.COMMENT_EDITED: CommentEvent,
    events.COMMENT_WITHDRAWN: CommentEvent,
    events.COMMENT_REMOVED: CommentEvent,
    events.MESSAGE_RECEIVED: MessageEvent,
    events.TEST: TestEvent,
}


def _body(event: str, data: type[Schema]) -> type[BaseModel]:
    fields: dict[str, Any] = {
        "type": (Literal[event], ...),
        "timestamp": (datetime, ...),
        "data": (data, ...),
    }
    name = "".join(part.title() for part in event.split("."))
    return create_model(f"{name}Body", __config__=ConfigDict(extra="forbid"), **fields)


BODIES = {event: _body(event, data) for event, data in DATA.items()}


def components() -> dict[str, Any]:
    """Return the schemas of all bodies, and of what is in them, by name."""
    _, found = models_json_schema([(body, "validation") for body in BODIES.values()], ref_template=REF)
    return found["$defs"]


def webhooks() -> dict[str, Any]:
    """Return what an OpenAPI 3.1 document says of them."""
    return dict(_webhooks())


def _webhooks() -> Iterator[tuple[str, Any]]:
    with override(None):
        for event, body in BODIES.items():
            content = {"application/json": {"schema": {"$ref": REF.format(model=body.__name__)}}}
            yield (
                event,
                {
                    "post": {
                        "operationId": event.replace(".", "_"),
                        "summary": str(events.LABELS.get(event, events.TEST_LABEL)),
                        "tags": ["webhooks"],
                        "parameters": [_header(name) for name in ("id", "timestamp", "signature")],
                        "requestBody": {"required": True, "content": content},
                        "responses": {"2XX": {"description": "Taken. Anything else is tried again."}},
                    }
                },
            )


def _header(name: str) -> dict[str, Any]:
    return {"name": f"webhook-{name}", "in": "header", "required": True, "schema": {"type": "string"}}
