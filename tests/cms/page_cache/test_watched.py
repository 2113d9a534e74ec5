"""Every change of what a kept answer shows is noted, whoever makes it, and nothing else is."""

import re

import pytest
from django.contrib.auth import get_user_model
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from wagtail.models import Page, get_page_models

from blog.comments.models import ReaderComment
from blog.comments.moderation import actions
from blog.models import BlogPostPage, Category
from cms.api.manners import KEPT
from cms.page_cache import changes, triggers, watched
from cms.page_cache.keeping import TERMS, Terms
from cms.page_cache.models import Change
from cms.page_cache.watched import COMMENTS, SITE, comments_of
from tests.conftest import visitor
from tests.factories import CommentFactory, PostFactory, StandardPageFactory

pytestmark = pytest.mark.django_db

READ = re.compile(r'(?:FROM|JOIN) "(\w+)"')
# Read and not watched, because they change only together with what is.
BESIDE = {
    "wagtailcore_pagelogentry",  # of two pages with one slug, which was copied: until then it is a 404
}
OF_COMMENTS = {"blog_comments_readercomment", "django_comments", "django_comments_xtd_xtdcomment"}


@pytest.fixture
def paths(home, post, contact) -> dict[str, str]:
    """An address for each kind of answer that may be kept."""
    comment = CommentFactory(page=post, approved=True)
    about = StandardPageFactory(parent=home, comments_open=True)
    thread = f"comments/{comment.pk}/replies/"
    api = {
        "get_form": f"contact/{contact.slug}/",
        "get_menus": "menus/",
        "get_page": f"pages/{about.pk}/",
        "get_post": f"posts/{post.slug}/",
        "get_site": "site/",
        "list_authors": "authors/",
        "list_categories": "categories/",
        "list_comments": f"posts/{post.slug}/comments/",
        "list_page_comments": f"pages/{post.pk}/comments/",
        "list_page_replies": f"pages/{post.pk}/{thread}",
        "list_posts": "posts/",
        "list_replies": f"posts/{post.slug}/{thread}",
        "list_tags": "tags/",
        "resolve_path": f"resolve/?path={post.url}",
    }
    assert api.keys() == KEPT
    kinds = (home, post.get_parent().specific, post, about, contact)
    pages = {type(page).__name__: page.url for page in kinds}
    assert pages.keys() == {model.__name__ for model in get_page_models() if model is not Page}
    return {
        **{name: f"/api/v1/{path}" for name, path in api.items()},
        **pages,
        "comments, newest first": f"{post.url}?comments=newest",
        "thread": f"{post.url}{thread}",
        "feed": "/blog/feed/",
        "all comments": "/blog/comments/feed/",
        "comments of a post": f"{post.url}comments/feed/",
        "tagged": "/blog/?tag=sleep",
        "robots": "/robots.txt",
        "manifest": "/manifest.webmanifest",
    }


def asked(path: str) -> tuple[Terms, set[str], int]:
    """Return what an answer allows, and which tables it was made of."""
    terms = Terms()
    with CaptureQueriesContext(connection) as seen:
        answer = visitor().get(path, **{TERMS: terms})
    return terms, {table for each in seen for table in READ.findall(each["sql"])}, answer.status_code


def test_all_that_a_kept_answer_reads_is_watched(paths):
    known, all_read = watched.tables().keys() | BESIDE, set()
    for name, path in paths.items():
        terms, read, status = asked(path)

        assert (status, terms.shows >= {SITE}) == (200, True), name
        assert read <= known, (name, read - known)
        if read & OF_COMMENTS:
            assert any(subject.startswith(COMMENTS) for subject in terms.shows), name
        all_read |= read
    assert len(all_read) > 20


def test_an_answer_that_asks_for_more_is_not_kept(paths, post):
    comment = ReaderComment.objects.get()
    beyond = [f"{path}{'&' if '?' in path else '?'}more=1" for path in paths.values()]
    others = [
        f"{post.url}?sent=held",
        f"{post.url}comments/{comment.pk}/reply/",
        f"{post.url}comments/{comment.pk}/report/",
        "/contact/thanks/",
        "/search/?q=quiet",
        "/api/v1/search/?q=quiet",
        "/api/v1/posts/?search=quiet",
        "/admin/login/",
        "/readyz",
        "/sitemap.xml",
    ]
    for path in (*beyond, *others):
        terms, _, status = asked(path)
        assert status != 200 or not terms.shows, path


def test_each_watched_table_has_its_triggers():
    with connection.cursor() as cursor:
        number = len(triggers.existing(cursor, connection))

    rules = watched.tables().values()
    one_each = connection.vendor == "postgresql"
    assert number == sum(1 if one_each else len(rule.on) for rule in rules) > 40


