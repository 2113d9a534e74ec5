"""
Scales pictures, without delaying the request that publishes them.

A picture is queued in the transaction that publishes a page, drawn once that is committed, and left to the
worker after IN_A_REQUEST. One that cannot be drawn is retried at growing intervals, and staff see why.
"""

import errno
import logging
import math
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from os.path import splitext
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.files import File
from django.db import DatabaseError, IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_noop
from wagtail.images import get_image_model
from wagtail.images.models import AbstractImage, Filter
from wagtail.models import Page, ReferenceIndex
from willow.image import Image as WillowImage

from home.models import PictureCare
from home.pictures import shapes

logger = logging.getLogger(__name__)

IN_A_REQUEST = 4.0  # seconds that an editor may wait; the drawing of one shape is not interrupted
IN_A_CHORE = 2.0  # seconds; mail waits meanwhile
MOST_PIXELS_IN_A_REQUEST = 24_000_000
LEASE = timedelta(minutes=5)
DELAYS = (timedelta(minutes=1), timedelta(minutes=10), timedelta(hours=1), timedelta(days=1))
MOST_ATTEMPTS = 30  # about a month
FIRST = 2  # shapes that a post and its card need at least
BATCH = 500

# stored as they are, and translated where they are shown (PictureCare.problem_in_words)
LOST = gettext_noop("The file for this picture is missing. Upload it again with “Change image file”.")
NO_ROOM = gettext_noop(
    "The disk is full. Free some space, or ask the site's administrator. We will try again."
)
FORBIDDEN = gettext_noop("The server may not read or write this file. Ask the site's administrator.")
UNREADABLE = gettext_noop(
    "This picture cannot be drawn. Save it as JPEG or PNG and upload it again, under “Change image file”."
)
_BY_NUMBER = dict.fromkeys((errno.ENOSPC, errno.EDQUOT, errno.EFBIG), NO_ROOM) | dict.fromkeys(
    (errno.EROFS, errno.EACCES, errno.EPERM), FORBIDDEN
)

Shown = Iterable[tuple[AbstractImage, bool]]


def draw_ahead(instance: Page, **kwargs: Any) -> None:
    """Draw the pictures of a page that is being published, or whose draft is shown outside the admin."""
    ask(shapes.shown_on(instance))


def draw_again(instance: AbstractImage, created: bool, update_fields: Any = None, **kwargs: Any) -> None:
    """Draw a picture that pages show, once its new file or focal point is committed."""
    if not created and not update_fields:
        transaction.on_commit(lambda: ask(_in_use([instance.pk])), robust=True)


def ask(shown: Shown) -> None:
    """Queue those of these pictures that lack a shape, and start once that is committed."""
    lacking = {picture.pk: leads for picture, leads in _lacking(shown)}
    if not lacking:
        return
    until = time.monotonic() + IN_A_REQUEST
    _queue(lacking, timezone.now() + timedelta(seconds=2 * IN_A_REQUEST))
    transaction.on_commit(lambda: _draw_now(list(lacking), until), robust=True)


def draw_due() -> None:
    """Draw what is due, for no longer than IN_A_CHORE."""
    until = time.monotonic() + IN_A_CHORE
    due = PictureCare.objects.filter(due_at__lte=timezone.now()).order_by("due_at")
    for pk in due.values_list("pk", flat=True)[:BATCH]:
        draw(pk, until)
        if time.monotonic() > until:
            return


def draw_all(tell: Callable[[int, int], object] = lambda number, total: None) -> None:
    """Draw everything that is queued, however long it takes: for commands, which tell how far it is."""
    due = list(PictureCare.objects.exclude(due_at=None).values_list("pk", flat=True))
    for number, pk in enumerate(due, start=1):
        tell(number, len(due))
        draw(pk, math.inf)


def find_undrawn() -> None:
    """Queue the pictures of public pages that are not drawn: after a purge, a restore or an import."""
    known = PictureCare.objects.exclude(due_at=None, problem="").values("pk")
    unknown = get_image_model().objects.exclude(pk__in=known).order_by("pk").values_list("pk", flat=True)
    last = 0
    while pks := list(unknown.filter(pk__gt=last)[:BATCH]):
        lacking = {picture.pk: leads for picture, leads in _lacking(_in_use(pks))}
        _queue(lacking, timezone.now())
        last = pks[-1]


