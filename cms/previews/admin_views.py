"""Links to drafts: ``/admin/pages/<id>/shared/`` for a page, ``/admin/reports/shared-drafts/`` for all."""

from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages
from wagtail.models import Page

from cms.credentials import staff
from cms.http.admin_page import AdminPage
from cms.http.redirects import see_other
from cms.previews import sharing
from cms.previews.models import SharedDraft
from cms.text.numbers import read_number

DAYS = (1, 7, 30)
LINKS_A_PAGE = 50


def _days() -> list[tuple[int, str]]:
    return [(days, ngettext("%(days)s day", "%(days)s days", days) % {"days": days}) for days in DAYS]


class LinkForm(forms.Form):
    days = forms.TypedChoiceField(
        label=_("The link works for"), choices=_days, coerce=int, initial=DAYS[1], widget=forms.RadioSelect
    )


class LinksView(AdminPage):
    """Lists links, and revokes one of them."""

    template_name = "cms/previews/admin/links.html"
    header_icon = "link"
    http_method_names = ("get", "head", "post")

    def links(self) -> QuerySet[SharedDraft]:
        raise NotImplementedError

    def revoke(self, request: HttpRequest) -> HttpResponse:
        link = self.links().filter(pk=read_number(request.POST.get("link", "")) or 0).first()
        if link is None:
            messages.warning(request, gettext("That link had already ended."))
        else:
            sharing.revoke(link, by=staff.of(request))
            messages.success(request, gettext("The link no longer works."))
        return see_other(request.path)

    def show(self, *, status: int = 200, **more: Any) -> HttpResponse:
        links = Paginator(self.links(), LINKS_A_PAGE).get_page(self.request.GET.get("p"))
        response = self.render_to_response(self.get_context_data(links=links, **more))
        response.status_code = status
        return response


class LinksOfPageView(LinksView):
    """For those who may edit the page: its links, and a form that makes one."""

    page_title = _("Share this draft")

    def dispatch(self, request: HttpRequest, page_id: int) -> HttpResponseBase:
        self.page = get_object_or_404(Page, pk=page_id)
        return super().dispatch(request)

    def may_open(self) -> bool:
        return sharing.may_share(self.page, staff.of(self.request))

    def links(self) -> QuerySet[SharedDraft]:
        return sharing.of_page(self.page)

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show_page(LinkForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        if request.POST.get("do") == "revoke":
            return self.revoke(request)
        form = LinkForm(request.POST)
        if not form.is_valid():
            return self.show_page(form, status=422)
        try:
            token = sharing.share(self.page, days=form.cleaned_data["days"], by=staff.of(request))
        except sharing.TooManyLinksError:
            form.add_error(None, gettext("This page has as many links as it may have. Revoke one first."))
            return self.show_page(form, status=422)
        return self.show_page(
            LinkForm(), made=request.build_absolute_uri(reverse("shared_draft", args=[token]))
        )

    def show_page(self, form: LinkForm, **more: Any) -> HttpResponse:
        private = self.page.get_view_restrictions().exists()
        return self.show(page=self.page, form=form, private=private, **more)

    def get_page_subtitle(self) -> str:
        return self.page.get_admin_display_title()


class AllLinksView(LinksView):
    """For administrators: the links of all pages."""

    page_title = _("Shared drafts")
    permission = sharing.MANAGE

    def links(self) -> QuerySet[SharedDraft]:
        return sharing.live()

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show()

    def post(self, request: HttpRequest) -> HttpResponse:
        return self.revoke(request)
