import datetime
import math
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Self
from urllib.parse import quote

from django.core.paginator import Page as PageOfPosts
from django.core.paginator import Paginator
from django.db import models
from django.db.models import Count, Prefetch, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.html import strip_tags
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from taggit.models import ItemBase, Tag
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.contrib.routable_page.models import RoutablePageMixin, path
from wagtail.images import get_image_model, get_image_model_string
from wagtail.models import Page, PageManager
from wagtail.query import PageQuerySet
from wagtail.search import index
from wagtail.snippets.models import register_snippet
from wagtail.url_routing import RouteResult

from blog import feeds, tags
from blog.comments.posting.pages import CommentsMixin
from blog.comments.rules import policy
from blog.tags import TagsField
from cms.body.blocks import BodyStream, with_ids
from cms.body.fields import BlocksField
from cms.pages import slugs
from cms.pages.addresses import AddressMixin
from cms.pages.languages import OwnLanguageMixin
from cms.pages.search_engines import SearchEnginesMixin
from cms.pages.shared_pictures import TitlePictureMixin
from cms.pictures import specs
from cms.reading import public_pages
from cms.reading.prepared import Given, prepared
from cms.text.tidy import TidyFieldsMixin

WORDS_A_MINUTE = 238
POSTS_A_PAGE = 9
LONGEST_ASKED = 100  # of a slug or a name
SLUG_HELP = _("For addresses. Made of the name when empty.")
NO_SUCH_POSTS = _("There is nothing of that kind here.")
NOTHING_YET = _("There is nothing here yet.")
NO_SUCH = {
    ("tag",): _("There is no such tag here."),
    ("category",): _("There is no such category here."),
    ("author",): _("There is no such author here."),
    ("tag", "category"): _("There is no such tag or category here."),
}
RELATED_POSTS = 3


class NamedMixin(TidyFieldsMixin, models.Model):
    """A model with a name, and a slug that is made from the name when left empty."""

    longest: ClassVar[int]  # of the name and of the slug, in characters
    name: "models.CharField[str, str]"
    slug: "models.CharField[str, str]"

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.tidy()
        if not self.slug:
            others = type(self)._default_manager.exclude(pk=self.pk)
            self.slug = slugs.free(self.name, self.longest, lambda slug: others.filter(Q(slug=slug)).exists())
        super().save(*args, **kwargs)

    @classmethod
    def find(cls, asked: str) -> Self | None:
        """Return the one with a slug, in composed or decomposed Unicode."""
        spellings = (asked, slugs.of(asked)) if asked else ()
        return next(
            filter(None, (cls._default_manager.filter(slug=slug).first() for slug in spellings)), None
        )


@register_snippet
class Author(NamedMixin):
    longest = 80

    name = models.CharField(max_length=longest)
    slug = models.CharField(
        max_length=longest, unique=True, blank=True, validators=[slugs.validate], help_text=SLUG_HELP
    )
    credentials = models.CharField(max_length=120, blank=True, help_text=_("Such as “LicAc, MBAcC”."))
    bio = models.CharField(_("about"), max_length=300, blank=True)

    panels = (
        FieldPanel("name", heading=_("Name")),
        FieldPanel("slug", heading=_("Slug")),
        FieldPanel("credentials", heading=_("Credentials")),
        FieldPanel("bio"),
    )

    class Meta:
        verbose_name = _("author")
        verbose_name_plural = _("authors")

    def __str__(self) -> str:
        return self.name


@register_snippet
class Category(NamedMixin):
    longest = 60

    name = models.CharField(max_length=longest)
    slug = models.CharField(
        max_length=longest, unique=True, blank=True, validators=[slugs.validate], help_text=SLUG_HELP
    )

    panels = (FieldPanel("name", heading=_("Name")), FieldPanel("slug", heading=_("Slug")))

    class Meta:
        verbose_name = _("category")
        verbose_name_plural = _("categories")
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


# What narrows a list of posts: how each is found by its slug, and where a post has it.
FINDERS: dict[str, Callable[[str], Any]] = {
    "tag": tags.find,
    "category": Category.find,
    "author": Author.find,
}
NARROWED = {"tag": "tagged_items__tag", "category": "category", "author": "author"}


class BlogPostTag(ItemBase):
    tag: "models.ForeignKey[Tag, Tag]" = models.ForeignKey(
        Tag, on_delete=models.CASCADE, related_name="blog_posts"
    )
    content_object = ParentalKey("blog.BlogPostPage", on_delete=models.CASCADE, related_name="tagged_items")


