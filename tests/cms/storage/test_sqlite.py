"""On SQLite, a command that an owner runs beside the site works, however often the site writes meanwhile."""

import json
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from wagtail.images import get_image_model
from wagtail.images.tests.utils import get_test_image_file
from wagtail.models import Page, ReferenceIndex, Revision
from wagtail.search.models import IndexEntry

from blog.models import Author
from tests.factories import AuthorFactory, CommentFactory, PostFactory

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL locks rows, not the database"),
]

PICTURES, POSTS = 6, 5
SPECS = [f"width-{width}" for width in range(20, 32)]

# Writes some hundred rows a second until its input ends, and one more then. Its first row makes it say so.
A_WRITER = """
import sqlite3, sys, threading
database = sqlite3.connect(sys.argv[1], timeout=20, isolation_level=None)
ended = threading.Event()
threading.Thread(target=lambda: (sys.stdin.read(), ended.set()), daemon=True).start()
rows = 0
while True:
    last = ended.is_set()
    database.execute("UPDATE auth_group SET name = name")
    rows += 1
    if rows == 1:
        print("writing", flush=True)
    if last:
        break
    ended.wait(0.003)
print(rows)
"""


@pytest.fixture
def busy_site(db) -> Iterator[subprocess.Popen]:
    """A process that writes to the database all the time."""
    command = [sys.executable, "-c", A_WRITER, str(connection.settings_dict["NAME"])]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout.readline() == "writing\n"
        yield writer
        rows, _ = writer.communicate()
        assert int(rows) > 1
    assert writer.returncode == 0


@pytest.fixture
def pictures(db) -> int:
    """Return how many scaled pictures there are: more than Wagtail reads at once."""
    Image = get_image_model()
    for number in range(PICTURES):
        picture = Image.objects.create(title=f"Picture {number}", file=get_test_image_file())
        picture.get_renditions(*SPECS)
    return PICTURES * len(SPECS)


@pytest.fixture
def posts(blog) -> list[Page]:
    made = [PostFactory(parent=blog, author=AuthorFactory()) for _ in range(POSTS)]
    for post in made:
        post.save_revision().publish()
        CommentFactory(page=post, address="ann@example.org")
    return made


def said_by(*command: str, **options: object) -> str:
    said = StringIO()
    call_command(*command, stdout=said, **options)
    return said.getvalue()


def test_rows_can_be_written_while_they_are_read_and_another_process_writes(blog):
    """The root of it, step by step."""
    for number in range(5):
        AuthorFactory(name=f"Author {number}")
    other = sqlite3.connect(str(connection.settings_dict["NAME"]), isolation_level=None)

    for author in Author.objects.iterator(chunk_size=2):
        other.execute("UPDATE auth_group SET name = name")
        author.name += ", MD"
        author.save(update_fields=["name"])
    for pk, name in Author.objects.values_list("pk", "name").iterator(chunk_size=1):
        other.execute("UPDATE auth_group SET name = name")
        with transaction.atomic():
            Author.objects.filter(pk=pk).update(name=name + ", PhD")

    other.close()
    assert Author.objects.filter(name__endswith=", MD, PhD").count() == 5


def test_inside_a_transaction_rows_are_still_read_in_pieces(blog):
    assert not connection.features.can_use_chunked_reads
    with transaction.atomic():
        assert connection.features.can_use_chunked_reads


def test_all_pictures_are_scaled_anew_beside_a_busy_site(pictures, busy_site):
    Rendition = get_image_model().get_rendition_model()
    before = set(Rendition.objects.values_list("pk", flat=True))

    said = said_by("wagtail_update_image_renditions", chunk_size=5)

    after = set(Rendition.objects.values_list("pk", flat=True))
    assert f"{pictures} of {pictures} pictures scaled again." in said
    assert len(after) == pictures
    assert not after & before


def test_a_picture_that_cannot_be_scaled_is_named_and_an_exit_code(pictures):
    picture = get_image_model().objects.first()
    picture.file.storage.delete(picture.file.name)
    named = StringIO()

    with pytest.raises(CommandError, match=f"{len(SPECS)} pictures failed"):
        call_command("wagtail_update_image_renditions", stdout=StringIO(), stderr=named)
    assert named.getvalue().count(f"of image {picture.pk}: ") == len(SPECS)
    assert get_image_model().get_rendition_model().objects.count() == pictures


def index_again() -> None:
    IndexEntry.objects.all().delete()
    said_by("update_index")
    assert IndexEntry.objects.filter(title__startswith="Post ").count() == POSTS


def references_again() -> None:
    ReferenceIndex.objects.all().delete()
    said_by("rebuild_references_index")
    assert ReferenceIndex.objects.filter(
        to_object_id__in=map(str, Author.objects.values_list("pk", flat=True))
    )


def copy_out() -> None:
    models = [row["model"] for row in json.loads(said_by("dumpdata", "blog", "wagtailcore.revision"))]
    assert models.count("blog.blogpostpage") == POSTS


def history_again() -> None:
    said_by("create_log_entries_from_revisions")


def old_revisions() -> None:
    for page in Page.objects.filter(title__startswith="Post "):
        page.specific.save_revision()
    said_by("purge_revisions")
    assert Revision.page_revisions.count() == POSTS


def addresses_again() -> None:
    Page.objects.filter(title__startswith="Post ").update(url_path="/lost/")
    said_by("set_url_paths")
    assert not Page.objects.filter(url_path="/lost/").exists()


def person() -> None:
    assert len(json.loads(said_by("privacy", "export", "ann@example.org"))["comments"]) == POSTS
    said_by("privacy", "erase", "ann@example.org", "--noinput")
    assert not json.loads(said_by("privacy", "export", "ann@example.org"))["comments"]


def new_key() -> None:
    said_by("rotate_address_keys")


@pytest.mark.parametrize(
    "run",
    [index_again, references_again, copy_out, history_again, old_revisions, addresses_again, person, new_key],
    ids=lambda run: run.__name__,
)
def test_every_command_does_its_work_beside_a_busy_site(posts, busy_site, run: Callable[[], None]):
    run()
