"""On a group's page in the admin: the contact pages whose messages it may read, if it may not read all."""

from typing import Any

from django import forms
from django.contrib.auth.models import Group
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from home.contact import queries
from home.contact.models import ReadGrant


class GroupReadsForm(forms.Form):
    """Wagtail makes one for each group it shows, and saves it with the group."""

    pages = forms.ModelMultipleChoiceField(
        queryset=queries.contact_pages(),
        label=_("Pages"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, instance: Group | None = None, **kwargs: Any) -> None:
        self.instance = instance or Group()
        granted = ReadGrant.objects.filter(group=instance) if instance and instance.pk else ()
        initial = {"pages": [grant.page_id for grant in granted]}
        super().__init__(*args, **{"prefix": "contact_pages", "initial": initial, **kwargs})

    def as_admin_panel(self) -> str:
        return render_to_string("home/contact/admin/group_panel.html", {"form": self})

    def save(self) -> None:
        ReadGrant.objects.give(self.instance, self.cleaned_data["pages"])
