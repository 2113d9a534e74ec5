"""
Django's own, which also records that the person logged in is active.

Wagtail's editor sends a ping every ten seconds as long as it is open, and its form by itself only after
a change. So pings are no activity, and an editor left open ends; autosaves are, and a person
who types for hours stays logged in.
"""

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions import middleware
from django.http import HttpRequest, HttpResponse

from cms.sessions import store

PINGS = "wagtailadmin_editing_sessions"


class SessionMiddleware(middleware.SessionMiddleware):
    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        if request.session.accessed and SESSION_KEY in request.session and not _is_ping(request):
            store.of(request).touch()
        return super().process_response(request, response)


def _is_ping(request: HttpRequest) -> bool:
    match = request.resolver_match
    return match is not None and PINGS in match.namespaces
