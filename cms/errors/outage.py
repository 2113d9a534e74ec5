"""
The answer when the site cannot do its work: 503 while the database is away, 500 for a fault of ours.

A database that is restarted, locked for too long or on a full disk is no fault in a page: visitors,
programs and monitors learn that nothing was saved and that they may try again. A query that the
database cannot read is a fault of ours, and a value that cannot be is the visitor's.
"""

import sqlite3
import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from cms.errors import impossible_values
from cms.errors.problems import API, problem
from cms.http.outcome import RETRY_AFTER

AWAY = _(
    "The site cannot save or read anything at this moment. Nothing was kept; send it again a little later."
)
FAULT = _("Something went wrong on our side.")

PROGRAM_LIMIT_EXCEEDED = "54"  # the class of PostgreSQL's errors for a statement that is too long or too deep


def server_error(request: HttpRequest) -> HttpResponse:
    """What ``handler500`` names. Asks neither the database nor the cache."""
    error = sys.exc_info()[1]
    if response := impossible_values.refuse(request, error):
        return response
    away = is_outage(error)
    status = 503 if away else 500
    if request.path.startswith(API):
        response = problem(status, AWAY if away else FAULT)
    else:
        response = HttpResponse(render_to_string(f"{status}.html"), status=status)
    if away:
        response["Retry-After"] = str(RETRY_AFTER)
    response["Cache-Control"] = "no-store"
    return response


def is_outage(error: BaseException | None) -> bool:
    """Whether the database cannot be used, and not just a query: both are an ``OperationalError``."""
    if not isinstance(error, (OperationalError, InterfaceError)):
        return False
    cause = error.__cause__
    if isinstance(cause, sqlite3.Error):
        # the low byte is the primary code; what Python's module raises itself has none
        return getattr(cause, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF != sqlite3.SQLITE_ERROR
    return not (getattr(cause, "sqlstate", None) or "").startswith(PROGRAM_LIMIT_EXCEEDED)
