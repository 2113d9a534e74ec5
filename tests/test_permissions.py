"""
Who may what: every door of the admin, every verb of a moderator's token, every verb in the code.

The tables are the whole answer. What is not in them fails here, also when it is added tomorrow.
"""

import importlib
import inspect
import json
import pkgutil
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from typing import Any, get_args
from urllib.parse import urlsplit

import pytest
from django.contrib.auth.models import AbstractBaseUser, Permission
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.urls import resolve
from wagtail.contrib.settings.models import BaseSiteSetting
from wagtail.contrib.settings.registry import registry as settings_of_sites
from wagtail.models import Page, Site
from wagtail_factories import ImageFactory

import blog
import cms
import home
from blog.comments.models import DomainBan, Reader, ReaderComment, Refusal, SavedReply
from blog.comments.moderation import actions
from cms import vault
from cms.invitations import actions as invitations
from cms.invitations.actions import Wish
from cms.invitations.models import Invitation
from cms.outbox.models import Delivery
from cms.previews.models import SharedDraft
from cms.webhooks import signing
from cms.webhooks.models import Call, Endpoint
from home.contact.models import ContactMessage
from tests import crawl
from tests.conftest import signed_in, visitor, with_token
from tests.factories import AuthorFactory, CategoryFactory, CommentFactory, UserFactory
from tests.forms import every_post

pytestmark = [pytest.mark.once, pytest.mark.django_db]

MODERATORS = frozenset({"moderator", "admin"})
EDITORS = frozenset({"editor", "admin"})
OFFICERS = frozenset({"privacy officer", "admin"})
FRONT_DESK = frozenset({"front desk", "admin"})
ADMINS = frozenset({"admin"})
STAFF = MODERATORS | EDITORS | OFFICERS | FRONT_DESK | {"plain staff"}
ONCE_SURE = frozenset()  # whoever is logged in types the password first (tests/cms/second_factor/)

# Our own doors, each as its pattern is written.
OURS = {
    "/admin/comments/": MODERATORS,
    "/admin/comments/find/": MODERATORS,
    "/admin/comments/batch/": MODERATORS,
    "/admin/comments/all/": MODERATORS,
    "/admin/comments/acts/<uuid:act>/": MODERATORS,
    "/admin/comments/bans/": MODERATORS,
    "/admin/comments/people/<int:reader_id>/": MODERATORS,
    "/admin/comments/decisions/": MODERATORS,
    "/admin/comments/<int:comment_id>/": MODERATORS,
    "/admin/messages/": FRONT_DESK,
    "/admin/messages/<int:message_id>/": FRONT_DESK,
    "/admin/messages/<int:message_id>/files/<int:attachment_id>/": FRONT_DESK,
    "/admin/redirects/import/": ADMINS,
    "/admin/redirects/import/process/": ADMINS,
    "/admin/account/sessions/": frozenset({*MODERATORS, *EDITORS, *OFFICERS, *FRONT_DESK, "plain staff"}),
    "/admin/users/<int:user_id>/sessions/": ADMINS,
    "/admin/users/": ADMINS,
    "/admin/users/results/": ADMINS,
    "/admin/users/new/": ADMINS,
    "/admin/users/edit/<int:pk>/": ADMINS,
    "/admin/groups/": ADMINS,
    "/admin/groups/edit/<int:pk>/": ADMINS,
    "/admin/groups/results/": ADMINS,
    "/admin/invitations/": ADMINS,
    "/admin/invitations/new/": ADMINS,
    "/admin/outbox/": ADMINS,
    "/admin/outbox/<int:delivery_id>/": ADMINS,
    "/admin/webhooks/": ADMINS,
    "/admin/webhooks/new/": ADMINS,
    "/admin/webhooks/<int:endpoint_id>/": ADMINS,
    "/admin/webhooks/<int:endpoint_id>/calls/": ADMINS,
    "/admin/set-up/": ADMINS,
    "/admin/set-up/site/": ADMINS,
    "/admin/set-up/site/preview/": ADMINS,
    "/admin/set-up/look/": ADMINS,
    "/admin/set-up/look/preview/": ADMINS,
    "/admin/set-up/visit/": ADMINS,
    "/admin/set-up/visit/preview/": ADMINS,
    "/admin/set-up/mail/": ADMINS,
    "/admin/set-up/demo/": ADMINS,
    "/admin/set-up/mail/test/": ADMINS,
    "/admin/set-up/sheet/": ADMINS,
    "/admin/privacy/": OFFICERS,
    "/admin/reports/pictures/": EDITORS,
    "/admin/reports/shared-drafts/": ADMINS,
    "/admin/pages/<int:page_id>/shared/": EDITORS,
    "/admin/images/<int:image_id>/preview/<str:filter_spec>/": ADMINS,  # a picture of nobody else's
    "/admin/logout/": STAFF | {"anonymous"},  # takes no GET
    "/admin/login/": frozenset({"anonymous"}),
    "/admin/login/second/": ONCE_SURE,
    "/admin/second-factor/": STAFF,
    "/admin/second-factor/confirm/": STAFF,
    "/admin/second-factor/app/": ONCE_SURE,
    "/admin/second-factor/passkey/": ONCE_SURE,
    "/admin/second-factor/codes/": ONCE_SURE,
    "/admin/second-factor/codes/kept/": STAFF,
    "/admin/second-factor/codes/new/": STAFF,
    "/admin/second-factor/remove/": STAFF,
    "/admin/second-factor/of/<int:user_id>/": ONCE_SURE,
    "/admin/privacy/people/<int:reader_id>/": OFFICERS,
}

