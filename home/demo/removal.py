"""
Removes the demo: all of it that nobody has made theirs, or nothing.

A backup comes first, and `manage.py restore` undoes it all. The rows go in one transaction; files go when it
is committed, as Wagtail's signals and the outbox do it.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.core.management.base import CommandError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import CASCADE, ManyToOneRel, Model
from django.utils.translation import gettext
from wagtail.log_actions import log
from wagtail.models import Comment as EditorsComment
from wagtail.models import CommentReply, ModelLogEntry, Page, PageLogEntry, Site
from wagtail.models.audit_log import BaseLogEntry

from blog.comments.models import Decision, ReaderComment
from blog.comments.moderation.changes import EVENTS
from blog.comments.privacy import personal_data
from cms.backup import making
from cms.brand.clock import site_locale
from cms.credentials import tokens
from cms.credentials.staff import Staff
from cms.outbox import actions as outbox
from cms.sessions import actions as sessions
from home import starting
from home.contact import erasing
from home.demo import plan as plans
from home.demo import record
from home.demo.plan import Item, Kind, Plan
from home.models import PlantedItem

BACKUP = "before-removing-the-demo"
REMOVED = "home.remove_demo"
PLANTED = {Kind.PAGE: "page", Kind.PICTURE: "picture", Kind.AUTHOR: "author", Kind.CATEGORY: "category"}


class RefusedError(Exception):
    """The demo is not removed. The message is a sentence for whoever asked."""


@dataclass(frozen=True, slots=True)
class OwnLogIn:
    """What makes the demo's administrator somebody's own account."""

    password: str
    email: str = ""


@dataclass(frozen=True, slots=True)
class Removal:
    """What was done. ``turned_off`` are log-ins that something of the owner's refers to."""

    plan: Plan
    backup: Path | None
    turned_off: tuple[str, ...]


def remove(
    *,
    by: Staff | None = None,
    own: OwnLogIn | None = None,
    comments_of_others: int = 0,
    backup: bool = True,
) -> Removal:
    """
    Remove what ``plan.make`` says, with the same arguments, at this moment.

    ``own`` is needed where the plan keeps the demo's administrator. All sessions of that account end: a door
    that acts for it logs it in anew. Raises PermissionDenied for anybody but an administrator, RefusedError,
    and ValidationError for a bad password or address.
    """
    if by is not None and not by.is_superuser:
        raise PermissionDenied
    _refuse(plans.make(asked_by=by, comments_of_others=comments_of_others), own)
    path = _back_up() if backup else None
    with transaction.atomic():
        sites = list(Site.objects.select_for_update().order_by("pk"))
        plan = plans.make(asked_by=by, comments_of_others=comments_of_others)
        _refuse(plan, own)
        _forget_people()
        for kind, act in ACTS.items():
            for item in plan.going:
                if item.kind == kind:
                    act(item)
        PlantedItem.objects.filter(origin=PlantedItem.Origin.DEMO, kind="identity").delete()
        turned_off = _close(item.thing for item in plan.going if item.kind == Kind.LOG_IN)
        if plan.kept_account and own:
            _hand_over(plan.kept_account, own)
        _note(plan, sites, by)
    return Removal(plan, path, tuple(turned_off))


def _refuse(plan: Plan, own: OwnLogIn | None) -> None:
    if plan.is_empty:
        raise RefusedError(gettext("There is nothing of the demo on this site."))
    if plan.kept_account is None:
        return
    if own is None:
        raise RefusedError(
            gettext(
                "The demo's log-in “%(name)s” is the administrator here. Make it your own with a new"
                " password, or log in as an administrator of your own."
            )
            % {"name": plan.kept_account.get_username()}
        )
    validate_password(own.password, plan.kept_account)
    if own.email:
        validate_email(own.email)


def _back_up() -> Path:
    try:
        return making.make_here(BACKUP)
    except CommandError as error:
        said = gettext("The backup could not be made, and nothing was removed: %(reason)s")
        raise RefusedError(said % {"reason": error}) from error


def _forget_people() -> None:
    """Readers with their comments, as if each had asked to be erased, and visitors with their messages."""
    messages = list(record.visitors_messages().values_list("pk", flat=True))
    _forget_log(record.visitors_messages())
    erasing.delete(messages)
    comments = list(ReaderComment.objects.filter(reader__in=record.readers()).values_list("pk", flat=True))
    for reader in list(record.readers()):
        personal_data.erase(reader.address, keep_text=False)
    Decision.objects.filter(comment__in=comments).delete()
    _delete_unanswered(comments)


