"""
Staff without a time zone of their own see the times of the site, as its owner has set them.

Wagtail 8.0 takes settings.TIME_ZONE for them, which no owner can change. That one is therefore not offered
(``WAGTAIL_USER_TIME_ZONES``), and stands for the site's.
"""

from django.conf import settings
from django.utils import timezone
from wagtail.admin import localization

from cms.brand import memory


def show_those_of_the_site() -> None:
    localization.override_tz = _override


def _override(zone: str) -> timezone.override:
    return timezone.override(memory.brand().zone if zone == settings.TIME_ZONE else zone)
