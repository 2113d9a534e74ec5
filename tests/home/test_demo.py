"""The demo site: what a visitor finds after `make run`."""

import pytest
from django.contrib.auth import authenticate
from django.core.management import call_command
from django.db import transaction
from django.test import override_settings

from blog.comments.models import ReaderComment
from blog.models import BlogPostPage
from cms.outbox.models import Delivery, State
from home.contact.models import ContactMessage
from tests import crawl
from tests.conftest import visitor

PASSWORD = "chosen by the owner"
ARTICLE = "Scalp Acupuncture vs. Body Acupuncture: What's the Difference?"

# what the source text names, each of which the article keeps
CONDITIONS = """
    stroke, coma, spinal cord injur, parkinson, multiple sclerosis, guillain-barr, pain, digest, emotion
"""
POINTS = """
    microsystem, ear, hand, short, comfort, invasive, brain, nervous system, motor, speech, cogniti, organs,
    quality of life, medic, physiotherapy, occupational therapy, root, general information
"""


@pytest.fixture(scope="module")
def demo(django_db_setup, django_db_blocker):
    """One demo for the whole module: it takes seconds to draw. Rolled back by hand afterwards."""
    with django_db_blocker.unblock(), override_settings(ADMIN_PASSWORD=PASSWORD):
        atomic = transaction.atomic()
        atomic.__enter__()
        call_command("load_demo", verbosity=0)
        yield
        transaction.set_rollback(True)
        atomic.__exit__(None, None, None)


@pytest.fixture
def article(demo, db) -> BlogPostPage:
    return BlogPostPage.objects.get(title=ARTICLE)


def test_the_site_has_its_pages(demo, db):
    for url in ("/", "/blog/", "/contact/", "/about/", "/privacy/", "/search/?q=needles"):
        assert visitor().get(url).status_code == 200, url
    assert BlogPostPage.objects.published().count() >= 6


def test_the_article_keeps_every_point_and_condition_of_its_source(article):
    words = article.plain_text.lower()

    assert [point for point in f"{CONDITIONS},{POINTS}".split(",") if point.strip() not in words] == []


def test_the_article_is_made_of_blocks_with_a_table_and_leads_to_the_contact_page(article):
    kinds = {block.block_type for block in article.body}
    html = visitor().get(article.url).content.decode()

    assert {"heading", "paragraph", "comparison", "callout", "call_to_action"} <= kinds
    assert "<table" in html
    assert 'href="/contact/"' in html


def test_comments_stand_in_threads_three_levels_deep_and_some_are_held(article):
    comments = ReaderComment.objects.on(article)

    assert comments.approved().filter(level=2).values("root").distinct().count() >= 2
    assert comments.held().count() >= 3
    assert "Awaiting moderation" not in visitor().get(article.url).content.decode()


def test_there_is_something_on_every_tab_and_in_the_inbox(demo, db):
    assert set(ReaderComment.objects.values_list("status", flat=True)) >= {
        "pending",
        "approved",
        "spam",
        "trash",
    }
    assert ContactMessage.objects.exists()


def test_nobody_is_mailed_about_the_demo(demo, db):
    assert not Delivery.objects.filter(state=State.WAITING).exists()


def test_no_page_of_the_demo_shows_an_address_of_a_reader(demo, db):
    for answer in crawl.walk({"anonymous": visitor()}, crawl.every_url()):
        assert b"@example.org" not in answer.bytes, answer
        assert b"@example.net" not in answer.bytes, answer


def test_a_second_load_changes_nothing(demo, db):
    before = crawl.contents()
    call_command("load_demo", verbosity=0)

    assert crawl.contents() == before


def test_the_log_ins_have_the_password_that_was_given(demo, db):
    for name in ("admin", "editor", "moderator", "frontdesk"):
        assert authenticate(username=name, password=PASSWORD), name
