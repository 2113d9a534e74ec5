"""Pages of every type, in full: by their key, or by the path that a browser asks for."""

import copy
from datetime import date
from functools import singledispatch
from typing import Annotated, Any, Literal
from urllib.parse import unquote, urljoin

from django.http import Http404, HttpRequest
from django.utils.translation import override
from ninja import Path, Query, Router, Schema
from pydantic import Field
from wagtail.models import Page

from blog import json_ld
from blog.api.cards import PostCard, card, cards
from blog.api.posts import PostKey, public_post
from blog.comments.posting.api import CommentSettings, comment_settings
from blog.comments.reading import queries
from blog.models import BlogIndexPage, BlogPostPage
from cms.body.api import BodyOut, body
from cms.brand.models import SiteIdentity
from cms.errors.problems import Problem
from cms.pages import old_addresses
from cms.pages.api import PageFields, PageLink, language_tag, link, search_engines
from cms.pages.languages import language_of
from cms.pictures import api as pictures
from cms.pictures import specs
from cms.pictures.api import PictureOut
from cms.reading import public_pages
from cms.reading.sites import find_site
from home.api.contact import FormOut, form_of
from home.models import LATEST_POSTS, ContactPage, HomePage, StandardPage

router = Router(tags=["pages"])

Type = Literal["post", "blog", "home", "standard", "contact", "page"]
_TYPES: dict[type[Page], Type] = {
    BlogPostPage: "post",
    BlogIndexPage: "blog",
    HomePage: "home",
    StandardPage: "standard",
    ContactPage: "contact",
}
LONGEST_PATH = 2000
MOST_PARTS = 30


class PlainPage(PageFields):
    """A page of a type that this API does not know."""

    type: Literal["page"]


class FrontPage(PageFields, BodyOut):
    type: Literal["home"]
    heading: str
    standfirst: str
    picture: PictureOut | None
    latest: list[PostCard] = Field(description="The newest posts, as the front page shows them.")


class StandardPageOut(PageFields, BodyOut):
    type: Literal["standard"]
    standfirst: str
    picture: PictureOut | None
    comments: CommentSettings


class ContactPageOut(PageFields, BodyOut):
    type: Literal["contact"]
    standfirst: str
    address: str
    opening_hours: str
    telephone: str
    map_url: str
    thanks_heading: str
    thanks_text: str
    form: FormOut


class BlogOut(PageFields):
    type: Literal["blog"]
    introduction: str
    feed_url: str
    comments_feed_url: str


class ReviewOut(Schema):
    """Who checked what a post says, and when."""

    by: str
    last: date | None
    next: date | None


class PostOut(PostCard, PageFields, BodyOut):
    type: Literal["post"]
    review: ReviewOut | None
    previous: PageLink | None = Field(description="The next older post of the same blog.")
    next: PageLink | None = Field(description="The next newer post of the same blog.")
    related: list[PostCard]
    comments: CommentSettings


PageOut = Annotated[
    PostOut | BlogOut | FrontPage | StandardPageOut | ContactPageOut | PlainPage, Field(discriminator="type")
]


class PageFound(Schema):
    kind: Literal["page"]
    page: PageOut


class Redirected(Schema):
    kind: Literal["redirect"]
    url: str = Field(description="Absolute.")
    permanent: bool


Resolved = Annotated[PageFound | Redirected, Field(discriminator="kind")]


@router.get(
    "/posts/{post}/",
    response={200: PostOut, 404: Problem},
    operation_id="get_post",
    summary="Read a post",
    tags=["posts"],
)
def get_post(request: HttpRequest, post: PostKey) -> dict[str, Any]:
    """One post: blocks, HTML, picture, its neighbours, and metadata for search engines."""
    return page_out(public_post(post, request), request)


@router.get(
    "/pages/{page}/", response={200: PageOut, 404: Problem}, operation_id="get_page", summary="Read a page"
)
def get_page(
    request: HttpRequest, page: Annotated[str, Path(description=public_pages.SLUG_OR_ID)]
) -> dict[str, Any]:
    """A page of any type; `type` tells which."""
    found = public_pages.find(public_pages.of(Page.objects.all()), page, request)
    return page_out(found.specific, request)


@router.get(
    "/resolve/", response={200: Resolved, 404: Problem}, operation_id="resolve_path", summary="Resolve a path"
)
def resolve_path(
    request: HttpRequest,
    path: Annotated[
        str, Query(max_length=LONGEST_PATH, description="The path of an address, such as `/blog/a-post/`.")
    ],
) -> dict[str, Any]:
    """What the site answers at a path: a page, or a redirect to follow. Anything else is a 404."""
    asked, _, query = path.partition("?")
    there = _at(request, unquote(asked), query)
    if page := _page_at(there):
        return {"kind": "page", "page": page_out(page, request)}
    to, permanent = old_addresses.target(there)
    if not to:
        raise Http404
    return {"kind": "redirect", "url": urljoin(_root(request), to), "permanent": permanent}


def page_out(page: Page, request: HttpRequest) -> dict[str, Any]:
    """Return a ``PageOut`` for a public page that has an address, in the language of the page."""
    with override(language_of(page, request)):
        return _page_out(page, request, str(SiteIdentity.for_request(request).name))


