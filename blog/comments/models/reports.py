"""Readers' reports of public comments."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class ReportQuerySet(models.QuerySet["Report"]):
    def open(self) -> "ReportQuerySet":
        return self.filter(settled_at=None)


class Report(models.Model):
    """One reader's report. ``client`` is the keyed digest of the rate limit, dropped after a day."""

    class Reason(models.TextChoices):
        SPAM = "spam", _("It is spam or advertising")
        ABUSE = "abuse", _("It is rude or hateful")
        PRIVATE = "private", _("It reveals private information about someone")
        HARM = "harm", _("It gives advice that could harm")
        OTHER = "other", _("Something else")

    comment = models.ForeignKey(
        "blog_comments.ReaderComment", on_delete=models.CASCADE, related_name="reports"
    )
    reason = models.CharField(max_length=8, choices=Reason)
    words = models.CharField(max_length=500, blank=True)
    client = models.CharField(max_length=32, null=True, editable=False)  # noqa: DJ001 -- NULL is "forgotten", and unique
    at = models.DateTimeField(default=timezone.now)
    settled_at = models.DateTimeField(null=True, blank=True)

    objects = ReportQuerySet.as_manager()
    wagtail_reference_index_ignore = True

    class Meta:
        ordering = ("pk",)
        default_permissions = ()
        constraints = (models.UniqueConstraint(fields=["comment", "client"], name="report_once_a_client"),)
        indexes = (models.Index(fields=["settled_at", "comment"], name="report_open"),)

    def __str__(self) -> str:
        return f"report {self.pk} of comment {self.comment_id}"
