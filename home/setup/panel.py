"""The dashboard says how far the set-up is, until it is done or somebody wants to hear no more of it."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.http import HttpRequest
from wagtail.admin.ui.components import Component

from cms.credentials import staff
from home.setup import steps


def is_wanted(request: HttpRequest) -> bool:
    """Say whether an administrator still has something to set up."""
    by = staff.of(request)
    if not by.is_superuser:
        return False
    site = steps.site_of(request)
    return not steps.progress_of(site).dismissed and steps.first_open(steps.states(by, site)) is not None


class SetUpPanel(Component):
    template_name = "home/setup/panel.html"
    order = 50

    class Media:
        css: ClassVar = {"all": ("admin/staff.css",)}

    def get_context_data(self, parent_context: Mapping[str, Any]) -> dict[str, Any]:
        request = parent_context["request"]
        found = steps.states(staff.of(request), steps.site_of(request))
        return {
            "done": sum(state.is_done for state in found),
            "of": len(found),
            "next": steps.first_open(found),
            "csrf_token": parent_context["csrf_token"],
        }