def _page_out(page: Page, request: HttpRequest, site_name: str) -> dict[str, Any]:
    return {
        **link(page, request),
        "slug": page.slug,
        "language": language_tag(page, request),
        "first_published_at": page.first_published_at,
        "updated_at": page.last_published_at,
        "ancestors": _ancestors(page, request),
        "type": type_of(type(page)),
        **_fields(page, request, site_name),
    }


def type_of(model: type[Page]) -> Type:
    return next((name for known, name in _TYPES.items() if issubclass(model, known)), "page")


@singledispatch
def _fields(page: Page, request: HttpRequest, site_name: str) -> dict[str, Any]:
    """Return what a page has beyond that of every page: one function for each type."""
    return {"seo": search_engines(page, request, site_name=site_name)}


@_fields.register
def _(page: HomePage, request: HttpRequest, site_name: str) -> dict[str, Any]:
    latest = BlogPostPage.objects.descendant_of(page).published().joined()[:LATEST_POSTS]
    return {
        "heading": page.heading,
        **_opening(page, request, site_name),
        **body(page),
        "latest": cards(latest, request),
    }


@_fields.register
def _(page: StandardPage, request: HttpRequest, site_name: str) -> dict[str, Any]:
    count = queries.counts([page.pk])[page.pk]
    return {
        **_opening(page, request, site_name),
        **body(page),
        "comments": comment_settings(page, request, count),
    }


@_fields.register
def _(page: ContactPage, request: HttpRequest, site_name: str) -> dict[str, Any]:
    own = ("standfirst", "map_url", "thanks_heading", "thanks_text")
    return {
        **{name: getattr(page, name) for name in own},
        **page.where_and_when(SiteIdentity.for_request(request)),
        **body(page),
        "form": form_of(page),
        "seo": search_engines(page, request, site_name=site_name, description=page.standfirst),
    }


@_fields.register
def _(page: BlogIndexPage, request: HttpRequest, site_name: str) -> dict[str, Any]:
    url = link(page, request)["url"]
    return {
        "introduction": page.introduction,
        "feed_url": f"{url}feed/",
        "comments_feed_url": f"{url}comments/feed/",
        "seo": search_engines(page, request, site_name=site_name, description=page.introduction),
    }


@_fields.register
def _(page: BlogPostPage, request: HttpRequest, site_name: str) -> dict[str, Any]:
    own = card(page, request)
    seo = search_engines(
        page, request, site_name=site_name, kind="article", description=page.standfirst, image=page.hero
    )
    image = seo["open_graph"]["image"]
    logo = urljoin(_root(request), SiteIdentity.for_request(request).emblem_url)
    seo["json_ld"] = [
        json_ld.of(
            page,
            image=image["url"] if image else "",
            site_name=site_name,
            logo=logo,
            comments=own["comment_count"],
        )
    ]
    reviewed = {"by": page.reviewed_by, "last": page.last_reviewed, "next": page.next_review}
    older, newer = page.neighbours()
    return {
        **own,
        **body(page),
        "review": reviewed if page.reviewed_by else None,
        "previous": older and link(older, request),
        "next": newer and link(newer, request),
        "related": cards(_related(page), request),
        "comments": comment_settings(page, request, own["comment_count"]),
        "seo": seo,
    }


def _related(post: BlogPostPage) -> list[BlogPostPage]:
    """Return the related posts with what a card of the API holds, in their order."""
    order = [each.pk for each in post.related_posts()]
    posts = {each.pk: each for each in BlogPostPage.objects.filter(pk__in=order).joined()}
    return [posts[pk] for pk in order if pk in posts]


def _opening(page: Any, request: HttpRequest, site_name: str) -> dict[str, Any]:
    seo = search_engines(page, request, site_name=site_name, description=page.standfirst, image=page.picture)
    picture = pictures.picture(page.picture, default=specs.IN_TEXT[0])
    return {"standfirst": page.standfirst, "picture": picture, "seo": seo}


def _ancestors(page: Page, request: HttpRequest) -> list[dict[str, Any]]:
    places = public_pages.of(Page.objects.filter(path__in=public_pages.above(page), depth__gt=1), page)
    return [link(each, request) for each in places.order_by("path") if each.get_url_parts(request)]


def _at(request: HttpRequest, path: str, query: str) -> HttpRequest:
    """Return the request that a browser would send for a path of the same site."""
    there = copy.copy(request)
    there.path = there.path_info = f"/{path.lstrip('/')}"
    there.META = {**request.META, "QUERY_STRING": query}
    there.method = "GET"
    return there


def _page_at(request: HttpRequest) -> Page | None:
    """Return the public page that is read at the address of a request."""
    site, parts = find_site(request), [part for part in request.path.split("/") if part]
    if site is None or len(parts) > MOST_PARTS or "\0" in request.path:
        return None
    try:
        page = site.root_page.specific.route(request, parts).page
    except Http404:
        return None
    public = public_pages.of(Page.objects.filter(pk=page.pk)).first()
    path = (public and public.get_url_parts(request) or ("", "", ""))[2]
    return public.specific if public and unquote(path).strip("/").split("/") == (parts or [""]) else None


def _root(request: HttpRequest) -> str:
    site = find_site(request)
    return site.root_url if site else request.build_absolute_uri("/")
