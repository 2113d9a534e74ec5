"""Who runs the site, and where its menus lead."""

from typing import Any, Literal
from urllib.parse import urljoin

from django.conf import settings
from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field
from wagtail.models import Page

from cms.brand import colours, manifest
from cms.brand.drawing import SHARED
from cms.brand.models import Logo, SiteIdentity
from cms.errors.problems import Problem
from cms.pages.api import PageLink, language_tag, link
from cms.pictures.api import RenditionOut
from cms.reading.sites import find_site
from home import navigation

router = Router(tags=["site"])

SHOWN = ("name", "tagline", "telephone", "address", "opening_hours", "emergency_line", "comment_notice")


class SiteLinks(Schema):
    """The pages that a site has in one place only; null for none."""

    blog: PageLink | None
    contact: PageLink | None
    privacy: PageLink | None


class SiteFeeds(Schema):
    """Atom feeds; null where the site has no blog."""

    posts: str | None
    comments: str | None


class LogoOut(RenditionOut):
    beside_name: bool = Field(description="False where the logo has the name in it.")
    plates: list[Literal["light", "dark", "band"]] = Field(
        description="On which papers it would hardly be seen, and needs a plate."
    )


class PaletteOut(Schema):
    """Colours as `#rrggbb`, readable on the site's own paper (WCAG 2.2, AA)."""

    accent: str = Field(description="Of links and buttons.")
    strong: str = Field(description="The same where a pointer is.")
    on_accent: str = Field(description="Of text on the accent.")
    band: str = Field(description="Of large dark areas.")


class PalettesOut(Schema):
    light: PaletteOut
    dark: PaletteOut


class IconOut(RenditionOut):
    purpose: Literal["any", "maskable"]


class LookOut(Schema):
    """How the site looks. Pictures are made of the brand, and their addresses change with it."""

    logo: LogoOut | None = Field(description="Null: the initials stand for the site.")
    initials: str
    palettes: PalettesOut
    fonts: Literal["leaflet", "plain", "book"]
    corners: Literal["leaf", "plain"]
    icons: list[IconOut] = Field(description="Square.")
    share: RenditionOut = Field(description="For links to pages without a picture.")


class SiteOut(Schema):
    name: str
    tagline: str
    url: str
    language: str = Field(description="A BCP 47 tag, such as `en-GB`.")
    telephone: str
    address: str
    opening_hours: str
    emergency_line: str = Field(description="What to do in an emergency; belongs beside every form.")
    comment_notice: str = Field(description="What a reader should know before commenting.")
    look: LookOut
    links: SiteLinks
    feeds: SiteFeeds


class OutsideLink(Schema):
    title: str
    url: str = Field(description="Absolute; on another site.")


class MenusOut(Schema):
    main: list[PageLink]
    footer: list[PageLink | OutsideLink] = Field(
        description="The menu, the other links, and the privacy page."
    )


@router.get("/site/", response={200: SiteOut, 404: Problem}, operation_id="get_site", summary="Read the site")
def get_site(request: HttpRequest) -> dict[str, Any]:
    """Who runs the requested site, as every page shows it."""
    identity, pages = SiteIdentity.for_request(request), _linked(request)
    site = find_site(request)
    root = f"{site.root_url}/" if site else request.build_absolute_uri("/")
    blog = pages["blog"]
    return {
        **{name: str(getattr(identity, name)) for name in SHOWN},
        "url": root,
        "language": language_tag(site.root_page, request) if site else settings.LANGUAGE_CODE,
        "look": _look(identity, root),
        "links": pages,
        "feeds": {
            "posts": f"{blog['url']}feed/" if blog else None,
            "comments": f"{blog['url']}comments/feed/" if blog else None,
        },
    }


@router.get("/menus/", response={200: MenusOut}, operation_id="get_menus", summary="Read the menus")
def get_menus(request: HttpRequest) -> dict[str, Any]:
    """The menu at the head of every page, and the links at its foot."""
    main = [link(entry.page, request) for entry in navigation.main_menu(request)]
    others = [_other(entry, request) for entry in navigation.other_links(request)]
    privacy = _linked(request)["privacy"]
    return {"main": main, "footer": [*main, *others, *([privacy] if privacy else [])]}


def _other(entry: navigation.OtherEntry, request: HttpRequest) -> dict[str, Any]:
    target = link(entry.page, request) if entry.page else {"url": entry.url}
    return {**target, "title": entry.label}


def _look(identity: SiteIdentity, root: str) -> dict[str, Any]:
    light, dark = colours.palettes_of_brand(identity.accent)
    logo = identity.shown_logo
    return {
        "logo": logo and _logo(logo, root, beside_name=identity.logo_beside_name),
        "initials": identity.letters,
        "palettes": {"light": light._asdict(), "dark": dark._asdict()},
        "fonts": identity.faces,
        "corners": identity.corners,
        "icons": [_icon(*icon, identity, root) for icon in manifest.ICONS],
        "share": _picture(urljoin(root, identity.icon_url("share.png")), *SHARED),
    }


def _logo(logo: Logo, root: str, *, beside_name: bool) -> dict[str, Any]:
    picture = _picture(urljoin(root, logo.url), logo.width, logo.height)
    return {**picture, "beside_name": beside_name, "plates": logo.plates.split()}


def _icon(shape: str, size: int, purpose: str, identity: SiteIdentity, root: str) -> dict[str, Any]:
    url = urljoin(root, identity.icon_url(f"{shape}-{size}.png"))
    return {**_picture(url, size, size), "purpose": purpose}


def _picture(url: str, width: int, height: int) -> dict[str, Any]:
    return {"url": url, "width": width, "height": height}


def _linked(request: HttpRequest) -> dict[str, Any]:
    pages: dict[str, Page] = navigation.linked_pages(request)
    return {name: link(pages[name], request) if name in pages else None for name in navigation.KINDS}
