"""
Odd bodies at every door, from everyone: no answer is a 500, and nobody changes what is not theirs to change.

What may come is in ``tests/bodies.py``. It is far too much for each test run, so the bodies take turns, and
the superuser sends a few to each door; ``make bodies`` sends 60, or as many as BODIES says.
"""

import os
import re
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass, field
from functools import partial
from itertools import product
from typing import Any

import pytest
from django.contrib.auth.models import AbstractUser, Group, Permission
from django.core.cache import cache
from django.db import connection
from django.test import Client
from wagtail.contrib.settings.models import BaseSiteSetting
from wagtail.contrib.settings.registry import registry as settings_of_sites
from wagtail.models import (
    APIToken,
    Collection,
    GroupApprovalTask,
    GroupCollectionPermission,
    GroupPagePermission,
    Page,
    Site,
    Workflow,
)

from blog.comments.models.phrases import Refusal, SavedReply
from tests import bodies, crawl, server_errors
from tests.bodies import Body, Forms
from tests.conftest import visitor
from tests.editor import paragraph, stream
from tests.factories import CommentFactory, StandardPageFactory, UserFactory
from tests.test_impossible_values import site, undone  # noqa: F401 -- a fixture

pytestmark = [pytest.mark.once, pytest.mark.django_db]  # `make bodies` walks PostgreSQL

WHOLE_RUN = "BODIES"
EACH = int(os.environ.get(WHOLE_RUN, "3"))  # bodies from the superuser for each door
SHARE = 6  # of so many, one from each other person
WRITE = re.compile(r'\s*(?:INSERT INTO|UPDATE|DELETE FROM) "(\w+)"')
METHODS = ("POST", "PATCH", "DELETE")
OF_A_SCRIPT = {
    "/editing-sessions/ping/": {"revision_id": "1", "revision_created_at": "2026-11-27T12:00:00+00:00"},
    "/bulk/": {"include_descendants": "on", "chooser": "1", "tags": "a", "collection": "1", "role": "1"},
    "/collect_action_data/": {"comment": "Well done."},
    "/workflow/action/": {"comment": "Well done."},
    "/workflows/remove/": {"next": "/admin/"},
    "/choose-external-link/": {"external-link-chooser-url": "https://example.org/"},
}
LEFT_OUT = {"/admin/logout/", *server_errors.HONEST}
TASK = GroupApprovalTask._meta
BULK = ("delete", "publish", "unpublish", "move", "add_tags", "add_to_collection", "assign_role", "x")
MODELS = ("wagtailcore/page", "wagtailimages/image", "wagtaildocs/document", "auth/user", "blog/author")

# What a visit leaves, whoever comes: the session and its log-in, who has a page open, how often they tried.
OF_A_VISIT = frozenset(
    {
        "cms_sessions_session", "wagtailusers_userprofile", "wagtailadmin_editingsession",
        "wagtailadmin_formstate", "wagtailcore_pagesubscription", "rate_limit_bucket",
    }
)  # fmt: skip

# Of everybody but administrators, the tables that they may change, by whatever body. A page that is deleted
# takes along what hangs on it; their own account is everybody's of the staff.
OWN = "auth_user|wagtailcore_modellogentry|outbox_\\w+"
COMMENTS = r"blog_comments_\w+|django_comment\w+"
PAGES = re.compile(
    r"(?!auth_(?!user$)|second_factor_|wagtailcore_(?:apitoken|site|task|workflow|collection)$"
    r"|home_contact_(?:messagenote|messagesettings|attachment)|blog_comments_(?:domainban|savedreply|refusal))\w+"
)
MAY_CHANGE = {
    "editor": PAGES,
    "page moderator": PAGES,
    "comment moderator": re.compile(f"{COMMENTS}|{OWN}"),
    "privacy officer": re.compile(rf"{COMMENTS}|home_contact_\w+|{OWN}"),
    "front desk": re.compile(rf"home_contact_\w+|{OWN}"),
    "plain staff": re.compile(OWN),
    "anonymous": re.compile(rf"{COMMENTS}|home_contact_\w+|outbox_\w+"),  # a comment, a message
}


@dataclass(frozen=True, slots=True)
class Door:
    method: str
    url: str
    choice: list[Callable[[], Body]]


