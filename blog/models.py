import math
from typing import Any

from django.core.exceptions import ValidationError
from django.core.paginator import Page as PageOfPosts
from django.core.paginator import Paginator
from django.db import models
from django.db.models import Count, Prefetch, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.html import strip_tags
from django.views.decorators.http import require_safe
from modelcluster.contrib.taggit import ClusterTaggableManager
from modelcluster.fields import ParentalKey
from taggit.models import ItemBase, Tag
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.contrib.routable_page.models import RoutablePageMixin, path
from wagtail.fields import StreamField
from wagtail.images import get_image_model, get_image_model_string
from wagtail.models import Page, PageManager
from wagtail.query import PageQuerySet
from wagtail.search import index
from wagtail.snippets.models import register_snippet
from wagtail.url_routing import RouteResult

from blog import feeds
from blog.blocks import BodyStream
from blog.comments import policy
from blog.comments import queries as comments
from blog.comments import views as comment_views
from blog.comments.states import Moderation
from cms import public_pages
from cms.prepared import Given, prepared

WORDS_A_MINUTE = 238
POSTS_A_PAGE = 9
RELATED_POSTS = 3
CARD_PICTURE = "fill-640x400|format-webp"
WIDE_CARD_PICTURE = (
    "fill-1280x800|format-webp"  # of the first card of a list; one not prefetched is drawn anew on each read
)


@register_snippet
class Author(models.Model):
    name = models.CharField(max_length=80)
    slug = models.SlugField(max_length=80, unique=True)
    credentials = models.CharField(max_length=120, blank=True, help_text="Such as “LicAc, MBAcC”.")
    bio = models.CharField("about", max_length=300, blank=True)

    panels = (FieldPanel("name"), FieldPanel("slug"), FieldPanel("credentials"), FieldPanel("bio"))

    def __str__(self) -> str:
        return self.name


@register_snippet
class Category(models.Model):
    name = models.CharField(max_length=60)
    slug = models.SlugField(max_length=60, unique=True)

    panels = (FieldPanel("name"), FieldPanel("slug"))

    class Meta:
        verbose_name_plural = "categories"
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class BlogPostTag(ItemBase):
    tag = models.ForeignKey(Tag, on_delete=models.CASCADE, related_name="blog_posts")
    content_object = ParentalKey("blog.BlogPostPage", on_delete=models.CASCADE, related_name="tagged_items")


class PostQuerySet(PageQuerySet):
    def published(self) -> "PostQuerySet":
        """Posts that anyone may read, newest first."""
        return public_pages.of(self).order_by("-date", "-pk")

    def for_cards(self) -> "PostQuerySet":
        """With all that a card shows, in a fixed number of queries."""
        renditions = get_image_model().get_rendition_model().objects
        pictures = renditions.filter(filter_spec__in=(CARD_PICTURE, WIDE_CARD_PICTURE))
        return self.joined().prefetch_related(
            Prefetch("hero__renditions", queryset=pictures, to_attr="prefetched_renditions")
        )

    def joined(self) -> "PostQuerySet":
        """With author, category and picture, without bodies."""
        return self.select_related("author", "category", "hero").defer_streamfields()


class SearchEnginesMixin(models.Model):
    """What a page tells search engines beyond its title and description."""

    canonical_url = models.URLField(
        blank=True, help_text="Only when this text was first published elsewhere."
    )
    noindex = models.BooleanField("hide from search engines", default=False)

    panels = (MultiFieldPanel([FieldPanel("canonical_url"), FieldPanel("noindex")], "Search engines"),)

    class Meta:
        abstract = True

    def get_sitemap_urls(self, request: HttpRequest | None = None) -> list[dict[str, Any]]:
        return [] if self.noindex else super().get_sitemap_urls(request)


