from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.contrib.settings.models import register_setting
from wagtail.images import get_image_model_string

from cms.brand import colours, stylesheet
from cms.reading.site_settings import SiteDecisions
from cms.text.mail_address import AddressValidator
from cms.text.tidy import TidyFieldsMixin

LONGEST_NAME = 80  # characters
LONGEST_LINES = 400
MOST_INITIALS = 3
LANGUAGES = [("", _("That of the server")), *settings.LANGUAGES]
TIME_ZONES = [("", "UTC"), *((zone, zone.replace("_", " ")) for zone in settings.WAGTAIL_USER_TIME_ZONES)]


def validate_time_zone(value: str) -> None:
    """Raises ValidationError for a name that the IANA database does not have."""
    if value not in settings.WAGTAIL_USER_TIME_ZONES:
        raise ValidationError(_("Select a time zone from the list."))


def validate_language(value: str) -> None:
    """Raises ValidationError for a language that Django does not know."""
    if value not in dict(settings.LANGUAGES):
        raise ValidationError(_("Select a language from the list."))


@register_setting(icon="site")
class SiteIdentity(TidyFieldsMixin, SiteDecisions):
    """Who runs the site and how it looks, as shown on every page."""

    class Faces(models.TextChoices):
        LEAFLET = "leaflet", _("Leaflet: serif headings, humanist sans for text")
        PLAIN = "plain", _("Plain: the reader's own interface font throughout")
        BOOK = "book", _("Book: serif for text and headings")

    class Corners(models.TextChoices):
        LEAF = "leaf", _("Leaf: two round corners, two sharp ones")
        PLAIN = "plain", _("Plain: slightly rounded")

    name = models.CharField(max_length=LONGEST_NAME, default=_("Our site"))
    tagline = models.CharField(max_length=160, blank=True)
    language = models.CharField(
        max_length=20,
        blank=True,
        default="",
        db_default="",
        validators=[validate_language],
        help_text=_("Of all that is no page in a language of its own. Empty: that of the server."),
    )
    time_zone = models.CharField(
        max_length=64,
        blank=True,
        default="",
        db_default="",
        validators=[validate_time_zone],
        help_text=_("In which times are shown. Empty: UTC."),
    )
    telephone = models.CharField(max_length=40, blank=True)
    address = models.TextField(max_length=LONGEST_LINES, blank=True)
    opening_hours = models.TextField(max_length=LONGEST_LINES, blank=True)
    emergency_line = models.CharField(
        max_length=200, blank=True, help_text=_("What to do in an emergency, shown beside the forms.")
    )
    comment_notice = models.CharField(
        max_length=200, blank=True, help_text=_("What a reader should know before commenting.")
    )
    privacy_page = models.ForeignKey(
        "wagtailcore.Page",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text=_("Linked at the foot of every page."),
    )

    logo = models.ForeignKey(
        get_image_model_string(),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text=_("At least 64 pixels wide and high. Without one, the initials stand for the site."),
    )
    logo_beside_name = models.BooleanField(
        _("show the name beside the logo"),
        default=True,
        db_default=True,
        help_text=_("Untick it for a logo that has the name in it."),
    )
    initials = models.CharField(
        max_length=MOST_INITIALS,
        blank=True,
        default="",
        db_default="",
        help_text=_("Empty: the first letters of the name."),
    )
    accent = models.CharField(
        max_length=7,
        blank=True,
        default="",
        db_default="",
        validators=[colours.validate_accent],
        help_text=_(
            "Of links, buttons and bands, such as #0d5a50. It becomes darker or lighter where text could not "
            "be read. Empty: the green of this software."
        ),
    )
    faces = models.CharField(
        _("fonts"), max_length=10, choices=Faces.choices, default=Faces.LEAFLET, db_default=Faces.LEAFLET
    )
    corners = models.CharField(
        max_length=10, choices=Corners.choices, default=Corners.LEAF, db_default=Corners.LEAF
    )
    social_picture = models.ForeignKey(
        get_image_model_string(),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text=_("Shown where a page is shared that has no picture of its own: 1200 by 630 pixels."),
    )

    sender_name = models.CharField(
        max_length=LONGEST_NAME,
        blank=True,
        default="",
        db_default="",
        help_text=_("Who mails come from. Empty: the name of the site."),
    )
    sender_address = models.CharField(
        max_length=254,
        blank=True,
        default="",
        db_default="",
        validators=[AddressValidator()],
        help_text=_(
            "Your mail server must be allowed to send for it. Empty: DEFAULT_FROM_EMAIL of the server."
        ),
    )

    select_related = ("privacy_page", "logo")
    panels = (
        MultiFieldPanel(
            [
                FieldPanel("name", heading=_("Name")),
                FieldPanel("tagline", heading=_("Tagline")),
                FieldPanel("language", heading=_("Language"), widget=forms.Select(choices=LANGUAGES)),
                FieldPanel("time_zone", heading=_("Time zone"), widget=forms.Select(choices=TIME_ZONES)),
            ],
            _("The site"),
        ),
        MultiFieldPanel(
            [
                FieldPanel("logo", heading=_("Logo")),
                FieldPanel("logo_beside_name"),
                FieldPanel("initials", heading=_("Initials")),
                FieldPanel("accent", heading=_("Accent colour")),
                FieldPanel("faces", heading=_("Fonts"), widget=forms.RadioSelect),
                FieldPanel("corners", heading=_("Corners"), widget=forms.RadioSelect),
                FieldPanel("social_picture", heading=_("Picture for shared links")),
            ],
            _("Look"),
        ),
        FieldPanel("privacy_page", heading=_("Privacy page")),
        MultiFieldPanel(
            [
                FieldPanel("telephone", heading=_("Telephone")),
                FieldPanel("address", heading=_("Address")),
                FieldPanel("opening_hours", heading=_("Opening hours")),
            ],
            _("Where and when"),
        ),
        MultiFieldPanel(
            [
                FieldPanel("emergency_line", heading=_("Emergency line")),
                FieldPanel("comment_notice", heading=_("Comment notice")),
            ],
            _("Beside the forms"),
        ),
        MultiFieldPanel(
            [
                FieldPanel("sender_name", heading=_("Sender's name")),
                FieldPanel("sender_address", heading=_("Sender's address")),
            ],
            _("Mail"),
        ),
    )

    class Meta:
        verbose_name = _("site identity")
        db_table = "home_siteidentity"  # where it was before it moved here

    def clean(self) -> None:
        super().clean()
        self.accent = self.accent.lower()

    @property
    def looks(self) -> stylesheet.Looks:
        return stylesheet.Looks(self.accent, self.faces, self.corners)

    @cached_property
    def stylesheet_url(self) -> str:
        """
        The address of the brand's sheet; empty where nothing differs from the site's own.

        A preview of a look that is not saved gives it the address of a sheet for staff.
        """
        return stylesheet.url(self.looks)

    @property
    def letters(self) -> str:
        """Return what stands for the site where there is no logo: at most three characters."""
        words = str(self.name).split()
        return self.initials or "".join(word[0] for word in words[:2]).upper()
