"""Texts that moderators use again: replies, and reasons why a comment was not published."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.snippets.models import register_snippet

CHOSEN_BY = _("What moderators choose it by.")


@register_snippet
class SavedReply(models.Model):
    title = models.CharField(max_length=80, help_text=CHOSEN_BY)
    text = models.TextField(max_length=5000)

    panels = (FieldPanel("title", heading=_("Title")), FieldPanel("text", heading=_("Text")))

    class Meta:
        ordering = ("title",)
        verbose_name = _("saved reply")
        verbose_name_plural = _("saved replies")

    def __str__(self) -> str:
        return self.title


@register_snippet
class Refusal(models.Model):
    """A reason for the trash. Its words go to the author, if they asked for email."""

    title = models.CharField(max_length=80, unique=True, help_text=CHOSEN_BY)
    words = models.TextField(
        _("message to the author"),
        max_length=500,
        blank=True,
        help_text=_(
            "Included in the email telling authors their comment was not published. "
            "If empty, no reason is given."
        ),
    )

    panels = (FieldPanel("title", heading=_("Title")), FieldPanel("words"))

    class Meta:
        ordering = ("title",)
        verbose_name = _("reason for the trash")
        verbose_name_plural = _("reasons for the trash")

    def __str__(self) -> str:
        return self.title
