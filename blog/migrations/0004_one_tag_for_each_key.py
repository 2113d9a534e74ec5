"""Merge tags that differ by case, composition or blanks, also in drafts, and give each tag an address."""

from collections import defaultdict

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import Count, Model

from blog import tags
from cms.pages import slugs


def merge(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    tag_model = apps.get_model("taggit", "Tag")
    same = defaultdict(list)
    for tag in tag_model.objects.annotate(uses=Count("blog_posts")).order_by("-uses", "pk"):
        same[tags.key(tag.name)].append(tag)
    merged = {other.pk: found[0].pk for found in same.values() for other in found[1:]}
    move(apps.get_model("blog", "BlogPostTag"), ("content_object_id",), merged)
    move(apps.get_model("taggit", "TaggedItem"), ("content_type_id", "object_id"), merged)
    rewrite_drafts(apps, merged)
    tag_model.objects.filter(pk__in=merged).delete()
    give_addresses(tag_model)


def move(uses: type[Model], of: tuple[str, ...], merged: dict[int, int]) -> None:
    for use in uses.objects.filter(tag_id__in=merged).order_by("pk"):
        kept = merged[use.tag_id]
        if uses.objects.filter(tag_id=kept, **{name: getattr(use, name) for name in of}).exists():
            use.delete()
        else:
            uses.objects.filter(pk=use.pk).update(tag_id=kept)


def rewrite_drafts(apps: Apps, merged: dict[int, int]) -> None:
    """A draft names tags by number, and would lose one that is gone."""
    revisions = apps.get_model("wagtailcore", "Revision").objects
    posts = revisions.filter(content_type__app_label="blog", content_type__model="blogpostpage")
    for pk in list(posts.values_list("pk", flat=True)) if merged else ():
        content = revisions.values_list("content", flat=True).get(pk=pk)
        items = content.get("tagged_items", [])
        if any(item["tag"] in merged for item in items):
            by_tag = {merged.get(item["tag"], item["tag"]): item for item in reversed(items)}
            content["tagged_items"] = [{**item, "tag": tag} for tag, item in reversed(by_tag.items())]
            revisions.filter(pk=pk).update(content=content)


def give_addresses(tag_model: type[Model]) -> None:
    """Give one to a tag that has none. The others keep theirs, which are in bookmarks and search engines."""
    for tag in tag_model.objects.order_by("pk"):
        name = tags.spelt(tag.name)
        if tag.name != name:
            tag_model.objects.filter(pk=tag.pk).update(name=name)
        if not tag.slug:
            slug = slugs.free(name, 100, lambda slug: tag_model.objects.filter(slug=slug).exists())
            tag_model.objects.filter(pk=tag.pk).update(slug=slug)


class Migration(migrations.Migration):
    dependencies = [
        ("blog", "0003_slugs_of_any_script"),
        ("taggit", "0006_rename_taggeditem_content_type_object_id_taggit_tagg_content_8fc721_idx"),
        ("wagtailcore", "0098_apitoken"),
    ]

    operations = [migrations.RunPython(merge, migrations.RunPython.noop)]
