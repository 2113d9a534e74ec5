"""
Checks an uploaded picture, and makes it fit to be shown.

Every accepted picture is decoded completely and scaled once in each format, so that publishing never meets
one that cannot be drawn. Sixteen bits and printing colours are converted, sideways pictures are turned, and
camera data is removed.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import PurePath
from typing import Any

import willow
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.utils.formats import number_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageCms, ImageOps
from wagtail.images.fields import WagtailImageField
from wagtail.images.forms import BaseImageForm

from home.pictures import camera_data

LONGEST_SIDE = 16_000  # pixels; WebP ends at 16,383
TINY = (16, 16)
LONGEST_FIRST_BOX = 1_024  # bytes
SHOWN_AS_IT_IS = frozenset(("1", "L", "LA", "P", "RGB", "RGBA"))
ENDINGS = {"JPEG": ("jpg", "jpeg"), "PNG": ("png",), "WEBP": ("webp",), "AVIF": ("avif",), "GIF": ("gif",)}

HEIC = _(
    "Most browsers cannot show HEIC. Save the picture as JPEG and upload that. On an iPhone, choose "
    "Settings > Camera > Formats > Most Compatible."
)
UNREADABLE = _(
    "This file cannot be read as a picture; part of it may be missing. Open it in a picture program, save it "
    "as JPEG or PNG and send that."
)


class UnshowableError(ValueError):
    """Tells an editor what is wrong with a picture and what to do."""


def make_showable(data: bytes) -> bytes:
    """Return the picture fit to be shown, without camera data; the same bytes if it is so already."""
    with readable(data) as picture:
        kind = "JPEG" if picture.format == "MPO" else str(picture.format)
        fit = _fit(picture)
        if fit is not picture:
            data = camera_data.encode(fit, kind, lossless=b"VP8L" in data[:64])
        data = _named_first(camera_data.strip(data, kind))
    _draw_once(data)
    return data


@contextmanager
def readable(data: bytes) -> Iterator[Image.Image]:
    """Yield the decoded picture. Raises UnshowableError; for one that is too large, before decoding it."""
    try:
        with Image.open(BytesIO(data), formats=("JPEG", "PNG", "WEBP", "AVIF", "GIF")) as picture:
            _check_size(*picture.size)
            picture.load()
            yield picture
    except UnshowableError:
        raise
    except Image.DecompressionBombError as error:
        raise UnshowableError(_too_many_pixels()) from error
    except Exception as error:  # a decoder may raise anything for a file made to break it
        raise UnshowableError(UNREADABLE) from error


def _check_size(width: int, height: int) -> None:
    if width * height > settings.WAGTAILIMAGES_MAX_IMAGE_PIXELS:
        raise UnshowableError(_too_many_pixels())
    if max(width, height) > LONGEST_SIDE:
        sentence = gettext(
            "This picture is %(width)s by %(height)s pixels. Neither side may be longer than "
            "%(most)s: make it smaller and send it again."
        )
        sizes = {"width": width, "height": height, "most": LONGEST_SIDE}
        words = {name: number_format(size, force_grouping=True) for name, size in sizes.items()}
        raise UnshowableError(sentence % words)


def _too_many_pixels() -> str:
    most = settings.WAGTAILIMAGES_MAX_IMAGE_PIXELS // 1_000_000
    sentence = gettext(
        "This picture has more than %(most)s million pixels. Make it smaller and send it again."
    )
    return sentence % {"most": most}


def _fit(picture: Image.Image) -> Image.Image:
    """Return it turned upright and in colours that browsers show; of an animated PNG, the first frame."""
    if getattr(picture, "is_animated", False):
        return picture.copy() if picture.format == "PNG" else picture
    fit = picture
    if picture.mode.startswith("I"):
        fit = picture.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    elif picture.mode not in SHOWN_AS_IT_IS:
        fit = _in_screen_colours(picture)
    return ImageOps.exif_transpose(fit) if _is_turned(picture) else fit


def _in_screen_colours(picture: Image.Image) -> Image.Image:
    profile = picture.info.get("icc_profile")
    mode = "RGBA" if "A" in picture.getbands() else "RGB"
    try:
        source = ImageCms.ImageCmsProfile(BytesIO(profile)) if profile else None
        fit = source and ImageCms.profileToProfile(
            picture, source, ImageCms.createProfile("sRGB"), outputMode=mode
        )
    except (ImageCms.PyCMSError, OSError, ValueError):  # a profile of some other kind
        fit = None
    fit = fit or picture.convert(mode)
    fit.info.pop("icc_profile", None)
    return fit


def _is_turned(picture: Image.Image) -> bool:
    upright = ImageOps.exif_transpose(_stamp(picture))
    return upright.size != (2, 1) or upright.tobytes() != _stamp(picture).tobytes()


def _stamp(picture: Image.Image) -> Image.Image:
    """Return a picture of two pixels with the same orientation."""
    stamp = Image.frombytes("L", (2, 1), b"\0\xff")
    stamp.info = {
        name: picture.info[name] for name in ("exif", "xmp", "XML:com.adobe.xmp") if name in picture.info
    }
    return stamp


def _draw_once(data: bytes) -> None:
    """Raises UnshowableError unless it can be drawn in each format a page shows."""
    try:
        small = willow.Image.open(BytesIO(data)).auto_orient().resize(TINY)
        small.save_as_webp(BytesIO())
        small.save_as_avif(BytesIO())
        small.set_background_color_rgb((255, 255, 255)).save_as_jpeg(BytesIO())
    except Exception as error:
        raise UnshowableError(UNREADABLE) from error


class PictureField(WagtailImageField):
    """Checks the name and size of a file before reading it, and its dimensions before decoding it."""

    def to_python(self, data: UploadedFile | None) -> Any:
        if data is None or data in self.empty_values or not getattr(data, "size", 0):
            return super().to_python(data)
        self.check_image_file_size(data)
        name = data.name or ""
        kind = self._kind_by_name(name)
        data.seek(0)
        content = data.read()
        self._check_kind(kind, content)
        try:
            fit = make_showable(content)
        except UnshowableError as error:
            raise ValidationError(str(error), code="invalid_image") from error
        return super().to_python(SimpleUploadedFile(name, fit, data.content_type or ""))

    def _kind_by_name(self, name: str) -> str:
        ending = PurePath(name).suffix[1:].lower()
        if ending in ("heic", "heif"):
            raise ValidationError(HEIC, code="invalid_image_extension")
        if ending not in self.allowed_image_extensions:
            raise ValidationError(
                self.error_messages["invalid_image_extension"], code="invalid_image_extension"
            )
        return ending

    def _check_kind(self, ending: str, content: bytes) -> None:
        """Check that the ending fits the file: browsers and programs rely on it."""
        kind = kind_of(content)
        if kind == "HEIC":
            raise ValidationError(HEIC, code="invalid_image_extension")
        if kind and ending not in ENDINGS[kind]:
            raise ValidationError(
                _(
                    "The name ends in .%(ending)s, but the file is %(kind)s. "
                    "Change the ending to .%(right)s and send it again."
                ),
                code="invalid_image_known_format",
                params={"ending": ending, "kind": kind, "right": ENDINGS[kind][0]},
            )


def kind_of(content: bytes) -> str:
    """Name the format by its first bytes; empty for any other."""
    if content[4:8] == b"ftyp":
        return "AVIF" if {b"avif", b"avis"} & _brands(content) else "HEIC"
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "WEBP"
    starts = {b"\xff\xd8\xff": "JPEG", b"\x89PNG\r\n\x1a\n": "PNG", b"GIF8": "GIF"}
    return next((kind for start, kind in starts.items() if content.startswith(start)), "")


def _named_first(data: bytes) -> bytes:
    """Put the AVIF brand first: pillow-heif claims a file whose first brand is wider, and cannot read it."""
    wider = kind_of(data) == "AVIF" and data[8:12] not in (b"avif", b"avis")
    return data[:8] + b"avif" + data[12:] if wider else data


def _brands(content: bytes) -> set[bytes]:
    """Return the brands in the first box of an AVIF or HEIC file; some name a wider format first."""
    end = min(int.from_bytes(content[:4]), LONGEST_FIRST_BOX)
    return {content[at : at + 4] for at in (8, *range(16, end, 4))}


class PictureForm(BaseImageForm):
    """The form for every way to upload a picture: three in the admin, the chooser and Wagtail's API."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if field := self.fields.get("file"):
            self.fields["file"] = PictureField(
                label=field.label,
                widget=field.widget,
                required=field.required,
                max_length=field.max_length,
                help_text=field.help_text,
            )

    def clean(self) -> dict[str, Any]:
        """Leave the file alone unless a new one came: Django would open it, and it may be lost or damaged."""
        cleaned: dict[str, Any] = super().clean()
        if "file" not in self.changed_data:
            cleaned.pop("file", None)
        return cleaned

    def _get_validation_exclusions(self) -> set[str]:
        """Django 5.2 would set the same file once more to validate it, and open it."""
        exclusions: set[str] = super()._get_validation_exclusions()
        return exclusions if "file" in self.changed_data else exclusions | {"file"}
