"""A site of any earlier state becomes one of today, and keeps every row."""

from collections.abc import Iterator
from contextlib import suppress
from io import StringIO
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.db import connection, transaction
from django.db.migrations import Migration
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder
from django.db.migrations.state import ProjectState
from wagtail.models import GroupApprovalTask, Page, Workflow

from blog.comments.models import Reader, ReaderComment
from blog.comments.states import Status
from blog.models import BlogPostPage
from cms import vault
from cms.outbox.models import SiteMail
from home.contact.models import ContactMessage, MessageRecipient
from home.contact.states import State
from tests.upgrades import rows

NEW_MEANING = {  # what a later migration writes anew, and where it is looked at below
    ("home_contact.contactmessage", "state"),
    ("home_contact.contactmessage", "reasons"),
    ("home_contact.contactmessage", "words"),
    ("blog.blogpostpage", "word_count"),
}
NEW_PLACE = {  # models that another app has now; same table
    "blog_comments.suppression": "outbox.suppression",
    "home.siteidentity": "brand.siteidentity",
}


def steps() -> list[tuple[list[Migration], Migration]]:
    """Each migration of ours, with those of others that come before it, in the order they are applied."""
    executor = MigrationExecutor(connection)
    found, others = [], []
    for migration, _ in executor.migration_plan(executor.loader.graph.leaf_nodes(), clean_start=True):
        if rows.of(migration.app_label):
            found.append((others, migration))
            others = []
        else:
            others.append(migration)
    return found


def states() -> Iterator[tuple[str, ProjectState]]:
    """Apply them one by one; before each, and at the end, yield the app whose tables will change."""
    state, begun = None, set()
    for others, migration in steps():
        if migration.app_label in begun:
            yield migration.app_label, state
        plan = [(each, False) for each in (*others, migration)]
        state = MigrationExecutor(connection).migrate(None, plan=plan, state=state)
        begun.add(migration.app_label)
    for app_label in begun:
        yield app_label, state


def migrate_to(*targets: tuple[str, str]) -> ProjectState:
    return MigrationExecutor(connection).migrate(list(targets))


def migrate_to_newest() -> None:
    call_command("migrate", verbosity=0)


def lost_or_changed(made: list[tuple[str, int, dict[str, Any]]]) -> list[str]:
    """Return in words what is not in the models of today as it was written."""
    wrong = []
    for label, pk, written in made:
        model = apps.get_model(NEW_PLACE.get(label, label))
        names = {field.attname for field in model._meta.concrete_fields} & set(written)
        found = model._base_manager.filter(pk=pk).values(*names).first()
        if found is None:
            wrong.append(f"{label} {pk} is lost")
            continue
        wrong += [
            f"{label} {pk}: {name} changed"
            for name in names
            if plain(found[name]) != plain(written[name]) and (label, name) not in NEW_MEANING
        ]
    return wrong


def plain(value: Any) -> Any:
    """A stream is compared by what is stored, bytes by what they are."""
    if isinstance(value, memoryview):
        return bytes(value)
    return value.raw_text or list(value.raw_data) if hasattr(value, "raw_data") else value


def test_every_row_of_every_earlier_state_is_there_in_the_newest(empty_database):
    """Rows are made in each state on the way, so those of the first go through every migration there is."""
    made = []
    for app_label, state in states():
        filler = rows.Filler(state.apps)
        with transaction.atomic():
            filler.fill(app_label)
        made += filler.made
    migrate_to_newest()

    assert lost_or_changed(made) == []
    assert {NEW_PLACE.get(label, label) for label, _, _ in made} == {
        model._meta.label_lower
        for model in apps.get_models()
        if rows.of(model._meta.app_label) or model._meta.label_lower in NEW_PLACE.values()
        if model._meta.managed and not model._meta.proxy
    }
    assert_all_can_be_read()


def assert_all_can_be_read() -> None:
    """With the models of today: addresses, states, pages with what blocks they have."""
    for model in (Reader, MessageRecipient, SiteMail):
        addresses = [row.address for row in model.objects.all()]
        assert addresses
        assert [address for address in addresses if "@Example.org" not in address] == []
    assert all("@Example.org" in message.reply_address for message in ContactMessage.objects.all())
    assert {comment.status for comment in ReaderComment.objects.all()} == set(Status.values)
    assert {message.state for message in ContactMessage.objects.all()} == set(State.values)
    for post in BlogPostPage.objects.all():
        assert bool(post.word_count) == bool(post.plain_text.split())
    bodies = [page.body for page in Page.objects.filter(depth__gt=1).specific() if hasattr(page, "body")]
    assert any(map(len, bodies))
    assert all(map(str, filter(len, bodies)))


SPLIT = {
    "0003_subjects_and_states": ("0003a_states", "0003b_states_from_flags", "0003c_no_spam_flag"),
    "0004_desk": ("0004a_desk", "0004b_words", "0004c_front_desk_deletes"),
}


