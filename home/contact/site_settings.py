"""The settings of a site for messages to staff."""

from collections.abc import Iterator

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.contrib.settings.models import register_setting
from wagtail.models import Page, Site

from cms.reading.site_settings import SiteDecisions, site_id_of
from home.contact import address_lists


@register_setting(icon="mail")
class MessageSettings(SiteDecisions):
    recipients = models.CharField(
        max_length=address_lists.LONGEST_LIST,
        blank=True,
        default="",
        db_default="",
        validators=[address_lists.validate_addresses],
        help_text=_("Staff addresses, separated by commas. Empty: CONTACT_RECIPIENTS of the server."),
    )
    words_in_mail = models.BooleanField(
        _("send the words of a message by mail"),
        default=True,
        help_text=_("Otherwise the mail to staff says only that there is a message, and where to read it."),
    )
    offer_copy = models.BooleanField(
        _("offer a copy by mail"),
        default=True,
        help_text=_("It goes out once the owner of the address has pressed a button behind a link."),
    )
    take_files = models.BooleanField(
        _("take files"),
        default=False,
        help_text=_("Up to three files of 5 MB with a message: PDF, PNG, JPEG, WebP or plain text."),
    )
    keep_handled_days = models.PositiveSmallIntegerField(
        _("days to keep handled messages"),
        null=True,
        blank=True,
        help_text=_("Counted from when one was handled; empty keeps them until somebody deletes them."),
    )
    keep_spam_days = models.PositiveSmallIntegerField(_("days to keep spam"), default=30)

    panels = (
        FieldPanel("recipients", heading=_("Recipients")),
        FieldPanel("words_in_mail"),
        FieldPanel("offer_copy"),
        FieldPanel("take_files"),
        MultiFieldPanel(
            [FieldPanel("keep_handled_days"), FieldPanel("keep_spam_days")], _("How long it is kept")
        ),
    )

    class Meta:
        verbose_name = _("messages to staff")

    def staff_addresses(self) -> list[str]:
        """Return who gets a message where neither its subject nor its page says so."""
        return address_lists.addresses(self.recipients) or list(settings.CONTACT_RECIPIENTS)

    @classmethod
    def of(cls, page: Page | None) -> "MessageSettings":
        """Return those of the page's site; of the default site for a page that was deleted."""
        site_id = site_id_of(page) if page else None
        if site_id is None:
            return cls.for_site(Site.objects.filter(is_default_site=True).first())
        return cls.for_site_id(site_id)


def with_their_pages() -> Iterator[tuple[MessageSettings, Q]]:
    """Yield each site's settings and what picks its messages; the default site has those of no site."""
    elsewhere = Q()
    for site in Site.objects.select_related("root_page").order_by("is_default_site"):
        here = Q(page__path__startswith=site.root_page.path)
        everything_else = ~elsewhere if elsewhere else Q()
        yield MessageSettings.for_site(site), everything_else if site.is_default_site else here
        elsewhere |= here
