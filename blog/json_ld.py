"""A post as schema.org has it, for search engines: on the site's own page, and for those who build one."""

from typing import Any

from django.utils import timezone

Post = Any  # a page with a date, an author and a category


def of(post: Post, *, image: str, site_name: str, logo: str, comments: int) -> dict[str, Any]:
    """Return a BlogPosting. ``image`` and ``logo`` are absolute addresses of pictures, or empty."""
    url, updated = post.canonical, post.last_published_at
    found = {
        "@context": "https://schema.org",
        "@type": "BlogPosting",
        "headline": post.title,
        "description": post.search_description or post.standfirst,
        "url": url,
        "datePublished": post.date.isoformat(),
        "dateModified": timezone.localdate(updated).isoformat() if updated else None,
        "author": {"@type": "Person", "name": post.author.name} if post.author else None,
        "image": image or None,
        "articleSection": post.category.name if post.category else None,
        "commentCount": comments,
        "publisher": _publisher(site_name, logo),
        "mainEntityOfPage": {"@type": "WebPage", **_review(post), "@id": url},
    }
    return {name: value for name, value in found.items() if value is not None}


def _publisher(name: str, logo: str) -> dict[str, Any]:
    publisher: dict[str, Any] = {"@type": "Organization", "name": name}
    return {**publisher, "logo": {"@type": "ImageObject", "url": logo}} if logo else publisher


def _review(post: Post) -> dict[str, Any]:
    if not post.reviewed_by or not post.last_reviewed:
        return {}
    return {
        "@type": "WebPage",
        "reviewedBy": {"@type": "Person", "name": post.reviewed_by},
        "lastReviewed": post.last_reviewed.isoformat(),
    }