def as_before_the_split() -> None:
    """Write the history as a site has it that applied the migrations when they were whole."""
    history = MigrationRecorder(connection).migration_qs.filter(app="home_contact")
    for whole, parts in SPLIT.items():
        if history.filter(name=parts[-1]).exists():
            history.filter(name__in=parts).delete()
            history.create(app="home_contact", name=whole)


def messages_with_flags(apps_then) -> dict[str, int]:
    """The rows that could not be updated on PostgreSQL, and their neighbours."""
    model = apps_then.get_model("home_contact", "ContactMessage")
    then = rows.moment(None, rows.ORDINARY)
    user = apps_then.get_model("auth", "User").objects.create(username="staff")
    flags = {
        "new": (False, None),
        "handled": (False, then),
        "spam": (True, None),
        "spam and handled": (True, then),
    }
    made = {}
    for name, (spam, at) in flags.items():
        said = {"page_title": "Contact", "name": name.title(), "fields": [["Message", "GRÜSSE"]]}
        sealed = {"sealed_address": vault.seal("a@example.org"), "address_index": "x", "words_key": name}
        row = model.objects.create(spam=spam, handled_at=at, handled_by=at and user, **said, **sealed)
        made[name] = row.pk
    return made


def front_desk_deletes() -> bool:
    desks = Group.objects.filter(name="Front desk")
    return desks.filter(permissions__codename="delete_messages").exists()


def test_a_split_migration_is_done_by_who_has_none_of_it_and_by_nobody_twice(empty_database):
    state = migrate_to(("home_contact", "0002_front_desk"))
    made = messages_with_flags(state.apps)
    migrate_to(("home_contact", "0003c_no_spam_flag"))
    as_before_the_split()
    migrate_to_newest()

    found = {name: ContactMessage.objects.get(pk=pk) for name, pk in made.items()}
    states = {name: message.state for name, message in found.items()}
    assert states == {"new": "new", "handled": "handled", "spam": "spam", "spam and handled": "spam"}
    assert found["spam"].reasons == ["honeypot"]
    assert found["new"].reasons == []
    assert found["spam and handled"].words == "spam and handled\ngrüsse"
    assert front_desk_deletes()

    # what an owner took away and wrote since, at a site of today from before the split
    as_before_the_split()
    for group in Group.objects.filter(name="Front desk"):
        group.permissions.clear()
    ContactMessage.objects.update(words="", state="new")
    migrate_to_newest()

    assert not front_desk_deletes()
    assert set(ContactMessage.objects.values_list("words", "state")) == {("", "new")}
    call_command("migrate", check_unapplied=True, verbosity=0)
    MigrationExecutor(connection).loader.check_consistent_history(connection)


@pytest.mark.once
def test_migrate_writes_nothing_where_it_only_looks(empty_database):
    migrate_to(("home_contact", "0003c_no_spam_flag"))
    as_before_the_split()
    history = list(MigrationRecorder(connection).migration_qs.order_by("pk").values_list("pk", "name"))

    for look in ({"plan": True}, {"check_unapplied": True}):
        with suppress(SystemExit):  # what is not applied yet is its status
            call_command("migrate", verbosity=0, stdout=StringIO(), **look)

        left = MigrationRecorder(connection).migration_qs.order_by("pk").values_list("pk", "name")
        assert list(left) == history, look
    assert (
        list(MigrationRecorder(connection).migration_qs.order_by("pk").values_list("pk", "name")) == history
    )


def names_of_approval() -> list[str]:
    """Return what the group, the task and the workflow are called by which pages are approved."""
    task = GroupApprovalTask.objects.get()
    return [task.groups.get().name, task.name, Workflow.objects.get().name]


def test_wagtails_moderators_become_approvers_of_pages_unless_the_owner_has_named_them(empty_database):
    before = (
        ("invitations", "0001_initial"),
        ("wagtailadmin", "0006_formstate"),
        ("wagtailcore", "0090_remove_grouppagepermission_permission_type"),
        ("wagtaildocs", "0011_add_choose_permissions"),
        ("wagtailimages", "0023_add_choose_permissions"),
    )
    migrate_to(*before)
    assert names_of_approval() == ["Moderators", "Moderators approval", "Moderators approval"]
    migrate_to(("invitations", "0003_writers"))
    assert names_of_approval() == ["Page approvers", "Page approval", "Page approval"]
    assert Group.objects.get(name="Writers").permissions.exists()
    migrate_to(before[0])
    assert names_of_approval() == ["Moderators", "Moderators approval", "Moderators approval"]
    assert not Group.objects.filter(name="Writers").exists()

    Group.objects.filter(name="Moderators").update(name="Our approvers")
    GroupApprovalTask.objects.update(name="Our approval")
    Group.objects.create(name="Writers")
    migrate_to(("invitations", "0003_writers"))
    assert names_of_approval() == ["Our approvers", "Our approval", "Page approval"]
    assert not Group.objects.get(name="Writers").permissions.exists()  # it is the owner's own
