"""
Which tables show themselves in answers that are kept, and where.

A table that is not named shows itself everywhere: forgetting one costs answers, and shows nothing old.
"""

from typing import NamedTuple

from django.apps import apps
from django.conf import settings
from django.db.models import Model

SITE, COMMENTS = "site", "comments"


def comments_of(page_id: int) -> str:
    return f"{COMMENTS}:{page_id}"


class Rule(NamedTuple):
    """
    When the rows of a table show themselves, and where.

    ``subjects`` and ``seen`` are SQL, with {row} for the row before or after a change; ``needs`` are the
    columns they ask for. A change of the columns ``but`` shows nowhere. ``on`` are the changes that matter.
    """

    subjects: tuple[str, ...] = (f"'{SITE}'",)
    seen: str = ""
    needs: tuple[str, ...] = ()
    but: tuple[str, ...] = ()
    on: tuple[str, ...] = ("INSERT", "UPDATE", "DELETE")


EVERYWHERE = Rule()
NOWHERE = Rule(on=())

DRAFT = ("latest_revision_id", "latest_revision_created_at", "draft_title", "has_unpublished_changes")
LOCK = ("locked", "locked_at", "locked_by_id")

_apps = {
    "page_cache",
    "cms_sessions",
    "invitations",
    "keyring",
    "outbox",
    "rate_limit",
    "second_factor",
    "wagtailadmin",  # who edits what at this moment
    "wagtailsearch",  # a search is not kept
    "webhooks",
}
_rules: dict[str, Rule] = {
    "previews.SharedDraft": NOWHERE,
    "wagtailcore.APIToken": NOWHERE,
    "wagtailcore.Comment": NOWHERE,  # of editors, on drafts
    "wagtailcore.CommentReply": NOWHERE,
    "wagtailcore.ModelLogEntry": NOWHERE,
    "wagtailcore.Page": Rule(but=(*DRAFT, *LOCK)),
    "wagtailcore.PageLogEntry": NOWHERE,
    "wagtailcore.PageSubscription": NOWHERE,
    "wagtailcore.ReferenceIndex": NOWHERE,
    "wagtailcore.Revision": NOWHERE,
    "wagtailcore.TaskState": NOWHERE,
    "wagtailcore.UploadedFile": NOWHERE,
    "wagtailcore.WorkflowState": NOWHERE,
    "wagtailusers.UserProfile": NOWHERE,
    settings.AUTH_USER_MODEL: Rule(but=("last_login", "password")),
}


def register(label: str, rule: Rule) -> None:
    """Say where a model shows itself, by its label; in ``AppConfig.ready`` of its app."""
    _rules[label] = rule


def rule_of(model: type[Model]) -> Rule:
    if model._meta.app_label in _apps:
        return NOWHERE
    return _rules.get(model._meta.label, EVERYWHERE)


def tables() -> dict[str, Rule]:
    """Return the rule of each table that shows itself somewhere."""
    models = apps.get_models(include_auto_created=True)
    rules = {model._meta.db_table: rule_of(model) for model in models if model._meta.managed}
    return {table: rule for table, rule in rules.items() if rule.on}
