"""Settings of a test site that fails between the front and Django, with a visitor's words in the error."""

from django.core.signals import request_started

from cms.settings.test import *  # noqa: F403 -- a settings module


def fail(environ: dict, **given: object) -> None:
    """Django sends this signal outside the handler that makes answers of errors."""
    if environ["PATH_INFO"] != "/healthz":
        raise ValueError(environ["QUERY_STRING"])


request_started.connect(fail)
