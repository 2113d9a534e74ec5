"""
Redirects of renamed and moved pages, made once the act is committed and unable to undo it.

Wagtail 8.0.1 looks for clashes with one condition a page, 2,000 in a statement: more than 1,000 are an error
on SQLite, and so is an address of more than 255 characters on PostgreSQL. Either was a 500 for a section that
had been renamed nevertheless, and then had no redirect at all. `test_redirect_batches` fails when Wagtail
takes both; then ours can go.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Q
from wagtail.contrib.redirects import signal_handlers
from wagtail.contrib.redirects.models import Redirect
from wagtail.contrib.redirects.signal_handlers import BatchRedirectCreator

CONDITIONS = 200
WAGTAILS_OWN = BatchRedirectCreator.pre_process
LONGEST = Redirect._meta.get_field("old_path").max_length


def keep_within_bounds() -> None:
    BatchRedirectCreator.pre_process = _make_room
    signal_handlers.create_redirects = partial(_create_after_commit, signal_handlers.create_redirects)


def _create_after_commit(create: Callable[..., None], **of: Any) -> None:
    transaction.on_commit(lambda: create(**of), robust=True)  # Django 5.2 logs no failure of a partial


def _make_room(batch: BatchRedirectCreator) -> None:
    """Delete earlier redirects that are in the way; leave out what is too long to be kept."""
    batch.items = [item for item in batch.items if len(item.old_path) <= LONGEST]
    for start in range(0, len(batch.items), CONDITIONS):
        clashes = Q()
        for item in batch.items[start : start + CONDITIONS]:
            clashes |= Q(old_path=item.old_path, site_id=item.site_id)
        Redirect.objects.filter(clashes, automatically_created=True).delete()
