"""The site's name, in one place: mails, the second factor and Wagtail's admin ask here."""

from typing import Any

from wagtail.models import Site
from wagtail.sites.forms import SiteForm

from cms.brand import memory
from cms.brand.models import SiteIdentity
from cms.text.cleaning import printable


def site_name() -> str:
    """Return the name of the default site, on one line of printable characters."""
    return printable(memory.brand().name)


def follow(instance: SiteIdentity, **signal: Any) -> None:
    """Give Wagtail's record of a site the name, too: its admin and its API read that one."""
    Site.objects.filter(pk=instance.site_id).exclude(site_name=instance.name).update(site_name=instance.name)


def ask_once() -> None:
    """Take the name off Wagtail's form of a site: it would be a second place to change it."""
    SiteForm.base_fields.pop("site_name", None)
