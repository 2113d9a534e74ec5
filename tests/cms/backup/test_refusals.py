"""What cannot be backed up or brought back, and that nothing changes then."""

import io
import os
import resource
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from cms import vault
from cms.backup import archive, databases, files, manifest
from cms.storage import site_lock
from home.contact import store
from tests.cms.backup.files import members, refusal, restore, rewritten, with_manifest

ROOT = Path(__file__).parents[3]
pytestmark = pytest.mark.django_db(transaction=True)

# --- While it runs ---


def test_a_file_that_is_deleted_after_the_snapshot_is_in_it(plain_site, tmp_path, monkeypatch):
    real = databases.database().check

    def then_delete(self, copy, *how):
        real(copy, *how)
        store.remove([plain_site.attachment])

    monkeypatch.setattr(type(databases.database()), "check", then_delete)
    call_command("backup", str(tmp_path / "a.backup"))
    monkeypatch.undo()

    assert f"attachments/{plain_site.attachment}" in members(tmp_path / "a.backup")


def test_a_file_that_came_between_the_first_look_and_the_snapshot_is_in_it(plain_site, tmp_path, monkeypatch):
    real = manifest.applied
    monkeypatch.setattr(manifest, "applied", lambda: [store.write([b"later"]), real()][1])
    call_command("backup", str(tmp_path / "a.backup"))

    assert len([name for name in members(tmp_path / "a.backup") if name.startswith("attachments/")]) == 2


def test_where_no_links_can_be_made_files_are_copied(plain_site, tmp_path, monkeypatch):
    monkeypatch.setattr(os, "link", refuse_links)
    call_command("backup", str(tmp_path / "a.backup"))

    assert str(plain_site.picture) in members(tmp_path / "a.backup")


def refuse_links(*paths, **options):
    raise OSError(18, "Invalid cross-device link")


def test_a_disk_that_is_full_leaves_no_file_and_the_site_as_it_was(plain_site, tmp_path):
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, hard))
    try:
        with pytest.raises(CommandError):
            call_command("backup", str(tmp_path / "a.backup"))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert [path.name for path in tmp_path.iterdir()] == ["here"]
    assert not list(plain_site.folder.glob(f"{files.STAGE}-*"))


def test_a_backup_that_the_disk_did_not_keep_as_it_was_written_is_none(plain_site, tmp_path, monkeypatch):
    real = os.fsync

    def lose_a_bit(descriptor: int) -> None:
        real(descriptor)
        for draft in tmp_path.glob(".a.backup.*"):
            content = bytearray(draft.read_bytes())
            content[content.index(b"pngpng") + 100_000] ^= 1
            draft.write_bytes(content)

    monkeypatch.setattr(os, "fsync", lose_a_bit)
    with pytest.raises(CommandError, match="checksums differ"):
        call_command("backup", str(tmp_path / "a.backup"))
    assert [path.name for path in tmp_path.iterdir()] == ["here"]


def test_no_backup_is_written_over_another_file_or_beside_another_backup(plain_site, tmp_path):
    (tmp_path / "a.backup").write_text("precious")
    with pytest.raises(CommandError, match="exists"):
        call_command("backup", str(tmp_path / "a.backup"))
    with site_lock.one_backup(), pytest.raises(CommandError, match="Another backup"):
        call_command("backup", str(tmp_path / "b.backup"))
    with pytest.raises(CommandError, match="no directory"):
        call_command("backup", str(tmp_path / "nowhere" / "a.backup"))
    assert (tmp_path / "a.backup").read_text() == "precious"


def test_it_asks_before_it_replaces(plain_site, made, monkeypatch):
    assert "--replace" in refusal(made)
    for answer in ("", "yes", "REPLACE"):
        monkeypatch.setattr("builtins.input", lambda _, answer=answer: answer)
        assert "Nothing was changed." in refusal(made, replace=True)


# --- What is refused ---


def test_a_site_that_runs_is_not_replaced_and_does_not_start_meanwhile(plain_site, made):
    with site_lock.in_use():
        assert "Stop `manage.py serve`" in refusal(made, replace=True, noinput=True)
    with site_lock.alone(), pytest.raises(CommandError, match="restore is under way"):
        call_command("deliver", once=True)


@pytest.mark.parametrize("command", ["clean_pictures", "rotate_address_keys", "rebuild_references_index"])
def test_no_command_writes_while_a_site_is_brought_back(plain_site, command):
    with site_lock.alone():
        refused = manage(plain_site.folder, command)

    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr == f"manage.py: {site_lock.RESTORING}\n"


