"""
Tokens of staff: Wagtail's own, with a name, kept as digests, and ended so many days after they were made.

They are made, listed and revoked under *Settings → API tokens* (``cms.accounts.tokens``) and by
``manage.py api_tokens``; each act is a line of Wagtail's log. Wagtail's API v3 is a preview. This is the one
module that depends on it.
"""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core import checks
from django.core.cache import cache
from django.core.checks import CheckMessage, Tags, Warning
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction
from django.db.models import Count, Q
from django.http import HttpRequest
from django.utils import timezone
from wagtail.api.v3.auth import BearerTokenAuth
from wagtail.log_actions import log
from wagtail.models import APIToken

from cms.credentials.staff import Staff
from cms.rate_limit import clients
from cms.rate_limit.actions import TooManyError

MOST_WRONG = 20
WRONG_KEPT = 60  # seconds
SOON = 30  # days, or a tenth of a token's life where that is less
HINT = (
    "`manage.py api_tokens list` says which. Make new ones and revoke the old, as docs/comments.md shows,"
    " or raise API_TOKEN_DAYS."
)


class StaffToken(BearerTokenAuth):
    """
    ``Authorization: Bearer wagtail_…`` of an active person with a permission, who then is ``request.user``.

    Sessions are ignored here, so no page of another site can act for a person who is logged in.
    """

    def __init__(self, permission: str) -> None:
        super().__init__()
        self.permission = permission

    def _touch_last_used(self, token: APIToken) -> None:
        """Record no use of a token that has ended: Wagtail calls this before ours can refuse it."""
        if ends_at(token) > timezone.now():
            super()._touch_last_used(token)

    def authenticate(self, request: HttpRequest, token: str) -> APIToken | None:
        """Raises PermissionDenied, and TooManyError for one client that sends wrong ones again and again."""
        found = super().authenticate(request, token) if APIToken.validate_token_format(token) else None
        if found and ends_at(found) <= timezone.now():
            request.user, found = AnonymousUser(), None
        if found is None:
            _count_wrong(request)
        if found and not request.user.has_perm(self.permission):
            raise PermissionDenied
        return found


def ends_at(token: APIToken) -> datetime:
    return token.created + timedelta(days=settings.API_TOKEN_DAYS)


def good(days: int = 0) -> Q:
    """Match the tokens that so many days from now will have neither been revoked nor ended."""
    return Q(revoked_at=None, created__gt=timezone.now() + timedelta(days=days - settings.API_TOKEN_DAYS))


def count_of(user: Staff) -> int:
    """Return how many valid tokens a user has."""
    return APIToken.objects.filter(good(), user=user).count()


@transaction.atomic
def revoke_all(user: Staff, *, actor: Staff | None = None) -> None:
    """Each is a line of the log; without an ``actor`` it names the sender of the request, if there is one."""
    for token in APIToken.objects.filter(user=user, revoked_at=None):
        token.revoke()
        log(token, "wagtail.apitoken.revoke", user=actor)


@checks.register(Tags.security, deploy=True)
def check_ends(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    soon = min(SOON, settings.API_TOKEN_DAYS // 10)
    wanted = APIToken.objects.filter(revoked_at=None, user__is_active=True)
    try:
        found = wanted.aggregate(
            ended=Count("pk", filter=~good()), ending=Count("pk", filter=good() & ~good(soon))
        )
    except DatabaseError:  # before the first migration there are none
        return []
    if not any(found.values()):
        return []
    summary = "API tokens that have ended: {ended}; that end within {soon} days: {ending}."
    return [Warning(summary.format(soon=soon, **found), hint=HINT, id="cms.W009")]


def _count_wrong(request: HttpRequest) -> None:
    """
    Count in the cache: a GET writes no row. A valid token is never refused because of others' wrong ones.

    No more is needed: a token is 160 random bits.
    """
    client = clients.of(request, "token", bits=clients.SITE)
    wrong = cache.get(client, 0)
    if wrong >= MOST_WRONG:
        raise TooManyError(WRONG_KEPT)
    cache.set(client, wrong + 1, WRONG_KEPT)
