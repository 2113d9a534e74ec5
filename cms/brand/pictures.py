"""
The pictures made of the brand: drawn once, kept in the database, and sent as they are.

They are few and small, and kept beside the identity they were made of: a backup has both, and a logo whose
file is lost is shown as long as nobody chooses another. Who reads a page draws nothing and waits for nothing.
"""

import logging
from base64 import b64encode
from typing import Any, BinaryIO

from django.core.cache import cache
from django.db import DatabaseError, transaction
from django.db.models import QuerySet
from PIL import Image
from wagtail.images.models import AbstractImage
from wagtail.models import Page, Site

from cms.brand import artwork, drawing, memory
from cms.brand.models import Drawing, Logo, PagePicture, SiteIdentity

logger = logging.getLogger(__name__)

LARGEST_LOGO = (1024, 1024)  # pixels in which it is drawn
MOST_PIXELS_IN_A_REQUEST = 24_000_000
DRAWN = ["digest", "content", "width", "height"]
TRIED_AGAIN_AFTER = 10 * 60  # seconds


def find(site: Site, name: str) -> Drawing | None:
    return Drawing.objects.filter(site=site, name=name).first()


def of_page(public: QuerySet[Page]) -> PagePicture | None:
    """Return the picture with the title of the page that these are, if it is drawn."""
    return PagePicture.objects.filter(page__in=public).first()


def expire(some: QuerySet[PagePicture]) -> None:
    """Have pictures drawn anew; what there is stays until then."""
    some.update(digest="")


def draw_now(instance: SiteIdentity, raw: bool = False, **signal: Any) -> None:
    """Draw what an identity that is being saved looks like, once that is committed."""
    logo = instance.logo
    if not raw and not (logo and logo.width * logo.height > MOST_PIXELS_IN_A_REQUEST):
        transaction.on_commit(lambda: _draw(instance.site_id), robust=True)


def draw_again(instance: AbstractImage, created: bool, **signal: Any) -> None:
    """Draw the sites anew whose logo has got a new file."""
    if not created and SiteIdentity.objects.filter(logo=instance).exists():
        transaction.on_commit(draw_due, robust=True)


def draw_due() -> None:
    """Draw what is missing or no longer true of any site."""
    for pk in list(Site.objects.values_list("pk", flat=True)):
        _draw(pk)


def _draw(site_id: int) -> None:
    identity = SiteIdentity.for_site_id(site_id)
    wanted = artwork.digest(identity.artwork)
    drawn = Drawing.objects.filter(site=site_id, digest=wanted, name="share.png").exists()
    lacks_logo = identity.logo is not None and identity.shown_logo is None
    if not drawn or lacks_logo and cache.add(f"logo-{wanted}", True, TRIED_AGAIN_AFTER):
        _keep(identity, opened_logo(identity), wanted)


def _keep(identity: SiteIdentity, logo: Image.Image | None, digest: str) -> None:
    files = list(drawing.brand_files(identity.artwork, logo))
    of_logo = {"logo.webp": identity.logo_digest}
    rows = [_row(identity, file, of_logo.get(file.name, digest)) for file in files]
    with transaction.atomic():
        Drawing.objects.bulk_create(
            rows,
            update_conflicts=True,
            unique_fields=["site", "name"],
            update_fields=DRAWN,
        )
        if logo:
            width, height = files[0].size
            SiteIdentity.objects.filter(pk=identity.pk).update(
                logo_drawn=identity.logo_digest,
                logo_width=width,
                logo_height=height,
                logo_plates=drawing.plates(identity.artwork, logo),
            )
        expire(PagePicture.objects.filter(page__path__startswith=identity.site.root_page.path))
    memory.forget()


def _row(identity: SiteIdentity, file: drawing.File, digest: str) -> Drawing:
    width, height = file.size
    return Drawing(
        site_id=identity.site_id,
        name=file.name,
        digest=digest,
        content=file.content,
        width=width,
        height=height,
    )


def opened_logo(identity: SiteIdentity) -> Image.Image | None:
    """Return the logo in colours of the screen; None for none, and where its file is lost or damaged."""
    if identity.logo is None:
        return None
    try:
        with identity.logo.file.open("rb") as file:
            return _opened(file)
    except DatabaseError:
        raise
    except Exception as error:  # noqa: BLE001 -- whatever a decoder or a disk raises, the initials are shown
        logger.warning("logo %s: %s", identity.logo_id, type(error).__name__)
        return None


def unsaved_logo(file: BinaryIO, identity: SiteIdentity) -> Logo | None:
    """Return a logo that is not saved, with the file in its address; None for one that takes long to draw."""
    with Image.open(file) as picture:
        if picture.width * picture.height > MOST_PIXELS_IN_A_REQUEST:
            return None
    file.seek(0)
    logo = _opened(file)
    drawn = drawing.logo_file(logo)
    url = f"data:image/webp;base64,{b64encode(drawn.content).decode()}"
    return Logo(url, *drawn.size, drawing.plates(identity.artwork, logo))


def _opened(file: BinaryIO) -> Image.Image:
    with Image.open(file) as picture:
        picture.draft("RGB", LARGEST_LOGO)
        picture.load()
        shown = picture.convert("RGBA")
    shown.thumbnail(LARGEST_LOGO)
    return shown


def keep_title(page: Page, identity: SiteIdentity) -> None:
    """Draw the title of a page on the brand."""
    name = f"{page.pk}.png"
    _keep_of(page, identity, drawing.shared_file(name, identity.artwork, opened_logo(identity), page.title))


def keep_without_title(page: Page, identity: SiteIdentity) -> None:
    """Let the picture of the site stand for a page, until its title or the look change."""
    alone = Drawing.objects.filter(site=identity.site_id, name="share.png").first()
    if alone:
        _keep_of(page, identity, drawing.File(alone.name, bytes(alone.content), (alone.width, alone.height)))


def _keep_of(page: Page, identity: SiteIdentity, file: drawing.File) -> None:
    width, height = file.size
    digest = artwork.digest(identity.artwork, page.title)
    row = PagePicture(page=page, digest=digest, content=file.content, width=width, height=height)
    PagePicture.objects.bulk_create([row], update_conflicts=True, unique_fields=["page"], update_fields=DRAWN)
