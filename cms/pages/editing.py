"""
Two editors at the same time: each save is whole, one after the other, and the second learns of the first.

Views of Wagtail 8.0.1. Its own check, ``is_out_of_date``, is asked by autosave alone, and before it is the
page's turn. A form that is sent without scripts is asked here.
"""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages
from wagtail.admin.utils import get_user_display_name
from wagtail.models import Page, Revision

USER_CHANGED = _(
    "Your changes are not saved yet. {who} changed this page on {at}, after you opened it. "
    'Your text is below. <a href="{history}" target="_blank" rel="noopener">See what changed</a>. '
    "If you save or publish now, your version replaces theirs; theirs stays in the history."
)
PROGRAM_CHANGED = _(
    "Your changes are not saved yet. An automated change was made to this page on {at}, after you opened it. "
    'Your text is below. <a href="{history}" target="_blank" rel="noopener">See what changed</a>. '
    "If you save or publish now, your version replaces theirs; theirs stays in the history."
)
# before the form that was sent while the first autosave was under way
FIRST_SAVED_WITHIN = timedelta(seconds=5)
Untyped: Any = object  # what is mixed into a view of Wagtail, which brings no types


def take_turn(page: int | None) -> None:
    """Wait until no one else is saving this page, or a sibling: their slugs differ. Comments continue."""
    path = Page.objects.filter(pk=page).values_list("path", flat=True).first() or ""
    places = [path, path[: -Page.steplen]]
    list(Page.objects.select_for_update(no_key=True).filter(path__in=places).order_by("path").only("pk"))


class OneAfterTheOtherMixin(Untyped):
    """An editor that saves in one transaction, in which no one else saves the page."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method != "POST":
            return super().dispatch(request, *args, **kwargs)
        with transaction.atomic():
            take_turn(kwargs.get("page_id", kwargs.get("parent_page_id")))
            return super().dispatch(request, *args, **kwargs)


class SecondEditorMixin(OneAfterTheOtherMixin):
    """The editor of a page that may have changed since it was opened."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        newer = None if self.expects_json_response else self.saved_meanwhile()
        return self.show_again(newer) if newer else super().post(request, *args, **kwargs)

    def saved_meanwhile(self) -> Revision | None:
        """Return what another user has saved last since this form was opened."""
        others = self.page.revisions.exclude(user=self.request.user)
        since = self.opened_at()
        return (others.filter(created_at__gt=since) if since else others).order_by("-created_at").first()

    def opened_at(self) -> datetime | None:
        """Return the time of the version that was opened; None where the page had none."""
        try:
            return parse_datetime(self.request.POST.get("loaded_revision_created_at", ""))
        except ValueError:  # no such day
            return None

    def show_again(self, newer: Revision) -> HttpResponse:
        """Save nothing, keep the words, and let them be saved by sending them again."""
        self.form = self.form_class(
            self.request.POST,
            self.request.FILES,
            instance=self.page,
            subscription=self.subscription,
            parent_page=self.parent,
            for_user=self.request.user,
        )
        self.form.defer_required_fields()
        self.form.is_valid()
        self.form.restore_required_fields()
        self.has_unsaved_changes = True
        messages.warning(self.request, self._what_happened(newer))
        return self.render_to_response(self.get_context_data())

    def _what_happened(self, newer: Revision) -> str:
        who = get_user_display_name(newer.user) if newer.user else ""
        at = date_format(timezone.localtime(newer.created_at), "DATETIME_FORMAT")
        history = reverse("wagtailadmin_pages:history", args=[self.page.pk])
        sentence = str(USER_CHANGED if newer.user else PROGRAM_CHANGED)
        return format_html(sentence, who=who, at=at, history=history)


class FirstSaveMixin(OneAfterTheOtherMixin):
    """The editor of a new page: what is sent while its first autosave is under way goes into that draft."""

    draft_view: Any

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        draft = None if self.expects_json_response else self.draft_just_saved()
        return self.draft_view(request, page_id=draft.pk) if draft else super().post(request, *args, **kwargs)

    def draft_just_saved(self) -> Page | None:
        drafts = Page.objects.child_of(self.parent_page).filter(
            slug=self.request.POST.get("slug", "").replace("\0", ""),
            content_type=self.page_content_type,
            owner=self.request.user,
            live=False,
            first_published_at=None,
            latest_revision_created_at__gt=timezone.now() - FIRST_SAVED_WITHIN,
        )
        return drafts.first()
