"""The settings of a test, with the memories of a process as short as they are on a site."""

from cms.settings.test import *  # noqa: F403 -- a settings module

BRAND_KEPT = 1.0
