"""Files as cameras, scanners and broken telephones make them."""

import io
from pathlib import Path

from PIL import Image, ImageCms, PngImagePlugin

CANARY = b"xw8canary"
XMP = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:li>xw8canary</rdf:li></x:xmpmeta>"
TOLD = ("exif", "xmp", "comment", "photoshop", "XML:com.adobe.xmp")
BYLINE = b"\x1c\x02\x50\0\x10xw8canary byline"
IPTC = b"Photoshop 3.0\x008BIM\x04\x04\0\0" + len(BYLINE).to_bytes(4) + BYLINE + b"\0"
PROFILE = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def noise(width: int = 640, height: int = 400) -> Image.Image:
    return Image.effect_noise((width, height), 60).convert("RGB")


def encoded(picture: Image.Image, kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def exif(orientation: int = 1) -> Image.Exif:
    """Where it was taken, by whom and with what."""
    told = Image.Exif()
    told[0x0112], told[0x013B], told[0x0110] = orientation, "xw8canary@example.org", "xw8canary camera"
    place = told.get_ifd(0x8825)
    place[1], place[2], place[3], place[4] = "N", (51.0, 30.0, 0.0), "W", (0.0, 7.0, 0.0)
    return told


def photograph(kind: str, orientation: int = 1, **size: int) -> bytes:
    """A file with EXIF, XMP, and what else its format can tell; and something after its end."""
    told = {"exif": exif(orientation), "icc_profile": PROFILE}
    if kind == "JPEG":
        whole = encoded(noise(**size), kind, xmp=XMP, comment=b"xw8canary", **told)
        segment = b"\xff\xed" + (2 + len(IPTC)).to_bytes(2) + IPTC
        return whole[:2] + segment + whole[2:] + b"xw8canary: a second picture"
    if kind == "PNG":
        text = PngImagePlugin.PngInfo()
        text.add_text("Author", "xw8canary")
        text.add_text("Comment", "xw8canary", zip=True)
        text.add_itxt("XML:com.adobe.xmp", XMP.decode())
        return encoded(noise(**size), kind, pnginfo=text, **told) + b"xw8canary"
    if kind == "GIF":
        frames = {"save_all": True, "append_images": [noise(**size)], "loop": 0}
        return encoded(noise(**size), kind, comment=b"xw8canary", **frames)
    return encoded(noise(**size), kind, xmp=XMP, **told)


def tells(data: bytes) -> list[str]:
    """Name what a file still tells beside the picture."""
    with Image.open(io.BytesIO(data)) as picture:
        found = dict(picture.getexif()) or dict(picture.getexif().get_ifd(0x8825))
        named = [name for name in TOLD if picture.info.get(name)]
    return [*named, *(["exif tags"] if found else []), *(["canary"] if CANARY in data else [])]


def lose(picture) -> None:
    Path(picture.file.path).unlink()


def cut(picture) -> None:
    path = Path(picture.file.path)
    path.write_bytes(path.read_bytes()[:400])


def deepen(picture) -> None:
    """As an upload of sixteen bits was accepted once: WebP and JPEG cannot hold it."""
    Path(picture.file.path).write_bytes(encoded(Image.new("I;16", (900, 700), 30_000), "PNG"))


def scribble(picture) -> None:
    Path(picture.file.path).write_bytes(b"no picture at all")


BROKEN = {"lost": lose, "half": cut, "sixteen bits": deepen, "no picture": scribble}
