"""
A page whose expiry has passed can still be edited: saved as a draft, and published again.

Wagtail refuses a form with an expiry in the past, also where it was left as it was. Here only a new one is
refused; and what is published loses an expiry in the past, however it is published, or it would be gone at
the next look.
"""

from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages
from wagtail.admin.forms import WagtailAdminPageForm
from wagtail.models import Page, Revision

FIRST_DAY, LAST_DAY = date(1, 1, 2), date(9999, 12, 30)
NO_SUCH_TIME = _("Enter a date between 2 January 0001 and 30 December 9999.")
REMOVED = _(
    "The expiry date of this page had passed. It was removed: the page stays until you set a new one."
)


class PageForm(WagtailAdminPageForm):
    """Hides an old expiry from Wagtail's check, which comes between the two methods (Wagtail 8.0)."""

    old_expiry: datetime | None = None

    def clean_go_live_at(self) -> datetime | None:
        return in_every_time_zone(self.cleaned_data["go_live_at"])

    def clean_expire_at(self) -> datetime | None:
        return in_every_time_zone(self.cleaned_data["expire_at"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        expiry = cleaned.get("expire_at")
        if has_passed(expiry) and to_the_minute(expiry) == to_the_minute(self.initial.get("expire_at")):
            self.old_expiry = expiry
            cleaned["expire_at"] = None
        return cleaned

    def _post_clean(self) -> None:
        if self.old_expiry:
            self.cleaned_data["expire_at"] = self.old_expiry
        super()._post_clean()


def in_every_time_zone(moment: datetime | None) -> datetime | None:
    """Return it if it can be displayed. Raises ValidationError at the edges of the calendar."""
    if moment and not FIRST_DAY <= moment.date() <= LAST_DAY:
        raise ValidationError(NO_SUCH_TIME)
    return moment


def has_passed(expiry: datetime | None) -> bool:
    return expiry is not None and expiry <= timezone.now()


def to_the_minute(moment: datetime | None) -> datetime | None:
    """Forms do not carry seconds."""
    return moment and moment.replace(second=0, microsecond=0)


def forget_past_expiry(instance: Page, revision: Revision, **kwargs: Any) -> None:
    """Remove the expiry from a page that goes live, and from what its editor shows next."""
    if not (instance.live and has_passed(instance.expire_at)):
        return
    instance.expire_at = None
    instance.save(update_fields=["expire_at"], clean=False)
    revision.content["expire_at"] = None
    Revision.objects.filter(pk=revision.pk).update(content=revision.content)


def tell_of_past_expiry(request: HttpRequest, page: Page) -> None:
    """Tell the editor who publishes."""
    waits = page.go_live_at and page.go_live_at > timezone.now()
    if has_passed(page.expire_at) and not waits:
        messages.warning(request, REMOVED)
