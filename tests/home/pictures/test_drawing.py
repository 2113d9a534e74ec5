"""Whatever is wrong with a picture: pages are published, copied and read, and staff are warned."""

import errno
import math
import os
import re
import shutil
import subprocess
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
import time_machine
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from wagtail.images import get_image_model
from wagtail.images.models import AbstractImage
from wagtail.models import Page
from wagtail_factories import ImageFactory

from blog.models import BlogPostPage
from home.models import PictureCare
from home.pictures import drawing, shapes
from tests import crawl
from tests.conftest import signed_in, visitor
from tests.editor import Editor, paragraph, stream
from tests.factories import PostFactory, StandardPageFactory, draw
from tests.pictures import BROKEN

pytestmark = [pytest.mark.once, pytest.mark.django_db]


@pytest.fixture(autouse=True)
def _a_machine_that_is_quick_enough(monkeypatch):
    monkeypatch.setattr(drawing, "IN_A_REQUEST", 300.0)


@pytest.fixture
def broken_posts(blog) -> dict[str, BlogPostPage]:
    """A post with each kind of picture that cannot be drawn, as its hero and in its text."""
    return {how: broken_post(blog, how) for how in BROKEN}


def broken_post(blog, how: str) -> BlogPostPage:
    picture = ImageFactory(file__width=900, file__height=700)
    BROKEN[how](picture)
    body = [("image", {"image": picture, "caption": "", "credit": ""}), ("paragraph", "<p>Words.</p>")]
    slug = how.replace(" ", "-")
    return PostFactory(parent=blog, title=how, slug=slug, hero=picture, body=body, drawn=False)


def whole_post(blog, **fields: object) -> BlogPostPage:
    picture = ImageFactory(file__width=1600, file__height=1000)
    return PostFactory(parent=blog, slug="whole", hero=picture, drawn=False, **fields)


def publish(page: Page) -> None:
    page.save_revision().publish()


def copy(browser, page: Page, slug: str, **more: str):
    fields = {"new_title": "Copy", "new_slug": slug, "new_parent_page": page.get_parent().pk, **more}
    url = reverse("wagtailadmin_pages:copy", args=(page.pk,))
    return browser.post(url, {**fields, "copy_subpages": "on", "publish_copies": "on"})


def assert_whole(page: Page, posts: int) -> None:
    """The section is there, has its posts, is read by everybody and takes more."""
    assert Page.find_problems() == ([], [], [], [], [])
    page = Page.objects.get(pk=page.pk).specific
    assert page.get_children().live().count() == posts
    assert all(answer.status < 500 or answer.url == "/readyz" for answer in answers())
    PostFactory(parent=page, slug="one-more", title="One more")
    assert page.get_children().count() == posts + 1


def answers() -> list[crawl.Answer]:
    more = [
        "/api/v1/posts/",
        *(f"/api/v1/posts/{pk}/" for pk in BlogPostPage.objects.values_list("pk", flat=True)),
    ]
    urls = [page.url for page in Page.objects.live().filter(depth__gt=1)]
    return list(crawl.walk({"anonymous": visitor()}, [*urls, "/blog/feed/", "/search/?q=words", *more]))


@pytest.mark.django_db(transaction=True)
def test_a_section_with_broken_pictures_is_copied_whole(blog, broken_posts, admin):
    """Each page was committed by itself, and the first picture that could not be drawn ended the copying."""
    answer = copy(signed_in(admin), blog, "next-year")

    assert answer.status_code == 302
    assert_whole(Page.objects.get(slug="next-year"), len(BROKEN))
    assert PictureCare.objects.exclude(problem="").count() == len(BROKEN)


@pytest.mark.django_db(transaction=True)
def test_an_alias_of_a_section_with_broken_pictures_is_whole(blog, broken_posts, admin):
    assert copy(signed_in(admin), blog, "mirror", alias="on").status_code == 302

    assert_whole(Page.objects.get(slug="mirror"), len(BROKEN))


