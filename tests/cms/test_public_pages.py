"""Which pages are public, and how they are found."""

import pytest
from django.http import Http404
from wagtail.models import Page

from cms import public_pages
from tests.factories import PostFactory, StandardPageFactory

pytestmark = pytest.mark.django_db


def public() -> set[int]:
    return set(public_pages.of(Page.objects.all()).values_list("pk", flat=True))


@pytest.mark.parametrize("restriction", ["login", "password", "groups"])
def test_what_is_below_a_private_page_is_not_public_and_its_neighbours_are(home, post, restriction):
    section = StandardPageFactory(parent=home, slug="section")
    below = StandardPageFactory(parent=section, slug="below")
    deeper = StandardPageFactory(parent=below, slug="deeper")
    beside = StandardPageFactory(parent=home, slug="beside")
    section.view_restrictions.create(restriction_type=restriction, password="secret")

    found = public()

    assert found == set(Page.objects.live().public().values_list("pk", flat=True))
    assert {beside.pk, post.pk, home.pk} <= found
    assert not {section.pk, below.pk, deeper.pk} & found


def test_a_draft_is_not_public(blog):
    assert PostFactory(parent=blog, draft=True).pk not in public()


def test_an_id_comes_before_a_slug(blog):
    first = PostFactory(parent=blog)
    second = PostFactory(parent=blog, slug=str(first.pk))

    assert public_pages.find(Page.objects.all(), str(first.pk)).pk == first.pk
    assert public_pages.find(Page.objects.filter(pk=second.pk), str(first.pk)).pk == second.pk


@pytest.mark.parametrize("key", ["", "no-such-page", "9" * 40, "a\0b", "-1", "\u0661"])
def test_an_unknown_key_is_not_found(blog, key):
    with pytest.raises(Http404):
        public_pages.find(Page.objects.all(), key)
