"""A system check: no private page or collection is opened by a password that Wagtail stores in plain text."""

from typing import Any

from django.core import checks
from django.core.checks import CheckMessage, Tags, Warning
from django.db import DatabaseError
from wagtail.models import BaseViewRestriction, CollectionViewRestriction, PageViewRestriction

WHAT = "Pages and collections with a shared password, which is stored in plain text: {}."
HINT = "Let logged-in users or groups read them instead: Privacy, on the page or the collection."


@checks.register(Tags.security, deploy=True)
def check_shared_passwords(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """None can be made here any more; some may be left from an earlier site."""
    with_password = {"restriction_type": BaseViewRestriction.PASSWORD}
    pages, collections = (
        model.objects.filter(**with_password).values("pk")
        for model in (PageViewRestriction, CollectionViewRestriction)
    )
    try:
        number = pages.union(collections, all=True).count()
    except DatabaseError:  # before the first migration there are none
        return []
    return [Warning(WHAT.format(number), hint=HINT, id="home.W003")] if number else []
