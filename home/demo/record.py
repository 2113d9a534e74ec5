"""
What of a site is the demo, and what of that was changed.

`planting` writes down what it plants. A site that was filled by an earlier version has no such record: there
a thing is recognised by its slug or title, and is as it was planted if it says what the texts here say.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Model, Q, QuerySet
from wagtail.images import get_image_model
from wagtail.models import Page, Site

from blog.comments.models import Reader
from blog.models import Author, BlogPostPage, Category
from cms import vault
from cms.brand.models import SiteIdentity
from cms.credentials.staff import Staff
from home import planted
from home.contact.models import ContactMessage
from home.demo import comments, messages, pages, people, texts
from home.demo.illustrations import FOLDER, PICTURES
from home.demo.shapes import Comment
from home.models import PlantedItem

DEMO = PlantedItem.Origin.DEMO
UNKNOWN = {"title": "unknown"}  # what never equals a digest: it counts as changed


@dataclass(frozen=True, slots=True)
class Found:
    """Something the demo brought, as it is now, and which of its fields were changed since."""

    item: PlantedItem
    thing: Any
    changes: frozenset[str]

    @property
    def kind(self) -> str:
        return self.item.kind

    @property
    def key(self) -> str:
        return self.item.key


def find() -> list[Found]:
    """Return all that is left of the demo; nothing where there is no demo."""
    recorded = list(PlantedItem.objects.filter(origin=DEMO).order_by("pk"))
    found = [_found(item, thing) for item in recorded or _from_texts() if (thing := planted.find(item))]
    return found if recorded or any(_is_as_planted(each) for each in found) else []


def accounts() -> QuerySet[Staff]:
    """Return the log-ins of the demo: an account with an address of its own is somebody's."""
    demo = Q()
    for name in people.STAFF:
        demo |= Q(username=name, email=f"{name}@example.org")
    return get_user_model().objects.filter(demo).order_by("pk")


def readers() -> QuerySet[Reader]:
    """Return the people who comment in the demo, by addresses that nobody can have."""
    everyone = chain.from_iterable(comments.COMMENTS.values())
    return Reader.objects.filter(address_index__in=_indexes(_addresses(everyone)))


def visitors_messages() -> QuerySet[ContactMessage]:
    return ContactMessage.objects.filter(
        address_index__in=_indexes(message.email for message in messages.MESSAGES)
    )


def _indexes(addresses: Iterable[str]) -> list[str]:
    return list(chain.from_iterable(map(vault.indexes, set(addresses))))


def _addresses(threads: Iterable[Comment]) -> Iterator[str]:
    for comment in threads:
        yield comment.email
        yield from _addresses(comment.replies)


def _found(item: PlantedItem, thing: Model) -> Found:
    return Found(item, thing, frozenset(planted.changes(item, thing)))


def _is_as_planted(found: Found) -> bool:
    """Say whether a page is the demo's word for word: nobody writes one of these by chance."""
    return found.kind == "page" and not found.changes


def _from_texts() -> Iterator[PlantedItem]:
    """Yield what the demo of this version would have recorded on the default site, if it is there."""
    site = Site.objects.select_related("root_page").filter(is_default_site=True).first()
    if site is None:
        return
    pictures = dict(_pictures())
    yield from _snippets()
    yield from (_item("picture", key, image, _of_picture(key)) for key, image in pictures.items())
    ids = {key: image.pk for key, image in pictures.items()}
    yield from _pages(site.root_page, ids)
    if identity := SiteIdentity.objects.filter(site=site).first():
        said = {name: planted.digest(value) for name, value in pages.IDENTITY.items()}
        yield _item("identity", "identity", identity, said)


def _item(kind: str, key: str, thing: Model, content: planted.Content) -> PlantedItem:
    return PlantedItem(origin=DEMO, kind=kind, key=key, object_id=thing.pk, content=content)


def _snippets() -> Iterator[PlantedItem]:
    for author in people.AUTHORS:
        if thing := Author.objects.filter(slug=author.slug).first():
            yield _item("author", author.slug, thing, planted.content_of(Author, vars(author), vars(author)))
    for slug, name in people.CATEGORIES.items():
        if thing := Category.objects.filter(slug=slug).first():
            fields = {"slug": slug, "name": name}
            yield _item("category", slug, thing, planted.content_of(Category, fields, fields))


def _pictures() -> Iterator[tuple[str, Any]]:
    for picture in PICTURES:
        if image := get_image_model().objects.filter(title=picture.title).order_by("pk").first():
            yield picture.key, image


def _of_picture(key: str) -> planted.Content:
    picture = next(each for each in PICTURES if each.key == key)
    said = {"title": planted.digest(picture.title), "description": planted.digest(picture.alt)}
    with (FOLDER / f"{key}.webp").open("rb") as file:
        return {**said, "file": planted.digest(planted.checksum(file))}


def _pages(root: Page, pictures: dict[str, int]) -> Iterator[PlantedItem]:
    there: dict[str, Page] = {"home": root}
    there |= {page.slug: page for page in root.get_children().filter(slug__in=texts.MENU)}
    if blog := there.get("blog"):
        posts = BlogPostPage.objects.child_of(blog).filter(slug__in=texts.POST_SLUGS)
        there |= {post.slug: post for post in posts}
    ids = {key: page.pk for key, page in there.items()}
    for key, page in there.items():
        yield _item("page", key, page, _of_page(key, page, ids, pictures))


def _of_page(key: str, page: Page, ids: dict[str, int], pictures: dict[str, int]) -> planted.Content:
    try:
        words = texts.of(key, ids, pictures)
    except KeyError:  # what it led to is not there any more
        return UNKNOWN
    fields = {**texts.outside(key), **words.fields, "slug": page.slug}
    found = planted.content_of(texts.model_of(key), fields, {*planted.OF_EVERY_PAGE, *fields})
    return {**found, **({"tags": planted.digest(sorted(words.tags))} if words.tags else {})}
