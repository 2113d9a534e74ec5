"""
What is said when the site cannot do its work: 503 while the database is away, 500 for a fault of ours.

A database that is restarted, locked for too long or on a full disk is no fault in a page: the visitor is told
that nothing was kept and that he may try again, and so is a monitor and a program.
"""

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from cms.outcome import RETRY_AFTER
from cms.problems import problem

AWAY = "The site cannot save or read anything at this moment. Nothing was kept; send it again a little later."
FAULT = "Something went wrong on our side."


def server_error(request: HttpRequest) -> HttpResponse:
    """What ``handler500`` names. Asks neither the database nor the cache."""
    away = isinstance(sys.exc_info()[1], (OperationalError, InterfaceError))
    status = 503 if away else 500
    if request.path.startswith("/api/"):
        response = problem(status, AWAY if away else FAULT)
    else:
        response = HttpResponse(render_to_string(f"{status}.html"), status=status)
    if away:
        response["Retry-After"] = str(RETRY_AFTER)
    response["Cache-Control"] = "no-store"
    return response
