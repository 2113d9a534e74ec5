"""What a link to a draft opens: the site's front end, or the page as this site shows it."""

import copy

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from cms.http.methods import read_only
from cms.http.previews import SHARED
from cms.outbox import links
from cms.previews import front_ends, sharing
from cms.previews.models import PreviewSettings, SharedDraft

PERSONAL = ("HTTP_AUTHORIZATION", "HTTP_COOKIE")


@read_only
@links.page(sharing.opened)
def shared(request: HttpRequest, link: SharedDraft) -> HttpResponse:
    """Show the latest draft, without comments, and as to someone who is not logged in."""
    if front_end := PreviewSettings.for_page(link.page).front_end:
        return redirect(front_ends.with_token(front_end, request.path.strip("/").rpartition("/")[2]))
    page = link.page.get_latest_revision_as_object()
    return page.make_preview_request(_of_nobody(request), page.default_preview_mode, {SHARED: link})


def _of_nobody(request: HttpRequest) -> HttpRequest:
    bare = copy.copy(request)
    bare.META = {name: value for name, value in request.META.items() if name not in PERSONAL}
    return bare