@pytest.mark.django_db(transaction=True)
def test_posts_with_broken_pictures_are_published_together(blog, broken_posts, admin):
    for post in broken_posts.values():
        post.unpublish()
    ids = "&".join(f"id={post.pk}" for post in broken_posts.values())
    url = reverse("wagtail_bulk_action", args=("wagtailcore", "page", "publish"))

    answer = signed_in(admin).post(f"{url}?{ids}")

    assert answer.status_code == 302
    assert_whole(blog, len(BROKEN))


@pytest.mark.django_db(transaction=True)
def test_a_broken_picture_stops_no_scheduled_page(blog, broken_posts):
    for post in broken_posts.values():
        post.unpublish()
        post.go_live_at = timezone.now() + timedelta(seconds=60)
        post.save_revision().publish()
    with time_machine.travel(timezone.now() + timedelta(minutes=2)):
        call_command("publish_scheduled")

    assert_whole(blog, len(BROKEN))


@pytest.mark.parametrize("how", sorted(set(BROKEN) - {"sixteen bits"}))  # that one can be drawn in AVIF
def test_a_placeholder_stands_where_a_picture_cannot_be_drawn(blog, how, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        publish(broken_post(blog, how))
    read = {answer.url: answer for answer in answers()}

    assert {answer.status for answer in read.values()} == {200}
    for url, number in {f"/blog/{how.replace(' ', '-')}/": 2, "/blog/": 1, "/": 1}.items():
        page = read[url].bytes.decode()
        assert page.count('class="blank"') == number, url
        assert "/media/images/" not in page
        assert "<img" not in page
    assert b'"picture": null' in read["/api/v1/posts/"].bytes


@pytest.mark.django_db(transaction=True)
def test_a_post_that_was_just_published_shows_its_pictures(blog, admin, client):
    """A usual post: a hero and two pictures in the text."""
    more = [ImageFactory(file__width=1600, file__height=1000) for _ in range(2)]
    body = [("image", {"image": picture, "caption": "", "credit": ""}) for picture in more]
    publish(whole_post(blog, body=body))

    page = client.get("/blog/whole/").content.decode()

    assert page.count("<picture>") == 3
    assert re.search(r'property="og:image" content="http://[^/"]+/media/images/', page)
    assert 'class="blank"' not in page


@pytest.mark.django_db(transaction=True)
def test_what_takes_too_long_is_left_to_the_worker(blog, client, monkeypatch):
    monkeypatch.setattr(drawing, "IN_A_REQUEST", 0)
    pictured = [ImageFactory(file__width=1600, file__height=1000) for _ in range(4)]
    body = [("image", {"image": picture, "caption": "", "credit": ""}) for picture in pictured]

    publish(whole_post(blog, body=body))

    assert get_image_model().get_rendition_model().objects.count() <= 1
    assert client.get("/blog/whole/").content.decode().count('class="blank"') >= 4
    while PictureCare.objects.exclude(due_at=None).exists():
        PictureCare.objects.exclude(due_at=None).update(due_at=timezone.now())
        drawing.draw_due()
    assert client.get("/blog/whole/").content.decode().count("<picture>") == 5


@pytest.mark.django_db(transaction=True)
def test_each_picture_is_seen_before_any_has_all_its_shapes(blog, client, monkeypatch):
    """As where the time is up after the first round."""
    pictured = [ImageFactory(file__width=1600, file__height=1000) for _ in range(3)]
    body = [("image", {"image": picture, "caption": "", "credit": ""}) for picture in pictured]
    real = drawing.draw

    def first_round(pk, until, *, only_first):
        if only_first:
            real(pk, until, only_first=True)

    monkeypatch.setattr(drawing, "draw", first_round)

    publish(whole_post(blog, body=body))

    page = client.get("/blog/whole/").content.decode()
    assert page.count("<picture>") == 4
    assert 'class="blank"' not in client.get("/blog/").content.decode()
    assert PictureCare.objects.exclude(due_at=None).count() == 4


@pytest.mark.django_db(transaction=True)
def test_a_thirty_million_pixel_picture_is_the_workers(blog):
    large = whole_post(blog)
    get_image_model().objects.filter(pk=large.hero.pk).update(width=6000, height=5000)

    publish(BlogPostPage.objects.get(pk=large.pk))

    assert not large.hero.renditions.exists()
    assert large.hero.care.due_at


@pytest.mark.parametrize("how", BROKEN)
def test_reading_never_tries_to_draw(blog, how):
    broken_post(blog, how)
    whole_post(blog)
    before = crawl.contents()

    for _ in range(2):
        answers()

    assert crawl.contents() == before


def test_a_broken_picture_is_tried_again_later_and_later_and_not_for_ever(blog):
    draw(picture := broken_post(blog, "lost").hero)
    waits = []
    while (care := PictureCare.objects.get(pk=picture.pk)).due_at:
        waits.append(care.due_at - timezone.now())
        PictureCare.objects.update(due_at=timezone.now())
        drawing.draw_due()

    assert len(waits) == drawing.MOST_ATTEMPTS - 1
    assert waits == sorted(waits, key=lambda wait: round(wait.total_seconds(), -1))
    assert timedelta(hours=23) < waits[-1] < timedelta(hours=25)


def test_purged_pictures_of_public_pages_are_drawn_again(blog, client):
    post = whole_post(blog)
    draw(post.hero)
    call_command("wagtail_update_image_renditions", purge_only=True, verbosity=0)
    draft = PostFactory(parent=blog, draft=True, hero=ImageFactory(), drawn=False)

    drawing.find_undrawn()
    while PictureCare.objects.exclude(due_at=None).exists():
        drawing.draw_due()

    assert post.hero.renditions.count() == len(shapes.LEADING)
    assert not draft.hero.renditions.exists()


def test_a_picture_that_is_deleted_meanwhile_is_forgotten(blog):
    PictureCare.objects.create(pk=987_654, due_at=timezone.now())

    drawing.draw_due()

    assert not PictureCare.objects.exists()


def test_an_editor_sees_in_a_preview_what_is_not_drawn_yet(blog, admin):
    post = whole_post(blog)

    page = post.make_preview_request(original_request=None).content.decode()

    assert page.count("<picture>") == 1


@pytest.fixture
def small_disk(tmp_path):
    """The folder of the renditions on a disk of 64 kB."""
    folder = Path(settings.MEDIA_ROOT) / "images"
    folder.mkdir(parents=True, exist_ok=True)
    if (
        shutil.which("mount") is None
        or subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", folder], capture_output=True, check=False
        ).returncode
    ):
        pytest.skip("a small disk can be had by root alone")
    yield folder
    subprocess.run(["umount", folder], check=True)


