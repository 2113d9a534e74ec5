"""Who has a second factor, and who must have one."""

from datetime import datetime
from typing import Any, NamedTuple

from django.contrib.auth import get_user_model
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery

from cms.credentials.staff import Staff
from cms.second_factor.models import Demand, Passkey, oldest_factor


class Standing(NamedTuple):
    """When a user's oldest factor was added, and whether they must have one."""

    since: datetime | None
    demanded: bool

    @property
    def needs_second_step(self) -> bool:
        return bool(self.since) or self.demanded


def with_standing(users: QuerySet[Staff]) -> QuerySet[Any]:
    """Annotate users with what ``standing`` returns: every request of a logged-in user needs it."""
    oldest = Passkey.objects.filter(user=OuterRef("pk")).order_by("created_at").values("created_at")[:1]
    by_group = Q(Exists(Demand.objects.filter(groups__user=OuterRef("pk"))))
    as_administrator = Q(Exists(Demand.objects.filter(administrators=True)), is_superuser=True)
    return users.annotate(
        app_since=F("authenticator__created_at"),
        passkey_since=Subquery(oldest),
        factor_demanded=by_group | as_administrator,
    )


def standing(user: Staff) -> Standing:
    """Return the standing of a user, without a query for one read by ``with_standing``."""
    read: Any = user  # a user with what ``with_standing`` annotates
    if not hasattr(user, "factor_demanded"):
        read = with_standing(get_user_model().objects.all()).get(pk=user.pk)
    since = min(filter(None, (read.app_since, read.passkey_since)), default=None)
    return Standing(since, read.factor_demanded)


def has_factor(user: Staff) -> bool:
    return oldest_factor(user) is not None


def is_demanded(user: Staff) -> bool:
    return with_standing(get_user_model().objects.filter(pk=user.pk)).filter(factor_demanded=True).exists()


def administrators_without() -> QuerySet[Staff]:
    """Return the administrators who can log in with their password alone."""
    administrators = get_user_model().objects.filter(is_active=True, is_superuser=True)
    return administrators.filter(authenticator=None, passkeys=None)
