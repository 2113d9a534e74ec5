"""
A new site that is whole before anybody has written a word: welcome, blog, contact and privacy pages.

`start` makes what is missing, `start_over` gives one of these pages its first text again, and
`make_administrator` the first log-in. What they write is recorded (`home.planted`): the privacy page follows
the settings until somebody edits it.
"""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.password_validation import validate_password
from django.db import transaction
from django.utils.translation import gettext
from wagtail.models import Page, Revision, Site

from blog.models import BlogIndexPage
from cms.brand.clock import site_locale
from cms.brand.models import SiteIdentity
from cms.credentials.staff import Staff
from cms.pages.slugs import free
from home import planted, privacy_words
from home.block_values import Block, call_to_action, filled
from home.models import ContactPage, HomePage, PlantedItem, StandardPage

START = PlantedItem.Origin.START
Fields = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Basics:
    """What a site says of itself everywhere. What is empty stays as it is."""

    name: str = ""
    tagline: str = ""
    language: str = ""
    time_zone: str = ""


@dataclass(frozen=True, slots=True)
class FirstLogIn:
    """The first administrator."""

    username: str
    password: str
    email: str = ""


class NotNewError(Exception):
    """The site has log-ins already."""


def is_untouched() -> bool:
    """Say whether nothing has been decided yet: there is no log-in and no blog."""
    return not has_log_in() and not BlogIndexPage.objects.exists()


def has_log_in() -> bool:
    return get_user_model().objects.exists()


@transaction.atomic
def set_up(basics: Basics, first: FirstLogIn) -> Staff:
    """Begin a site: its pages, its name and its first administrator, or nothing. Raises as its parts do."""
    start(basics=basics)
    return make_administrator(first)


@transaction.atomic
def start(site: Site | None = None, basics: Basics | None = None) -> None:
    """Make the pages that a site lacks, and let it say its name. Safe to repeat: no page is changed."""
    site = site or Site.objects.select_for_update(of=("self",)).get(is_default_site=True)
    introduce(site, basics or Basics())
    pages = {key: _find(site, key) for key in PAGES}
    home = pages["home"]
    if home is None:
        return  # a root of another type is somebody's own
    added = {key: _add(home, key) for key, page in pages.items() if page is None}
    if _is_blank(home):
        added["home"] = home
    for key in filter(added.get, PAGES):
        _write(site, key, added[key])
    privacy = added.get("privacy") or pages["privacy"]
    SiteIdentity.objects.filter(site=site, privacy_page=None).update(privacy_page=privacy)


def introduce(site: Site, basics: Basics) -> None:
    """Write what a site says of itself where it stands. Raises ValidationError."""
    identity = SiteIdentity.for_site(site)
    for name, value in asdict(basics).items():
        if value:
            setattr(identity, name, value)
    identity.full_clean(exclude=["site"])
    identity.save()


@transaction.atomic
def start_over(site: Site, key: str, page: Page) -> None:
    """Give a page its first text again. Its address and what is below it stay; its history goes."""
    for name in planted.content(page).keys() - KEPT:
        setattr(page, name, page._meta.get_field(name).get_default())
    _write(site, key, page)
    Revision.objects.for_instance(page).exclude(pk=page.latest_revision_id).delete()


@transaction.atomic
def make_administrator(first: FirstLogIn) -> Staff:
    """
    Make the first log-in, which may do everything.

    Raises NotNewError where there are others, and ValidationError for a bad name, address or password.
    """
    if has_log_in():
        raise NotNewError
    user = get_user_model()(username=first.username, email=first.email, is_staff=True, is_superuser=True)
    validate_password(first.password, user)
    user.set_password(first.password)
    user.full_clean()
    user.save()
    return user


def follow_settings(instance: Any, raw: bool = False, **kwargs: Any) -> None:
    """Bring the privacy page up to date once a setting that it speaks of is committed."""
    if not raw:
        transaction.on_commit(lambda: write_privacy(instance.site), robust=True)


