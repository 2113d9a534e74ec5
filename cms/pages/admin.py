"""The editor of every page in Wagtail's admin, with what ``editing`` adds to Wagtail's views."""

from django.http import Http404
from wagtail.admin.views.pages.create import CreateView
from wagtail.admin.views.pages.edit import EditView
from wagtail.admin.views.pages.revisions import RevisionsRevertView
from wagtail.admin.viewsets.pages import PageViewSet
from wagtail.models import Page

from cms.pages.editing import FirstSaveMixin, SecondEditorMixin


class PageEditView(SecondEditorMixin, EditView):
    pass


class PageCreateView(FirstSaveMixin, CreateView):
    draft_view = staticmethod(PageEditView.as_view())


class PageRevertView(SecondEditorMixin, RevisionsRevertView):
    def get_object(self) -> Page:
        """Number 0 is no revision; Wagtail (8.0) takes it for none asked for. Raises Http404."""
        if not self.is_reverting:
            raise Http404
        return super().get_object()


class PagesViewSet(PageViewSet):
    model = Page
    add_view_class = PageCreateView
    edit_view_class = PageEditView
    revisions_revert_view_class = PageRevertView