def draw(pk: int, until: float, *, only_first: bool = False) -> None:
    """Draw one picture in all its shapes, or as many as there is time for. Raises DatabaseError."""
    care = _claim(pk)
    if care is None:
        return
    try:
        finished = _draw_shapes(care, until, only_first)
    except DatabaseError:
        raise
    except Exception as error:  # noqa: BLE001 -- whatever a decoder or a disk raises, the next picture is drawn
        _failed(care, error)
    else:
        now = timezone.now()
        done: dict[str, object] = {"due_at": None, "attempts": 0, "problem": ""}
        _release(care, **(done if finished else {"due_at": max(care.due_at or now, now)}))


def problems_of(page: Page) -> list[PictureCare]:
    """Return what is wrong with the pictures a page shows."""
    pks = {picture.pk for picture, _ in shapes.shown_on(page)}
    return list(PictureCare.objects.filter(pk__in=pks).exclude(problem="").select_related("picture"))


def _queue(lacking: dict[int, bool], due_at: Any) -> None:
    """Queue these pictures. The problem of one stays recorded until it is drawn."""
    for leads in (True, False):
        rows = [
            PictureCare(pk=pk, leads=leads, due_at=due_at) for pk, each in lacking.items() if each is leads
        ]
        fields = ["due_at", "attempts", *(["leads"] if leads else [])]
        PictureCare.objects.bulk_create(
            rows, batch_size=BATCH, update_conflicts=True, unique_fields=["picture"], update_fields=fields
        )


def _lacking(shown: Shown) -> Iterator[tuple[AbstractImage, bool]]:
    """Yield the pictures that lack a shape, and whether they lead, each once."""
    wanted: dict[int, tuple[AbstractImage, bool]] = {}
    for picture, leads in shown:
        wanted[picture.pk] = (picture, leads or wanted.get(picture.pk, (picture, False))[1])
    drawn = _drawn(list(wanted))
    for picture, leads in wanted.values():
        if any((picture.pk, *shape) not in drawn for shape in _shapes(picture, leads=leads)):
            yield picture, leads


def _drawn(pks: list[int]) -> set[tuple[int, str, str]]:
    found: set[tuple[int, str, str]] = set()
    rows = get_image_model().get_rendition_model().objects.filter(filter_spec__in=shapes.LEADING)
    for start in range(0, len(pks), BATCH):
        some = rows.filter(image__in=pks[start : start + BATCH])
        found.update(some.values_list("image_id", "filter_spec", "focal_point_key"))
    return found


def _shapes(picture: AbstractImage, *, leads: bool) -> list[tuple[str, str]]:
    specs = shapes.shapes(leads=leads)
    return [(spec, Filter(spec).get_cache_key(picture)) for spec in specs]


def _in_use(pks: list[int]) -> Shown:
    """Yield those that live pages show, and whether they lead, from Wagtail's reference index."""
    model = get_image_model()
    kinds = ContentType.objects.get_for_models(Page, model)
    index = ReferenceIndex.objects.filter(base_content_type=kinds[Page], to_content_type=kinds[model])
    index = index.filter(to_object_id__in=[str(pk) for pk in pks])
    rows = set(index.values_list("object_id", "to_object_id", "model_path"))
    live = _live({int(page) for page, _, _ in rows})
    leads: dict[int, bool] = {}
    for page, picture, path in rows:
        if int(page) in live:
            leads[int(picture)] = leads.get(int(picture), False) or path in shapes.LEADS
    for picture in model.objects.filter(pk__in=leads):
        yield picture, leads[picture.pk]


def _live(pks: set[int]) -> set[int]:
    wanted, live = sorted(pks), set[int]()
    for start in range(0, len(wanted), BATCH):
        some = Page.objects.live().filter(pk__in=wanted[start : start + BATCH])
        live.update(some.values_list("pk", flat=True))
    return live


def _draw_now(pks: list[int], until: float) -> None:
    """Draw until the time is up. The rest is due soon, and left to the worker."""
    pictures = get_image_model().objects.filter(pk__in=pks)
    small = [each.pk for each in pictures if each.width * each.height <= MOST_PIXELS_IN_A_REQUEST]
    for only_first in (True, False):  # every picture gets its first shapes before any gets all
        for pk in small:
            if time.monotonic() > until:
                return
            draw(pk, until, only_first=only_first)


