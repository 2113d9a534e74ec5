"""
Draws the title of a post on the brand, for links to it where neither post nor site have a picture for that.

The worker does, after the post is published: a picture that cannot be drawn is no reason not to publish.
Until then, and where it cannot be drawn, the picture of the brand alone stands for the post.
"""

import logging
import time
from typing import Any

from django.db import DatabaseError, transaction
from django.db.models import QuerySet
from wagtail.models import Page, Site

from blog.models import BlogPostPage
from cms.brand import pictures
from cms.brand.models import PagePicture, SiteIdentity
from home.pictures import drawing

logger = logging.getLogger(__name__)

IN_A_CHORE = 2.0  # seconds; mail waits meanwhile
BATCH = 50


def ask(instance: Page, **signal: Any) -> None:
    """Have the title of a page drawn anew that is being published."""
    transaction.on_commit(lambda: pictures.expire(PagePicture.objects.filter(page=instance)), robust=True)


def draw_due() -> None:
    """Draw what is due, for no longer than IN_A_CHORE."""
    until = time.monotonic() + IN_A_CHORE
    for site in Site.objects.select_related("root_page"):
        identity = SiteIdentity.for_site(site)
        for post in _due(site.root_page) if identity.social_picture_id is None else ():
            _draw(post, identity)
            if time.monotonic() > until:
                return


def draw_all() -> None:
    """Draw everything that is due, however long it takes: for commands."""
    while any(_due(site.root_page).exists() for site in Site.objects.select_related("root_page")):
        draw_due()


def ask_for_social_picture(instance: SiteIdentity, raw: bool = False, **signal: Any) -> None:
    """Draw the picture that a site has chosen for shared links."""
    if instance.social_picture and not raw:
        drawing.ask([(instance.social_picture, True)])


def _due(root: Page) -> QuerySet[BlogPostPage]:
    drawn = PagePicture.objects.exclude(digest="").values("pk")
    posts = BlogPostPage.objects.descendant_of(root).live().filter(hero=None).exclude(pk__in=drawn)
    return posts.order_by("-pk")[:BATCH]


def _draw(post: BlogPostPage, identity: SiteIdentity) -> None:
    try:
        pictures.keep_title(post, identity)
    except DatabaseError:
        raise
    except Exception as error:  # noqa: BLE001 -- whatever a font raises, the next title is drawn
        logger.warning("title of page %s: %s", post.pk, type(error).__name__)
        pictures.keep_without_title(post, identity)
