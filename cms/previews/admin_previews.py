"""The editor's preview of a page, where the site has a front end: the panel frames it, a tab is led to it."""

import json
from typing import Any

from csp.constants import SELF
from csp.decorators import csp_replace
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.decorators import method_decorator
from wagtail.admin.ui.components import MediaContainer
from wagtail.admin.ui.side_panels import ChecksSidePanel
from wagtail.admin.views.pages.preview import PreviewOnCreateView, PreviewOnEditView, ViewDraftView
from wagtail.admin.views.pages.revisions import RevisionsView
from wagtail.admin.views.pages.workflow import PreviewRevisionForTaskView
from wagtail.models import Page
from wagtail.utils.decorators import xframe_options_sameorigin_override

from cms.credentials import staff
from cms.pages.admin import PageCreateView, PageEditView, PageRevertView, PagesViewSet
from cms.previews import drafts, front_ends, tokens
from cms.previews.models import PreviewSettings
from cms.previews.signals import draft_shown
from cms.previews.tokens import Kind, Shown

HEADERS = {"Cache-Control": "private, no-store", "Referrer-Policy": "no-referrer"}
FRAME = "cms/previews/frame.html"
# of the admin's policy, a page with nothing but a frame needs little
FRAME_ALONE = dict.fromkeys(("script-src", "script-src-attr", "img-src", "media-src", "form-action"))
Untyped: Any = object  # what is mixed into a view of Wagtail, which brings no types


def front_end_of(page: Page) -> str:
    return PreviewSettings.for_page(page).front_end


def show(request: HttpRequest, front_end: str, kind: Kind, pk: int) -> HttpResponseBase:
    """Lead to the front end with a token; in the panel, show a page of ours that frames it."""
    token = tokens.sign(Shown(kind, pk, staff.of(request).pk))
    url = front_ends.with_token(front_end, token)
    in_panel = request.GET.get("in_preview_panel") == "true"
    response = _framed(request, url) if in_panel else redirect(url)
    for name, value in HEADERS.items():
        response[name] = value
    return response


def _framed(request: HttpRequest, url: str) -> HttpResponseBase:
    """
    Return a page of ours that frames the front end, and that alone may.

    Wagtail's panel (8.0.1) exchanges one frame for the next. Before it does, it would wait ten seconds for
    one of another origin to say where it is scrolled to.
    """
    policy = {**FRAME_ALONE, "style-src": [SELF], "frame-src": [front_ends.origin_of(url)]}
    return csp_replace(policy)(lambda request: render(request, FRAME, {"url": url}))(request)


class FormPreviewMixin(Untyped):
    """The preview of a form that is not saved."""

    def front_end(self) -> str:
        return front_end_of(self.object if self.object.pk else self.object.get_parent())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = super().post(request, *args, **kwargs)
        if json.loads(response.content)["is_valid"] and self.front_end():
            draft_shown.send(type(self.object), instance=self.object)
        return response

    @method_decorator(xframe_options_sameorigin_override)
    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        state, front_end = self.get_form_state_queryset().first(), self.front_end()
        if state is None or not front_end:
            return super().get(request, *args, **kwargs)
        return show(request, front_end, "form", state.pk)


class ChecksMixin(Untyped):
    """The editor of a page. No front end runs Wagtail's checks: there, they would find no fault at all."""

    def get_side_panels(self) -> MediaContainer:
        panels = super().get_side_panels()
        if not front_end_of(self.page if self.page.pk else self.parent_page):
            return panels
        return MediaContainer([panel for panel in panels if not isinstance(panel, ChecksSidePanel)])


class PreviewedCreateView(ChecksMixin, PageCreateView):
    pass


class PreviewedEditView(ChecksMixin, PageEditView):
    pass


class PreviewedRevertView(ChecksMixin, PageRevertView):
    pass


class EditPreview(FormPreviewMixin, PreviewOnEditView):
    pass


class CreatePreview(FormPreviewMixin, PreviewOnCreateView):
    pass


class DraftView(ViewDraftView):
    """The latest draft."""

    def dispatch(self, request: HttpRequest, page_id: int, *args: Any, **kwargs: Any) -> HttpResponseBase:
        page = get_object_or_404(Page, pk=page_id)
        front_end = front_end_of(page)
        if not front_end:
            return super().dispatch(request, page_id, *args, **kwargs)
        drafts.require_reader(page, staff.of(request))
        return show(request, front_end, "page", page.pk)


class RevisionView(RevisionsView):
    """One revision; who may see it is asked before."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        front_end = front_end_of(self.object)
        if not front_end:
            return super().get(request, *args, **kwargs)
        return show(request, front_end, "revision", self.revision_id)


class TaskPreview(PreviewRevisionForTaskView):
    """What waits in a workflow."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        state, front_end = self.task_state, front_end_of(self.object)
        if not (state and front_end and self.task.get_actions(self.object, request.user)):
            return super().get(request, *args, **kwargs)
        return show(request, front_end, "revision", state.revision_id)


class PreviewedPagesViewSet(PagesViewSet):
    add_view_class = PreviewedCreateView
    edit_view_class = PreviewedEditView
    revisions_revert_view_class = PreviewedRevertView
    preview_on_add_view_class = CreatePreview
    preview_on_edit_view_class = EditPreview
    view_draft_view_class = DraftView
    revisions_view_class = RevisionView
    workflow_preview_view_class = TaskPreview
