"""The first and the last day there is, wherever a date is kept, shown or asked for."""

import re
from datetime import date
from html import unescape

import pytest
from django.utils import timezone
from wagtail.models import Site
from wagtail.users.models import UserProfile

from blog.comments.models import Discussion
from blog.models import BlogPostPage
from cms.pages import scheduling
from tests.conftest import signed_in, visitor
from tests.editor import Editor, paragraph, stream
from tests.factories import CommentFactory, PostFactory

pytestmark = pytest.mark.django_db

FIRST, LAST = date(1, 1, 1), date(9999, 12, 31)
PUBLIC = (
    "/", "/blog/", "/blog/feed/", "/sitemap.xml", "/search/?q=post", "/api/v1/posts/",
    "/api/v1/posts/?limit=1",
)  # fmt: skip


@pytest.fixture(params=[FIRST, LAST], ids=["first", "last"])
def odd_post(request, post):
    """A post of a day at the edge, beside an ordinary one."""
    BlogPostPage.objects.filter(pk=post.pk).update(
        date=request.param,
        last_reviewed=request.param,
        next_review=request.param,
        comments_close_after_days=30,
    )
    PostFactory(parent=post.get_parent())
    post.refresh_from_db()
    return post


def test_a_post_of_such_a_day_is_shown_by_every_door(odd_post, admin):
    slug = odd_post.slug
    for url in (*PUBLIC, odd_post.url, f"{odd_post.url}comments/feed/", f"/api/v1/posts/{slug}/"):
        assert visitor().get(url).status_code == 200, url
    for url in (f"/admin/pages/{odd_post.pk}/edit/", f"/admin/pages/{odd_post.get_parent().pk}/"):
        assert signed_in(admin).get(url).status_code == 200, url
    assert visitor().get(f"/api/v1/posts/{slug}/").json()["date"] == odd_post.date.isoformat()


def test_every_cursor_over_such_days_leads_on(odd_post):
    seen, cursor = [], ""
    while cursor is not None:
        answer = visitor().get("/api/v1/posts/", {"limit": 1, "cursor": cursor})
        assert answer.status_code == 200
        seen += [item["slug"] for item in answer.json()["items"]]
        cursor = answer.json()["next"]
    assert len(seen) == len(set(seen)) == 2


def test_the_days_after_which_comments_close_never_overflow(odd_post):
    closed = odd_post.date == FIRST

    assert ("comment-form" in visitor().get(odd_post.url).content.decode()) is not closed
    Discussion.objects.update_or_create(site=Site.objects.get(), defaults={"close_after_days": 3650})
    assert visitor().get(odd_post.url).status_code == 200


@pytest.mark.parametrize("zone", ["UTC", "Pacific/Kiritimati", "America/Los_Angeles"])
@pytest.mark.parametrize(
    "moment", ["9999-12-31 23:59", "9999-12-31 00:00", "0001-01-01 00:00", "0001-01-01 23:59"]
)
@pytest.mark.parametrize("name", ["expire_at", "go_live_at"])
def test_a_time_that_some_zone_cannot_tell_is_refused_with_words(admin, post, zone, moment, name):
    UserProfile.objects.update_or_create(user=admin, defaults={"current_time_zone": zone})
    editor = Editor(signed_in(admin), post)
    form = editor.open() | stream([("paragraph", paragraph("Words of today."))])

    answer = editor.save(form | {name: moment})

    page = unescape(answer.content.decode())
    assert answer.status_code == 200
    assert re.search(f"{scheduling.NO_SUCH_TIME}|couldn’t be interpreted in time zone {zone}", page)
    assert "Words of today." in page
    assert not post.revisions.exists()
    assert editor.save(form | {name: "2090-01-01 12:00"}).status_code == 302
    assert "Words of today." in str(post.revisions.get().as_object().body)


@pytest.mark.parametrize("zone", ["UTC", "Pacific/Kiritimati", "America/Los_Angeles"])
def test_no_filter_by_such_a_day_is_a_500(admin, post, zone):
    CommentFactory(page=post)
    UserProfile.objects.update_or_create(user=admin, defaults={"current_time_zone": zone})
    browser, page = signed_in(admin), post.pk
    lists = {
        "/admin/comments/": ("since", "until"),
        "/admin/comments/all/": ("since", "until"),
        "/admin/comments/decisions/": ("first", "last"),
        "/admin/reports/site-history/": ("timestamp_from", "timestamp_to"),
        "/admin/reports/aging-pages/": ("last_published_at_from", "last_published_at_to"),
        "/admin/reports/locked/": ("locked_at_from", "locked_at_to"),
        "/admin/reports/workflow/": ("created_at_from", "created_at_to"),
        f"/admin/pages/{page}/history/": ("timestamp_from", "timestamp_to"),
        f"/admin/pages/{post.get_parent().pk}/": (
            "latest_revision_created_at_from",
            "latest_revision_created_at_to",
        ),
        "/admin/images/": ("created_at_from", "created_at_to"),
        "/admin/documents/": ("created_at_from", "created_at_to"),
    }
    for url, names in lists.items():
        for name in names:
            for day in ("0001-01-01", "9999-12-31", "0000-00-00", "10000-01-01", "2026-02-31"):
                answer = browser.get(url, {name: day})
                assert answer.status_code < 500, (url, name, day, answer.status_code)


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_the_report_of_decisions_says_what_is_wrong_with_such_a_day(as_moderator, day):
    for asked in ({"last": day}, {"first": day}, {"first": day, "last": day}):
        answer = as_moderator.get("/admin/comments/decisions/", asked)
        assert answer.status_code == 400, asked


def test_today_is_no_such_day():
    assert FIRST < scheduling.FIRST_DAY < timezone.localdate() < scheduling.LAST_DAY < LAST
