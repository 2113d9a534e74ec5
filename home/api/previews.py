"""A page as it stands in a draft, for a front end that was given a token."""

from typing import Annotated, Any

from django.http import Http404, HttpRequest
from ninja import Query, Router

from cms.errors.problems import Problem
from cms.previews import drafts
from home.api.pages import PageOut, page_out

router = Router(tags=["pages"])


@router.get(
    "/preview/", response={200: PageOut, 404: Problem}, operation_id="get_preview", summary="Read a draft"
)
def get_preview(
    request: HttpRequest,
    token: Annotated[
        str,
        Query(description="What your front end was sent as `token` by the editor's preview or by a link."),
    ],
) -> dict[str, Any]:
    """
    A page as `get_page` gives it, but of the draft. The `id` of a page that was never saved is 0.

    A token that is wrong, has ended or was revoked is a 404.
    """
    page = drafts.of(token)
    if page.get_url_parts(request) is None:
        raise Http404
    return page_out(page, request)
