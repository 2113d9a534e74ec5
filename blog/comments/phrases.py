"""What moderators need not write twice: replies, and why a comment was not published."""

from django.db import models
from wagtail.admin.panels import FieldPanel
from wagtail.snippets.models import register_snippet


@register_snippet
class SavedReply(models.Model):
    title = models.CharField(max_length=80, help_text="What moderators choose it by.")
    text = models.TextField(max_length=5000)

    panels = (FieldPanel("title"), FieldPanel("text"))

    class Meta:
        ordering = ("title",)
        verbose_name = "saved reply"
        verbose_name_plural = "saved replies"

    def __str__(self) -> str:
        return self.title


@register_snippet
class Refusal(models.Model):
    """A reason for the trash. Its words go to the author, if he asked to be told."""

    title = models.CharField(max_length=80, unique=True, help_text="What moderators choose it by.")
    words = models.TextField(
        "what the author is told",
        max_length=500,
        blank=True,
        help_text="Goes into the mail that his comment was not published. Empty: no reason is given.",
    )

    panels = (FieldPanel("title"), FieldPanel("words"))

    class Meta:
        ordering = ("title",)
        verbose_name = "reason for the trash"
        verbose_name_plural = "reasons for the trash"

    def __str__(self) -> str:
        return self.title
