import secrets
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django_comments_xtd.models import XtdComment
from wagtail.models import Page

from blog.comments.bans import DomainBan  # noqa: F401 -- a model of this app in a module of its own
from blog.comments.discussion import Discussion  # noqa: F401 -- likewise
from blog.comments.phrases import Refusal
from blog.comments.reports import Report
from blog.comments.states import PUBLIC, Actor, Ban, Status
from blog.comments.subscriptions import Subscription  # noqa: F401 -- likewise, with its neighbours
from cms import public_pages, vault


class ReaderQuerySet(models.QuerySet):
    def banned(self) -> "ReaderQuerySet":
        """Those whose comments are held or refused, the last banned first."""
        return self.filter(banned_at__isnull=False).order_by("-banned_at", "-pk")

    def with_address(self, address: str) -> "ReaderQuerySet":
        return self.filter(address_index__in=vault.indexes(address))


class Reader(models.Model):
    """A person who gave an address. The address is sealed; the index finds it for whoever has the key."""

    sealed_address = models.BinaryField(editable=False)
    address_index = models.CharField(max_length=32, unique=True, editable=False)
    proven_at = models.DateTimeField(null=True, blank=True)
    ban = models.CharField(max_length=6, choices=Ban, blank=True)
    banned_at = models.DateTimeField(null=True, blank=True)
    approved_count = models.PositiveIntegerField(default=0)
    refused_count = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)

    objects = ReaderQuerySet.as_manager()
    wagtail_reference_index_ignore = True

    class Meta:
        indexes = (
            models.Index(fields=["banned_at"], condition=Q(banned_at__isnull=False), name="reader_banned"),
        )
        permissions = (
            ("reveal_address", "Can reveal a reader's e-mail address"),
            ("export_person", "Can export what is kept of a person"),
            ("erase_person", "Can erase what is kept of a person"),
        )

    def __str__(self) -> str:
        return f"reader {self.pk}"

    @property
    def address(self) -> str:
        """The plain address: for the mail that goes to it and the logged reveal, nothing else."""
        return vault.unseal(self.sealed_address)


class ReaderNote(models.Model):
    """What moderators tell each other about a person."""

    reader = models.ForeignKey(Reader, on_delete=models.CASCADE, related_name="notes")
    text = models.CharField(max_length=500)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("pk",)
        default_permissions = ()

    def __str__(self) -> str:
        return f"note {self.pk} on reader {self.reader_id}"


class CommentQuerySet(models.QuerySet):
    def approved(self) -> "CommentQuerySet":
        """Approved, and below nothing that is held: what a visitor to the page may read."""
        return self.filter(status__in=PUBLIC, under_held=False)

    def public(self) -> "CommentQuerySet":
        """Approved, on a page that anyone may read."""
        return self.approved().filter(page__in=public_pages.of(Page.objects.all()))

    def on(self, page: Page) -> "CommentQuerySet":
        return self.filter(page_id=page.pk)

    def numbered(self, pk: int) -> "CommentQuerySet":
        """The one with an id, which may be any number somebody made up."""
        return self.filter(pk=pk) if 0 < pk <= models.BigAutoField.MAX_BIGINT else self.none()

    def held(self) -> "CommentQuerySet":
        """Waiting for a moderator, whole or with an edit, the longest first."""
        return self.filter(waiting=True).order_by("pk")

    def reported(self) -> "CommentQuerySet":
        """Public, and a reader has said since the last decision that it should not be."""
        return self.filter(status__in=PUBLIC, pk__in=Report.objects.open().values("comment"))


class ReaderComment(XtdComment):
    """
    What a reader said, and where it stands.

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
        expression=Q(status=Status.PENDING) | Q(status=Status.APPROVED, held_revision__isnull=False),
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
        verbose_name = "reader comment"
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
        )

    def __str__(self) -> str:
        return f"comment {self.pk}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Write this row and no other: the base's ``save`` renumbers the thread."""
        self.is_public = self.status in PUBLIC
        super(XtdComment, self).save(*args, **kwargs)

    @property
    def waiting_words(self) -> str | None:
        """An edit that waits, from all the revisions: whoever lists comments reads those along."""
        if self.held_revision is None:
            return None
        return next((each.text for each in self.revisions.all() if each.number == self.held_revision), None)

    def get_absolute_url(self, anchor_pattern: str = "#comment-%(id)s") -> str:
        """The comment on its page."""
        return self.page.get_url() + anchor_pattern % {"id": self.pk}


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


class Decision(models.Model):
    """
    One change of state: who or what made it, why, and when. It outlives its comment, for the report.
    """

    comment = models.ForeignKey(ReaderComment, null=True, on_delete=models.SET_NULL, related_name="decisions")
    revision = models.PositiveIntegerField()
    from_status = models.CharField(max_length=12, choices=Status, blank=True)
    to_status = models.CharField(max_length=12, choices=Status)
    actor = models.CharField(max_length=8, choices=Actor)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL)
    reasons = models.JSONField(default=list)
    refusal = models.ForeignKey(Refusal, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    waited = models.PositiveIntegerField(null=True, help_text="Seconds it had waited for a moderator.")
    act = models.UUIDField(null=True, editable=False, help_text="What was decided together has it in common.")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("pk",)
        indexes = (
            models.Index(fields=["at"], name="decision_at"),
            models.Index(fields=["act"], condition=Q(act__isnull=False), name="decision_act"),
        )

    def __str__(self) -> str:
        return f"{self.comment_id}: {self.from_status} to {self.to_status}"


class TokenQuerySet(models.QuerySet):
    def matching(self, *, purpose: str, secrets_shown: list[str]) -> "TokenQuerySet":
        """The tokens of one purpose that somebody holds and that have not expired."""
        digests = [digest for secret in secrets_shown for digest in vault.keyed_digests("token", secret)]
        return self.filter(purpose=purpose, digest__in=digests, expires_at__gt=timezone.now())


class Token(models.Model):
    """A random secret that lets its holder do one thing to one comment. Only its digest is stored."""

    class Purpose(models.TextChoices):
        AUTHOR = "author", "See, edit and withdraw one's own comment"
        CONFIRM = "confirm", "Prove one's address and begin a subscription"
        UNSUBSCRIBE = "unsubscribe", "End a subscription, or all mail"

    PREFIX = "comment_"
    BYTES = 24

    comment = models.ForeignKey(ReaderComment, on_delete=models.CASCADE, related_name="tokens")
    purpose = models.CharField(max_length=12, choices=Purpose)
    digest = models.CharField(max_length=32, unique=True, editable=False)
    expires_at = models.DateTimeField()

    objects = TokenQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.purpose} token of comment {self.comment_id}"

    @classmethod
    def new_secret(cls) -> str:
        return cls.PREFIX + secrets.token_urlsafe(cls.BYTES)
