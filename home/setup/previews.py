"""
The front page of a site with values that are not saved: for staff, in a frame, and for this once.

It is drawn as a stranger sees it, without the session of whoever looks. The sheet of an unsaved look has an
address of its own, for a frame has no more than addresses; what is in one is checked like what is typed.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.http.response import HttpResponseBase
from django.urls import reverse
from wagtail.models import Site

from cms.brand import stylesheet
from cms.brand.models import SiteIdentity
from cms.brand.pictures import unsaved_logo
from home import navigation
from home.setup.forms import LookForm, StepForm, VisitForm, links_in

FIELDS_OF_A_LOOK = ("accent", "faces", "corners")


def show(site: Site, identity: SiteIdentity, unsaved: navigation.Unsaved | None = None) -> HttpResponseBase:
    """Answer with the front page. Nothing is saved."""
    identity.stylesheet_url = sheet_url(identity)
    marks: dict[str, Any] = {SiteIdentity.get_cache_attr_name(): identity}
    if unsaved is not None:
        marks[navigation.UNSAVED] = unsaved
    front_page = site.root_page.specific
    response: HttpResponseBase = front_page.make_preview_request(
        preview_mode=front_page.default_preview_mode, extra_request_attrs=marks
    )
    response["Cache-Control"] = "private, no-store"
    return response


def unsaved_identity(site: Site, form: StepForm) -> SiteIdentity:
    """Return the identity that a form would save; what is wrong in it stays as it is saved."""
    saved = SiteIdentity.for_site(site)
    for name in form.errors.keys() & {*form.fields_of_identity}:
        setattr(form.instance, name, getattr(saved, name))
    if isinstance(form, LookForm):
        form.instance.logo = None if form.cleaned_data.get("remove_logo") else saved.logo
        if file := form.cleaned_data.get("logo_file"):
            form.instance.unsaved_logo = unsaved_logo(file, form.instance)
    return form.instance


def unsaved_navigation(form: StepForm, links: object) -> navigation.Unsaved | None:
    """Return the menu and the links that a form would save."""
    return navigation.Unsaved(form.menu_ids(), links_in(links)) if isinstance(form, VisitForm) else None


def sheet_url(identity: SiteIdentity) -> str:
    """Return where the sheet for this look is, for staff; empty where it needs none."""
    if not stylesheet.text(identity.looks):
        return ""
    look = urlencode({name: getattr(identity, name) for name in FIELDS_OF_A_LOOK})
    return f"{reverse('home_setup:sheet')}?{look}"


def looks_of(asked: Mapping[str, str]) -> stylesheet.Looks:
    """Return the look that an address names; raises ValidationError for what is none."""
    identity = SiteIdentity(**{name: asked.get(name, "") for name in FIELDS_OF_A_LOOK})
    identity.clean_fields(exclude={field.name for field in identity._meta.fields} - {*FIELDS_OF_A_LOOK})
    identity.clean()
    return identity.looks
