"""What ends a session before its time."""

from collections.abc import Iterable

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from wagtail.log_actions import log

from cms.credentials import staff
from cms.credentials.permissions import may_change_log_in
from cms.credentials.staff import Staff
from cms.sessions.models import Session
from cms.sessions.store import digest

ENDED = "sessions.end_all"


def of(user: Staff) -> QuerySet[Session]:
    """Return a user's sessions, the most recently used first."""
    return Session.objects.filter(user=user, expire_date__gt=timezone.now()).order_by("-seen_at", "-began_at")


def is_this(session: Session, request: HttpRequest) -> bool:
    return session.session_key == digest(request.session.session_key or "")


def end_one(user: Staff, session_key: str) -> int:
    """End one of a user's sessions; ``session_key`` is the key of its row."""
    possible = session_key.isascii() and session_key.isalnum()
    return _end(of(user).filter(session_key=session_key)) if possible else 0


def end_others(request: HttpRequest) -> int:
    """End all sessions of the person who sends a request but the one it is sent in; return how many."""
    return _end(of(staff.of(request)).exclude(session_key=digest(request.session.session_key or "")))


def end_all(user: Staff) -> int:
    """End all sessions of a person; return how many."""
    return _end(of(user))


def end_all_of_many(users: Iterable[Staff]) -> int:
    """End all sessions of several people, in one statement; return how many."""
    return _end(Session.objects.filter(user__in=users))


@transaction.atomic
def end_all_of(user: Staff, *, by: Staff) -> int:
    """End all sessions of a person, with a line in Wagtail's log. Raises PermissionDenied."""
    if not may_change_log_in(by, user):
        raise PermissionDenied
    log(user, ENDED, user=by)
    return end_all(user)


def _end(sessions: QuerySet[Session]) -> int:
    return sessions.delete()[0]
