"""Lists of the API come in pages: how long one is, and the cursor at which the next begins."""

import base64
import binascii
from typing import Annotated, Any

from django.utils.translation import gettext
from ninja import Query

from cms.errors.problems import ProblemError
from cms.text.numbers import read_number

MOST_ITEMS = 100

Limit = Annotated[int, Query(ge=1, le=MOST_ITEMS)]
Cursor = Annotated[str, Query(max_length=200)]


def give(*parts: object) -> str:
    """Return the cursor of an item: what the list is ordered by, and last its id."""
    return base64.urlsafe_b64encode("|".join(map(str, parts)).encode()).decode()


def read(cursor: str, first: Any) -> tuple[Any, int]:
    """Return what a cursor was made of. Raises ProblemError for one that this API did not make."""
    try:
        start, pk = base64.urlsafe_b64decode(cursor).decode().split("|")
        key = read_number(pk)
        if key is not None:
            return first(start), key
    except (ValueError, binascii.Error):
        pass
    raise ProblemError(
        422, gettext("Send the cursor exactly as it was given."), {"cursor": [gettext("Unknown cursor")]}
    )


def after(cursor: str) -> int:
    """Return the id after which a list ordered by id continues; 0 at its start. Raises ProblemError."""
    return read(cursor, str)[1] if cursor else 0
