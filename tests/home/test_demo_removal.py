"""The demo goes, and what somebody has made theirs stays."""

from collections.abc import Iterator
from io import StringIO

import pytest
from django.contrib.auth import authenticate, get_user_model
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from taggit.models import Tag
from wagtail.images import get_image_model
from wagtail.models import Page, PageLogEntry, Site

from blog.comments.models import Reader, ReaderComment
from blog.models import Author, BlogPostPage, Category
from cms.brand.models import SiteIdentity
from cms.brand.pictures import draw_due
from cms.outbox.models import Delivery
from home.contact.models import ContactMessage
from home.demo import plan as plans
from home.demo import removal
from home.demo.load import load
from home.demo.people import STAFF
from home.models import ContactPage, HomePage, PlantedItem, StandardPage
from tests import crawl
from tests.conftest import signed_in, visitor
from tests.factories import CommentFactory, PostFactory, StandardPageFactory, UserFactory
from tests.links import dead_links

PASSWORD = "osier-brook-42-mill"
NEW = "another-brook-43-mill"
POST = "preparing-for-your-appointment"
TRACES = (
    "osierbrook", "clinic", "acupunct", "calloway", "adeyemi", "okonjo", "tarrant", "01632", "@example.org",
    "@example.net", "millrace", "willow", "scalp",
)  # fmt: skip


@pytest.fixture(scope="module")
def planted(django_db_setup, django_db_blocker) -> Iterator[None]:
    """One demo for the whole module. Rolled back by hand afterwards."""
    with django_db_blocker.unblock():
        atomic = transaction.atomic()
        atomic.__enter__()
        load(PASSWORD)
        yield
        transaction.set_rollback(True)
        atomic.__exit__(None, None, None)


@pytest.fixture
def demo(planted, db) -> None:
    """The demo, as this test finds it."""


@pytest.fixture
def owner(demo):
    return UserFactory(username="owner", admin=True)


def remove(**options) -> str:
    said = StringIO()
    call_command("remove_demo", yes=True, no_backup=True, stdout=said, **options)
    return said.getvalue()


def refusal(**options) -> str:
    with pytest.raises(CommandError) as refused:
        remove(**options)
    return str(refused.value)


def staying() -> dict[str, str]:
    return {item.name: item.reason for item in plans.make().staying}


def post(slug: str = POST) -> BlogPostPage:
    return BlogPostPage.objects.get(slug=slug)


def publish(page: Page, **fields) -> None:
    for name, value in fields.items():
        setattr(page, name, value)
    page.save_revision(changed=True).publish()