class PostQuerySet(PageQuerySet):
    def published(self) -> "PostQuerySet":
        """Posts that anyone may read, newest first."""
        return public_pages.of(self).order_by("-date", "-pk")

    def for_cards(self) -> "PostQuerySet":
        """With everything a card shows, in a fixed number of queries."""
        shapes = (specs.CARD, specs.WIDE_CARD)
        drawn = get_image_model().get_rendition_model().objects.filter(filter_spec__in=shapes)
        pictures = Prefetch("hero__renditions", queryset=drawn, to_attr="prefetched_renditions")
        return self.joined().prefetch_related(pictures)

    def of(self, terms: Mapping[str, models.Model | None]) -> "PostQuerySet":
        """Posts that have all of these, by the names of ``FINDERS``; None leaves one out."""
        return self.filter(**{NARROWED[name]: found for name, found in terms.items() if found})

    def joined(self) -> "PostQuerySet":
        """With author, category and picture, without bodies."""
        return self.select_related("author", "category", "hero").defer_streamfields()


_PostManager: Any = PageManager.from_queryset(PostQuerySet)  # Wagtail brings no types


class PostManager(_PostManager):
    """A manager with the methods of ``PostQuerySet``."""


class BlogIndexPage(
    OwnLanguageMixin,
    TidyFieldsMixin,
    AddressMixin,
    public_pages.MostlyPublicMixin,
    RoutablePageMixin,
    Page,
):
    introduction: "models.CharField[str, str]" = models.CharField(max_length=250, blank=True)

    content_panels = (*Page.content_panels, FieldPanel("introduction", heading=_("Introduction")))
    subpage_types = ("blog.BlogPostPage",)
    template = "blog/blog_index_page.html"

    class Meta:
        verbose_name = _("blog")
        verbose_name_plural = _("blogs")

    def route(self, request: HttpRequest, path_components: list[str]) -> RouteResult:
        """Find a post in one query, with what its page shows; Wagtail takes five."""
        post = None
        if path_components and not self._has_route(path_components):
            sent = request.method == "POST" and len(path_components) == 1
            post = public_pages.child(BlogPostPage, self, path_components[0], shown=not sent)
        if post is None:
            return super().route(request, path_components)
        return post.route(request, path_components[1:])

    def _has_route(self, path_components: list[str]) -> bool:
        try:
            self.resolve_subpage(f"/{'/'.join(path_components)}/")
        except Http404:
            return False
        return True

    @path("")
    def read(self, request: HttpRequest) -> HttpResponse:
        asked = {name: _asked(request, name) for name in FINDERS}
        found = {name: find(asked[name]) for name, find in FINDERS.items()}
        unknown = tuple(name for name in found if asked[name] and not found[name])
        posts = self.page_of_posts(request, found, none=bool(unknown))
        heading = _heading(**found)
        return self.render(
            request,
            context_overrides={
                "posts": posts,
                "heading": heading,
                "title": _title(heading or self.seo_title or self.title, posts.number),
                "nothing": NO_SUCH.get(unknown, NO_SUCH_POSTS if unknown else NOTHING_YET),
                "narrowed": bool(found["tag"] or found["author"] or unknown),
                "is_empty": not posts and not any(asked.values()),
                "query_string": "".join(
                    f"{name}={quote(each.slug)}&" for name, each in found.items() if each
                ),
            },
        )

    @path("feed/")
    def feed(self, request: HttpRequest) -> HttpResponse:
        return feeds.PostsFeed(self)(request)

    @path("comments/feed/")
    def comments_feed(self, request: HttpRequest) -> HttpResponse:
        return feeds.AllCommentsFeed(self)(request)

    def posts(self) -> PostQuerySet:
        return BlogPostPage.objects.child_of(self).published()

    def page_of_posts(
        self, request: HttpRequest, terms: Mapping[str, models.Model | None], *, none: bool = False
    ) -> PageOfPosts:
        posts = self.posts().none() if none else self.posts().for_cards().of(terms)
        return Paginator(posts, POSTS_A_PAGE).get_page(request.GET.get("page"))


