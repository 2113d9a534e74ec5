"""System checks: a public site has no account and no page of the demo."""

from typing import Any

from django.contrib.auth import get_user_model
from django.core import checks
from django.core.checks import CheckMessage, Tags, Warning
from django.db import DatabaseError
from django.db.models import Q

from blog.models import BlogPostPage
from home.demo.people import STAFF
from home.demo.posts import POSTS


@checks.register(Tags.security, deploy=True)
def check_demo(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Warn of accounts and pages of the demo. An account is recognised by its name and fictional address."""
    try:
        return [*_log_ins(), *_pages()]
    except DatabaseError:  # before the first migration there is nothing to find
        return []


def _log_ins() -> list[CheckMessage]:
    demo = Q()
    for name in STAFF:
        demo |= Q(username=name, email=f"{name}@example.org")
    active = get_user_model().objects.filter(demo, is_active=True).order_by("pk")
    names = ", ".join(active.values_list("username", flat=True))
    hint = "Remove the demo with `manage.py remove_demo`, or give each its user's own address and password."
    return [Warning(f"Demo accounts are active: {names}.", hint=hint, id="home.W001")] if names else []


def _pages() -> list[CheckMessage]:
    demo = Q()
    for post in POSTS:
        demo |= Q(slug=post.slug, title=post.title)
    number = BlogPostPage.objects.live().filter(demo).count()
    hint = "Remove the demo with `manage.py remove_demo`, or unpublish them under Pages."
    return [Warning(f"Demo posts are public: {number}.", hint=hint, id="home.W002")] if number else []
