"""What a page tells search engines beyond its title and description."""

from typing import Any

from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel

from cms.text.tidy import TidyFieldsMixin


class SearchEnginesMixin(TidyFieldsMixin, models.Model):
    """What a page tells search engines beyond its title and description."""

    canonical_url = models.URLField(
        blank=True, help_text=_("Only when this text was first published elsewhere.")
    )
    noindex = models.BooleanField(_("hide from search engines"), default=False)

    panels = (
        MultiFieldPanel(
            [FieldPanel("canonical_url", heading=_("Canonical url")), FieldPanel("noindex")],
            _("Search engines"),
        ),
    )

    class Meta:
        abstract = True

    def get_sitemap_urls(self, request: HttpRequest | None = None) -> list[dict[str, Any]]:
        return [] if self.noindex else super().get_sitemap_urls(request)
