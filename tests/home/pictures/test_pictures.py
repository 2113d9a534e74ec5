import pytest
from wagtail.images import get_image_model
from wagtail_factories import ImageFactory

from home.pictures import drawing
from tests import crawl
from tests.conftest import visitor
from tests.factories import PostFactory, StandardPageFactory

pytestmark = pytest.mark.django_db


def test_a_published_picture_is_drawn_before_its_first_reader_comes(
    home, blog, django_capture_on_commit_callbacks, monkeypatch
):
    monkeypatch.setattr(drawing, "IN_A_REQUEST", 300.0)  # however slow this machine is
    image = ImageFactory(file__width=1600, file__height=1000)
    in_text = ("image", {"image": image, "caption": "", "credit": ""})
    post = PostFactory(parent=blog, slug="a-quiet-hour", hero=image)
    post.body.append(in_text)
    about = StandardPageFactory(parent=home, picture=image)
    home.picture = image
    with django_capture_on_commit_callbacks(execute=True):
        for page in (home, post, about):
            page.save_revision().publish()
    drawn = get_image_model().get_rendition_model().objects
    before = set(drawn.values_list("filter_spec", flat=True))

    for answer in crawl.walk({"anonymous": visitor()}, crawl.every_url()):
        assert answer.status < 500 or answer.url == "/readyz", answer

    assert set(drawn.values_list("filter_spec", flat=True)) == before != set()
