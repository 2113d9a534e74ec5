from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.contrib.settings.models import register_setting
from wagtail.models import Page

from cms.outbox.tokens import OneTimeToken, OneTimeTokenQuerySet
from cms.previews import front_ends
from cms.reading.site_settings import SiteDecisions


@register_setting(icon="view")
class PreviewSettings(SiteDecisions):
    """Where a site's drafts are shown."""

    front_end = models.CharField(
        max_length=300,
        blank=True,
        validators=[front_ends.validate],
        help_text=_(
            "The page of your front end that shows a draft, such as https://www.example.org/preview. "
            "It gets a token. Empty: drafts are shown by this site."
        ),
    )

    panels = (FieldPanel("front_end", heading=_("Front end for previews")),)

    class Meta:
        verbose_name = _("previews")


class SharedDraft(OneTimeToken):
    """What is kept of a link that shows the latest draft of a page to whoever has it."""

    DIGESTED_FOR = "shared draft"
    PREFIX = "draft_"

    page = models.ForeignKey(Page, on_delete=models.CASCADE, related_name="shared_drafts")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    made_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = OneTimeTokenQuerySet.as_manager()

    wagtail_reference_index_ignore = True

    class Meta:
        default_permissions = ()
        permissions = (("manage_shared_drafts", _("Can see and revoke all links to drafts")),)

    def __str__(self) -> str:
        return f"link {self.pk} to the draft of page {self.page_id}"
