"""What stays needs: which pictures, authors, categories and tags are used by something that does not go."""

from collections.abc import Collection, Iterator
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Model
from taggit.models import Tag, TaggedItem
from wagtail.models import Page, ReferenceIndex

from blog.models import BlogPostPage, BlogPostTag
from cms.brand.models import SiteIdentity
from home.pictures import shapes


class Uses:
    """
    Asks once for all things. ``leaving`` are the pages whose content goes; ``logo_goes`` says so of the logo.

    Wagtail's index knows what is published or was never published; an unpublished edit is read as it is.
    """

    def __init__(self, leaving: Collection[int], *, logo_goes: bool = False) -> None:
        self.leaving = set(leaving)
        self.logo_goes = logo_goes
        self.in_drafts = set(self._of_drafts())

    def has(self, thing: Model) -> bool:
        """Say whether something that stays shows or names this."""
        if isinstance(thing, Tag):
            return self._tags(thing) or ("tag", thing.name) in self.in_drafts
        return self._indexed(thing) or (thing._meta.model_name, thing.pk) in self.in_drafts

    def _indexed(self, thing: Model) -> bool:
        gone = {"base_content_type": ContentType.objects.get_for_model(Page), "object_id__in": self._keys()}
        found = ReferenceIndex.get_references_to(thing).exclude(**gone)
        if self.logo_goes:
            identity = ContentType.objects.get_for_model(SiteIdentity)
            found = found.exclude(base_content_type=identity, model_path="logo")
        return bool(found.exists())

    def _keys(self) -> list[str]:
        return [str(pk) for pk in self.leaving]

    def _tags(self, tag: Tag) -> bool:
        posts = BlogPostTag.objects.filter(tag=tag).exclude(content_object__in=self.leaving)
        return posts.exists() or TaggedItem.objects.filter(tag=tag).exists()

    def _of_drafts(self) -> Iterator[tuple[str, Any]]:
        edited = Page.objects.filter(has_unpublished_changes=True).exclude(pk__in=self.leaving)
        for page in edited.specific().iterator():
            yield from _shown(page.get_latest_revision_as_object())


def _shown(page: Page) -> Iterator[tuple[str, Any]]:
    for picture, _ in shapes.shown_on(page):
        yield "image", picture.pk
    if isinstance(page, BlogPostPage):
        yield from (("author", page.author_id), ("category", page.category_id))
        yield from (("tag", tag.name) for tag in page.tags.all())