@dataclass(slots=True)
class Seen:
    """What came of all requests together."""

    requests: int = 0
    faults: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    written: dict[tuple[str, str], str] = field(default_factory=dict)


@pytest.fixture
def busy_site(site, admin):  # noqa: F811 -- the fixture
    """Something behind every door: what is scheduled, waits for approval, is private or locked."""
    SavedReply.objects.create(title="Thanks", text="Thank you.")
    Refusal.objects.create(title="Off topic")
    Collection.get_first_root_node().add_child(name="Leaflets")
    APIToken.objects.create(user=admin, name="A program")
    StandardPageFactory().view_restrictions.create(restriction_type="login")
    site.save_revision(user=admin)
    Workflow.objects.get().start(site, admin)
    return site


@pytest.fixture
def everyone(busy_site, editor, moderator, front_desk, admin) -> dict[str, Client]:
    """The superuser first. An administrator has every right that can be given."""
    given = Group.objects.create(name="Administrators")
    given.permissions.set(Permission.objects.all())
    for each in Permission.objects.filter(content_type__app_label="wagtailcore", content_type__model="page"):
        GroupPagePermission.objects.create(group=given, page=Page.get_first_root_node(), permission=each)
    for each in Permission.objects.filter(content_type__model__in=("image", "document", "collection")):
        root = Collection.get_first_root_node()
        GroupCollectionPermission.objects.create(group=given, collection=root, permission=each)
    plain = UserFactory(username="plain")
    plain.user_permissions.add(Permission.objects.get(codename="access_admin"))
    people = {
        "superuser": admin,
        "administrator": UserFactory(username="boss", group=given.name),
        "editor": editor,
        "page moderator": UserFactory(username="mod", group="Page approvers"),
        "comment moderator": moderator,
        "privacy officer": UserFactory(username="officer", group="Comment privacy officers"),
        "front desk": front_desk,
        "plain staff": plain,
        "anonymous": None,
    }
    return {name: at_the_desk(user) for name, user in people.items()}


def at_the_desk(user: AbstractUser | None) -> Client:
    """A browser with its token, so that each body is read and judged as in earnest."""
    browser = visitor()
    if user:
        browser.force_login(user)
    browser.get("/admin/login/" if user is None else "/admin/")
    browser.defaults["HTTP_X_CSRFTOKEN"] = browser.cookies["csrftoken"].value
    return browser


def every_url(post: Page) -> Iterator[str]:
    """Each pattern once, and those that lead to something else with another model, page or verb."""
    yield from (url for url in crawl.every_url() if url not in LEFT_OUT)
    for page in Page.objects.filter(depth__gt=1):
        yield from (f"/admin/pages/{page.pk}/edit/", f"/admin/pages/{page.pk}/edit/preview/")
        for model in page.specific_class.allowed_subpage_models():
            yield f"/admin/pages/add/{model._meta.app_label}/{model._meta.model_name}/{page.pk}/"
    for model in settings_of_sites:
        of = Site.objects.get() if issubclass(model, BaseSiteSetting) else model.objects.get()
        yield f"/admin/settings/{model._meta.app_label}/{model._meta.model_name}/{of.pk}/"
    for model in MODELS:
        yield from (f"/admin/bulk/{model}/{act}/?id={post.pk}&id=1&id={bodies.HUGE}" for act in BULK)
    state = post.current_workflow_task_state
    for act in ("approve", "reject", "x"):
        yield f"/admin/pages/workflow/action/{post.pk}/{act}/{state.pk}/"
        yield f"/admin/pages/workflow/collect_action_data/{post.pk}/{act}/{state.pk}/"
    yield f"/admin/workflows/tasks/add/{TASK.app_label}/{TASK.model_name}/"
    yield f"/admin/bulk/wagtailcore/page/delete/?id=all&childOf={bodies.HUGE}"
    approved = CommentFactory(page=post, approved=True)
    yield from (f"{post.url}comments/{approved.pk}/{rest}/" for rest in ("reply", "report"))


