"""Behind a TLS proxy. Nothing is guessed: what protects readers is set, or the site does not start."""

from cms.settings import environment

environment.require("SECRET_KEY", "ADDRESS_KEYS", "ALLOWED_HOSTS", "SITE_URL", "TRUSTED_PROXIES")

from cms.settings.base import *  # noqa: E402, F403 -- base would make up the secrets that are missing
from cms.settings.base import CONTENT_SECURITY_POLICY, HTTPS  # noqa: E402 -- as above

if not HTTPS:
    raise environment.must_be("SITE_URL", "an https:// address in production")

SECURE_SSL_REDIRECT = True
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]  # a monitor asks the process itself, past the proxy
SECURE_HSTS_SECONDS = 63_072_000  # two years
# How far the promise of https reaches is the owner's decision: docs/install.md says what each word breaks.
HSTS = environment.choice("HSTS", "host", "subdomains", "preload")
SECURE_HSTS_INCLUDE_SUBDOMAINS = HSTS != "host"
SECURE_HSTS_PRELOAD = HSTS == "preload"
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]  # that HSTS could reach further

CONTENT_SECURITY_POLICY["DIRECTIVES"]["upgrade-insecure-requests"] = True
