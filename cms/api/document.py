"""The API's own document, with what every operation may answer beyond what its router names."""

from typing import Any

from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema

from cms.errors.problems import CONTENT_TYPE
from cms.webhooks import schemas

TAGS = {
    "posts": "Posts of the blog, and the authors, categories and tags they have.",
    "pages": "A page of any type, by its key or by the path that a browser asks for.",
    "site": "Who runs the site, and where its menus lead.",
    "search": "The search over all public pages.",
    "comments": "What readers say: read it, send it, edit or withdraw one's own, report one.",
    "contact": "The contact form of a page.",
    "moderation": "The moderation desk, with the token of a moderator.",
    "webhooks": "What the site tells to endpoints that an administrator has added (Standard Webhooks).",
}
PROBLEM = {CONTENT_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}


class DocumentedAPI(NinjaAPI):
    def get_openapi_schema(self, **options: Any) -> OpenAPISchema:
        document = super().get_openapi_schema(**options)
        document["tags"] = [{"name": name, "description": text} for name, text in TAGS.items()]
        document["webhooks"] = schemas.webhooks()
        document["components"]["schemas"].update(schemas.components())
        for operations in document["paths"].values():
            for method, operation in operations.items():
                operation["responses"] = _completed(method, operation["responses"])
        return document


def _completed(method: str, named: dict[Any, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return the answers a router names, and those that every operation may give."""
    responses = {str(status): _of_its_kind(int(status), response) for status, response in named.items()}
    if method == "get":
        responses["304"] = {"description": "Not changed since the answer with the ETag that was sent."}
    responses["default"] = {"description": "A problem that any operation may meet.", "content": PROBLEM}
    return responses


def _of_its_kind(status: int, response: dict[str, Any]) -> dict[str, Any]:
    if status < 400 or "content" not in response:
        return response
    return {**response, "content": {CONTENT_TYPE: response["content"]["application/json"]}}
