import pytest
from django.db import DatabaseError, connection, transaction
from wagtail.contrib.redirects.models import Redirect
from wagtail.contrib.redirects.signal_handlers import BatchRedirectCreator
from wagtail.models import Page, Site

from cms.fixes import redirect_batches
from tests.conftest import visitor
from tests.factories import BlogFactory, PostFactory

pytestmark = pytest.mark.django_db


def test_a_section_of_more_than_a_thousand_pages_gets_its_redirects(home):
    site = Site.objects.get()
    Redirect.objects.create(old_path="/old/7", site=site, redirect_link="/", automatically_created=True)
    batch = BatchRedirectCreator(max_size=2000, ignore_conflicts=True)

    for number in range(1500):
        batch.add(old_path=f"/old/{number}", site=site, redirect_page=home, automatically_created=True)
    batch.process()

    assert Redirect.objects.filter(redirect_page=home).count() == 1500


def test_wagtails_own_batch_of_so_many_still_fails(home, monkeypatch):
    """SQLite refuses so many conditions, PostgreSQL so long an address. When this fails, ours can go."""
    monkeypatch.setattr(BatchRedirectCreator, "pre_process", redirect_batches.WAGTAILS_OWN)
    site = Site.objects.get()
    batch = BatchRedirectCreator(max_size=2000, ignore_conflicts=True)

    with pytest.raises(DatabaseError), transaction.atomic():
        for number in range(1500):
            batch.add(old_path=f"/old/{number}", site=site, redirect_page=home, automatically_created=True)
        batch.add(old_path=f"/{'x' * 300}", site=site, redirect_page=home, automatically_created=True)
        batch.process()


def _refuse_redirects(execute, sql, params, many, context):
    if "wagtailredirects_redirect" in sql:
        raise DatabaseError("no redirects today")
    return execute(sql, params, many, context)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("how", ["renamed", "moved"])
def test_redirects_that_cannot_be_made_undo_no_rename_and_no_move(blog, home, how):
    archive = BlogFactory(parent=home, slug="archive")

    with connection.execute_wrapper(_refuse_redirects):
        if how == "renamed":
            blog.slug = "news"
            blog.save_revision().publish()
        else:
            blog.move(archive, pos="last-child")

    assert Page.objects.get(pk=blog.pk).url in {"/news/", "/archive/blog/"}
    assert not Redirect.objects.exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("how", ["renamed", "moved"])
def test_a_post_with_a_very_long_address_can_be_renamed_and_moved(blog, home, how):
    """Its old address is too long for a redirect; its neighbour's is not."""
    PostFactory(parent=blog, slug="x" * 252)
    PostFactory(parent=blog, slug="short")

    if how == "renamed":
        blog.slug = "news"
        blog.save_revision().publish()
    else:
        blog.move(BlogFactory(parent=home, slug="archive"), pos="last-child")

    blog = Page.objects.get(pk=blog.pk)
    assert visitor().get(f"{blog.url}{'x' * 252}/").status_code == 200
    assert visitor().get("/blog/short/")["Location"].endswith(f"{blog.url}short/")