def test_a_command_at_work_keeps_a_restore_away_until_it_ends(plain_site, made):
    env = environment(plain_site.folder)
    shell = [sys.executable, "manage.py", "shell", "--no-imports", "-c", "print(1, flush=True); input()"]
    with subprocess.Popen(shell, cwd=ROOT, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as work:
        assert work.stdout.readline() == b"1\n"
        assert "any other command" in refusal(made, replace=True, noinput=True)
        work.communicate(b"\n")
    with site_lock.alone():
        assert manage(plain_site.folder, "help").returncode == 0


def test_a_restore_does_not_wait_for_itself(plain_site, tmp_path):
    refused = manage(plain_site.folder, "restore", str(tmp_path / "none.backup"))

    assert (refused.returncode, site_lock.RUNNING in refused.stderr) == (1, False)


def manage(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    asked = [sys.executable, "manage.py", *arguments]
    env = environment(folder)
    return subprocess.run(asked, check=False, cwd=ROOT, env=env, capture_output=True, text=True, timeout=120)


def environment(folder: Path) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "DATA_DIR": str(folder)}


def test_a_lock_says_nothing_of_what_fails_under_it(place):
    with pytest.raises(BlockingIOError), site_lock.in_use():
        raise BlockingIOError


def test_with_another_key_nothing_is_touched_and_the_key_is_named(made, elsewhere, new_keys, settings):
    wanted = vault.fingerprints()
    with elsewhere() as there:
        new_keys()
        said = refusal(made)
        assert wanted[0] in said
        assert "ADDRESS_KEYS" in said
        assert not (there / "media").exists()


NOT_FOR_THIS_SITE = [
    ({"format": 2}, "format 2"),
    ({"format": "1"}, "format"),
    ({"version": "0.1.1"}, "newer version"),
    ({"version": "10.0"}, "newer version"),
    ({"migrations": {"home_contact": ["0999_of_tomorrow"]}}, "newer version"),
    ({"database": "mysql"}, "of mysql"),
    ({"address_keys": ["0" * 32]}, "0" * 32),
    ({"surprise": 1}, "manifest"),
]


def test_what_is_not_for_this_site_is_refused_in_a_sentence(made, elsewhere):
    other = {"sqlite": "postgresql", "postgresql": "sqlite"}[connection.vendor]
    with elsewhere():
        for fields, said in [*NOT_FOR_THIS_SITE, ({"database": other}, "DATABASE_URL")]:
            assert said in refusal(with_manifest(made, **fields)), fields


def test_names_of_migrations_before_they_were_split_are_known(made, elsewhere):
    whole = {"home_contact": ["0003_subjects_and_states", "0004_desk"], "an_app_of_before": ["0001_initial"]}
    with elsewhere():
        restore(with_manifest(made, migrations=whole))


def test_a_damaged_file_is_refused_wherever_the_damage_is(made, elsewhere):
    content = made.read_bytes()
    broken = made.with_name("broken.backup")
    with elsewhere():
        for cut in (0, 100, 600, len(content) // 2, len(content) - 1024 * 10 - 1, len(content) - 11_000):
            broken.write_bytes(content[: max(0, cut)])
            assert refusal(broken)
        for position in (
            0,
            600,
            len(content) // 3,
            len(content) * 2 // 3,
            content.rindex(b"checksums.txt") + 600,
        ):
            flipped = bytearray(content)
            flipped[position] ^= 1
            broken.write_bytes(flipped)
            assert refusal(broken)
        assert "no file" in refusal(made.with_name("nowhere"))
        assert "directory" in refusal(made.parent)


def test_a_member_that_was_changed_taken_or_added_is_refused(made, elsewhere):
    changed = rewritten(made, lambda name, content: content[::-1] if "png" in name else content, sums=False)
    with elsewhere():
        assert "checksums differ" in refusal(changed)
        taken = rewritten(made, lambda name, content: None if "png" in name else content, sums=False)
        assert "checksums differ" in refusal(taken)


@pytest.mark.parametrize(
    ("members", "said"),
    [(lambda all: all[:-1], "its end is missing"), (lambda all: [*all, all[1]], "after its end")],
    ids=["without its end", "with more behind it"],
)
def test_what_has_no_end_or_goes_on_behind_it_is_refused(made, elsewhere, tmp_path, members, said):
    other = tmp_path / "other"
    with tarfile.open(made) as old, tarfile.open(other, "w", format=tarfile.PAX_FORMAT) as new:
        for member in members(old.getmembers()):
            new.addfile(member, old.extractfile(member))
    with elsewhere():
        assert said in refusal(other)


OUTSIDE = [
    "../evil",
    "/etc/evil",
    "media/../../evil",
    "attachments/../evil",
    "secrets/address_keys",
    "media",
    "manifest.json",
]


def test_nothing_is_written_outside_its_folders(made, elsewhere, tmp_path):
    with tarfile.open(made) as tar:
        kept = [(info.name, tar.extractfile(info).read()) for info in tar.getmembers()][:-1]
    with elsewhere():
        for name in OUTSIDE:
            other = written(made, [*kept, (name, b"evil")])
            assert "which no backup does" in refusal(other), name
    assert not list(tmp_path.rglob("evil"))


def written(made: Path, found: list[tuple[str, bytes]]) -> Path:
    """Write a file like a backup, of these members, with checksums that fit."""
    other = made.with_name("other.backup")
    with tarfile.open(other, "w") as tar:
        writer = archive.Writer(tar, io.BytesIO())
        for name, content in found:
            writer.add(name, io.BytesIO(content), len(content))
        writer.finish()
    return other


def test_nothing_but_plain_files_is_taken(made, elsewhere):
    with tarfile.open(made) as tar:
        kept = [(info, tar.extractfile(info).read()) for info in tar.getmembers()]
    with elsewhere():
        for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.DIRTYPE, tarfile.FIFOTYPE):
            other = made.with_name("other.backup")
            with tarfile.open(other, "w") as tar:
                for info, content in kept[:2]:
                    tar.addfile(info, io.BytesIO(content))
                odd = tarfile.TarInfo("media/odd")
                odd.type, odd.linkname = kind, "/etc/passwd"
                tar.addfile(odd)
            assert "which no backup does" in refusal(other), kind


def test_one_name_twice_is_refused(made, elsewhere):
    with tarfile.open(made) as tar:
        kept = [(info.name, tar.extractfile(info).read()) for info in tar.getmembers()][:-1]
    with elsewhere():
        assert "twice" in refusal(written(made, [*kept, kept[-1]]))
