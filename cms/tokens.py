"""
Tokens of staff: Wagtail's own, made with ``manage.py api_tokens create``, kept as digests.

Wagtail's API v3 is a preview. This is the one module that stands on it.
"""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from wagtail.api.v3.auth import BearerTokenAuth
from wagtail.models import APIToken


class StaffToken(BearerTokenAuth):
    """
    ``Authorization: Bearer wagtail_…`` of an active person with a permission, who is ``request.user`` then.

    A session counts for nothing here, so no other site's page can act for somebody who is logged in.
    """

    def __init__(self, permission: str) -> None:
        super().__init__()
        self.permission = permission

    def authenticate(self, request: HttpRequest, token: str) -> APIToken | None:
        """Raises PermissionDenied."""
        found = super().authenticate(request, token)
        if found and not request.user.has_perm(self.permission):
            raise PermissionDenied
        return found
