"""What anyone may ask for: every page, feed, list and search, first pages and deep ones."""

from datetime import timedelta
from urllib.parse import quote_plus

from django.utils import timezone

from blog.comments.models import ReaderComment
from blog.models import BlogIndexPage, BlogPostPage
from cms import cursors
from home.models import ContactPage, StandardPage
from tests.growth.fill import HOT_POST

COMMON = "neck"
MANY_WORDS = "the neck of your first visit to a clinic in the morning and how long it takes"


def doors(common: str = COMMON, many: str = MANY_WORDS) -> dict[str, str]:
    """Return addresses by what they are, for the site as it is now; ``common`` is a word of most posts."""
    return {**_pages(), **_posts(), **_searches(common, many), **_lists(common)}


def _pages() -> dict[str, str]:
    blog = BlogIndexPage.objects.order_by("path").first()
    middle = max(1, blog.posts().count() // 9 // 2)
    post = _quiet()
    others = {page.slug: page.url for kind in (ContactPage, StandardPage) for page in kind.objects.live()}
    year = timezone.localdate() - timedelta(days=300)
    return {
        "front page": "/",
        **{f"page {slug}": url for slug, url in others.items()},
        "blog": blog.url,
        "blog, page in the middle": f"{blog.url}?page={middle}",
        "blog, last page": f"{blog.url}?page=999999",
        "blog by tag": f"{blog.url}?tag={_tag(post)}",
        "blog by tag, deep": f"{blog.url}?tag={_tag(post)}&page=999999",
        "blog by author": f"{blog.url}?author={post.author.slug}",
        "blog by category": f"{blog.url}?category={post.category.slug}",
        "blog by category, deep": f"{blog.url}?category={post.category.slug}&page=999999",
        "blog by category and tag": f"{blog.url}?category={post.category.slug}&tag={_tag(post)}",
        "blog by unknown tag": f"{blog.url}?tag=no-such-tag",
        "feed of posts": f"{blog.url}feed/",
        "feed of all comments": f"{blog.url}comments/feed/",
        "sitemap": "/sitemap.xml",
        "unknown page": "/no-such-page/",
        "unknown post": f"{blog.url}no-such-post/",
        "robots": "/robots.txt",
        "manifest": "/manifest.webmanifest",
        "health": "/healthz",
        "posts of a year ago": f"/api/v1/posts/?until={year}",
    }


def _posts() -> dict[str, str]:
    post, hot = _quiet(), _hot()
    tops = ReaderComment.objects.approved().filter(page=hot.pk, root=None)
    last = tops.order_by("-pk").values_list("pk", flat=True)[:3][::-1][0]
    answered = tops.exclude(thread=None).order_by("-pk").values_list("pk", flat=True).first()
    found = {
        "post": post.url,
        "post with most comments": hot.url,
        "its last threads": f"{hot.url}?after={last}",
        "a comment's address": f"{hot.url}comments/{last}/",
        "answering a comment": f"{hot.url}comments/{last}/reply/",
        "reporting a comment": f"{hot.url}comments/{last}/report/",
        "feed of a post": f"{post.url}comments/feed/",
        "feed of the post with most comments": f"{hot.url}comments/feed/",
        "API: post": f"/api/v1/posts/{post.slug}/",
        "API: post with most comments": f"/api/v1/posts/{hot.slug}/",
        "API: its comments": f"/api/v1/posts/{hot.slug}/comments/",
        "API: its newest comments": f"/api/v1/posts/{hot.slug}/comments/?order=newest",
        "API: page": f"/api/v1/pages/{post.slug}/",
        "API: resolve": f"/api/v1/resolve/?path={post.url}",
        "Wagtail's API: post": f"/api/wagtail/v2/pages/{post.pk}/",
    }
    if answered:
        found["replies of a comment"] = f"{hot.url}comments/{answered}/replies/"
        found["API: replies"] = f"/api/v1/posts/{hot.slug}/comments/{answered}/replies/"
    return found


def _searches(common: str, many: str) -> dict[str, str]:
    sought = {"common word": common, "rare word": "rare7", "nonsense": "zzzunfound", "many words": many}
    kinds = {
        "search": "/search/?q=",
        "API: search": "/api/v1/search/?q=",
        "API: posts found": "/api/v1/posts/?search=",
    }
    return {
        **{
            f"{kind}, {name}": at + quote_plus(words)
            for kind, at in kinds.items()
            for name, words in sought.items()
        },
        "search, last page": f"/search/?q={common}&page=999999",
    }


def _lists(common: str) -> dict[str, str]:
    post = _quiet()
    posts = BlogPostPage.objects.published()
    middle = posts[posts.count() // 2]
    deep = cursors.give(middle.date, middle.pk)
    return {
        "API: posts": "/api/v1/posts/",
        "API: posts, in the middle": f"/api/v1/posts/?cursor={deep}",
        "API: oldest posts": "/api/v1/posts/?order=oldest",
        "API: posts by tag": f"/api/v1/posts/?tag={_tag(post)}",
        "API: posts by author": f"/api/v1/posts/?author={post.author.slug}",
        "API: posts by category": f"/api/v1/posts/?category={post.category.slug}",
        "API: posts by author, in the middle": f"/api/v1/posts/?author={post.author.slug}&cursor={deep}",
        "API: tags": "/api/v1/tags/",
        "API: categories": "/api/v1/categories/",
        "API: authors": "/api/v1/authors/",
        "API: menus": "/api/v1/menus/",
        "API: site": "/api/v1/site/",
        "Wagtail's API: pages": "/api/wagtail/v2/pages/",
        "Wagtail's API: posts, deep": "/api/wagtail/v2/pages/?type=blog.BlogPostPage&limit=20&offset=600",
        "Wagtail's API: pages found": f"/api/wagtail/v2/pages/?search={common}",
    }


def _quiet() -> BlogPostPage:
    """A post in the middle of the tree, with author, category and tags, and few comments."""
    told = (
        BlogPostPage.objects.published()
        .exclude(author=None)
        .exclude(category=None)
        .exclude(tagged_items=None)
    )
    return told.filter(slug="grown-31").first() or told.order_by("pk").first()


def _hot() -> BlogPostPage:
    told = BlogPostPage.objects.filter(reader_comments__status="approved").order_by("pk")
    return BlogPostPage.objects.filter(slug=f"grown-{HOT_POST}").first() or told.first()


def _tag(post: BlogPostPage) -> str:
    return post.tagged_items.order_by("pk").first().tag.slug
