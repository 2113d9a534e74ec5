"""What will go with the demo, and what stays and why. Reads, and changes nothing."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth import get_user_model
from django.db import models
from django.db.models import Count
from django.utils.text import capfirst
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from taggit.models import Tag
from wagtail.models import Page

from blog.comments.models import ReaderComment
from cms.credentials.staff import Staff
from home.demo import record
from home.demo.posts import POSTS
from home.demo.record import Found
from home.demo.uses import Uses

STARTS_OVER = frozenset({"home", "blog", "contact", "privacy"})  # what every site has


class Kind(models.TextChoices):
    """In the order in which a plan is shown."""

    PAGE = "page", _("Pages")
    PICTURE = "picture", _("Pictures")
    AUTHOR = "author", _("Authors")
    CATEGORY = "category", _("Categories")
    TAG = "tag", _("Tags")
    SETTING = "setting", _("Settings")
    LOG_IN = "log-in", _("Log-ins")


@dataclass(frozen=True, slots=True)
class Item:
    """
    One thing of the demo: as staff know it, and why it stays if it does.

    A page with ``starts_over`` stays with the first text of a new site, and a log-in that is ``kept`` becomes
    its owner's. ``key`` is the name of a page in the demo, and of a setting its field.
    """

    kind: Kind
    key: str
    name: str
    thing: Any = field(repr=False, compare=False)
    reason: str = ""
    starts_over: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """
    ``comments_of_others`` were written by real people below pages of the demo. Those pages stay unless
    whoever removes the demo has seen that number.
    """

    items: tuple[Item, ...]
    comments: int
    messages: int
    comments_of_others: int
    kept_account: Staff | None = field(default=None, compare=False)

    @property
    def going(self) -> list[Item]:
        return [item for item in self.items if not item.reason]

    @property
    def staying(self) -> list[Item]:
        return [item for item in self.items if item.reason]

    @property
    def is_empty(self) -> bool:
        return not (self.going or self.comments or self.messages)


def make(*, asked_by: Staff | None = None, comments_of_others: int = 0) -> Plan:
    """
    Return the plan for a person, or for the command line.

    ``comments_of_others`` is how many comments of real people may go with their pages: what an earlier plan
    said. When there are more by now, their pages stay.
    """
    found = record.find()
    others = _comments_of_others([each for each in found if _goes_when_unchanged(each)])
    may_go = sum(others.values()) <= comments_of_others
    pages = [_page(each, 0 if may_go else others[each.thing.pk]) for each in _of(found, "page")]
    settings = list(_settings(found))
    leaving = [item.thing.pk for item in pages if not item.reason]
    uses = Uses(leaving, logo_goes=any(item.key == "logo_id" and not item.reason for item in settings))
    return Plan(
        items=(*pages, *_shared(found, uses), *_tags(found, uses), *settings, *_log_ins(asked_by)),
        comments=ReaderComment.objects.filter(reader__in=record.readers()).count(),
        messages=record.visitors_messages().count(),
        comments_of_others=sum(others.values()),
        kept_account=_kept_account(asked_by),
    )


def _of(found: Iterable[Found], *kinds: str) -> list[Found]:
    return [each for each in found if each.kind in kinds]


def _goes_when_unchanged(each: Found) -> bool:
    return each.kind == "page" and not each.changes and each.key not in STARTS_OVER


def _comments_of_others(pages: list[Found]) -> Counter[int]:
    """Return how many comments on each page were written by nobody of the demo."""
    theirs = ReaderComment.objects.filter(page__in=[each.thing.pk for each in pages])
    theirs = theirs.exclude(reader__in=record.readers()).exclude(user__in=record.accounts())
    return Counter(
        dict(theirs.order_by().values("page").annotate(number=Count("pk")).values_list("page", "number"))
    )


def _page(each: Found, comments: int) -> Item:
    starts_over = each.key in STARTS_OVER
    reason = _changed(each) or ("" if starts_over else _why_a_page_stays(each.thing, comments))
    return Item(Kind.PAGE, each.key, each.thing.title, each.thing, reason, starts_over and not reason)


def _why_a_page_stays(page: Page, comments: int) -> str:
    if page.get_children().exists():
        return gettext("There are pages below it.")
    if comments:
        said = ngettext(
            "A reader has commented on it.", "Readers have commented on it: %(number)s comments.", comments
        )
        return said % {"number": comments}
    return ""


def _changed(each: Found) -> str:
    """Say which fields were changed; empty where none was."""
    if not each.changes:
        return ""
    names = sorted(str(_label(each.thing, name)) for name in each.changes)
    return gettext("It was changed: %(fields)s.") % {"fields": ", ".join(names)}


def _label(thing: Any, name: str) -> Any:
    labels = {field.attname: field.verbose_name for field in thing._meta.concrete_fields}
    return labels.get(name, gettext("tags") if name == "tags" else name)


def _shared(found: Iterable[Found], uses: Uses) -> Iterator[Item]:
    used = gettext("It is used by something that stays.")
    for each in _of(found, "picture", "author", "category"):
        reason = _changed(each) or (used if uses.has(each.thing) else "")
        yield Item(Kind(each.kind), each.key, str(each.thing), each.thing, reason)


def _tags(found: Iterable[Found], uses: Uses) -> Iterator[Item]:
    """Tags that nothing else has; one that others use is anybody's."""
    names = {name for post in POSTS for name in post.tags} if found else set()
    for tag in Tag.objects.filter(name__in=names).order_by("pk"):
        if not uses.has(tag):
            yield Item(Kind.TAG, tag.slug, tag.name, tag)


def _settings(found: Iterable[Found]) -> Iterator[Item]:
    """Each field of the identity by itself: those that still say what the demo says go back."""
    for each in _of(found, "identity"):
        for name in each.item.content:
            label = capfirst(str(_label(each.thing, name)))
            reason = gettext("It was changed.") if name in each.changes else ""
            yield Item(Kind.SETTING, name, label, each.thing, reason)


def _log_ins(by: Staff | None) -> Iterator[Item]:
    kept = _kept_account(by)
    mine = gettext("It becomes your own, with a new password.")
    for account in record.accounts():
        reason = mine if account == kept else ""
        yield Item(Kind.LOG_IN, account.get_username(), account.get_username(), account, reason)


def _kept_account(by: Staff | None) -> Staff | None:
    """Return the demo's administrator, where nobody else could run the site or it is the one who asks."""
    administrators = record.accounts().filter(is_superuser=True, is_active=True)
    if by is not None and by.pk and administrators.filter(pk=by.pk).exists():
        return by
    others = (
        get_user_model().objects.filter(is_superuser=True, is_active=True).exclude(pk__in=record.accounts())
    )
    return None if others.exists() else administrators.first()
