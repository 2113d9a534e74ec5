"""The fields of each step. What is wrong is said at its field, in a sentence."""

from collections.abc import Callable
from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.core.validators import URLValidator
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page, Site

from cms.brand.logos import LEAST_LOGO, LEAST_SOCIAL, Size
from cms.brand.models import LANGUAGES, TIME_ZONES, SiteIdentity
from cms.credentials.staff import Staff
from cms.text import cleaning
from cms.text.mail_address import AddressValidator
from home.contact.address_lists import LONGEST_LIST, validate_addresses
from home.contact.site_settings import MessageSettings
from home.models import LONGEST_LABEL, MOST_FOOTER_LINKS, ONE_TARGET, FooterLink
from home.setup import menus, pictures

LONGEST_ADDRESS = 254
LONGEST_URL = 200
BLANK_LINKS = 2
PICTURES = {
    "accept": "image/png,image/jpeg,image/webp,image/avif,image/gif",
    "data-most": settings.WAGTAILIMAGES_MAX_UPLOAD_SIZE,
    "data-too-big": _("This file is too big."),
}


class StepForm(forms.ModelForm):
    """Some fields of a site's identity. ``fields_of_identity`` are all that it may write there."""

    fields_of_identity: ClassVar[tuple[str, ...]]

    def __init__(self, *args: Any, site: Site, user: Staff, **kwargs: Any) -> None:
        self.site, self.user = site, user
        kwargs.setdefault("instance", SiteIdentity.for_site(site))
        super().__init__(*args, **kwargs)

    def identity_fields(self) -> dict[str, Any]:
        """Return what is to be written: tidied, as the model has it."""
        return {name: getattr(self.instance, name) for name in self.fields_of_identity}


class SiteForm(StepForm):
    fields_of_identity = ("name", "tagline", "language", "time_zone")

    class Meta:
        model = SiteIdentity
        fields = ("name", "tagline", "language", "time_zone")
        widgets: ClassVar = {
            "language": forms.Select(choices=LANGUAGES),
            "time_zone": forms.Select(choices=TIME_ZONES),
        }
        labels: ClassVar = {
            "name": _("Name"),
            "tagline": _("Tagline"),
            "language": _("Language"),
            "time_zone": _("Time zone"),
        }
        help_texts: ClassVar = {"tagline": _("What the site is, in a few words.")}


