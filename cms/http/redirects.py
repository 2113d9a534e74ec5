"""Where a browser goes next."""

from django.http import HttpResponse, HttpResponseRedirect


class SeeOther(HttpResponseRedirect):
    status_code = 303


def see_other(to: str) -> HttpResponse:
    """Answer a form that was taken: the browser reads a page, and a reload sends nothing again."""
    return SeeOther(to)
