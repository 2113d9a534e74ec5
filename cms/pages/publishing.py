"""
Publishing several pages at once, with aliases among them.

An alias has no words of its own: it is published with the page that it shows. Wagtail 8.0.1 tries to save it,
and ends in a 500 with the pages before it published and those after it not.
"""

from collections.abc import Sequence
from typing import Any

from django.contrib.auth.models import User
from wagtail.admin.views.pages.bulk_actions import publish
from wagtail.models import Page


class PublishBulkAction(publish.PublishBulkAction):
    template_name = "cms/pages/confirm_bulk_publish.html"

    def check_perm(self, page: Page) -> bool:
        return not page.alias_of_id and bool(super().check_perm(page))

    @classmethod
    def execute_action(
        cls, objects: Sequence[Page], include_descendants: bool = False, user: User | None = None, **_: Any
    ) -> tuple[int, int]:
        pages = [page for page in objects if not page.alias_of_id]
        below = _drafts_below(pages, user) if include_descendants else []
        for each in (pages, below):
            super().execute_action(each, user=user)
        return len(pages), len(below)


def _drafts_below(pages: Sequence[Page], user: User | None) -> list[Page]:
    """Return each once: a page may be selected together with one above it."""
    drafts = {
        draft.pk: draft
        for page in pages
        for draft in page.get_descendants().not_live().filter(alias_of=None)
        if user is None or draft.permissions_for_user(user).can_publish()
    }
    return [draft for pk, draft in drafts.items() if pk not in {page.pk for page in pages}]