# What Wagtail makes of our models: whatever begins so, the first that fits.
MADE_BY_WAGTAIL = {
    "/admin/snippets/blog_comments/": MODERATORS,
    "/admin/snippets/blog/author/delete/": ADMINS,
    "/admin/snippets/blog/category/delete/": ADMINS,
    "/admin/snippets/blog/": EDITORS,
    "/admin/settings/second_factor/demand/1/preview/": ADMINS,
    "/admin/settings/second_factor/demand/": ONCE_SURE,
    "/admin/settings/": ADMINS,
    "/admin/api-tokens/": ADMINS,
}
# Every door behind which a change waits that is no button on a page of the walk.
UNSEEN_POSTS = {
    "/admin/login/": [],  # anybody may try
    "/admin/logout/": [],  # would log out who tries
    "/admin/comments/<int:comment_id>/": [{"do": verb, "version": "1"} for verb in actions.VERBS],
    "/admin/comments/batch/": [{"do": verb, "comment": "{comment}:1"} for verb in actions.STATES],
    "/admin/messages/<int:message_id>/": [{"handled": "1"}, {}],
    "/admin/privacy/": [{"do": "erase for good", "email": "ann@example.org", "keep_text": ""}],
}
PACKAGES = {"blog", "cms", "home"}
OUR_PREFIXES = (
    "/admin/comments/",
    "/admin/invitations/",
    "/admin/messages/",
    "/admin/outbox/",
    "/admin/privacy/",
    "/admin/set-up/",
    "/admin/snippets/blog",
    "/admin/snippets/home",
    "/admin/webhooks/",
)
TABS = [f"?status={tab}" for tab in ("pending", "approved", "spam", "trash", "reported")]

# How one gets in, and what the page for it needs.
OPEN_TO_THE_STREET = {
    "/admin/login/",
    "/admin/password_reset/",
    "/admin/password_reset/done/",
    "/admin/password_reset/confirm/x/x/",
    "/admin/password_reset/complete/",
    "/admin/jsi18n/",
    "/admin/sprite/",
}