@pytest.mark.django_db(transaction=True)
def test_a_full_disk_does_not_stop_publishing_and_is_reported(blog, admin, small_disk, client):
    (small_disk / "full").write_bytes(b"x" * 60_000)
    before = set(small_disk.iterdir())

    publish(post := whole_post(blog))

    assert client.get("/blog/whole/").status_code == 200
    assert PictureCare.objects.get().problem == drawing.NO_ROOM
    whole = {Path(each.file.path) for each in post.hero.renditions.all()}
    assert set(small_disk.iterdir()) - before == whole
    (small_disk / "full").unlink()
    subprocess.run(["mount", "-o", "remount,size=20m", small_disk], check=True)
    draw(post.hero)
    assert PictureCare.objects.get().problem == ""
    assert client.get("/blog/whole/").content.decode().count("<picture>") == 1


def in_threads(*acts) -> None:
    """Do them at once, each in a thread with a connection of its own. Raises the first error of any."""

    def run(act):
        try:
            act()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        for each in [pool.submit(run, act) for act in acts]:
            each.result(timeout=120)


def assert_drawn_once(picture, caplog) -> None:
    """Every shape has a row, every row its file and every file its row; nothing was logged as an error."""
    files = {Path(each.file.path) for each in picture.renditions.all()}
    assert len(files) == len(shapes.LEADING)
    stem = Path(picture.file.name).stem
    assert set((Path(settings.MEDIA_ROOT) / "images").glob(f"{stem}.*")) == files
    assert [record for record in caplog.records if record.levelname == "ERROR"] == []


