"""Fills an empty site with the demo, all of it or nothing."""

import secrets
from collections.abc import Callable

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.db import transaction
from wagtail.models import Site

from cms.credentials.staff import Staff
from cms.outbox.models import Delivery
from home import starting
from home.demo import planting, replay
from home.demo.people import STAFF

Tell = Callable[[int, int, str], object]
PARTS = 4


class NotEmptyError(Exception):
    """The site has content or people of its own, which the demo must not be mixed with."""


@transaction.atomic
def load(password: str | None, tell: Tell = lambda number, total, what: None) -> str:
    """
    Load pages, pictures, people, comments and messages. Return the password of all accounts.

    When ``password`` is None, it is a random one. ``tell`` hears which part has begun.

    Raises NotEmptyError.
    """
    if not starting.is_untouched():
        raise NotEmptyError
    password = password or secrets.token_urlsafe(12)
    tell(1, PARTS, "people")
    staff = _hire(password)
    queued = set(Delivery.objects.values_list("pk", flat=True))
    tell(2, PARTS, "pages and pictures")
    pages = planting.plant(Site.objects.get(is_default_site=True), staff["editor"])
    tell(3, PARTS, "comments")
    replay.replay_comments(pages, staff["moderator"])
    tell(4, PARTS, "messages")
    replay.replay_messages(pages["contact"], staff["frontdesk"])
    replay.silence(queued)
    return password


def _hire(password: str) -> dict[str, Staff]:
    """Create an account for each role. One without a group is a superuser."""
    users = get_user_model().objects
    staff = {}
    for name, (first, last, group) in STAFF.items():
        create = users.create_user if group else users.create_superuser
        user = create(name, f"{name}@example.org", password, first_name=first, last_name=last)
        if group:
            user.groups.add(Group.objects.get(name=group))
        staff[name] = user
    return staff