def traces() -> list[str]:
    """Return which words of the clinic are in which table. SQLite's index drops dead ones when it merges."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            if not table.endswith("_fts_data"):
                cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608 -- names come from the database itself
                rows = "\n".join(map(str, cursor)).lower()
                found += [f"{table}: {word}" for word in TRACES if word in rows]
    return found


# --- What goes ---


def test_no_row_names_the_clinic_any_more(owner):
    said = remove()

    assert "The demo is removed." in said
    assert traces() == []


def test_a_demo_of_an_earlier_version_goes_as_well(owner):
    PlantedItem.objects.all().delete()

    remove()

    assert traces() == []


def test_the_site_is_whole_afterwards(owner):
    remove()
    draw_due()  # as the worker does

    assert dead_links("/", "/blog/", "/contact/", "/privacy/", "/blog/feed/", "/sitemap.xml") == []
    assert visitor().get("/about/").status_code == 404
    assert visitor().get(f"/blog/{POST}/").status_code == 404
    home = visitor().get("/").content.decode()
    assert "Our site" in home
    assert 'href="/contact/"' in home
    assert "There is nothing here yet." in visitor().get("/blog/").content.decode()
    assert "Nothing" in visitor().get("/search/?q=needle").content.decode()
    assert HomePage.objects.get().title == "Home"


def test_messages_and_readers_go_and_their_rows_in_the_outbox(owner):
    remove()

    assert not ContactMessage.objects.exists()
    assert not Reader.objects.exists()
    assert not ReaderComment.objects.exists()
    assert not Delivery.objects.exists()


def test_the_plan_changes_nothing_and_says_what_goes(owner):
    before, said = crawl.contents(), StringIO()
    call_command("remove_demo", plan=True, stdout=said)

    assert crawl.contents() == before
    assert "Osierbrook Clinic (starts over)" in said.getvalue()
    assert "log-in: admin; editor; moderator; frontdesk" in said.getvalue()
    assert "This stays" not in said.getvalue()


def test_who_removed_it_is_a_line_of_the_history(owner):
    removal.remove(by=owner, own=None, backup=False)

    entry = PageLogEntry.objects.get(action=removal.REMOVED)
    assert entry.user == owner
    assert entry.data["counts"]["page"] == 12


# --- What stays ---


def test_a_changed_post_stays_with_its_picture_author_and_category(owner):
    article = post()
    publish(article, standfirst="What we wrote ourselves.")
    kept = [article.title, article.hero.title, article.author.name, article.category.name]

    assert set(staying()) == set(kept)
    assert staying()[article.title] == "It was changed: standfirst."
    remove()

    article = post()
    assert visitor().get(article.url).status_code == 200
    assert (article.hero.title, article.author.name, article.category.name) == tuple(kept[1:])
    assert {tag.name for tag in Tag.objects.all()} == {tag.name for tag in article.tags.all()}
    assert BlogPostPage.objects.count() == Author.objects.count() == Category.objects.count() == 1
    assert visitor().get("/blog/").status_code == 200
    assert not ReaderComment.objects.exists()


def test_an_edit_that_is_not_published_yet_keeps_a_page(owner):
    article = post()
    article.title = "Before you come"
    article.save_revision()
    remove()

    assert post().get_latest_revision_as_object().title == "Before you come"


def test_a_picture_that_an_own_draft_shows_stays(owner):
    picture = get_image_model().objects.get(title="Calendar and tea")
    mine = PostFactory(title="Mine", slug="mine")
    mine.hero = picture
    mine.save_revision()
    other = get_image_model().objects.get(title="A neck stretch")
    StandardPageFactory(title="Ours", slug="ours", picture=other)
    remove()

    assert set(get_image_model().objects.all()) == {picture, other}


def test_a_page_with_one_of_ours_below_it_stays(owner):
    StandardPageFactory(parent=StandardPage.objects.get(slug="about"), title="Team", slug="team")
    remove()

    assert visitor().get("/about/team/").status_code == 200


def test_changed_words_about_the_site_stay_and_the_others_go(owner):
    SiteIdentity.objects.update(name="Baker Street Books", telephone="+44 20 7946 0000")
    remove()

    identity = SiteIdentity.objects.get()
    assert (identity.name, identity.telephone) == ("Baker Street Books", "+44 20 7946 0000")
    assert (identity.tagline, identity.address, identity.emergency_line) == ("", "", "")
    assert identity.privacy_page.slug == "privacy"
    assert Site.objects.get().site_name == identity.name


def test_a_contact_page_of_ones_own_words_stays(owner):
    publish(ContactPage.objects.get(), standfirst="Come in.", telephone="+44 20 7946 0000")
    remove()

    assert ContactPage.objects.get().standfirst == "Come in."


def test_a_message_of_a_real_visitor_stays_with_its_page(owner):
    mine = {"name": "Ann", "email": "ann@books.example", "message": "Do you buy books?"}
    subject = visitor().get("/contact/").context["form"].fields["subject"].choices[-1][0]
    visitor().post("/contact/", {**mine, "subject": subject})
    remove()

    message = ContactMessage.objects.get()
    assert message.reply_address == "ann@books.example"
    assert message.page == ContactPage.objects.get().page_ptr


# --- Real readers ---


def test_a_page_that_a_real_reader_commented_on_stays_until_that_is_confirmed(owner):
    CommentFactory(page=post(), address="ann@books.example", text="Thank you.")
    assert staying()[post().title] == "A reader has commented on it."
    said = remove()

    assert "Comments of real people on pages of the demo: 1" in said
    assert ReaderComment.objects.get().comment == "Thank you."
    remove(with_comments=True)
    assert not ReaderComment.objects.exists()
    assert not Delivery.objects.filter(event__startswith="comment.").exists()
    assert not BlogPostPage.objects.exists()


def test_a_comment_that_came_since_the_plan_was_read_keeps_its_page(owner):
    CommentFactory(page=post(), address="ann@books.example")
    seen = plans.make(comments_of_others=1).comments_of_others
    CommentFactory(page=post(), address="ben@books.example")
    removal.remove(comments_of_others=seen, backup=False)

    assert ReaderComment.objects.on(post()).count() == 2


def test_what_a_real_reader_answered_keeps_its_place_without_its_words(owner):
    asked = ReaderComment.objects.approved().filter(replies=None).first()
    page = asked.page.specific
    answer = CommentFactory(page=page, address="ann@books.example", reply_to_id=asked.pk, approved=True)
    remove()

    answer.refresh_from_db()
    assert answer.comment
    assert answer.in_reply_to.comment == ""
    assert answer.in_reply_to.reader is None
    html = visitor().get(page.url).content.decode()
    assert answer.comment in html
    assert asked.user_name not in html


# --- Log-ins ---


def test_log_ins_of_the_demo_are_gone_and_their_sessions_end(owner):
    browser = signed_in(get_user_model().objects.get(username="editor"))
    assert browser.get("/admin/").status_code == 200
    remove()

    assert list(get_user_model().objects.all()) == [owner]
    assert browser.get("/admin/").status_code == 302


def test_a_log_in_that_wrote_something_of_ours_is_turned_off(owner):
    editor = get_user_model().objects.get(username="editor")
    mine = PostFactory(title="Mine", slug="mine")
    mine.save_revision(user=editor).publish(user=editor)
    browser = signed_in(editor)
    said = remove()

    editor.refresh_from_db()
    assert (editor.is_active, editor.has_usable_password()) == (False, False)
    assert "turned off: editor" in said
    assert browser.get("/admin/").status_code == 302


def test_a_log_in_that_has_an_address_of_its_own_is_somebodys(owner):
    get_user_model().objects.filter(username="editor").update(email="ines@books.example")
    remove()

    assert authenticate(username="editor", password=PASSWORD)


def test_the_only_administrator_is_not_taken_away(demo):
    before = crawl.contents()

    assert "only administrator" in refusal()
    assert crawl.contents() == before


def test_the_only_administrator_is_kept_with_a_new_password(demo, settings):
    browser = signed_in(get_user_model().objects.get(username="admin"))
    settings.ADMIN_PASSWORD = NEW
    remove(keep_admin=True, email="ann@books.example")

    (admin,) = get_user_model().objects.all()
    assert (admin.username, admin.email, admin.get_full_name()) == ("admin", "ann@books.example", "")
    assert authenticate(username="admin", password=NEW) == admin
    assert authenticate(username="admin", password=PASSWORD) is None
    assert browser.get("/admin/").status_code == 302
    assert not Delivery.objects.exists()
    assert "There is nothing of the demo" in refusal()


def test_a_weak_password_or_a_bad_address_for_the_administrator_is_refused_and_nothing_goes(demo, settings):
    settings.ADMIN_PASSWORD = "password2026"
    before = crawl.contents()

    assert "too common" in refusal(keep_admin=True)
    settings.ADMIN_PASSWORD = NEW
    assert "valid email address" in refusal(keep_admin=True, email="nobody")
    assert crawl.contents() == before


def test_whoever_removes_it_as_the_demos_administrator_keeps_that_account(owner):
    admin = get_user_model().objects.get(username="admin")
    with pytest.raises(removal.RefusedError, match="“admin” is the administrator here"):
        removal.remove(by=admin, backup=False)
    removal.remove(by=admin, own=removal.OwnLogIn(NEW), backup=False)

    assert authenticate(username="admin", password=NEW)
    assert set(get_user_model().objects.values_list("username", flat=True)) == {"owner", "admin"}


def test_it_is_not_removed_when_somebody_thinks_better_of_it(owner, monkeypatch):
    monkeypatch.setattr("builtins.input", lambda question: "no")
    before = crawl.contents()
    with pytest.raises(CommandError, match="Nothing was removed"):
        call_command("remove_demo", stdout=StringIO())

    assert crawl.contents() == before


def test_every_log_in_of_the_demo_is_known_to_the_removal(demo):
    assert {account.get_username() for account in plans.record.accounts()} == set(STAFF)
