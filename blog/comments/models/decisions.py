"""What became of a comment, and who decided it."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from blog.comments.models.comments import ReaderComment
from blog.comments.models.phrases import Refusal
from blog.comments.states import Actor, Status


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
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        ordering = ("pk",)
        indexes = (
            models.Index(fields=["at"], name="decision_at"),
            models.Index(fields=["act"], condition=Q(act__isnull=False), name="decision_act"),
        )

    def __str__(self) -> str:
        return f"{self.comment_id}: {self.from_status} to {self.to_status}"
