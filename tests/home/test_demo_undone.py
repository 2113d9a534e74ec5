"""The demo is removed as a whole or not at all, and a backup undoes it."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db.models.signals import pre_delete

from blog.models import Category
from home.demo.load import load
from tests import crawl
from tests.cms.backup.conftest import live_in
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db(transaction=True)


def remove() -> str:
    said = StringIO()
    call_command("remove_demo", yes=True, stdout=said)
    return said.getvalue()


@pytest.fixture
def place(settings, tmp_path: Path) -> Path:
    folder = live_in(settings, tmp_path / "here")
    load(None)
    UserFactory(username="owner", admin=True)
    return folder


def files(folder: Path) -> dict[str, bytes]:
    return {str(each): each.read_bytes() for each in (folder / "media").rglob("*") if each.is_file()}


def test_it_is_undone_by_the_backup_that_comes_first_row_by_row_and_file_by_file(place):
    before, pictures = crawl.contents(), files(place)
    said = remove()
    assert files(place) == {}
    (backup,) = (place / "backups").iterdir()
    assert backup.name.startswith("before-removing-the-demo-")
    assert str(backup) in said
    assert (place / "backups").stat().st_mode & 0o777 == 0o700

    call_command("restore", str(backup), replace=True, noinput=True, stdout=StringIO())

    assert crawl.contents() == before
    assert files(place) == pictures


def test_a_failure_half_way_leaves_every_row_and_file(place):
    def fail(**kwargs) -> None:
        raise RuntimeError("the lights went out")

    before, pictures = crawl.contents(), files(place)
    pre_delete.connect(fail, sender=Category)
    try:
        with pytest.raises(RuntimeError):
            remove()
    finally:
        pre_delete.disconnect(fail, sender=Category)

    assert crawl.contents() == before
    assert files(place) == pictures


def test_where_no_backup_can_be_made_nothing_is_removed(place):
    (place / "backups").write_text("in the way")
    before = crawl.contents()
    with pytest.raises((CommandError, OSError)):
        remove()

    assert crawl.contents() == before


def test_a_site_of_ones_own_has_no_demo_and_nothing_happens(post, admin):
    before = crawl.contents()
    with pytest.raises(CommandError, match="There is nothing of the demo"):
        remove()

    assert crawl.contents() == before
