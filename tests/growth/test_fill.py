"""What stands on a filled site is as if it had been written there."""

import pytest
from django.db import connection
from wagtail.models import Page

from blog.comments.models import ReaderComment
from blog.models import BlogPostPage
from home.contact.models import ContactMessage
from tests.growth import fill, ground

SIZES = fill.Sizes(posts=100, comments=2000, readers=50, messages=120, pictures=90)


@pytest.mark.django_db
def test_a_filled_site_is_whole(client):
    ground.make()
    posts, comments = BlogPostPage.objects.count(), ReaderComment.objects.count()

    fill.fill(SIZES)

    assert BlogPostPage.objects.count() == posts + SIZES.posts
    assert ReaderComment.objects.count() == comments + SIZES.comments
    assert ContactMessage.objects.count() == 1 + SIZES.messages
    assert not any(Page.find_problems())
    assert BlogPostPage.objects.published().count() == posts + SIZES.posts * 4 // 5
    hot, private = (BlogPostPage.objects.get(slug=f"grown-{number}") for number in (fill.HOT_POST, 5))
    assert ReaderComment.objects.filter(page=hot.pk).count() > SIZES.comments // fill.HOT
    for comment in ReaderComment.objects.exclude(root=None).select_related("root"):
        assert comment.root.page_id == comment.page_id
        assert comment.root.root_id is None
        assert comment.root.status == "approved"
    assert {each.status for each in ReaderComment.objects.all()} == {"approved", "pending", "spam"}
    assert client.get(hot.url).status_code == 200
    assert client.get(private.url).status_code == 302
    connection.check_constraints()
