"""A site's settings for comments; a page may override some of them."""

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.contrib.settings.models import register_setting

from blog.comments.states import Moderation
from cms.reading.site_settings import SiteDecisions

MOST_LINES = 500
LONGEST_LINE = 100
DEPTH = _("1 lets a comment be answered, 2 an answer too, and so on; 0 sets no bound.")


@register_setting(icon="comment")
class Discussion(SiteDecisions, models.Model):
    moderation = models.CharField(
        _("which comments are held"), max_length=16, choices=Moderation, default=Moderation.ALL
    )
    trusted_after = models.PositiveSmallIntegerField(
        _("approved comments that earn trust"),
        default=2,
        validators=[MinValueValidator(1)],
        help_text=_("Only comments count whose author has proven the address."),
    )
    hold_links = models.PositiveSmallIntegerField(
        _("links that hold a comment"), default=2, help_text=_("This many or more; 0 never holds for links.")
    )
    hold_words = models.TextField(
        _("words that hold"),
        blank=True,
        help_text=_("One to a line. Whole words, in the text, the name, or the address's domain."),
    )
    spam_words = models.TextField(_("words that mark as spam"), blank=True, help_text=_("As above."))
    closed = models.BooleanField(_("close comments on the whole site"), default=False)
    close_after_days = models.PositiveSmallIntegerField(
        _("close comments after days"), default=0, help_text=_("Counted from a post's date; 0 never closes.")
    )
    require_address = models.BooleanField(_("ask for an e-mail address"), default=True)
    thread_depth = models.PositiveSmallIntegerField(
        _("replies below replies"), default=0, help_text=_("How deep a thread may grow; 0 sets no bound.")
    )
    threads_a_page = models.PositiveSmallIntegerField(
        default=20, validators=[MinValueValidator(5), MaxValueValidator(100)]
    )
    edit_minutes = models.PositiveSmallIntegerField(
        _("minutes to edit and withdraw"), default=15, help_text=_("And not after a reply; 0 allows neither.")
    )
    keep_refused_days = models.PositiveSmallIntegerField(
        _("days to keep spam and trash"), default=30, help_text=_("And what its author has withdrawn.")
    )
    keep_unconfirmed_days = models.PositiveSmallIntegerField(
        _("days to keep unconfirmed subscriptions"), default=7
    )

    panels = (
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("moderation"), FieldPanel("trusted_after")]),
                FieldPanel("hold_links"),
                FieldPanel("hold_words"),
                FieldPanel("spam_words"),
            ],
            _("What is held"),
        ),
        MultiFieldPanel(
            [
                FieldPanel("closed"),
                FieldPanel("close_after_days"),
                FieldPanel("require_address"),
                FieldPanel("edit_minutes"),
                FieldRowPanel(
                    [
                        FieldPanel("thread_depth", help_text=DEPTH),
                        FieldPanel("threads_a_page", heading=_("Threads a page")),
                    ]
                ),
            ],
            _("What readers may do"),
        ),
        MultiFieldPanel(
            [FieldRowPanel([FieldPanel("keep_refused_days"), FieldPanel("keep_unconfirmed_days")])],
            _("How long it is kept"),
        ),
    )

    class Meta:
        verbose_name = _("discussion")

    def clean(self) -> None:
        """Bound the word lists: every comment is compared with all of them."""
        super().clean()
        wrong = {name: _trouble(getattr(self, name)) for name in ("hold_words", "spam_words")}
        if any(wrong.values()):
            raise ValidationError({name: words for name, words in wrong.items() if words})


def _trouble(listed: str) -> str:
    lines = listed.splitlines()
    if len(lines) > MOST_LINES:
        few = ngettext(
            "List %(most)s words or less; there is %(number)s.",
            "List %(most)s words or less; there are %(number)s.",
            len(lines),
        )
        return few % {"most": MOST_LINES, "number": len(lines)}
    long = [number for number, line in enumerate(lines, start=1) if len(line) > LONGEST_LINE]
    if not long:
        return ""
    shorter = gettext("Line %(number)s is longer than %(most)s characters.")
    return shorter % {"number": long[0], "most": LONGEST_LINE}
