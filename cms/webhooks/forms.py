"""The fields of an endpoint, with the same rules wherever they are sent."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail.models import Site

from cms.webhooks import destinations, events
from cms.webhooks.destinations import DestinationError
from cms.webhooks.models import LONGEST_NAME, LONGEST_URL, Endpoint


class EndpointForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=LONGEST_NAME)
    url = forms.CharField(
        label=_("Address"),
        max_length=LONGEST_URL,
        widget=forms.URLInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text=_("It must begin with https:// and lead to a public server."),
    )
    events = forms.MultipleChoiceField(
        label=_("Events"), choices=list(events.LABELS.items()), widget=forms.CheckboxSelectMultiple
    )
    site = forms.ModelChoiceField(
        label=_("Site"), queryset=Site.objects.all(), required=False, empty_label=_("All sites")
    )

    def clean_url(self) -> str:
        """Judge what is written; where it leads is judged at each call."""
        url: str = self.cleaned_data["url"]
        try:
            destinations.split(url)
        except DestinationError as error:
            raise ValidationError(str(error)) from None
        return url


def values_of(endpoint: Endpoint) -> dict[str, Any]:
    """Return what the form shows of an endpoint."""
    return {"name": endpoint.name, "url": endpoint.url, "events": endpoint.events, "site": endpoint.site_id}
