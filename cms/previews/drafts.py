"""From a token to the page as it stands in the draft. Reading one writes nothing."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth import get_user_model
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, QueryDict
from django.shortcuts import get_object_or_404
from wagtail.admin.models import FormState
from wagtail.admin.views.pages.preview import PreviewOnCreateView, PreviewOnEditView
from wagtail.models import Page, Revision

from cms.credentials.staff import Staff
from cms.previews import sharing, tokens
from cms.previews.models import SharedDraft

LONGEST_TOKEN = 300
NOT_SAVED = 0  # the id of a page that has none yet


def of(token: str) -> Page:
    """Raises Http404 if the token is wrong, has ended or is revoked, or its maker may not edit the page."""
    if len(token) > LONGEST_TOKEN:
        raise Http404
    if token.startswith(SharedDraft.PREFIX):
        return _of_link(token)
    try:
        shown = tokens.read(token)
        user = get_object_or_404(get_user_model(), pk=shown.user, is_active=True)
        return _FINDERS[shown.kind](shown.pk, user)
    except (signing.BadSignature, PermissionDenied):
        raise Http404 from None


def _of_link(token: str) -> Page:
    link = sharing.opened(token)
    if link is None:
        raise Http404
    return link.page.get_latest_revision_as_object()


def _of_page(pk: int, user: Staff) -> Page:
    page = get_object_or_404(Page, pk=pk)
    require_reader(page, user)
    return page.get_latest_revision_as_object()


def _of_revision(pk: int, user: Staff) -> Page:
    page = get_object_or_404(Revision.page_revisions, pk=pk).as_object()
    require_reader(page, user)
    return page


def require_reader(page: Page, user: Staff) -> None:
    """Raises PermissionDenied for those to whom Wagtail does not show the drafts of a page."""
    may = page.permissions_for_user(user)
    if not (may.can_publish() or may.can_edit()):
        raise PermissionDenied


def _of_form(pk: int, user: Staff) -> Page:
    """Fill in the form as Wagtail's own preview does. Raises PermissionDenied."""
    state = get_object_or_404(FormState.objects.select_related("content_type"), pk=pk, user=user)
    request = HttpRequest()
    request.user = user
    editor, place = _editor_of(state)
    editor.setup(request, **place)
    form = editor.get_form(QueryDict(state.data))
    if not editor.validate_form(form):
        raise Http404
    page = form.save(commit=False)
    if page.pk is None:
        page.pk = page.id = NOT_SAVED
    return page


def _editor_of(state: FormState) -> tuple[Any, dict[str, Any]]:
    if state.object_id:
        return PreviewOnEditView(), {"page_id": state.object_id}
    app, model = state.content_type.natural_key()
    place = {"content_type_app_name": app, "content_type_model_name": model}
    return PreviewOnCreateView(), {**place, "parent_page_id": state.parent_object_id}


_FINDERS: dict[tokens.Kind, Callable[[int, Staff], Page]] = {
    "form": _of_form,
    "page": _of_page,
    "revision": _of_revision,
}
