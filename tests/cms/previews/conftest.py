import pytest
from wagtail.models import Site

from cms.previews.models import PreviewSettings
from tests.conftest import signed_in
from tests.factories import PostFactory

FRONT_END = "https://front.example/preview"


@pytest.fixture
def draft(post):
    """A published post with a later draft, which has another title and text."""
    post.save_revision().publish()
    post.refresh_from_db()
    post.title, post.body = "A loud hour", [("paragraph", "<p>It will be loud.</p>")]
    post.save_revision()
    post.refresh_from_db()
    return post


@pytest.fixture
def unpublished(blog):
    page = PostFactory(parent=blog, draft=True, title="Not yet", slug="not-yet", first_published_at=None)
    page.save_revision()
    page.refresh_from_db()
    return page


@pytest.fixture
def front_end(db) -> str:
    PreviewSettings.objects.create(site=Site.objects.get(), front_end=FRONT_END)
    return FRONT_END


@pytest.fixture
def as_editor(editor):
    return signed_in(editor)