# A person's log-in, sessions and messages are his own; his first visit makes his profile.
OF_THE_VISIT = frozenset(
    {
        "cms_sessions_session",
        "wagtailusers_userprofile",
        "wagtailadmin_editingsession",
        "wagtailcore_apitoken",
    }
)


@pytest.fixture
def site(client, post, contact):
    """Something to find behind every door."""
    for trait in ("approved", "spam", "trashed"):
        CommentFactory(page=post, **{trait: True})
    CommentFactory(page=post, address="ann@example.org")
    client.post(contact.url, {"name": "Ben", "email": "ben@example.org", "message": "Hello"})
    AuthorFactory()
    ImageFactory()
    CategoryFactory()
    SavedReply.objects.create(title="Thanks", text="Thank you.")
    Refusal.objects.create(title="Off topic")
    endpoint = Endpoint.objects.create(
        name="Front end", url="https://hooks.example/", sealed_secret=vault.seal_text(signing.new_secret())
    )
    Call.objects.create(endpoint=endpoint, event="endpoint.test", body="{}")
    sharer = UserFactory(username="sharer", admin=True)
    invitations.invite(Wish("Ada", "ada@example.org", [], administrator=True), by=sharer)
    SharedDraft.issue(timedelta(days=1), page=post, made_by=sharer)
    return post


@pytest.fixture
def people(db, editor, moderator, front_desk, admin) -> dict[str, Any]:
    plain = UserFactory(username="plain")
    plain.user_permissions.add(
        Permission.objects.get(content_type__app_label="wagtailadmin", codename="access_admin")
    )
    return {
        "editor": editor,
        "moderator": moderator,
        "privacy officer": UserFactory(username="officer", group="Comment privacy officers"),
        "front desk": front_desk,
        "admin": admin,
        "plain staff": plain,
    }


@pytest.fixture
def roles(site, people):
    """Each with his first visit made, which leaves a profile."""
    clients = {name: signed_in(user) for name, user in people.items()}
    for client in clients.values():
        client.get("/admin/")
    return {"anonymous": visitor(), **clients}


def allowed_at(pattern: str) -> frozenset[str]:
    """Return who may go through a door; a door nobody has thought of is a KeyError."""
    if pattern in OURS:
        return OURS[pattern]
    return next(may for begin, may in MADE_BY_WAGTAIL.items() if pattern.startswith(begin))


def own_doors() -> list[tuple[str, str]]:
    """Return pattern and URL of each door of the admin that is ours, or that Wagtail makes of our models."""
    found = [door for door in crawl.every_door() if door.pattern.startswith("/admin/")]
    ours = [
        (door.pattern, door.url())
        for door in found
        if door.module.split(".")[0] in PACKAGES or door.pattern.startswith(OUR_PREFIXES)
    ]
    for model in settings_of_sites:
        of = Site.objects.get() if issubclass(model, BaseSiteSetting) else model.objects.get()
        url = f"/admin/settings/{model._meta.app_label}/{model._meta.model_name}/{of.pk}/"
        ours += [(url, url), (f"{url}preview/", f"{url}preview/")]
    return ours


def opened(answer) -> bool:
    """Whether somebody got in: a page, or that this page takes no GET."""
    return answer.status_code not in (301, 302, 403)


