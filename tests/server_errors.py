"""Answers of 500 and above: a test that did not ask for one fails, whoever sent the request."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

LOGGER = logging.getLogger("django.request")

# No worker runs in most tests, so the site is not ready; Wagtail keeps a view that fails on purpose.
HONEST = frozenset({"/readyz", "/admin/failwhale/"})


class ServerErrors(logging.Handler):
    """Collect what Django logs of such answers, from every thread of this process."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.answers: list[tuple[int, str]] = []

    def emit(self, record: logging.LogRecord) -> None:
        status = getattr(record, "status_code", 0)
        if status >= 500 and record.request.path not in HONEST:
            self.answers.append((status, record.getMessage()))


@contextmanager
def collected() -> Iterator[ServerErrors]:
    errors = ServerErrors()
    LOGGER.addHandler(errors)
    try:
        yield errors
    finally:
        LOGGER.removeHandler(errors)


def require_as_asked(marker: pytest.Mark | None, errors: ServerErrors) -> None:
    """Fail on an answer that the marker does not name, and on a status that it names for nothing."""
    asked = set(marker.args) if marker else set()
    surprises = [answer for answer in errors.answers if answer[0] not in asked]
    assert not surprises, f"the server failed: {surprises[:10]}"
    missing = asked - {status for status, _ in errors.answers}
    assert not missing, f"asked for and not answered: {missing}"