def noted(act) -> set[str]:
    """Return what is noted while something is done."""
    before = set(Change.objects.values_list("pk", flat=True))
    if connection.vendor == "postgresql":  # one transaction notes a subject once
        Change.objects.all().delete()
        before = set()
    act()
    return set(Change.objects.exclude(pk__in=before).values_list("subject", flat=True))


def test_a_change_is_noted_by_whatever_way_it_is_written(post):
    def by_sql() -> None:
        with connection.cursor() as cursor:
            cursor.execute("UPDATE blog_category SET name = 'Other'")

    assert noted(lambda: Category.objects.create(name="Sleep")) == {SITE}
    assert noted(lambda: Category.objects.bulk_create([Category(name="Rest", slug="rest")])) == {SITE}
    assert noted(lambda: Category.objects.update(name="Both")) == {SITE}
    assert noted(by_sql) == {SITE}
    assert noted(lambda: Category.objects.update(name="Other")) == set()
    assert noted(lambda: Category.objects.all().delete()) == {SITE}
    assert noted(lambda: post.save_revision().publish()) == {SITE}
    assert noted(lambda: BlogPostPage.objects.filter(pk=post.pk).update(standfirst="Else.")) == {SITE}


def test_drafts_and_log_ins_note_nothing(post, editor):
    post.title = "Another title"

    assert noted(lambda: post.save_revision(user=editor, log_action=True)) == set()
    assert noted(lambda: get_user_model().objects.update(last_login="2026-01-01T00:00Z")) == set()
    assert noted(lambda: get_user_model().objects.update(first_name="Eve")) == {SITE}


def test_a_comment_is_noted_when_anyone_can_read_it(post, moderator):
    here = {COMMENTS, comments_of(post.pk)}
    comment: list[ReaderComment] = []

    def decide(verb, **given):
        comment[0] = verb(comment[0], by=moderator, version=comment[0].version, **given)

    assert noted(lambda: comment.append(CommentFactory(page=post))) == set()
    assert noted(lambda: decide(actions.mark_as_spam)) == set()
    assert noted(lambda: decide(actions.approve)) == here
    assert noted(lambda: decide(actions.edit, text="Other words.")) == here
    answer = ReaderComment.objects.filter(in_reply_to=comment[0])
    version = comment[0].version
    assert noted(lambda: actions.reply(comment[0], "Thank you.", by=moderator, version=version)) == here
    assert answer.exists()
    assert noted(lambda: decide(actions.trash)) == here
    assert noted(lambda: ReaderComment.objects.filter(pk=answer.get().pk).delete()) >= here


def test_what_is_rolled_back_is_not_noted(post):
    def undone() -> None:
        with transaction.atomic():
            Category.objects.create(name="Sleep")
            transaction.set_rollback(True)

    assert noted(undone) == set()


def test_a_look_tells_each_change_once(post):
    first = changes.look(None)
    assert changes.EVERYTHING in first.subjects

    assert changes.look(first.place).subjects == set()
    Category.objects.create(name="Sleep")
    second = changes.look(first.place)
    assert second.subjects == {SITE}
    assert changes.look(second.place).subjects == set()


def test_all_have_changed_when_the_notes_are_not_those_that_were_read(post):
    place = changes.look(None).place

    assert changes.EVERYTHING in changes.look(changes.Place(place.since + 1000, place.seen)).subjects


def test_nothing_is_kept_while_tables_are_altered():
    if connection.vendor != "sqlite":
        pytest.skip("Elsewhere triggers stay.")
    place = changes.look(None).place
    with connection.cursor() as cursor:
        names = triggers.existing(cursor, connection)

        triggers.before_migration(plan=[(type("M", (), {"app_label": "blog"}), False)])
        assert triggers.existing(cursor, connection) == set()
        assert changes.look(place).paused

        triggers.after_migration(plan=["something"])
        assert triggers.existing(cursor, connection) == names
    after = changes.look(place)
    assert not after.paused
    assert changes.EVERYTHING in after.subjects


@pytest.mark.django_db(transaction=True)
def test_a_transaction_that_ends_late_is_not_missed(post):
    """On PostgreSQL a note may become visible after later ones."""
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer.")
    late = connection.copy()
    try:
        late.set_autocommit(False)
        with late.cursor() as cursor:
            cursor.execute("UPDATE blog_blogpostpage SET standfirst = 'Late.'")
        Category.objects.create(name="Sleep")
        place = changes.look(changes.look(None).place).place
        late.commit()

        found = changes.look(place)
    finally:
        late.close()
    assert found.subjects == {SITE}
    assert changes.look(found.place).subjects == set()


def test_old_notes_are_forgotten(post):
    if connection.vendor == "postgresql":
        Category.objects.create(name="Sleep")
        Change.objects.update(at="2026-01-01T00:00Z")
        changes.forget_old()
        assert not Change.objects.filter(at__year=2026, at__month=1).exists()
    PostFactory()
    assert Change.objects.filter(subject=SITE).exists()
