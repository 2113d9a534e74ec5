"""Makes pages from the demo's texts: first empty drafts, so that every link has a target; then the texts."""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from django.core.files.images import ImageFile
from django.db.models import Model
from wagtail.images import get_image_model
from wagtail.models import Page, Site

from blog.models import Author, BlogPostPage, Category
from cms.brand.models import SiteIdentity
from cms.credentials.staff import Staff
from home import planted
from home.block_values import heading
from home.demo import pages, people, texts
from home.demo.illustrations import FOLDER, PICTURES
from home.demo.posts import POSTS
from home.models import HomePage, PlantedItem

DEMO = PlantedItem.Origin.DEMO


def plant(site: Site, editor: Staff) -> dict[str, Page]:
    """Fill the site from its root down. Returns the posts by slug, and the contact page as `contact`."""
    _introduce(site)
    pictures = _hang_pictures(editor)
    home = site.root_page.specific
    drafts = _front_drafts(home)
    drafts |= _post_drafts(drafts["blog"])
    everything = {"home": home, **drafts}
    ids = {slug: page.pk for slug, page in drafts.items()}
    for key, page in _in_order_of_publishing(everything):
        words = texts.of(key, ids, pictures)
        if words.tags:
            page.tags.set(words.tags)
        _publish(page, words.fields, words.at, editor)
    identity = SiteIdentity.for_site(site)
    identity.privacy_page, identity.logo_id = drafts["privacy"], pictures["logo"]
    identity.save()
    _write_down(site, everything, pictures)
    return drafts


def _in_order_of_publishing(pages: Mapping[str, Page]) -> Iterator[tuple[str, Page]]:
    """Every link has a target by now: the home page comes last, and the newest post is published last."""
    for key in (*texts.FRONT, *reversed(texts.POST_SLUGS)):
        yield key, pages[key]


def _introduce(site: Site) -> None:
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
    return {
        key: _add_draft(home, texts.MODELS[key](title=texts.FRONT[key]["title"], slug=key, **more))
        for key, more in texts.MENU.items()
    }


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


def _publish(page: Page, fields: Mapping[str, Any], moment: datetime, editor: Staff) -> None:
    """Publish through a revision, as an editor does; then let it have happened at `moment`."""
    for name, value in fields.items():
        setattr(page, name, value)
    page.save_revision(user=editor, changed=True).publish(user=editor)
    Page.objects.filter(pk=page.pk).update(first_published_at=moment, last_published_at=moment)


def _write_down(site: Site, drafts: Mapping[str, Page], pictures: Mapping[str, int]) -> None:
    """Record all this as it is now, so that it can be removed unless somebody makes it theirs."""
    things: list[tuple[str, str, Model]] = [
        *(("page", key, Page.objects.get(pk=page.pk).specific) for key, page in drafts.items()),
        *(("picture", key, get_image_model().objects.get(pk=pk)) for key, pk in pictures.items()),
        *(("author", each.slug, each) for each in Author.objects.all()),
        *(("category", each.slug, each) for each in Category.objects.all()),
    ]
    for kind, key, thing in things:
        planted.write_down(DEMO, kind, key, thing)
    identity = SiteIdentity.objects.get(site=site)
    planted.write_down(DEMO, "identity", "identity", identity, [*pages.IDENTITY, "logo_id"])