@pytest.fixture
def meeting(monkeypatch) -> threading.Barrier:
    """Two drawers draw each shape at the same time, if there are two."""
    barrier, drawn = threading.Barrier(2), AbstractImage.generate_rendition_file

    def generate(*args, **options):
        file = drawn(*args, **options)
        with suppress(threading.BrokenBarrierError):
            barrier.wait(timeout=20)
        return file

    monkeypatch.setattr(AbstractImage, "generate_rendition_file", generate)
    return barrier


@pytest.mark.django_db(transaction=True)
def test_two_drawers_of_one_picture_delete_no_file_of_each_other(blog, caplog, meeting, monkeypatch):
    """As where a lease ran out, or an editor looks at a draft."""
    picture = unique_picture()
    PictureCare.objects.create(pk=picture.pk, leads=True, due_at=timezone.now())
    monkeypatch.setattr(drawing, "LEASE", timedelta(seconds=-1))

    in_threads(*[partial(drawing.draw, picture.pk, math.inf)] * 2)

    assert not meeting.broken
    assert_drawn_once(picture, caplog)
    assert PictureCare.objects.get().problem == ""


@pytest.mark.django_db(transaction=True)
def test_two_posts_with_one_new_hero_can_be_published_at_once(blog, caplog, client):
    picture = unique_picture()
    posts = [PostFactory(parent=blog, slug=slug, hero=picture, drawn=False) for slug in ("one", "two")]

    in_threads(*[partial(publish, post) for post in posts])
    drawing.draw_all()

    assert_drawn_once(picture, caplog)
    assert PictureCare.objects.filter(due_at=None, leased_until=None).count() == 1
    for slug in ("one", "two"):
        assert 'class="blank"' not in client.get(f"/blog/{slug}/").content.decode()


@pytest.mark.django_db(transaction=True)
def test_a_picture_that_another_draws_is_left_to_it(blog):
    """The worker, a command and a second editor alike; who publishes again has it drawn afterwards."""
    post = whole_post(blog)
    until = timezone.now() + timedelta(minutes=3)
    PictureCare.objects.create(pk=post.hero.pk, due_at=timezone.now(), leased_until=until)

    drawing.draw_due()
    drawing.draw_all()
    publish(post)

    assert not post.hero.renditions.exists()
    care = PictureCare.objects.get()
    assert (care.leads, care.leased_until) == (True, until)
    with time_machine.travel(until + timedelta(minutes=15)):
        drawing.draw_due()
    assert post.hero.renditions.exists()


@pytest.mark.django_db(transaction=True)
def test_what_is_asked_for_while_it_is_drawn_stays_due(blog, meeting):
    """A picture of the text becomes the hero of another post: its cards are missing still."""
    picture = unique_picture()
    PictureCare.objects.create(pk=picture.pk, due_at=timezone.now())
    post = PostFactory(parent=blog, slug="two", hero=picture, drawn=False)

    def publish_meanwhile() -> None:
        meeting.wait(timeout=20)  # at the first shape
        publish(post)
        meeting.abort()

    in_threads(partial(drawing.draw, picture.pk, math.inf), publish_meanwhile)
    assert PictureCare.objects.get().due_at
    drawing.draw_all()

    assert picture.renditions.count() == len(shapes.LEADING)


@pytest.mark.django_db(transaction=True)
def test_a_drawer_that_took_too_long_leaves_the_lease_of_the_next_alone(meeting):
    picture = unique_picture()
    PictureCare.objects.create(pk=picture.pk, due_at=timezone.now())
    care, until = PictureCare.objects.filter(pk=picture.pk), timezone.now() + timedelta(minutes=9)

    def lease_meanwhile() -> None:
        meeting.wait(timeout=20)  # at the first shape
        care.update(leased_until=until)
        meeting.abort()

    in_threads(partial(drawing.draw, picture.pk, math.inf), lease_meanwhile)

    assert picture.renditions.exists()
    assert care.get().leased_until == until
    assert care.get().due_at


def unique_picture():
    return ImageFactory(file__filename=f"{uuid.uuid4().hex[:12]}.jpg", file__width=1600, file__height=1000)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("known", [True, False], ids=["known before", "for the first time"])
