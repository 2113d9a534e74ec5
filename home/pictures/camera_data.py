"""
Removes what a camera or an editor adds to a picture: place, time, owner, comments, a second picture.

None of it is kept. Only the parts of a file that draw it are copied, and its colour profile; everything else,
known or unknown, and whatever follows its end, is left out. The picture itself is not changed.
JPEG: ITU-T T.81 annex B. PNG: W3C PNG 3. WebP: RFC 9649. GIF: GIF89a. AVIF is read as ISO/IEC 14496-12 boxes.
"""

import re
from collections.abc import Callable, Iterator
from io import BytesIO

from PIL import Image

_JPEG_SCAN_END = re.compile(rb"\xff[\x01-\xcf\xd8-\xfe]")
_JPEG_DRAWS = {*range(0xC0, 0xD0), 0xDA, 0xDB, 0xDC, 0xDD}
_PNG_DRAWS = frozenset(
    b"IHDR PLTE IDAT IEND tRNS gAMA cHRM sRGB iCCP cICP sBIT bKGD pHYs acTL fcTL fdAT".split()
)
_WEBP_DRAWS = frozenset((b"VP8 ", b"VP8L", b"ALPH", b"ANIM", b"ANMF", b"ICCP"))
_WEBP_SAYS_EXIF_OR_XMP = 0x0C
_GIF_LOOPS = (b"\x0bNETSCAPE2.0", b"\x0bANIMEXTS1.0")
_AVIF_DRAWS = frozenset((b"ftyp", b"meta", b"mdat", b"moov"))


def strip(data: bytes, kind: str) -> bytes:
    """Return the file without them. ``kind`` is Pillow's name of the format. Raises what Pillow raises."""
    try:
        return _STRIPPERS[kind](data)
    except (ValueError, IndexError):  # the parts do not fit together, though Pillow may read them
        return redraw(data)


def redraw(data: bytes) -> bytes:
    """Return the file re-encoded, so that it contains nothing but the picture."""
    with Image.open(BytesIO(data)) as picture:
        return encode(picture, _kind(picture), lossless=b"VP8L" in data[:64])


def encode(picture: Image.Image, kind: str, *, lossless: bool = False) -> bytes:
    """Return a still picture as a file of this kind, with its colour profile and nothing else."""
    quality = {
        "JPEG": {"quality": 93, "optimize": True},
        "WEBP": {"quality": 92, "lossless": lossless},
        "AVIF": {"quality": 85, "speed": 8},
    }
    profile = picture.info.get("icc_profile")
    bare = picture.copy()
    bare.info = {name: picture.info[name] for name in ("transparency",) if name in picture.info}
    out = BytesIO()
    bare.save(out, kind, icc_profile=profile, **quality.get(kind, {}))
    return out.getvalue()


def _kind(picture: Image.Image) -> str:
    return "JPEG" if picture.format == "MPO" else str(picture.format)


def _jpeg(data: bytes) -> bytes:
    kept, at = bytearray(b"\xff\xd8"), 2
    while True:
        while data[at + 1] == 0xFF:
            at += 1
        marker, end = data[at + 1], at + 2 + int.from_bytes(data[at + 2 : at + 4])
        if data[at] != 0xFF or (marker != 0xD9 and not at + 4 <= end <= len(data)):
            raise ValueError("no segment")
        if marker == 0xD9:
            return bytes(kept + b"\xff\xd9")
        kept += _jpeg_segment(marker, data[at:end])
        at = end
        if marker == 0xDA:
            at = _found(_JPEG_SCAN_END.search(data, end))
            kept += data[end:at]


def _found(match: re.Match[bytes] | None) -> int:
    if match is None:
        raise ValueError("no end")
    return match.start()


def _jpeg_segment(marker: int, segment: bytes) -> bytes:
    if marker == 0xE0 and segment[4:9] == b"JFIF\0":
        return b"\xff\xe0\0\x10" + segment[4:16] + b"\0\0"  # without its small picture
    profile = marker == 0xE2 and segment[4:16] == b"ICC_PROFILE\0"
    colours = marker == 0xEE and segment[4:9] == b"Adobe"
    return segment if marker in _JPEG_DRAWS or profile or colours else b""


def _png(data: bytes) -> bytes:
    kept, at = bytearray(data[:8]), 8
    while True:
        name, end = data[at + 4 : at + 8], at + 12 + int.from_bytes(data[at : at + 4])
        if end > len(data):
            raise ValueError("no chunk")
        if name in _PNG_DRAWS:
            kept += data[at:end]
        if name == b"IEND":
            return bytes(kept)
        at = end


def _webp(data: bytes) -> bytes:
    kept = bytearray()
    for name, chunk in _riff(data):
        if name == b"VP8X":
            kept += bytes((*chunk[:8], chunk[8] & ~_WEBP_SAYS_EXIF_OR_XMP, *chunk[9:]))
        elif name in _WEBP_DRAWS:
            kept += chunk
    return b"RIFF" + (4 + len(kept)).to_bytes(4, "little") + b"WEBP" + bytes(kept)


def _riff(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at, last = 12, 8 + int.from_bytes(data[4:8], "little")
    if last > len(data):
        raise ValueError("no end")
    while at < last:
        size = int.from_bytes(data[at + 4 : at + 8], "little")
        end = at + 8 + size + size % 2
        if end > len(data) + 1:  # the padding of the last one may be missing
            raise ValueError("no chunk")
        yield data[at : at + 4], data[at:end].ljust(end - at, b"\0")
        at = end


def _gif(data: bytes) -> bytes:
    at = 13 + _gif_colours(data[10])
    kept = bytearray(data[:at])
    while data[at] != 0x3B:
        if data[at] == 0x2C:
            end = _gif_blocks(data, at + 11 + _gif_colours(data[at + 9]))
            keep = True
        elif data[at] == 0x21:
            end = _gif_blocks(data, at + 2)
            keep = data[at + 1] == 0xF9 or data[at + 2 : at + 14] in _GIF_LOOPS
        else:
            raise ValueError("no block")
        kept += data[at:end] if keep else b""
        at = end
    return bytes(kept + b"\x3b")


def _gif_colours(flags: int) -> int:
    return 3 * 2 ** ((flags & 7) + 1) if flags & 0x80 else 0


def _gif_blocks(data: bytes, at: int) -> int:
    while data[at]:
        at += data[at] + 1
    return at + 1


def _avif(data: bytes) -> bytes:
    """Re-encode a file with other data: its parts refer to each other by position, so none can be cut out."""
    for name, box in _boxes(data):
        if name not in _AVIF_DRAWS or (name == b"meta" and (b"Exif" in box or b"mime" in box)):
            return redraw(data)
    return data


def _boxes(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 0
    while at < len(data):
        size = int.from_bytes(data[at : at + 4])
        if size < 8 or at + size > len(data):
            raise ValueError("no box")
        yield data[at + 4 : at + 8], data[at : at + size]
        at += size


_STRIPPERS: dict[str, Callable[[bytes], bytes]] = {
    "JPEG": _jpeg,
    "MPO": _jpeg,
    "PNG": _png,
    "WEBP": _webp,
    "GIF": _gif,
    "AVIF": _avif,
}
KINDS = tuple(_STRIPPERS)