def every_door(browser: Client, post: Page) -> list[Door]:
    """Return each that takes a body, with what may come there for the forms that a superuser finds."""
    found = []
    for method, url in product(METHODS, dict.fromkeys(every_url(post))):
        with undone():
            taken = browser.generic(method, url).status_code not in (404, 405)
        if taken:
            with undone():
                forms = bodies.forms_of(browser.get(url)) if method == "POST" else Forms()
            found.append(Door(method, url, every_body(url, with_blocks(forms))))
    return found


def with_blocks(forms: Forms) -> Forms:
    """Add what only a script puts into the form of a page."""
    if "seo_title" in forms.fields:
        blocks = [
            ("paragraph", paragraph("Words")),
            ("quote", {"text": "Words", "who": "Ann", "source_url": ""}),
        ]
        sent = stream(blocks) | {f"{name}-count": "0" for name in ("subjects", "questions")}
        forms.fields |= {name: [value] for name, value in sent.items()}
    return forms


def every_body(url: str, forms: Forms) -> list[Callable[[], Body]]:
    """What a door may get, with what only a script sends among it."""
    sent = next((fields for part, fields in OF_A_SCRIPT.items() if part in url), {})
    forms.fields |= {name: [value] for name, value in sent.items()}
    whole = (*bodies.PLAIN, *bodies.as_a_whole(forms))  # the others are too many to make them all
    return [*(partial(copy, body) for body in whole), *bodies.one_odd(forms)]


def in_turns(doors: list[Door], each: int, start: int) -> Iterator[tuple[Door, Body]]:
    """Return so many bodies for each door, which lie far apart and are others at the next door."""
    for number, door in enumerate(doors, start):
        step = max(1, len(door.choice) // each)
        for turn in range(min(each, len(door.choice))):
            yield door, door.choice[(turn * step + number * 7) % len(door.choice)]()


def send(seen: Seen, role: str, browser: Client, door: Door, body: Body) -> None:
    seen.requests += 1
    where = f"{role}: {door.method} {door.url} ({body.what})"
    with undone(), writes() as written:
        answer = browser.generic(
            door.method, door.url, body.bytes, content_type=body.content_type, headers=body.headers
        )
    cache.clear()  # of what was undone
    if answer.status_code >= 500:
        seen.faults.append(f"{answer.status_code} {where} {_why(answer)}")
    changed = written - OF_A_VISIT
    if answer.status_code >= 400 and changed:
        seen.refused.append(f"{answer.status_code} {where} {sorted(changed)}")
    for table in changed:
        seen.written.setdefault((role, table), where)


@contextmanager
def writes() -> Iterator[set[str]]:
    """Name the tables that are written."""
    written: set[str] = set()

    def look(execute: Any, sql: str, *rest: Any) -> Any:
        if found := WRITE.match(sql):
            written.add(found[1])
        return execute(sql, *rest)

    with connection.execute_wrapper(look):
        yield written


def _why(answer: Any) -> str:
    if not (raised := getattr(answer, "exc_info", None)):
        return ""
    last = traceback.extract_tb(raised[2])[-1]
    return f"{raised[0].__name__}: {str(raised[1])[:100]} ({last.filename[-40:]}:{last.lineno})"


def test_no_body_is_a_500_and_nobody_changes_what_is_not_theirs(everyone, busy_site, monkeypatch):
    monkeypatch.setattr("cms.rate_limit.actions._take", lambda *bounds: None)
    monkeypatch.setattr("cms.credentials.guessing._take", lambda limits: None)
    seen, doors = Seen(), every_door(everyone["superuser"], busy_site)

    for number, (role, browser) in enumerate(everyone.items()):
        for door, body in in_turns(doors, EACH if role == "superuser" else -(-EACH // SHARE), number):
            send(seen, role, browser, door, body)

    assert len(doors) > 150
    assert seen.requests > 10 * len(doors)
    assert {role for role, _ in seen.written} > {"superuser", "administrator", "editor", "comment moderator"}
    assert not seen.faults, "\n".join(seen.faults)
    assert not seen.refused, "\n".join(seen.refused)
    assert not [
        f"{role} {table}: {what}" for (role, table), what in seen.written.items() if not may(role, table)
    ]


def may(role: str, table: str) -> bool:
    return role not in MAY_CHANGE or bool(MAY_CHANGE[role].fullmatch(table))
