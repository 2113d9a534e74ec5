"""The site as it is run, with one page more: a trivial one behind the same middleware."""

from cms.settings.base import *  # noqa: F403 -- everything is as it is run

ROOT_URLCONF = "tests.bench.urls"
