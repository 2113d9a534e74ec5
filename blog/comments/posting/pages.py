"""
A page that takes comments: add ``CommentsMixin`` before ``Page``.

Its fields, panels and routes come with it; so do the API (``/pages/{page}/comments/``), the feed, the desk,
and what Wagtail's admin shows beside the page, in lists of it and in its user bar.
"""

from datetime import date
from typing import Any

from django.db import models
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.contrib.routable_page.models import RoutablePageMixin, path
from wagtail.models import Page, PageManager, get_page_models
from wagtail.query import PageQuerySet

from blog.comments.posting import own_comments, views
from blog.comments.posting.feeds import CommentsFeed
from blog.comments.posting.forms import CommentForm, ReportForm, WordsForm
from blog.comments.reading import queries
from blog.comments.rules import policy
from blog.comments.states import Moderation
from cms.http import previews
from cms.http.methods import takes_posts
from cms.http.outcome import take_or_show

EDIT = "blog/comments/edit_page.html"
REPLIES = "blog/comments/replies_page.html"
REPLY = "blog/comments/reply_page.html"
REPORT = "blog/comments/report_page.html"


class QuietPageManager(PageManager):
    """Reads with a page whether a comment can be read below it: for types that are closed by default."""

    def get_queryset(self) -> PageQuerySet:
        return super().get_queryset().annotate(is_discussed=queries.is_discussed())


class CommentsMixin(RoutablePageMixin, models.Model):
    """A page that takes comments. ``asked_by_forms`` are the columns it takes to answer one that is sent."""

    asked_by_forms: tuple[str, ...] = (*policy.ASKED, "first_published_at")

    is_discussed = True  # so far as was read; see ``QuietPageManager``

    comments_open = models.BooleanField(
        _("comments are open"),
        default=True,
        help_text=_("Untick to take no new comments. Those already there stay."),
    )
    comment_moderation = models.CharField(
        _("which comments are held"),
        max_length=16,
        blank=True,
        choices=[("", _("As on the site")), *Moderation.choices],
        default="",
        db_default="",  # an older version that still runs writes pages without it
    )
    comments_close_after_days = models.PositiveSmallIntegerField(
        _("close comments after days"),
        null=True,
        blank=True,
        help_text=_("Counted from the day it is dated or was published. Empty: as on the site; 0: never."),
    )

    comment_panels = (
        MultiFieldPanel(
            [
                FieldPanel("comments_open"),
                # only those who may set this for the site may set it for a page: it publishes comments unread
                FieldPanel("comment_moderation", permission="blog_comments.change_discussion"),
                FieldPanel("comments_close_after_days"),
            ],
            _("Reader comments"),
        ),
    )

    class Meta:
        abstract = True

    def get_absolute_url(self) -> str:
        """The address django-comments and the admin link to."""
        return self.get_url()

    @property
    def discussed_since(self) -> date:
        """The day from which the days until comments close are counted."""
        return timezone.localdate(self.first_published_at)  # of one that is not published yet: today

    @path("")
    @takes_posts
    def read(self, request: HttpRequest) -> HttpResponseBase:
        return self._answer(request)

    @path("comments/feed/")
    def comments_feed(self, request: HttpRequest) -> HttpResponse:
        return CommentsFeed(self)(request)

    @path("comments/<int:comment_id>/")
    def permalink(self, request: HttpRequest, comment_id: int) -> HttpResponse:
        return views.permalink(self, comment_id)

    @path("comments/<int:comment_id>/edit/")
    @takes_posts
    def edit(self, request: HttpRequest, comment_id: int) -> HttpResponseBase:
        """The page where authors edit their comment, while they may."""
        comment = views.own_comment(request, comment_id)

        def show(form: WordsForm | None) -> HttpResponseBase:
            return self._show(request, EDIT, form=form or views.words_of(comment), comment=comment)

        return take_or_show(request, lambda: views.change_own(request, self, comment), show)

    @path("comments/<int:comment_id>/report/")
    @takes_posts
    def report(self, request: HttpRequest, comment_id: int) -> HttpResponseBase:
        """Where a reader reports a comment."""
        comment = views.readable(self, comment_id)

        def show(form: ReportForm | None) -> HttpResponseBase:
            return self._show(request, REPORT, form=form or ReportForm(), comment=comment)

        return take_or_show(request, lambda: views.receive_report(request, self, comment_id), show)

    @path("comments/<int:comment_id>/replies/")
    def replies(self, request: HttpRequest, comment_id: int) -> HttpResponseBase:
        """The replies of one thread, page by page: the continuation of a long one."""
        return self._show(request, REPLIES, **views.replies(request, self, comment_id))

    @path("comments/<int:comment_id>/reply/")
    @takes_posts
    def reply(self, request: HttpRequest, comment_id: int) -> HttpResponseBase:
        """The form on a page of its own, below the comment it replies to."""
        return self._answer(request, template=REPLY, reply_to=views.reply_target(self, comment_id))

    def _answer(
        self, request: HttpRequest, template: str | None = None, reply_to: queries.Node | None = None
    ) -> HttpResponseBase:
        def show(form: CommentForm | None) -> HttpResponseBase:
            if form:  # the page was read only as far as an answer takes
                self.refresh_from_db(fields=self.get_deferred_fields())
            if form is None and self._is_quiet(request):
                return self._show(request, template)
            context = views.page_context(request, self, form=form, reply_to=reply_to)
            return self._show(request, template, **context)

        return take_or_show(request, lambda: views.receive(request, self), show)

    def _is_quiet(self, request: HttpRequest) -> bool:
        """Say whether there is nothing to show: closed, none there or just sent, or a shared draft."""
        if previews.is_shared(request):
            return True
        asked = "sent" in request.GET or own_comments.any_held(request)
        return not (self.comments_open or self.is_discussed or asked)

    def _show(self, request: HttpRequest, template: str | None, **context: Any) -> HttpResponseBase:
        response = self.render(request, template=template, context_overrides=context)
        views.keep_private(request, response)
        return response


def page_models() -> list[type[Page]]:
    """Return the page types that take comments."""
    return [model for model in get_page_models() if issubclass(model, CommentsMixin)]
