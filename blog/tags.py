"""
Tags that differ by more than case, composition and spaces, each with a slug.

Made for taggit 6 and modelcluster 6, whose own TAGGIT_CASE_INSENSITIVE ignores only the case of ASCII letters
on SQLite and gives a tag without letters the empty slug. Tags with one key have one slug, and the table
keeps slugs unique: two editors who make one tag at once make one.
"""

from contextlib import suppress

from django.db import IntegrityError, models, transaction
from modelcluster.contrib.taggit import ClusterTaggableManager, _ClusterTaggableManager
from taggit.models import Tag
from taggit.utils import _parse_tags

from cms.pages import slugs
from cms.text import cleaning, words

MOST_OF_A_SLUG = 1000  # tags that differ by signs alone, such as C and C++


class TagsManager(_ClusterTaggableManager):
    """Adds and removes tags by name, whatever the spelling."""

    def add(self, *tags: str | Tag) -> None:
        seen = (tag for tag in tags if not isinstance(tag, str) or spelt(tag))
        super().add(*(find_or_make(tag) if isinstance(tag, str) else tag for tag in seen))

    def remove(self, *names: str) -> None:
        keys = {key(name) for name in names}
        super().remove(*(tag.name for tag in self.get_queryset() if key(tag.name) in keys))


class TagsField(ClusterTaggableManager):
    def __get__(self, instance: models.Model | None, model: type[models.Model]) -> TagsManager:
        return TagsManager(
            through=self.through, model=model, instance=instance, prefetch_cache_name=self.name
        )

    def deconstruct(self) -> tuple[str, str, list, dict]:
        """A migration needs no more than the field of modelcluster."""
        name, _, args, kwargs = super().deconstruct()
        return name, "modelcluster.contrib.taggit.ClusterTaggableManager", args, kwargs


def parse(typed: str) -> list[str]:
    """Return the names in what was typed into a field for tags, each spelt as its tag if there is one."""
    return [tag.name if (tag := _of_any_slug(name)) else name for name in _parse_tags(spelt(typed))]


def key(name: str) -> str:
    """Return what two spellings of one tag share."""
    return words.fold(spelt(name))


def find(name: str) -> Tag | None:
    """Return the tag with this slug, else the one with this name in any spelling."""
    return (Tag.objects.filter(slug=name).first() or _of_key(name)) if name else None


def find_or_make(name: str) -> Tag:
    slug = slugs.of(spelt(name))
    for number in range(1, MOST_OF_A_SLUG):
        if found := _of_any_slug(name):
            return found
        with suppress(IntegrityError):  # another tag has this slug, or the same one was made this moment
            return _make(spelt(name), slugs.numbered(slug, number))
    raise IntegrityError(f"{MOST_OF_A_SLUG} tags have the slug {slug}")


def slugify(tag: Tag, name: str, number: int | None = None) -> str:
    """Return the slug of a tag that taggit makes: pictures and posts share their tags."""
    return slugs.numbered(slugs.of(name), (number or 0) + 1)


Tag.slugify = slugify


def spelt(name: str) -> str:
    try:
        return cleaning.single_line(name)
    except cleaning.UnreadableTextError:
        return cleaning.single_line(cleaning.printable(name))


@transaction.atomic
def _make(name: str, slug: str) -> Tag:
    return Tag.objects.create(name=name, slug=slug)


def _of_key(name: str) -> Tag | None:
    """Return the tag of a key, unless it has the slug that taggit once made and is spelt otherwise."""
    name = spelt(name)
    slug, wanted = slugs.of(name), key(name)
    same = models.Q(slug=slug) | models.Q(slug__startswith=f"{slug}_") | models.Q(name=name)
    return next((tag for tag in Tag.objects.filter(same).order_by("pk") if key(tag.name) == wanted), None)


def _of_any_slug(name: str) -> Tag | None:
    """Return the tag of a key. Reads the names of all tags before it says that there is none."""
    if found := _of_key(name):
        return found
    wanted, names = key(name), Tag.objects.order_by("pk").values_list("pk", "name")
    same = next((pk for pk, other in names if key(other) == wanted), None)
    return Tag.objects.filter(pk=same).first()
