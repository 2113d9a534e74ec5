"""Requests that show a draft: Wagtail makes them, marks them, and sends them through all middleware."""

from django.http import HttpRequest

SHARED = "shared_draft"  # the mark of one that a link has opened


def is_shared(request: HttpRequest | None) -> bool:
    """Whether a stranger sees a draft by a link."""
    return getattr(request, SHARED, None) is not None


def is_editors(request: HttpRequest | None) -> bool:
    """Whether an editor sees a draft in the admin."""
    return getattr(request, "is_preview", False) and not is_shared(request)