def _delete_unanswered(comments: list[int]) -> None:
    """Delete from the ends of each thread; what a real person has answered stays as a removed comment."""
    while True:
        answered = ReaderComment.objects.filter(in_reply_to__in=comments).values("in_reply_to")
        ends = ReaderComment.objects.filter(pk__in=comments).exclude(pk__in=answered)
        if not ends.delete()[0]:
            return


def _remove_page(item: Item) -> None:
    page: Page = item.thing
    if item.starts_over:
        starting.start_over(page.get_site(), item.key, page)
    else:
        comments = list(ReaderComment.objects.on(page).values_list("pk", flat=True))
        outbox.forget_about(EVENTS, comments)
        Page.objects.get(pk=page.pk).delete()
    PageLogEntry.objects.filter(page=page.pk).delete()
    _forget_item(item)


def _remove_thing(item: Item) -> None:
    _forget_log([item.thing])
    _forget_item(item)
    item.thing.delete()


def _reset_setting(item: Item) -> None:
    """Write the default, in the language of the site; what follows the setting is told."""
    model = type(item.thing)
    default = model._meta.get_field(item.key).get_default()
    with site_locale():
        setting = model._default_manager.get(pk=item.thing.pk)
        setattr(setting, item.key, default if default is None else str(default))
        setting.save(update_fields=[item.key])


ACTS: dict[Kind, Callable[[Item], None]] = {
    Kind.PAGE: _remove_page,
    Kind.PICTURE: _remove_thing,
    Kind.AUTHOR: _remove_thing,
    Kind.CATEGORY: _remove_thing,
    Kind.TAG: _remove_thing,
    Kind.SETTING: _reset_setting,
}


def _forget_item(item: Item) -> None:
    demo = PlantedItem.objects.filter(origin=PlantedItem.Origin.DEMO, kind=PLANTED.get(item.kind, ""))
    demo.filter(object_id=item.thing.pk).delete()


def _forget_log(things: Iterable[Model]) -> None:
    for thing in things:
        of_it = {"content_type": ContentType.objects.get_for_model(thing), "object_id": str(thing.pk)}
        ModelLogEntry.objects.filter(**of_it).delete()


def _close(accounts: Iterable[Staff]) -> list[str]:
    """Delete each account, or turn it off where something that stays was done by it."""
    turned_off = []
    for account in accounts:
        if not _has_left_something(account):
            account.delete()
            continue
        off = {"is_active": False, "password": make_password(None)}
        get_user_model().objects.filter(pk=account.pk).update(**off)
        sessions.end_all(account)
        tokens.revoke_all(account)
        turned_off.append(account.get_username())
    return turned_off


def _has_left_something(account: Staff) -> bool:
    """
    Say whether rows refer to an account that would lose it, or be lost with it, and are no part of it.

    What goes with an account is its own (sessions, tokens, choices), but for what editors say to each other.
    The log only names it.
    """
    for relation in account._meta.get_fields(include_hidden=True):
        model: Any = relation.related_model
        if not isinstance(relation, ManyToOneRel) or issubclass(model, BaseLogEntry):
            continue
        said_to_others = model in (EditorsComment, CommentReply)
        rows = model._base_manager.filter(**{relation.field.name: account.pk})
        if (said_to_others or relation.on_delete is not CASCADE) and rows.exists():
            return True
    return False


def _hand_over(account: Staff, own: OwnLogIn) -> None:
    """No mail tells of it: the address before was nobody's."""
    get_user_model().objects.filter(pk=account.pk).update(email="")
    account = get_user_model().objects.get(pk=account.pk)
    account.email, account.first_name, account.last_name = own.email, "", ""
    account.set_password(own.password)
    account.full_clean()
    account.save()


def _note(plan: Plan, sites: list[Site], by: Staff | None) -> None:
    counts = Counter(str(item.kind) for item in plan.going)
    counts |= Counter(comments=plan.comments, messages=plan.messages)
    root = next(site.root_page for site in sites if site.is_default_site)
    log(root.specific, REMOVED, user=by, data={"counts": dict(counts)})
