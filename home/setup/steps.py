"""What the steps are, which of them are done on a site, and who may take them."""

from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from wagtail.models import Site

from cms.brand.models import SiteIdentity
from cms.credentials.staff import Staff
from cms.reading.sites import find_site
from home.models import SetUpProgress


@dataclass(frozen=True, slots=True)
class Step:
    """``for_administrators``: nobody else may take it, for it leads mail elsewhere or deletes."""

    key: str
    title: str | Promise
    for_administrators: bool = False


STEPS = (
    Step("site", _("Name and language")),
    Step("look", _("Logo and look")),
    Step("visit", _("Address and menu")),
    Step("mail", _("Mail"), for_administrators=True),
    Step("demo", _("The demo"), for_administrators=True),
)
BY_KEY = {step.key: step for step in STEPS}


@dataclass(frozen=True, slots=True)
class State:
    """One step, as a person sees it."""

    step: Step
    number: int
    is_done: bool
    is_open: bool


def site_of(request: HttpRequest) -> Site:
    """Return the site that is set up: the one of the address at which somebody has logged in."""
    return find_site(request) or Site.objects.get(is_default_site=True)


def may_set_up_any(user: Staff) -> bool:
    """Say whether a person may change the identity of some site."""
    return bool(SiteIdentity.get_permission_policy().user_has_any_permission(user, ["change"]))


def may_set_up(user: Staff, site: Site) -> bool:
    """Say whether a person may change the identity of a site."""
    policy = SiteIdentity.get_permission_policy()
    return bool(policy.user_has_any_permission_for_instance(user, ["change"], site))


def may_take(user: Staff, site: Site, step: Step) -> bool:
    return user.is_superuser if step.for_administrators else may_set_up(user, site)


def require(user: Staff, site: Site, key: str) -> None:
    """Raises PermissionDenied."""
    if not may_take(user, site, BY_KEY[key]):
        raise PermissionDenied


def progress_of(site: Site) -> SetUpProgress:
    """Return the row of a site, which may not be stored yet."""
    return SetUpProgress.objects.filter(site=site).first() or SetUpProgress(site=site)


def states(user: Staff, site: Site) -> list[State]:
    progress = progress_of(site)
    return [
        State(step, number, getattr(progress, f"{step.key}_done"), may_take(user, site, step))
        for number, step in enumerate(STEPS, 1)
    ]


def after(key: str, user: Staff, site: Site) -> Step | None:
    """Return the next step that a person may take; None after the last one."""
    later = STEPS[STEPS.index(BY_KEY[key]) + 1 :]
    return next((step for step in later if may_take(user, site, step)), None)


def first_open(found: list[State]) -> State | None:
    """Return the first step that is still to be done."""
    return next((state for state in found if state.is_open and not state.is_done), None)


def mark_done(site: Site, key: str) -> None:
    _write(site, f"{key}_done")


def dismiss(site: Site) -> None:
    """Take the set-up off the dashboard for good; it stays in Settings."""
    _write(site, "dismissed")


def _write(site: Site, field: str) -> None:
    """Write one column: another tab may write another one meanwhile."""
    SetUpProgress.objects.get_or_create(site=site)
    SetUpProgress.objects.filter(site=site).update(**{field: True})