@transaction.atomic
def write_privacy(site: Site) -> bool:
    """Let the privacy page say what holds now, unless somebody has edited it. Return whether it does."""
    item = PlantedItem.objects.filter(origin=START, kind="page", key=_key(site, "privacy")).first()
    page = planted.find(item) if item else None
    if item is None or not isinstance(page, StandardPage) or planted.changes(item, page):
        return False
    with site_locale():
        now = planted.content_of(StandardPage, _privacy_fields(site), ["body"])
    if now["body"] != item.content["body"]:
        _write(site, "privacy", page)
    return True


def _find(site: Site, key: str) -> Page | None:
    """Return the page that a site has for this already."""
    below = MODELS[key].objects.descendant_of(site.root_page, inclusive=key == "home")
    if key == "privacy":
        chosen = SiteIdentity.for_site(site).privacy_page
        return chosen.specific if chosen else below.filter(slug=key).first()
    return below.filter(pk=site.root_page_id).first() if key == "home" else below.order_by("path").first()


def _add(home: Page, key: str) -> Page:
    """Add an empty draft: ``home`` counts its children in memory."""
    slug = free(key, 50, lambda slug: home.get_children().filter(slug=slug).exists())
    page = MODELS[key](title=key, slug=slug, show_in_menus=key in IN_MENU, live=False)
    added: Page = home.add_child(instance=page)
    return added


def _is_blank(home: HomePage) -> bool:
    """Say whether this is the page that the first migration made."""
    return home.latest_revision_id is None and not (home.heading or home.standfirst or home.body)


def _write(site: Site, key: str, page: Page) -> None:
    """Publish a page's first text, as the settings and the language of the site have it."""
    publishes = page.live or page.latest_revision_id is None  # one that was taken down stays down
    with site_locale():
        for name, value in PAGES[key](site).items():
            setattr(page, name, value)
    page.draft_title = page.title
    revision = page.save_revision(changed=True)
    if publishes:
        revision.publish()
    planted.write_down(START, "page", _key(site, key), page)


def _key(site: Site, key: str) -> str:
    return f"{key} {site.pk}"


def _ids(site: Site) -> dict[str, int]:
    contact = _find(site, "contact")
    return {"contact": contact.pk} if contact else {}


def _body(site: Site, blocks: list[Block]) -> str:
    return json.dumps(filled(blocks, _ids(site), {}))


def _home_fields(site: Site) -> Fields:
    words = gettext("This site is new. There is more to come.")
    invitation = call_to_action(
        gettext("Is there something you would like to know?"),
        gettext("Write to us, and we will answer you."),
        gettext("Write to us"),
        "contact",
    )
    return {
        "title": gettext("Home"),
        "heading": gettext("Welcome"),
        "standfirst": words,
        "search_description": words,
        "body": _body(site, [invitation] if _ids(site) else []),
    }


def _blog_fields(site: Site) -> Fields:
    return {"title": gettext("Blog"), "search_description": gettext("All articles, the newest first.")}


def _contact_fields(site: Site) -> Fields:
    return {
        "title": gettext("Contact"),
        "standfirst": gettext("Write to us with this form. We answer by email."),
        "search_description": gettext("How to write to us."),
        "thanks_text": gettext("Thank you for writing. We will answer you by email."),
        "ask_telephone": False,
    }


def _privacy_fields(site: Site) -> Fields:
    summary = gettext("What this site keeps about you, why, who can see it, and how to have it removed.")
    return {
        "title": gettext("Privacy"),
        "standfirst": summary,
        "search_description": summary,
        "body": _body(site, privacy_words.body(site, can_write=bool(_ids(site)))),
    }


# In the order in which they are written: the first two are linked to.
PAGES: dict[str, Callable[[Site], Fields]] = {
    "blog": _blog_fields,
    "contact": _contact_fields,
    "privacy": _privacy_fields,
    "home": _home_fields,
}
MODELS: dict[str, type[Page]] = {
    "blog": BlogIndexPage,
    "contact": ContactPage,
    "privacy": StandardPage,
    "home": HomePage,
}
IN_MENU = {"blog", "contact"}
KEPT = {"slug", "show_in_menus"}  # of a page that starts over
