"""Settings of a test run that knows the pseudo language too. TEST_LOCALE_PATHS names its catalogues."""

import os

from django.conf.global_settings import LANGUAGES as OF_DJANGO

from cms.settings.test import *  # noqa: F403 -- a test run

LANGUAGES = [*OF_DJANGO, ("en-xa", "Pseudo")]
LOCALE_PATHS = os.environ["TEST_LOCALE_PATHS"].split(os.pathsep)
