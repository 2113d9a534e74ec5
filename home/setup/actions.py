"""What a step saves: its own fields and no others, all of them or none. Logged without what was typed."""

from collections.abc import Collection, Mapping
from typing import Any

from django.db import transaction
from wagtail.log_actions import log
from wagtail.models import Page, Site

from cms.brand.models import SiteIdentity
from cms.credentials.staff import Staff
from home.contact.site_settings import MessageSettings
from home.models import FooterLink, FooterLinks
from home.setup import menus, steps

SET_UP = "home.set_up"
Links = Collection[tuple[str, Page | None, str]]


@transaction.atomic
def save_site(site: Site, fields: Mapping[str, Any], *, by: Staff) -> None:
    """Raises PermissionDenied."""
    _save(site, "site", fields, by)


@transaction.atomic
def save_look(site: Site, fields: Mapping[str, Any], uploads: Mapping[str, Any], *, by: Staff) -> None:
    """``uploads``: for a field of the identity, the valid form of a picture. Raises PermissionDenied."""
    steps.require(by, site, "look")
    pictures = {}
    for name, form in uploads.items():
        form.instance.uploaded_by_user = by
        pictures[name] = form.save()
        log(pictures[name], "wagtail.create", user=by)
    _save(site, "look", {**fields, **pictures}, by)


@transaction.atomic
def save_visit(
    site: Site, fields: Mapping[str, Any], menu: Collection[int], links: Links, *, by: Staff
) -> None:
    """``menu``: ids of the pages that shall be in it. Raises PermissionDenied."""
    steps.require(by, site, "visit")
    for page in menus.put(site, menu, by):
        log(page, SET_UP, user=by, data={"show_in_menus": page.show_in_menus})
    footer, _ = FooterLinks.objects.get_or_create(site=site)
    FooterLink.objects.filter(footer=footer).delete()
    FooterLink.objects.bulk_create(
        FooterLink(footer=footer, sort_order=order, label=label, page=page, address=address)
        for order, (label, page, address) in enumerate(links)
    )
    footer.save()  # tells of them
    _save(site, "visit", fields, by)


@transaction.atomic
def save_mail(site: Site, fields: Mapping[str, Any], recipients: str, *, by: Staff) -> None:
    """Raises PermissionDenied."""
    steps.require(by, site, "mail")
    messages, _ = MessageSettings.objects.get_or_create(site=site)
    messages.recipients = recipients
    messages.save(update_fields=["recipients"])
    _save(site, "mail", fields, by)


@transaction.atomic
def finish_demo(site: Site, *, by: Staff) -> None:
    """Note that somebody has decided about the demo. Raises PermissionDenied."""
    steps.require(by, site, "demo")
    steps.mark_done(site, "demo")


@transaction.atomic
def leave_dashboard(site: Site, *, by: Staff) -> None:
    """Take the set-up off the dashboard. Raises PermissionDenied."""
    steps.require(by, site, "site")
    steps.dismiss(site)


def _save(site: Site, step: str, fields: Mapping[str, Any], by: Staff) -> None:
    steps.require(by, site, step)
    SiteIdentity.objects.get_or_create(site=site)
    identity = SiteIdentity.objects.select_for_update().get(site=site)
    for name, value in fields.items():
        setattr(identity, name, value)
    identity.save(update_fields=[*fields])
    steps.mark_done(site, step)
    log(identity, SET_UP, user=by, data={"step": step})
