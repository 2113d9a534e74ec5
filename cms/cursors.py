"""Lists of the API come in pieces: how long one is, and the cursor that says where the next begins."""

import base64
import binascii
from typing import Annotated, Any

from ninja import Query

from cms.problems import ProblemError

MOST_ITEMS = 100
LONGEST_ID = 18

Limit = Annotated[int, Query(ge=1, le=MOST_ITEMS)]
Cursor = Annotated[str, Query(max_length=200)]


def give(*parts: object) -> str:
    """Return the cursor of an item: what the list is ordered by, and last its id."""
    return base64.urlsafe_b64encode("|".join(map(str, parts)).encode()).decode()


def read(cursor: str, first: Any) -> tuple[Any, int]:
    """Return what a cursor was made of. Raises ProblemError for one this API did not give."""
    try:
        start, pk = base64.urlsafe_b64decode(cursor).decode().split("|")
        return first(start), int(pk[:LONGEST_ID])
    except (ValueError, binascii.Error):
        raise ProblemError(
            422, "Follow the cursor as it was given.", {"cursor": ["Unknown cursor"]}
        ) from None


def after(cursor: str) -> int:
    """Return the id a list ordered by id goes on after; 0 at its start. Raises ProblemError."""
    return read(cursor, str)[1] if cursor else 0