class LookForm(StepForm):
    fields_of_identity = ("logo_beside_name", "initials", "accent", "faces", "corners")

    logo_file = forms.FileField(
        label=_("New logo"),
        required=False,
        help_text=_("PNG, JPEG, WebP, AVIF or GIF, at least 64 pixels wide and high."),
        widget=forms.FileInput(attrs=PICTURES),
    )
    remove_logo = forms.BooleanField(label=_("Take the logo away"), required=False)
    social_file = forms.FileField(
        label=_("New picture for shared links"),
        required=False,
        help_text=_("For pages without a picture of their own: 1200 by 630 pixels."),
        widget=forms.FileInput(attrs=PICTURES),
    )
    remove_social = forms.BooleanField(label=_("Take that picture away"), required=False)

    class Meta:
        model = SiteIdentity
        fields = ("logo_beside_name", "initials", "accent", "faces", "corners")
        widgets: ClassVar = {
            "accent": forms.TextInput(
                attrs={"placeholder": "#0d5a50", "spellcheck": "false", "data-pick": _("Pick a colour")}
            ),
            "faces": forms.RadioSelect,
            "corners": forms.RadioSelect,
        }
        labels: ClassVar = {
            "initials": _("Initials"),
            "accent": _("Accent colour"),
            "faces": _("Fonts"),
            "corners": _("Corners"),
        }

    field_order = (
        "logo_file",
        "remove_logo",
        "logo_beside_name",
        "initials",
        "accent",
        "faces",
        "corners",
        "social_file",
        "remove_social",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.uploads: dict[str, Any] = {}
        if not self.instance.logo_id:
            del self.fields["remove_logo"], self.fields["logo_beside_name"]
        if not self.instance.social_picture_id:
            del self.fields["remove_social"]

    def clean_logo_file(self) -> Any:
        return self._check("logo", "logo_file", str(_("Logo")), LEAST_LOGO)

    def clean_social_file(self) -> Any:
        return self._check("social_picture", "social_file", str(_("Picture for shared links")), LEAST_SOCIAL)

    def _check(self, name: str, field: str, title: str, least: Size) -> Any:
        upload = self.cleaned_data[field]
        if upload:
            self.uploads[name] = pictures.check(upload, title, self.user, least)
        return upload

    def identity_fields(self) -> dict[str, Any]:
        fields = super().identity_fields()
        if self.cleaned_data.get("remove_logo"):
            fields["logo"] = None
        if self.cleaned_data.get("remove_social"):
            fields["social_picture"] = None
        return fields


class VisitForm(StepForm):
    fields_of_identity = ("address", "opening_hours", "telephone", "emergency_line")

    menu = forms.MultipleChoiceField(
        label=_("Pages in the menu"), required=False, widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = SiteIdentity
        fields = ("address", "opening_hours", "telephone", "emergency_line")
        widgets: ClassVar = {
            "address": forms.Textarea(attrs={"rows": 4}),
            "opening_hours": forms.Textarea(attrs={"rows": 4}),
        }
        labels: ClassVar = {
            "address": _("Address"),
            "opening_hours": _("Opening hours"),
            "telephone": _("Telephone"),
            "emergency_line": _("Emergency line"),
        }
        help_texts: ClassVar = {
            "emergency_line": _(
                "What to do in an emergency. Leave it empty if it does not concern your site."
            )
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.pages = menus.at_top(self.site)
        menu: Any = self.fields["menu"]
        menu.choices = [(str(page.pk), page.title) for page in self.pages]
        self.initial["menu"] = [str(page.pk) for page in self.pages if page.show_in_menus]
        if not self.pages:
            del self.fields["menu"]

    def menu_ids(self) -> frozenset[int]:
        return frozenset(map(int, self.cleaned_data.get("menu") or ()))


class LinkForm(forms.Form):
    """One link at the foot. A row without a label, page and address is no link."""

    label = forms.CharField(label=_("Label"), max_length=LONGEST_LABEL, required=False)
    page = forms.ModelChoiceField(
        label=_("Page"),
        queryset=Page.objects.none(),
        required=False,
        empty_label=_("None: an address elsewhere"),
    )
    address = forms.CharField(
        label=_("Address elsewhere"),
        max_length=LONGEST_URL,
        required=False,
        widget=forms.URLInput(attrs={"placeholder": "https://"}),
    )

    def __init__(self, *args: Any, pages: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["page"]
        field.queryset = pages

    def clean_label(self) -> str:
        return str(cleaning.printable_line(self.cleaned_data["label"]))

    def clean_address(self) -> str:
        address: str = self.cleaned_data["address"]
        if address:
            URLValidator(["https"], message=_("Enter an address that begins with https://."))(address)
        return address

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        label, page, address = (found.get(name) for name in ("label", "page", "address"))
        if not self.errors and (label or page or address):
            if bool(page) == bool(address):
                self.add_error("page", ONE_TARGET)
            elif not label:
                self.add_error("label", _("Enter what the link says."))
        return found

    @property
    def is_link(self) -> bool:
        return bool(self.cleaned_data.get("label"))


LinkFormSet = forms.formset_factory(
    LinkForm,
    extra=BLANK_LINKS,
    max_num=MOST_FOOTER_LINKS,
    absolute_max=MOST_FOOTER_LINKS,
    validate_max=True,
)


def link_forms(site: Site, data: Any = None) -> Any:
    saved = FooterLink.objects.filter(footer__site=site).order_by("sort_order", "pk")[:MOST_FOOTER_LINKS]
    initial = [{"label": link.label, "page": link.page_id, "address": link.address} for link in saved]
    pages = menus.linkable(site)
    return LinkFormSet(data, initial=initial, prefix="links", form_kwargs={"pages": pages})


def links_in(formset: Any) -> list[tuple[str, Page | None, str]]:
    """Return label, page and address of each link that is whole."""
    return [
        (form.cleaned_data["label"], form.cleaned_data["page"], form.cleaned_data["address"])
        for form in formset
        if form.is_valid() and form.is_link
    ]


class MailForm(StepForm):
    fields_of_identity = ("sender_name", "sender_address")

    recipients = forms.CharField(
        label=_("Who gets the messages of visitors"),
        max_length=LONGEST_LIST,
        required=False,
        validators=[validate_addresses],
        help_text=_("Addresses of staff, separated by commas. A contact page may name its own."),
    )

    class Meta:
        model = SiteIdentity
        fields = ("sender_name", "sender_address")
        labels: ClassVar = {"sender_name": _("Sender's name"), "sender_address": _("Sender's address")}

    field_order = ("recipients", "sender_name", "sender_address")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["recipients"] = MessageSettings.for_site(self.site).recipients


class TestMailForm(forms.Form):
    """Where a test mail goes."""

    to = forms.CharField(
        label=_("Send it to"),
        max_length=LONGEST_ADDRESS,
        validators=[AddressValidator()],
        widget=forms.EmailInput,
    )


PREVIEWED = ("site", "look", "visit")  # what they change can be seen on the front page
FORMS: dict[str, Callable[..., StepForm]] = {
    "site": SiteForm,
    "look": LookForm,
    "visit": VisitForm,
    "mail": MailForm,
}
