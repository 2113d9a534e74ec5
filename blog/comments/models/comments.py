"""A comment, its place in a thread, and the history of its text."""

from typing import Any

from django.contrib.auth import get_user_model
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_comments_xtd.models import XtdComment
from wagtail.models import Page

from blog.comments.models.readers import Reader
from blog.comments.models.reports import Report
from blog.comments.states import PUBLIC, Status
from cms.reading import public_pages
from cms.reading.prepared import prepared


class CommentQuerySet(models.QuerySet["ReaderComment"]):
    def approved(self) -> "CommentQuerySet":
        """Approved, and below nothing that is held: what a visitor to the page may read."""
        return self.filter(status__in=PUBLIC, under_held=False)

    def public(self) -> "CommentQuerySet":
        """Approved, on a page that anyone may read."""
        return self.approved().filter(page__in=public_pages.of(Page.objects.all()))

    def on(self, page: Page) -> "CommentQuerySet":
        return self.filter(page_id=page.pk)

    def numbered(self, pk: int) -> "CommentQuerySet":
        """The one with an id, which may be any number at all."""
        return self.filter(pk=pk) if 0 < pk <= models.BigAutoField.MAX_BIGINT else self.none()

    def held(self) -> "CommentQuerySet":
        """Waiting for a moderator, whole or with an edit, the longest first."""
        return self.filter(waiting=True).order_by("pk")

    def reported(self) -> "CommentQuerySet":
        """Public, and reported by a reader since the last decision."""
        return self.filter(status__in=PUBLIC, pk__in=Report.objects.open().values("comment"))


class ReaderComment(XtdComment, models.Model):  # type: ignore[django-manager-missing]  # of django-comments-xtd, untyped
    """
    What a reader said, and where it is in the thread.

    ``is_public`` follows ``status`` and nothing else. ``user_email`` and ``ip_address`` of the base table
    stay empty; the base's thread columns (``thread_id``, ``parent_id``, ``order``, ``nested_count``) are not
    kept, since keeping them rewrites other people's rows: ``in_reply_to`` and ``root`` hold the thread.
    """

    status = models.CharField(max_length=12, choices=Status, default=Status.PENDING)
    page = models.ForeignKey(
        "wagtailcore.Page", on_delete=models.CASCADE, related_name="reader_comments", db_index=False
    )
    reader = models.ForeignKey(
        Reader, null=True, blank=True, on_delete=models.SET_NULL, related_name="comments"
    )
    in_reply_to = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.RESTRICT, related_name="replies"
    )
    root = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.RESTRICT, related_name="thread", db_index=False
    )
    under_held = models.BooleanField(default=False, help_text="Below a held comment: not shown yet.")
    revision = models.PositiveIntegerField(default=1, help_text="Which revision ``comment`` holds.")
    held_revision = models.PositiveIntegerField(
        null=True, blank=True, help_text="An edit that waits while the approved words stay public."
    )
    waiting = models.GeneratedField(
        expression=Q(status=Status.PENDING) | Q(status=Status.APPROVED, held_revision__isnull=False),  # type: ignore[arg-type]  # django-stubs 5.2 leaves conditions out
        output_field=models.BooleanField(),
        db_persist=True,
    )
    version = models.PositiveIntegerField(default=1)
    reason = models.CharField(max_length=20, blank=True, help_text="The first of the reasons it waits for.")
    by_staff = models.BooleanField(default=False, help_text="Written by staff from their account.")
    proven_at = models.DateTimeField(null=True, blank=True, help_text="When its author proved the address.")
    idempotency_key = models.CharField(max_length=32, null=True, unique=True, editable=False)  # noqa: DJ001 -- NULL is "no key", and unique
    words_key = models.CharField(max_length=32, null=True, unique=True, editable=False)  # noqa: DJ001 -- likewise

    objects = CommentQuerySet.as_manager()
    wagtail_reference_index_ignore = True

    class Meta:
        base_manager_name = "objects"
        default_manager_name = "objects"
        verbose_name = _("reader comment")
        permissions = (("moderate_comments", "Can moderate reader comments"),)
        # Those of ``page`` and ``root`` alone are left out: SQLite would take them for these,
        # and read every comment there is to show twenty.
        indexes = (
            models.Index(fields=["page", "status", "xtdcomment_ptr", "under_held"], name="comment_readable"),
            models.Index(
                fields=["page", "xtdcomment_ptr", "status", "under_held"],
                condition=Q(root=None),
                name="comment_first",
            ),
            models.Index(
                fields=["root", "xtdcomment_ptr", "status", "under_held"],
                condition=Q(root__isnull=False),
                name="comment_thread",
            ),
            models.Index(fields=["status", "xtdcomment_ptr"], name="comment_status"),
            models.Index(fields=["xtdcomment_ptr"], condition=Q(waiting=True), name="comment_waiting"),
            models.Index(
                fields=["page", "xtdcomment_ptr"], condition=Q(waiting=True), name="comment_waiting_on_page"
            ),
            models.Index(
                fields=["reason", "xtdcomment_ptr"], condition=Q(waiting=True), name="comment_waiting_for"
            ),
            models.Index(
                fields=["status", "page", "xtdcomment_ptr", "under_held"],
                condition=Q(by_staff=True),
                name="comment_by_staff",
            ),
        )

    def __str__(self) -> str:
        return f"comment {self.pk}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Write this row and no other: the base's ``save`` renumbers the thread."""
        self.is_public = self.status in PUBLIC
        super(XtdComment, self).save(*args, **kwargs)

    def get_absolute_url(self, anchor_pattern: str = "#comment-%(id)s") -> str:
        """The comment on its page; empty where the page has no address."""
        url = self.page.get_url()
        return url + anchor_pattern % {"id": self.pk} if url else ""

    @property
    def state_in_words(self) -> str:
        """Its state as moderators read it: an edit of a public one may wait."""
        state = self.get_status_display()
        if not (self.waiting and self.is_public):
            return state
        return gettext("%(state)s, an edit waits") % {"state": state}

    @property
    def waiting_words(self) -> str | None:
        """The text of an edit that waits, found in all the revisions, which lists prefetch."""
        if self.held_revision is None:
            return None
        return next((each.text for each in self.revisions.all() if each.number == self.held_revision), None)


class Revision(models.Model):
    """The words of a comment as they were at one time. Kept for moderators."""

    comment = models.ForeignKey(ReaderComment, on_delete=models.CASCADE, related_name="revisions")
    number = models.PositiveIntegerField()
    text = models.TextField()
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("number",)
        default_permissions = ()
        constraints = (models.UniqueConstraint(fields=["comment", "number"], name="comment_revision_once"),)

    def __str__(self) -> str:
        return f"revision {self.number} of comment {self.comment_id}"


@prepared
def names_of_staff() -> models.QuerySet:
    """
    The public names of active staff, where anyone can read their replies.

    It begins with these replies: who wrote each and where is asked afterwards, not joined.
    """
    staff = get_user_model().objects.filter(pk=models.OuterRef("user"), is_active=True)
    pages = public_pages.of(Page.objects.filter(pk=models.OuterRef("page")))
    shown = ReaderComment.objects.approved().filter(models.Exists(staff), models.Exists(pages), by_staff=True)
    return shown.order_by().values_list("user_name", flat=True).distinct()