class BlogIndexPage(public_pages.MostlyPublicMixin, RoutablePageMixin, Page):
    introduction = models.CharField(max_length=250, blank=True)

    content_panels = (*Page.content_panels, FieldPanel("introduction"))
    subpage_types = ("blog.BlogPostPage",)
    template = "blog/blog_index_page.html"

    def route(self, request: HttpRequest, path_components: list[str]) -> RouteResult:
        """Find a post in one query, with what its page shows; Wagtail takes five."""
        post = None
        if path_components and not self._has_route(path_components):
            sent = request.method == "POST" and len(path_components) == 1
            post = public_pages.child(BlogPostPage, self, path_components[0], shown=not sent)
        if post is None:
            return super().route(request, path_components)
        post._cached_parent_obj = self  # as Wagtail's own does
        return post.route(request, path_components[1:])

    def _has_route(self, path_components: list[str]) -> bool:
        try:
            self.resolve_subpage(f"/{'/'.join(path_components)}/")
        except Http404:
            return False
        return True

    @path("")
    def read(self, request: HttpRequest) -> HttpResponse:
        tag = _chosen(request, "tag", Tag)
        category = _chosen(request, "category", Category)
        return self.render(
            request,
            context_overrides={
                "posts": self.page_of_posts(request, tag, category),
                "tag": tag,
                "category": category,
                "query_string": "".join(
                    f"{name}={found.slug}&" for name, found in (("tag", tag), ("category", category)) if found
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

    def page_of_posts(self, request: HttpRequest, tag: Tag | None, category: Category | None) -> PageOfPosts:
        posts = self.posts().for_cards()
        if tag:
            posts = posts.filter(tagged_items__tag=tag)
        if category:
            posts = posts.filter(category=category)
        return Paginator(posts, POSTS_A_PAGE).get_page(request.GET.get("page"))


class BlogPostPage(public_pages.MostlyPublicMixin, RoutablePageMixin, SearchEnginesMixin, Page):
    shown_with = ("author", "category", "hero")
    asked_by_forms = policy.ASKED

    standfirst = models.CharField(
        max_length=200, help_text="One or two sentences that say what the reader will learn."
    )
    hero = models.ForeignKey(
        get_image_model_string(),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name="picture",
    )
    hero_caption = models.CharField("picture caption", max_length=200, blank=True)
    body = StreamField(BodyStream())
    date = models.DateField("date", default=timezone.localdate)
    author = models.ForeignKey(Author, null=True, blank=True, on_delete=models.SET_NULL, related_name="posts")
    category = models.ForeignKey(
        Category, null=True, blank=True, on_delete=models.SET_NULL, related_name="posts"
    )
    tags = ClusterTaggableManager(through=BlogPostTag, blank=True)
    reviewed_by = models.CharField(max_length=120, blank=True)
    last_reviewed = models.DateField(null=True, blank=True)
    next_review = models.DateField("next review due", null=True, blank=True)
    comments_open = models.BooleanField(
        "comments are open",
        default=True,
        help_text="Untick to take no new comments. Those already there stay.",
    )
    comment_moderation = models.CharField(
        "which comments are held",
        max_length=16,
        blank=True,
        choices=[("", "As on the site"), *Moderation.choices],
        default="",
    )
    comments_close_after_days = models.PositiveSmallIntegerField(
        "close comments after days",
        null=True,
        blank=True,
        help_text="Counted from the post's date. Empty: as on the site; 0: never.",
    )

    objects = PageManager.from_queryset(PostQuerySet)()

    content_panels = (
        *Page.content_panels,
        FieldPanel("standfirst"),
        MultiFieldPanel([FieldPanel("hero"), FieldPanel("hero_caption")], "Picture"),
        FieldPanel("body"),
        FieldRowPanel([FieldPanel("date"), FieldPanel("author"), FieldPanel("category")], "Details"),
        FieldPanel("tags"),
        FieldRowPanel(
            [FieldPanel("reviewed_by"), FieldPanel("last_reviewed"), FieldPanel("next_review")], "Review"
        ),
    )
    promote_panels = (*Page.promote_panels, *SearchEnginesMixin.panels)
    settings_panels = (
        *Page.settings_panels,
        MultiFieldPanel(
            [
                FieldPanel("comments_open"),
                # who may not decide this for the site may not for a post: it can let words out unread
                FieldPanel("comment_moderation", permission="blog_comments.change_discussion"),
                FieldPanel("comments_close_after_days"),
            ],
            "Reader comments",
        ),
    )
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
        indexes = (models.Index(fields=["-date"], name="post_date"),)

    def get_absolute_url(self) -> str:
        """Where django-comments and the admin lead to."""
        return self.get_url()

    @path("")
    def read(self, request: HttpRequest) -> HttpResponseBase:
        return self._answer(request)

    @path("comments/feed/")
    def comments_feed(self, request: HttpRequest) -> HttpResponse:
        return feeds.CommentsFeed(self)(request)

    @path("comments/<int:comment_id>/")
    def permalink(self, request: HttpRequest, comment_id: int) -> HttpResponse:
        return comment_views.permalink(self, comment_id)

    @path("comments/<int:comment_id>/edit/")
    def edit(self, request: HttpRequest, comment_id: int) -> HttpResponseBase:
        """The author's own page of his comment, while he may change it."""
        comment = comment_views.own_comment(request, comment_id)
        outcome = comment_views.change_own(request, self, comment) if request.method == "POST" else None
        if outcome and outcome.answer:
            return outcome.answer
        form = outcome.form if outcome else comment_views.words_of(comment)
        template = "blog/comments/edit_page.html"
        response = self.render(
            request, template=template, context_overrides={"form": form, "comment": comment}
        )
        comment_views.keep_private(request, response)
        if outcome:
            outcome.mark(response)
        return response

    @path("comments/<int:comment_id>/report/")
    def report(self, request: HttpRequest, comment_id: int) -> HttpResponseBase:
        """Where a reader says that a comment should not be there."""
        comment = comment_views.readable(self, comment_id)
        posted = request.method == "POST"
        outcome = comment_views.receive_report(request, self, comment_id) if posted else None
        if outcome and outcome.answer:
            return outcome.answer
        context = {"form": outcome.form if outcome else comment_views.ReportForm(), "comment": comment}
        response = self.render(request, template="blog/comments/report_page.html", context_overrides=context)
        if outcome:
            outcome.mark(response)
        return response

    @path("comments/<int:comment_id>/replies/")
    @method_decorator(require_safe)
    def replies(self, request: HttpRequest, comment_id: int) -> HttpResponse:
        """The replies of one thread, page by page: where a long one goes on."""
        context = comment_views.replies(request, self, comment_id)
        template = "blog/comments/replies_page.html"
        response = self.render(request, template=template, context_overrides=context)
        comment_views.keep_private(request, response)
        return response

    @path("comments/<int:comment_id>/reply/")
    def reply(self, request: HttpRequest, comment_id: int) -> HttpResponseBase:
        """The form on a page of its own, with the comment it answers."""
        target = comment_views.reply_target(self, comment_id)
        return self._answer(request, template="blog/comments/reply_page.html", reply_to=target)

    def _answer(
        self, request: HttpRequest, template: str | None = None, reply_to: comments.Node | None = None
    ) -> HttpResponseBase:
        outcome = comment_views.receive(request, self) if request.method == "POST" else None
        if outcome and outcome.answer:
            return outcome.answer
        if outcome:  # the page was read only as far as an answer takes
            self.refresh_from_db(fields=self.get_deferred_fields())
        context = comment_views.shown(request, self, form=outcome and outcome.form, reply_to=reply_to)
        response = self.render(request, template=template, context_overrides=context)
        comment_views.keep_private(request, response)
        if outcome:
            outcome.mark(response)
        return response

    def clean(self) -> None:
        """A slug names one post of a site: the API finds posts by it."""
        super().clean()
        same = BlogPostPage.objects.filter(slug=self.slug).exclude(pk=self.pk)
        if self.slug and same.exists():
            raise ValidationError({"slug": "Another post has this slug."})

    @property
    def reading_minutes(self) -> int:
        """Minutes at the pace Wagtail's own editor reckons with, never less than one."""
        return max(1, math.ceil(len(self.plain_text.split()) / WORDS_A_MINUTE))

    @property
    def plain_text(self) -> str:
        block = self.body.stream_block
        return strip_tags(" ".join(block.get_searchable_content(self.body)))

    @property
    def contents(self) -> list[tuple[str, str, str]]:
        """The outline: anchor, text and level of each heading."""
        headings = [block.value for block in self.body if block.block_type == "heading"]
        return [(heading.anchor, heading["text"], heading["level"]) for heading in headings]

    def related_posts(self) -> list["BlogPostPage"]:
        """Posts with the most tags in common, then the newest; never this one."""
        index = self.get_parent()
        return _related(post=self.pk, path=index.path, depth=self.depth)


@prepared
def _related() -> PostQuerySet:
    tags = BlogPostTag.objects.filter(content_object_id=Given("post")).values("tag")
    shared = Count("tagged_items", filter=Q(tagged_items__tag__in=tags))
    siblings = BlogPostPage.objects.filter(path__startswith=Given("path"), depth=Given("depth"))
    others = siblings.exclude(pk=Given("post")).published().joined()
    return others.annotate(shared=shared).order_by("-shared", "-date", "-pk")[:RELATED_POSTS]


def _chosen(request: HttpRequest, name: str, model: type[models.Model]) -> models.Model | None:
    """Return the tag or category a visitor asks for by its slug, if there is one."""
    slug = request.GET.get(name, "").replace("\0", "")[:100]
    return model.objects.filter(slug=slug).first() if slug else None
