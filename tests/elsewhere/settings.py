"""Settings of a test site whose comments stand under pages of another origin."""

import os

from cms.settings.test import *  # noqa: F403 -- a settings module

CORS_ALLOWED_ORIGINS = [os.environ["EMBEDDED_AT"]]
WHITENOISE_USE_FINDERS = True