def everything_posted(admin, pattern: str, url: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Return each button that an admin finds behind a door of ours, and what is behind no button."""
    tabs = TABS if pattern == "/admin/comments/" else [""]
    for query in tabs if pattern in OURS else ():
        answer = admin.get(url + query)
        if answer.streaming:  # a file
            continue
        yield from every_post(url, answer.content.decode())
    comment = ReaderComment.objects.order_by("pk").last()
    for sent in UNSEEN_POSTS.get(pattern, [{}]):
        yield url, {name: value.format(comment=comment.pk) for name, value in sent.items()}


def test_every_door_of_ours_opens_to_those_in_the_table_and_to_nobody_else(roles):
    wrong = []
    for pattern, url in own_doors():
        got = {name for name, client in roles.items() if opened(client.get(url, follow=False))}
        if got != allowed_at(pattern):
            wrong.append(f"{url} opened to {sorted(got)}")

    assert wrong == []


def test_the_table_names_no_door_that_is_gone():
    assert OURS.keys() <= {door.pattern for door in crawl.every_door()}


def test_a_door_that_is_not_in_the_table_fails(monkeypatch):
    monkeypatch.delitem(OURS, "/admin/comments/batch/")

    with pytest.raises(StopIteration):
        [allowed_at(door.pattern) for door in crawl.every_door() if door.pattern.startswith(OUR_PREFIXES)]


def door_of(url: str) -> str:
    """Return the pattern of ours that takes a button, which may stand on a page with other visitors."""
    pattern = f"/{resolve(urlsplit(url).path).route}"
    return pattern if pattern in OURS else ""


def test_no_button_works_for_whom_its_door_is_closed_and_nothing_changes(roles):
    sent = [
        (pattern, *post)
        for pattern, url in own_doors()
        for post in everything_posted(roles["admin"], pattern, url)
    ]
    for name, client in roles.items():
        closed = [each for each in sent if name not in allowed_at(door_of(each[1]) or each[0])]
        before = crawl.contents(OF_THE_VISIT)
        taken = [
            (url, data)
            for _, url, data in closed
            if client.post(url, data).status_code not in (302, 403, 405)
        ]
        assert (name, taken) == (name, [])
        assert [table for table, rows in crawl.contents(OF_THE_VISIT).items() if rows != before[table]] == []


def test_the_buttons_of_the_walk_are_true_ones(roles, site):
    """They would change something, were they let through: an admin presses each, and it is taken back."""
    pressed = set()
    for pattern, url in own_doors():
        for where, data in everything_posted(roles["admin"], pattern, url) if pattern in OURS else ():
            with transaction.atomic():
                status = roles["admin"].post(where, data).status_code
                transaction.set_rollback(True)
            if status in (200, 303):
                pressed |= {f"{name}={value}" for name, value in data.items() if name in ("do", "case")}

    cases = {f"case={name}" for name in ("reply", "reword", "refuse", "person", "delete")}
    assert cases | {f"do={verb}" for verb in actions.STATES} | {"do=erase", "do=erase for good"} <= pressed


def test_the_rest_of_the_admin_is_closed_to_the_street(roles):
    urls = [url for url in crawl.every_url() if url.startswith("/admin/")]

    let_in = {
        answer.url for answer in crawl.walk({"anonymous": roles["anonymous"]}, urls) if answer.status < 300
    }

    assert let_in == OPEN_TO_THE_STREET


# --- Programs ---


def every_call(comment: ReaderComment) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Return method, URL and a body that would do something, for each operation the API describes."""
    spec = visitor().get("/api/v1/openapi.json").json()
    seen = {"id": comment.pk, "version": comment.version}
    body = {"version": comment.version, "text": "An answer.", "action": "approve", "comments": [seen]}
    for path, operations in spec["paths"].items():
        for method, operation in operations.items() if "/moderation/" in path else ():
            for action in _choices(operation, spec) or [""]:
                yield method.upper(), path.format(comment_id=comment.pk, action=action), body


def _choices(operation: dict[str, Any], spec: dict[str, Any]) -> list[str]:
    """Return the verbs a path may end in."""
    for parameter in operation.get("parameters", ()):
        schema = parameter["schema"]
        if parameter["name"] == "action":
            return (
                spec["components"]["schemas"][schema["$ref"].split("/")[-1]] if "$ref" in schema else schema
            )["enum"]
    return []


def test_the_moderation_api_answers_moderators_tokens_alone(site, people):
    comment = ReaderComment.objects.order_by("pk").last()
    programs = {"anonymous": visitor(), **{name: with_token(user) for name, user in people.items()}}
    calls = list(every_call(comment))
    assert {f"{comment.pk}/{verb}/" in " ".join(url for _, url, _ in calls) for verb in actions.VERBS} == {
        True
    }

    before = crawl.contents(OF_THE_VISIT)
    for name, program in programs.items():
        for method, url, body in calls:
            with transaction.atomic():
                answer = program.generic(method, url, json.dumps(body), content_type="application/json")
                transaction.set_rollback(name in MODERATORS)
            expected = {200, 201, 409} if name in MODERATORS else {401} if name == "anonymous" else {403}
            assert answer.status_code in expected, (name, method, url, answer.content)
    assert crawl.contents(OF_THE_VISIT) == before


# --- The verbs themselves ---


SEARCH_OF_SQLITE = "cms.search.sqlite"  # its models are there on SQLite alone


def every_verb() -> list[Callable]:
    """Return each function of ours that somebody does: it takes ``by``, a person, and nothing else does."""
    modules = [
        importlib.import_module(found.name)
        for package in (blog, cms, home)
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
        if ".migrations" not in found.name and not found.name.startswith("cms.settings")
        if found.name != SEARCH_OF_SQLITE or connection.vendor == "sqlite"
    ]
    return [
        verb
        for module in modules
        for name, verb in inspect.getmembers(module, inspect.isfunction)
        if verb.__module__ == module.__name__ and not name.startswith("_") and _is_verb(verb)
    ]


def _is_verb(function: Callable) -> bool:
    by = inspect.signature(function).parameters.get("by")
    if by is None or by.kind is not by.KEYWORD_ONLY:
        return False
    types = get_args(by.annotation) or (by.annotation,)
    return any(isinstance(each, type) and issubclass(each, AbstractBaseUser) for each in types)


def arguments(verb: Callable, things: Mapping[Any, Any]) -> dict[str, Any]:
    """Return something for each argument that has no default, by its name or by its type."""
    needed = inspect.signature(verb).parameters.values()
    return {
        one.name: things[one.name] if one.name in things else things[one.annotation]
        for one in needed
        if one.default is one.empty and one.name != "by"
    }


def test_no_verb_is_carried_out_for_somebody_without_the_right(site, people):
    comment = ReaderComment.objects.order_by("pk").last()
    things = {
        "version": comment.version,
        "verb": "approve",
        "seen": {comment.pk: comment.version},
        "how": "hold",
        "domain": "example.org",
        "address": "ann@example.org",
        "text": "Some words.",
        ReaderComment: comment,
        Reader: comment.reader,
        ContactMessage: ContactMessage.objects.get(),
        "decisions": list(comment.decisions.all()),
        "user": people["admin"],
        "rows": list(Delivery.objects.all()[:1]),
        "delivery_id": Delivery.objects.latest("pk").pk,
        "to": None,
        "fields": {"name": "Other", "url": "https://hooks.example/", "events": [], "site": None},
        Endpoint: Endpoint.objects.get(),
        Call: Call.objects.get(),
        DomainBan: DomainBan.objects.create(domain="spam.example", ban="hold"),
        Page: site,
        SharedDraft: SharedDraft.objects.get(),
        Invitation: Invitation.objects.get(),
        Wish: Wish("Ben", "ben@example.org", [], administrator=True),
        "days": 7,
        Site: Site.objects.get(),
        "uploads": {},
        "menu": (),
        "links": [],
        "recipients": "",
    }
    verbs = every_verb()
    assert {"approve", "decide_all", "reveal", "erase", "mark_handled", "share", "invite", "withdraw"} <= {
        verb.__name__ for verb in verbs
    }

    before = crawl.contents()
    for verb in verbs:
        with pytest.raises(PermissionDenied):
            verb(**arguments(verb, things), by=people["plain staff"])
            pytest.fail(f"{verb.__module__}.{verb.__name__} asks nobody")
    assert crawl.contents() == before
