"""
Removes camera data from pictures uploaded before uploads did so.

The worker checks each file once, a few at a time; `manage.py clean_pictures` checks all at once. A file keeps
its name, and is replaced completely or not at all.
"""

import os
import secrets
import time
from pathlib import Path

from django.core.files.base import ContentFile
from django.db import DatabaseError
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from wagtail.images import get_image_model
from wagtail.images.models import AbstractImage, AbstractRendition
from wagtail.utils.file import hash_filelike

from home.models import PictureCare
from home.pictures import camera_data, uploads

IN_A_CHORE = 2.0  # seconds; mail waits meanwhile
BATCH = 100


def clean_some() -> None:
    """Clean pictures that have not been checked yet, for no longer than IN_A_CHORE."""
    until = time.monotonic() + IN_A_CHORE
    for picture in unclean()[:BATCH]:
        clean(picture)
        if time.monotonic() > until:
            return


def unclean() -> QuerySet[AbstractImage]:
    """Return the pictures whose file has not been checked."""
    clean_ones = PictureCare.objects.filter(picture=OuterRef("pk"), clean_file=OuterRef("file"))
    return get_image_model().objects.filter(~Exists(clean_ones)).order_by("pk")


def clean(picture: AbstractImage) -> str:
    """
    Remove the camera data from a picture and all its renditions. Return what was done, for the command.

    One that cannot be read is marked as checked as well: `clean_pictures --all` checks it again.
    """
    try:
        done = _clean_original(picture) + sum(map(_clean_rendition, picture.renditions.all()))
        outcome = f"{done} files cleaned" if done else ""
    except DatabaseError:
        raise
    except Exception as error:  # noqa: BLE001 -- one picture that cannot be read leaves the others to be cleaned
        outcome = f"not cleaned: {type(error).__name__}"
    PictureCare.objects.update_or_create(pk=picture.pk, defaults={"clean_file": picture.file.name})
    return outcome


def _clean_original(picture: AbstractImage) -> bool:
    before = Path(picture.file.path).read_bytes()
    after = _without_camera_data(before)
    if after == before:
        return False
    _replace(Path(picture.file.path), after)
    width, height = _size(after)
    facts = {"file_size": len(after), "file_hash": hash_filelike(ContentFile(after))}
    type(picture).objects.filter(pk=picture.pk).update(width=width, height=height, **facts)
    _retry_drawing(picture)
    return True


def _retry_drawing(picture: AbstractImage) -> None:
    """Retry a picture that could not be drawn: now it may work, as sixteen bits have become eight."""
    failed = PictureCare.objects.filter(pk=picture.pk).exclude(problem="")
    if failed.update(due_at=timezone.now(), attempts=0):
        picture.renditions.all().delete()


def _without_camera_data(data: bytes) -> bytes:
    """Return it without camera data, even a picture that is too large by today's rules."""
    try:
        return uploads.make_showable(data)
    except uploads.UnshowableError:
        return camera_data.strip(data, uploads.kind_of(data))


def _clean_rendition(rendition: AbstractRendition) -> bool:
    path = Path(rendition.file.path)
    if not path.is_file():
        return False
    before = path.read_bytes()
    after = camera_data.strip(before, uploads.kind_of(before))
    if after != before:
        _replace(path, after)
    return after != before


def _replace(path: Path, content: bytes) -> None:
    part = path.with_name(f".{secrets.token_hex(8)}.part")
    try:
        with part.open("xb") as file:
            file.write(content)
            os.fchmod(file.fileno(), path.stat().st_mode & 0o777)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _size(data: bytes) -> tuple[int, int]:
    with uploads.readable(data) as picture:
        return picture.size
