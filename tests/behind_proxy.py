"""Settings of a test site behind a proxy that speaks https to visitors, on this machine."""

from ipaddress import ip_network

from cms.settings.test import *  # noqa: F403 -- a settings module

ALLOWED_HOSTS = ["www.example.org", "127.0.0.1"]
SITE_URL, HTTPS = "https://www.example.org", True
CSRF_TRUSTED_ORIGINS = [SITE_URL]
TRUSTED_PROXIES = [ip_network("127.0.0.1")]
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
SECURE_SSL_REDIRECT = True
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = 63_072_000
WHITENOISE_USE_FINDERS = True
