"""A logged-in member of staff."""

from django.contrib.auth.models import User
from django.http import HttpRequest

Staff = User


def of(request: HttpRequest) -> Staff:
    """Return the user of a request that only staff can send. Raises TypeError for anyone else."""
    if not isinstance(request.user, User):
        raise TypeError("Nobody is logged in.")
    return request.user
