"""A system check: administrators of a public site have a second factor."""

from typing import Any

from django.core import checks
from django.core.checks import CheckMessage, Tags, Warning
from django.db import DatabaseError

from cms.second_factor import people

HINT = "Set one up under Account → Second factor; under Settings → Second factor it can be demanded."


@checks.register(Tags.security, deploy=True)
def check_administrators(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    try:
        number = people.administrators_without().count()
    except DatabaseError:  # before the first migration there are no users
        return []
    if not number:
        return []
    return [Warning(f"Administrators without a second factor: {number}.", hint=HINT, id="second_factor.W001")]
