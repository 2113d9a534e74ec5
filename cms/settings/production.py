"""Behind a TLS proxy. Nothing is guessed: what protects readers has been said, or the site does not start."""

from cms.settings import environment

environment.require("SECRET_KEY", "ADDRESS_KEYS", "ALLOWED_HOSTS", "SITE_URL")

from cms.settings.base import *  # noqa: E402, F403 -- base would make up the secrets that are missing
from cms.settings.base import CONTENT_SECURITY_POLICY, HTTPS, TRUSTED_PROXIES  # noqa: E402 -- as above

if not HTTPS:
    raise environment.must_be("SITE_URL", "an https:// address in production")

SECURE_SSL_REDIRECT = True
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]  # a monitor asks the process itself, past the proxy
SECURE_HSTS_SECONDS = 63_072_000  # two years
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
if TRUSTED_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

CONTENT_SECURITY_POLICY["DIRECTIVES"]["upgrade-insecure-requests"] = True