def test_who_publishes_a_post_with_a_lost_picture_is_warned(blog, admin, known):
    post = broken_post(blog, "lost")
    if known:
        publish(post)
    editor = Editor(signed_in(admin), post)
    sent = editor.open()

    words = stream([("paragraph", paragraph("Words."))])
    answer = editor.save({**sent, **words, "action-publish": "action-publish"}, follow=True)

    assert answer.redirect_chain
    assert drawing.LOST in answer.content.decode()
    assert PictureCare.objects.get().problem == drawing.LOST


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.ENOSPC, drawing.NO_ROOM),
        (errno.EDQUOT, drawing.NO_ROOM),
        (errno.EACCES, drawing.FORBIDDEN),
        (errno.EPERM, drawing.FORBIDDEN),
        (errno.EROFS, drawing.FORBIDDEN),
        (errno.EIO, drawing.UNREADABLE),
    ],
)
def test_each_fault_of_a_disk_has_its_words(number, words):
    assert drawing._words(OSError(number, "")) == words


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(shutil.which("mount") is None or os.geteuid() != 0, reason="only root can mount a disk")
def test_a_disk_that_may_only_be_read_is_not_called_full(blog, small_disk, client):
    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)

    publish(whole_post(blog))

    assert client.get("/blog/whole/").status_code == 200
    assert PictureCare.objects.get().problem == drawing.FORBIDDEN


def test_looking_for_undrawn_pictures_reads_no_page_that_shows_none(blog, django_assert_max_num_queries):
    PostFactory.create_batch(20, parent=blog, hero=None)
    post = whole_post(blog)

    with django_assert_max_num_queries(12), CaptureQueriesContext(connection) as queries:
        drawing.find_undrawn()

    assert PictureCare.objects.get().pk == post.hero.pk
    pages = [query["sql"] for query in queries if 'FROM "wagtailcore_page"' in query["sql"]]
    assert pages
    assert all(" IN (" in sql for sql in pages)


def test_staff_are_warned_where_they_work(blog, admin, editor, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        publish(post := broken_post(blog, "lost"))
    desk = signed_in(admin)

    for url in (
        reverse("picture_problems"),
        reverse("wagtailimages:edit", args=(post.hero.pk,)),
        reverse("wagtailadmin_pages:edit", args=(post.pk,)),
    ):
        assert "is missing. Upload it again" in desk.get(url).content.decode(), url
    assert "Pictures" in desk.get(reverse("wagtailadmin_home")).content.decode()
    assert signed_in(editor).get(reverse("picture_problems")).status_code == 200
    assert visitor().get(reverse("picture_problems")).status_code == 302


def test_a_moderator_without_pictures_has_no_report_of_them(moderator):
    assert signed_in(moderator).get(reverse("picture_problems")).status_code in {302, 403}


def test_staff_can_have_all_tried_again(blog, admin):
    post = broken_post(blog, "lost")
    draw(post.hero)
    shutil.copy(ImageFactory().file.path, post.hero.file.path)

    signed_in(admin).post(reverse("picture_problems"))
    drawing.draw_due()

    assert not PictureCare.objects.exclude(problem="").exists()
    assert re.search(
        "Every picture on the site can be shown",
        signed_in(admin).get(reverse("picture_problems")).content.decode(),
    )


def test_a_standard_page_and_the_home_page_show_a_placeholder_too(home, django_capture_on_commit_callbacks):
    picture = ImageFactory()
    BROKEN["no picture"](picture)
    home.picture = picture
    about = StandardPageFactory(parent=home, picture=picture)
    with django_capture_on_commit_callbacks(execute=True):
        publish(home)
        publish(about)

    for url in ("/", "/about/"):
        page = visitor().get(url)
        assert page.status_code == 200
        assert page.content.decode().count('class="blank"') == 1


@pytest.mark.parametrize("how", sorted(set(BROKEN) - {"sixteen bits"}))  # which a PNG holds
def test_the_url_generator_says_that_a_picture_cannot_be_drawn(admin, how):
    picture = ImageFactory(file__width=900, file__height=700)
    url = reverse("wagtailimages:preview", args=(picture.pk, "width-100"))
    assert signed_in(admin).get(url).status_code == 200
    BROKEN[how](picture)

    answer = signed_in(admin).get(url)

    assert (answer.status_code, answer.content) == (404, b"The file of this picture is missing or damaged.")
