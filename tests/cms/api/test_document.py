"""The OpenAPI document says what the API answers, and its changes are seen."""

import json
from pathlib import Path

import pytest
from openapi_spec_validator import validate

from cms.api.document import TAGS
from cms.body.api import TYPES
from cms.body.blocks import BodyStream
from tests.conftest import visitor

pytestmark = [pytest.mark.once, pytest.mark.django_db]
SNAPSHOT = Path(__file__).with_name("openapi.json")


@pytest.fixture
def document(client) -> dict:
    return client.get("/api/v1/openapi.json").json()


def operations(document: dict) -> list[dict]:
    return [each for methods in document["paths"].values() for each in methods.values()]


def test_the_document_is_valid_and_the_one_that_was_agreed_on(document):
    """Where a change is meant: name it in CHANGELOG.md, and write the file anew with `make contract`."""
    validate(document)

    assert document == json.loads(SNAPSHOT.read_text())


def test_every_operation_can_be_understood_by_a_stranger(document):
    named = operations(document)

    assert len(named) > 20
    assert len({each["operationId"] for each in named}) == len(named)
    for operation in named:
        assert operation["description"], operation["operationId"]
        assert set(operation["tags"]) <= set(TAGS)
        assert " " in operation["summary"], operation["summary"]


def test_every_error_is_a_problem(document):
    for operation in operations(document):
        responses = operation["responses"]
        assert list(responses["default"]["content"]) == ["application/problem+json"]
        for status, response in responses.items():
            if status.isdigit() and int(status) >= 400:
                assert list(response["content"]) == ["application/problem+json"], operation["operationId"]


def test_every_block_of_a_body_has_a_schema():
    assert set(BodyStream().child_blocks) == TYPES


def test_what_may_be_one_of_several_says_which_by_a_field(document):
    shapes = document["components"]["schemas"]

    blocks = shapes["PostOut"]["properties"]["blocks"]["items"]
    assert set(blocks["discriminator"]["mapping"]) == TYPES
    assert blocks["discriminator"]["propertyName"] == "type"


@pytest.mark.parametrize(
    "path", ["nowhere/", "posts/0/", "posts/?limit=0", "posts/?no=1", "resolve/", "moderation/comments/"]
)
def test_an_error_has_the_shape_that_the_document_gives_it(document, path):
    problem = visitor().get(f"/api/v1/{path}").json()

    shape = document["components"]["schemas"]["Problem"]
    assert set(shape["required"]) <= set(problem) <= set(shape["properties"])