class BlogPostPage(  # type: ignore[django-manager-missing]  # modelcluster brings no types
    OwnLanguageMixin,
    AddressMixin,
    TitlePictureMixin,
    public_pages.MostlyPublicMixin,
    CommentsMixin,
    SearchEnginesMixin,
    Page,
):
    shown_with = ("author", "category", "hero")
    asked_by_forms = (*policy.ASKED, "date")

    standfirst = models.CharField(
        max_length=200, help_text=_("One or two sentences that say what the reader will learn.")
    )
    hero = models.ForeignKey(
        get_image_model_string(),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("picture"),
    )
    hero_caption = models.CharField(_("picture caption"), max_length=200, blank=True)
    body = BlocksField(BodyStream)
    date = models.DateField(_("date"), default=timezone.localdate)
    author = models.ForeignKey(Author, null=True, blank=True, on_delete=models.SET_NULL, related_name="posts")
    category = models.ForeignKey(
        Category, null=True, blank=True, on_delete=models.SET_NULL, related_name="posts"
    )
    tags = TagsField(through=BlogPostTag, blank=True)
    reviewed_by = models.CharField(max_length=120, blank=True)
    last_reviewed = models.DateField(null=True, blank=True)
    next_review = models.DateField(_("next review due"), null=True, blank=True)
    word_count = models.PositiveIntegerField(
        null=True, editable=False, help_text="Of the body, when it was saved: lists read no bodies."
    )

    objects = PostManager()

    content_panels = (
        *Page.content_panels,
        FieldPanel("standfirst", heading=_("Standfirst")),
        MultiFieldPanel([FieldPanel("hero"), FieldPanel("hero_caption")], _("Picture")),
        FieldPanel("body", heading=_("Body")),
        FieldRowPanel(
            [
                FieldPanel("date"),
                FieldPanel("author", heading=_("Author")),
                FieldPanel("category", heading=_("Category")),
            ],
            _("Details"),
        ),
        FieldPanel("tags", heading=_("Tags")),
        FieldRowPanel(
            [
                FieldPanel("reviewed_by", heading=_("Reviewed by")),
                FieldPanel("last_reviewed", heading=_("Last reviewed")),
                FieldPanel("next_review"),
            ],
            _("Review"),
        ),
    )
    promote_panels = (*Page.promote_panels, *SearchEnginesMixin.panels)
    settings_panels = (*Page.settings_panels, *CommentsMixin.comment_panels)
    search_fields = (
        *Page.search_fields,
        index.SearchField("standfirst"),
        index.SearchField("body"),
        index.FilterField("date"),
    )
    parent_page_types = ("blog.BlogIndexPage",)
    subpage_types = ()
    template = "blog/blog_post_page.html"

    class Meta:
        verbose_name = _("blog post")
        verbose_name_plural = _("blog posts")
        indexes = (models.Index(fields=["-date"], name="post_date"),)

    @property
    def discussed_since(self) -> datetime.date:
        return self.date

    def clean(self) -> None:
        """Wagtail cleans a page wherever it saves, keeps a draft of, or previews one."""
        super().clean()
        self.word_count = len(self.plain_text.split())

    @property
    def reading_minutes(self) -> int:
        """Minutes to read it at the pace Wagtail's editor assumes; at least one."""
        return max(1, math.ceil((self.word_count or 0) / WORDS_A_MINUTE))

    @property
    def plain_text(self) -> str:
        block = self.body.stream_block
        return strip_tags(" ".join(block.get_searchable_content(self.body)))

    @property
    def contents(self) -> list[tuple[str, str, str]]:
        """The outline: anchor, text and level of each heading."""
        headings = [
            (anchor, block.value) for block, anchor in with_ids(self.body) if block.block_type == "heading"
        ]
        return [(anchor, heading["text"], heading["level"]) for anchor, heading in headings]

    def neighbours(self) -> "tuple[BlogPostPage | None, BlogPostPage | None]":
        """Return the next older and the next newer post of the same blog."""
        posts = BlogPostPage.objects.sibling_of(self, inclusive=False).published().joined()
        older = posts.filter(Q(date__lt=self.date) | Q(date=self.date, pk__lt=self.pk))
        newer = posts.filter(Q(date__gt=self.date) | Q(date=self.date, pk__gt=self.pk))
        return older.first(), newer.order_by("date", "pk").first()

    def related_posts(self) -> list["BlogPostPage"]:
        """Posts with the most tags in common, then the newest; never this one."""
        return _related(post=self.pk, path=self.path[: -self.steplen], depth=self.depth)


@prepared
def _related() -> PostQuerySet:
    tags = BlogPostTag.objects.filter(content_object_id=Given("post")).values("tag")
    shared = Count("tagged_items", filter=Q(tagged_items__tag__in=tags))
    siblings = BlogPostPage.objects.filter(path__startswith=Given("path"), depth=Given("depth"))
    others = siblings.exclude(pk=Given("post")).published().joined()
    return others.annotate(shared=shared).order_by("-shared", "-date", "-pk")[:RELATED_POSTS]


def _heading(tag: Tag | None, category: Category | None, author: Author | None) -> str:
    """Say what a list of posts is narrowed to, if it is."""
    if tag:
        return gettext("Articles tagged “%(tag)s”") % {"tag": tag.name}
    if category:
        return category.name
    return gettext("Articles by %(author)s") % {"author": author.name} if author else ""


def _title(title: str, number: int) -> str:
    if number == 1:
        return title
    return gettext("%(title)s, page %(number)s") % {"title": title, "number": number}


def _asked(request: HttpRequest, name: str) -> str:
    return request.GET.get(name, "").replace("\0", "")[:LONGEST_ASKED]
