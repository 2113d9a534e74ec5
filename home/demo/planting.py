"""Makes pages from the demo's texts: first empty drafts, so that every link has a target; then the texts."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.files.images import ImageFile
from wagtail.images import get_image_model
from wagtail.models import Page, Site

from blog.models import Author, BlogIndexPage, BlogPostPage, Category
from cms.brand.models import SiteIdentity
from cms.credentials.staff import Staff
from home.demo import pages, people
from home.demo.blocks import Block, filled, heading
from home.demo.illustrations import FOLDER, PICTURES
from home.demo.posts import POSTS
from home.demo.shapes import Post, at
from home.models import ContactPage, HomePage, StandardPage

OPENED = at("2026-07-01 09:00")


def plant(site: Site, editor: Staff) -> dict[str, Page]:
    """Fill the site from its root down. Returns the posts by slug, and the contact page as `contact`."""
    _introduce(site)
    pictures = _hang_pictures(editor)
    home = site.root_page.specific
    drafts = _front_drafts(home)
    drafts |= _post_drafts(drafts["blog"])
    ids = {slug: page.pk for slug, page in drafts.items()}
    _write_front(home, drafts, ids, pictures, editor)
    identity = SiteIdentity.for_site(site)
    identity.privacy_page, identity.logo_id = drafts["privacy"], pictures["logo"]
    identity.save()
    for post in reversed(POSTS):
        _write_post(drafts[post.slug], post, ids, pictures, editor)
    return drafts


def _introduce(site: Site) -> None:
    site.site_name = pages.IDENTITY["name"]
    site.save()
    identity = SiteIdentity.for_site(site)
    for name, value in pages.IDENTITY.items():
        setattr(identity, name, value)
    identity.save()
    Author.objects.bulk_create(Author(**vars(author)) for author in people.AUTHORS)
    Category.objects.bulk_create(Category(slug=slug, name=name) for slug, name in people.CATEGORIES.items())


def _hang_pictures(editor: Staff) -> dict[str, int]:
    ids = {}
    for picture in PICTURES:
        with (FOLDER / f"{picture.key}.webp").open("rb") as file:
            image = get_image_model()(
                title=picture.title,
                description=picture.alt,
                uploaded_by_user=editor,
                file=ImageFile(file, file.name),
            )
            image.file.name = f"{picture.key}.webp"
            image.save()
        ids[picture.key] = image.pk
    return ids


def _front_drafts(home: HomePage) -> dict[str, Page]:
    drafts = {
        "blog": BlogIndexPage(title=pages.BLOG["title"], slug="blog", show_in_menus=True),
        "about": StandardPage(title=pages.ABOUT["title"], slug="about", show_in_menus=True),
        "contact": ContactPage(title=pages.CONTACT["title"], slug="contact", show_in_menus=True),
        "privacy": StandardPage(title=pages.PRIVACY["title"], slug="privacy"),
    }
    for page in drafts.values():
        _add_draft(home, page)
    return drafts


def _post_drafts(blog: Page) -> dict[str, Page]:
    drafts = {}
    for post in reversed(POSTS):
        stub = json.dumps([heading(post.title)])
        draft = BlogPostPage(title=post.title, slug=post.slug, standfirst=post.standfirst, body=stub)
        drafts[post.slug] = _add_draft(blog, draft)
    return drafts


def _add_draft(parent: Page, page: Page) -> Page:
    """`parent` counts its children in memory, and is published later: pass that very object."""
    page.live = False
    return parent.add_child(instance=page)


def _write_front(
    home: HomePage,
    drafts: Mapping[str, Page],
    ids: Mapping[str, int],
    pictures: Mapping[str, int],
    editor: Staff,
) -> None:
    for page, words in (
        (drafts["blog"], pages.BLOG),
        (drafts["about"], pages.ABOUT),
        (drafts["contact"], pages.CONTACT),
        (drafts["privacy"], pages.PRIVACY),
        (home, pages.HOME),
    ):
        fields: dict[str, Any] = {
            name: value for name, value in words.items() if name not in {"body", "picture"}
        }
        if "body" in words:
            fields["body"] = _stream(words["body"], ids, pictures)
        if "picture" in words:
            fields["picture_id"] = pictures[words["picture"]]
        _publish(page, fields, OPENED, editor)


def _write_post(
    page: Page, post: Post, ids: Mapping[str, int], pictures: Mapping[str, int], editor: Staff
) -> None:
    same = (
        "search_description",
        "date",
        "hero_caption",
        "reviewed_by",
        "last_reviewed",
        "next_review",
        "comments_open",
    )
    fields: dict[str, Any] = {name: getattr(post, name) for name in same}
    fields["author"] = Author.objects.get(slug=post.author)
    fields["category"] = Category.objects.get(slug=post.category)
    fields["hero_id"] = pictures[post.hero]
    fields["body"] = _stream(post.body, ids, pictures)
    page.tags.set(post.tags)
    _publish(page, fields, at(f"{post.date:%Y-%m-%d} 08:00"), editor)


def _stream(body: list[Block], ids: Mapping[str, int], pictures: Mapping[str, int]) -> str:
    return json.dumps(filled(body, ids, pictures))


def _publish(page: Page, fields: Mapping[str, Any], moment: datetime, editor: Staff) -> None:
    """Publish through a revision, as an editor does; then let it have happened at `moment`."""
    for name, value in fields.items():
        setattr(page, name, value)
    page.save_revision(user=editor, changed=True).publish(user=editor)
    Page.objects.filter(pk=page.pk).update(first_published_at=moment, last_published_at=moment)