def _claim(pk: int) -> PictureCare | None:
    """Lease a picture that is to be drawn and that no other process has. Delete a row without a picture."""
    now, row = timezone.now(), PictureCare.objects.filter(pk=pk)
    free = row.exclude(due_at=None).filter(Q(leased_until=None) | Q(leased_until__lte=now))
    if not free.update(leased_until=now + LEASE):
        return None
    if not get_image_model().objects.filter(pk=pk).exists():
        row.delete()
        return None
    return row.first()


def _release(care: PictureCare, **changes: Any) -> None:
    """End the lease. A picture that was queued again meanwhile stays due."""
    mine = PictureCare.objects.filter(pk=care.pk, leased_until=care.leased_until)
    if not mine.filter(due_at=care.due_at).update(leased_until=None, **changes):
        mine.update(leased_until=None)


def _draw_shapes(care: PictureCare, until: float, only_first: bool) -> bool:
    """Return whether all shapes exist. Raises the first error, once the other shapes were tried."""
    picture, first_error = care.picture, None
    drawn = _drawn([picture.pk])
    lacking = [shape for shape in _shapes(picture, leads=care.leads) if (picture.pk, *shape) not in drawn]
    source = _decode(picture) if lacking else None
    for place, (spec, key) in enumerate(lacking):
        enough = place >= FIRST if only_first else place and time.monotonic() > until
        if enough and first_error is None:
            return False
        try:
            _draw_shape(picture, _Decoded(spec, source), key)
        except DatabaseError:
            raise
        except Exception as error:  # noqa: BLE001 -- a picture in one format is better than none
            first_error = first_error or error
    if first_error:
        raise first_error
    return True


def _decode(picture: AbstractImage) -> WillowImage:
    """Return the picture turned upright, with its colour profile and no other camera data."""
    with picture.get_willow_image() as file:
        decoded = file.auto_orient()
        decoded.format_name = file.format_name
    kept = ("icc_profile", "transparency")
    decoded.image.info = {name: decoded.image.info[name] for name in kept if name in decoded.image.info}
    return decoded


class _Decoded(Filter):
    """Scales a picture that is decoded already: twelve shapes cost one reading."""

    def __init__(self, spec: str, source: WillowImage) -> None:
        super().__init__(spec)
        self.source = source

    @contextmanager
    def get_willow_image(self, image: AbstractImage, source: File | None = None) -> Iterator[WillowImage]:
        yield self.source


def _draw_shape(picture: AbstractImage, shape: _Decoded, focal_point_key: str) -> None:
    """Draw one shape. A file that was not written completely is removed again, and so is a duplicate."""
    model = picture.get_rendition_model()
    file = picture.generate_rendition_file(shape)
    rendition = model(image=picture, filter_spec=shape.spec, focal_point_key=focal_point_key)
    field = model._meta.get_field("file")
    root, ending = splitext(field.generate_filename(rendition, file.name))
    name = field.storage.get_available_name(
        field.storage.get_alternative_name(
            root, ending
        ),  # random: never the name of another process's file, which would be deleted
        field.max_length,
    )
    try:
        rendition.file = name = field.storage.save(name, file)
        with transaction.atomic():
            rendition.save()
    except BaseException as error:
        field.storage.delete(name)
        if not isinstance(error, IntegrityError):
            raise


def _failed(care: PictureCare, error: Exception) -> None:
    attempts = care.attempts + 1
    logger.warning("picture %s, attempt %s: %s", care.pk, attempts, type(error).__name__)
    again = timezone.now() + DELAYS[min(attempts, len(DELAYS)) - 1] if attempts < MOST_ATTEMPTS else None
    _release(care, attempts=attempts, problem=_words(error), due_at=again)


def _words(error: BaseException | None) -> str:
    """Say in a sentence what is wrong and what to do."""
    while error is not None:
        if isinstance(error, FileNotFoundError):
            return LOST
        if isinstance(error, OSError) and error.errno in _BY_NUMBER:
            return _BY_NUMBER[error.errno]
        error = error.__cause__
    return UNREADABLE
