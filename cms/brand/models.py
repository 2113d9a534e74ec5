from collections.abc import Iterator
from typing import NamedTuple

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, HelpPanel, MultiFieldPanel
from wagtail.contrib.settings.models import register_setting
from wagtail.images import get_image_model_string
from wagtail.models import Page

from cms.brand import artwork as art
from cms.brand import colours, logos, stylesheet
from cms.reading.site_settings import SiteDecisions
from cms.text import cleaning
from cms.text.mail_address import AddressValidator
from cms.text.tidy import TidyFieldsMixin

LONGEST_NAME = 80  # characters
LONGEST_LINES = 400
MOST_INITIALS = 3
LANGUAGES = [("", _("That of the server")), *((code, _(name)) for code, name in settings.LANGUAGES)]
TIME_ZONES = [("", "UTC"), *((zone, zone) for zone in settings.WAGTAIL_USER_TIME_ZONES)]


def validate_name(value: str) -> None:
    """Raises ValidationError for a name that nobody can see."""
    if not cleaning.normalise(cleaning.printable_line(value[:LONGEST_NAME])):
        raise ValidationError(_("Enter a name that can be seen."))


def validate_time_zone(value: str) -> None:
    """Raises ValidationError for a name that the IANA database does not have."""
    if value not in settings.WAGTAIL_USER_TIME_ZONES:
        raise ValidationError(_("Select a time zone from the list."))


def validate_language(value: str) -> None:
    """Raises ValidationError for a language that Django does not know."""
    if value not in dict(settings.LANGUAGES):
        raise ValidationError(_("Select a language from the list."))


PLATES = {
    "light": _("The logo could hardly be seen on light paper, so it stands on a plate there."),
    "dark": _("The logo could hardly be seen on dark paper, so it stands on a plate there."),
    "band": _("The logo could hardly be seen on dark bands, so it stands on a plate there."),
}


class Logo(NamedTuple):
    """A logo as it is drawn; `plates` names the papers on which it would not be seen."""

    url: str
    width: int  # pixels
    height: int
    plates: str

    @property
    def classes(self) -> str:
        return " ".join(("logo", *(f"plate-{each}" for each in self.plates.split())))


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

    name = models.CharField(max_length=LONGEST_NAME, default=_("Our site"), validators=[validate_name])
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
        validators=[logos.validate_logo],
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
        validators=[logos.validate_social_picture],
        help_text=_("Shown where a page is shared that has no picture of its own: 1200 by 630 pixels."),
    )

    logo_drawn = models.CharField(
        max_length=16, blank=True, editable=False, default="", db_default="", help_text="Of which file."
    )
    logo_width = models.PositiveSmallIntegerField(editable=False, default=0, db_default=0)
    logo_height = models.PositiveSmallIntegerField(editable=False, default=0, db_default=0)
    logo_plates = models.CharField(
        max_length=20,
        blank=True,
        editable=False,
        default="",
        db_default="",
        help_text="On which papers it would not be seen.",
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
                HelpPanel(template="cms/brand/advice.html"),
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

    unsaved_logo: Logo | None = None  # of a preview

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

    @property
    def logo_digest(self) -> str:
        return art.digest(self.logo.pk, self.logo.file.name) if self.logo else ""

    @property
    def shown_logo(self) -> Logo | None:
        """Return the logo as far as it is drawn; without one, the initials stand for the site."""
        if self.unsaved_logo:
            return self.unsaved_logo
        if not self.logo_drawn or self.logo_drawn != self.logo_digest:
            return None
        url = art.url(self.logo_drawn, "logo.webp")
        return Logo(url, self.logo_width, self.logo_height, self.logo_plates)

    @property
    def artwork(self) -> art.Artwork:
        """Return what its pictures are made of."""
        logo, beside = self.logo_digest, self.logo_beside_name
        return art.Artwork(str(self.name), self.letters, *self.looks, logo=logo, shows_name=beside)

    def icon_url(self, name: str) -> str:
        return art.url(art.digest(self.artwork), name)

    @property
    def emblem_url(self) -> str:
        """Return the address of the logo, or of the icon with the initials."""
        logo = self.shown_logo
        return logo.url if logo else self.icon_url("icon-512.png")

    def title_picture_url(self, page: Page) -> str:
        digest = art.digest(self.artwork, page.title)
        return reverse("page_picture", args=[digest, page.pk])

    @property
    def favicon_url(self) -> str:
        return self.icon_url("icon-48.png")

    @property
    def touch_icon_url(self) -> str:
        return self.icon_url("icon-180.png")

    @property
    def theme_colours(self) -> tuple[str, str]:
        """Return the colours that a browser may give its own frame, in light and in dark."""
        light, dark = colours.palettes_of_brand(self.accent)
        return light.band, dark.band

    @property
    def advice(self) -> list[str]:
        """Say in sentences where the look is other than was asked for."""
        return list(_advice(self))

    @property
    def has_moved_accent(self) -> bool:
        return bool(self.accent) and colours.is_moved(self.accent)


def _advice(identity: SiteIdentity) -> Iterator[str]:
    if identity.has_moved_accent:
        yield gettext("The accent colour is darker on light paper than you chose, so that text can be read.")
    logo = identity.shown_logo
    if identity.logo and not logo:
        yield gettext("The logo is not drawn yet, or its file is missing. The initials stand for the site.")
    for paper, sentence in PLATES.items():
        if logo and paper in logo.plates.split():
            yield str(sentence)


class Drawing(models.Model):
    """A picture made of the brand, one for each name in `cms.brand.drawing`."""

    site = models.ForeignKey("wagtailcore.Site", on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=20)
    digest = models.CharField(max_length=16, help_text="Of what it was made of.")
    content = models.BinaryField()
    width = models.PositiveSmallIntegerField()
    height = models.PositiveSmallIntegerField()

    wagtail_reference_index_ignore = True

    class Meta:
        constraints = (models.UniqueConstraint(fields=["site", "name"], name="one_drawing_of_a_name"),)

    def __str__(self) -> str:
        return self.name


class PagePicture(models.Model):
    """The picture for shared links of a page that has none of its own: its title on the brand."""

    page = models.OneToOneField(
        "wagtailcore.Page", primary_key=True, on_delete=models.CASCADE, related_name="+"
    )
    digest = models.CharField(max_length=16, help_text="Of what it was made of.")
    content = models.BinaryField()
    width = models.PositiveSmallIntegerField()
    height = models.PositiveSmallIntegerField()

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = "picture of a page"
        verbose_name_plural = "pictures of pages"

    def __str__(self) -> str:
        return f"page {self.pk}"
