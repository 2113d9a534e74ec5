"""
Which policies a response carries: what a page may load, what of the browser it may use, and who may load it.

A policy that a view has set itself keeps what it says: that of pictures, which front ends and feed readers
show in pages of their own, and Wagtail's for documents, which gets what it leaves out (``BASICS``).
"""

from csp.constants import HEADER, NONE, SELF
from csp.middleware import CSPMiddleware, PolicyParts
from csp.utils import build_policy
from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.security import SecurityMiddleware

from cms.http import previews

# What browsers know by September 2026 (w3c/webappsec-permissions-policy, features.md), without those of which
# Chromium 156 warns on each page: ambient-light-sensor, bluetooth and web-share.
FEATURES = (
    "accelerometer",
    "aria-notify",
    "autoplay",
    "browsing-topics",
    "camera",
    "captured-surface-control",
    "clipboard-read",
    "clipboard-write",
    "compute-pressure",
    "cross-origin-isolated",
    "deferred-fetch",
    "deferred-fetch-minimal",
    "digital-credentials-create",
    "digital-credentials-get",
    "display-capture",
    "encrypted-media",
    "fullscreen",
    "gamepad",
    "geolocation",
    "gyroscope",
    "hid",
    "identity-credentials-get",
    "idle-detection",
    "interest-cohort",
    "keyboard-map",
    "language-detector",
    "language-model",
    "local-fonts",
    "local-network",
    "local-network-access",
    "loopback-network",
    "magnetometer",
    "media-playback-while-not-visible",
    "microphone",
    "midi",
    "on-device-speech-recognition",
    "otp-credentials",
    "payment",
    "picture-in-picture",
    "private-state-token-issuance",
    "private-state-token-redemption",
    "publickey-credentials-create",
    "publickey-credentials-get",
    "screen-wake-lock",
    "serial",
    "speaker-selection",
    "storage-access",
    "summarizer",
    "sync-xhr",
    "translator",
    "unload",
    "usb",
    "window-management",
    "xr-spatial-tracking",
)


def permissions(*used: str) -> str:
    """Return a Permissions-Policy that allows only what is used, and only to this site."""
    return ", ".join(f"{name}=({'self' if name in used else ''})" for name in FEATURES)


PUBLIC = permissions("clipboard-write")  # the address of a post is copied
ADMIN = permissions("clipboard-write", "publickey-credentials-create", "publickey-credentials-get")

# What every policy says: `default-src` does not stand in for the last two.
BASICS = {"object-src": "'none'", "base-uri": "'none'", "frame-ancestors": "'none'"}

DOCUMENTATION = "/api/v1/docs"
DOORS = ("login/", "password_reset/")  # below the admin's path


class PolicyByAreaMiddleware(CSPMiddleware):
    """
    Carries the public policies, the admin's, or a preview's.

    Wagtail renders a preview through all middleware, under the path of the page: it has the public policy,
    but the editor may frame it. To those who have a link to a draft, its forms send nothing.
    """

    def get_policy_parts(
        self, request: HttpRequest, response: HttpResponseBase, report_only: bool = False
    ) -> PolicyParts:
        parts = super().get_policy_parts(request, response, report_only)
        if previews.is_shared(request):
            parts.replace = {"form-action": [NONE], **(parts.replace or {})}
        elif previews.is_editors(request):
            parts.replace = {"frame-ancestors": [SELF], **(parts.replace or {})}
        elif is_admin(request) and not is_public(request) and parts.config is None:
            parts.config = settings.ADMIN_CONTENT_SECURITY_POLICY
        if runs_others_scripts(request):
            parts.replace = {**settings.WITHOUT_TRUSTED_TYPES, **(parts.replace or {})}
        return parts

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.headers.setdefault("Origin-Agent-Cluster", "?1")
        if response.get("Content-Type", "").startswith("text/html"):
            response.headers.setdefault("Permissions-Policy", ADMIN if is_admin(request) else PUBLIC)
        if policy := response.get(HEADER) or self._policy(request, response):
            response[HEADER] = completed(policy)
        return response

    def _policy(self, request: HttpRequest, response: HttpResponseBase) -> str:
        """Return what the settings say. Django's pages for debugging have none."""
        if settings.DEBUG and response.status_code in (404, 500):
            return ""
        parts = self.get_policy_parts(request, response)
        return build_policy(parts.config, parts.update, parts.replace, parts.nonce)


def completed(policy: str) -> str:
    """Return a policy with what every one says, unless it says otherwise."""
    said = [part.strip() for part in policy.split(";") if part.strip()]
    names = {part.split()[0].lower() for part in said}
    return "; ".join([*said, *(f"{name} {value}" for name, value in BASICS.items() if name not in names)])


def is_admin(request: HttpRequest) -> bool:
    return request.path_info.startswith(settings.ADMIN_PATH)


def runs_others_scripts(request: HttpRequest) -> bool:
    """Whether a page runs Wagtail's scripts, as the admin's and all that staff see do, or Swagger's."""
    staff = settings.SESSION_COOKIE_NAME in request.COOKIES or previews.is_editors(request)
    return staff or is_admin(request) or request.path_info == DOCUMENTATION


def is_public(request: HttpRequest) -> bool:
    """Whether it is one of the pages of the admin that anyone may open: they hold no inline script."""
    return request.path_info.startswith(tuple(settings.ADMIN_PATH + door for door in DOORS))


def dress(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """Set the headers that middleware sets, on an answer that no middleware sees."""
    policed = PolicyByAreaMiddleware(lambda request: response).process_response(request, response)
    return SecurityMiddleware(lambda request: policed).process_response(request, policed)  # type: ignore[arg-type]  # stubs: any response does
