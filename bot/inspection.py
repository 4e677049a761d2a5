"""Looking at a file somebody sent: ``inspection.py FILE KIND ENDING OUT``, run apart (``apart.py``) within limits.

What a file is, its first bytes say; the ending of its name can only contradict them. Pictures are drawn anew, and what
films say about themselves is blanked, so that neither tells where and with what it was taken; everything else is kept
as it is. What is to be kept is then at OUT, and its type, or why it is refused, is told on standard output.
"""

from __future__ import annotations

import json
import re
import struct
import sys
import warnings
import zipfile
from collections.abc import Sequence
from enum import Enum, auto
from pathlib import Path

MEGABYTE = 1 << 20
MEMORY = 512 * MEGABYTE
CPU_SECONDS = 30
MOST_PIXELS = 25_000_000
QUALITY = 90
HEAD = 4096
"""Bytes that say what a file is."""


class Family(Enum):
    """What a file is, as far as a name can claim it."""

    PICTURE = auto()
    MEDIA = auto()
    PDF = auto()
    OFFICE = auto()
    TEXT = auto()
    ARCHIVE = auto()
    PROGRAM = auto()
    OTHER = auto()


class Refused(Exception):
    """The file shall not be kept: why, in a word of ``models.attachment.NotKept``."""


def signs(*rows: tuple[bytes, Family, str]) -> Sequence[tuple[re.Pattern[bytes], Family, str]]:
    """Return the rows with their patterns ready."""
    return [(re.compile(pattern, re.DOTALL), family, kind) for pattern, family, kind in rows]


SIGNS = signs(
    (rb"\xff\xd8\xff", Family.PICTURE, "image/jpeg"),
    (rb"\x89PNG\r\n\x1a\n", Family.PICTURE, "image/png"),
    (rb"GIF8", Family.PICTURE, "image/gif"),
    (rb"RIFF....WEBP", Family.PICTURE, "image/webp"),
    (rb"BM....\0\0\0\0", Family.PICTURE, "image/bmp"),
    (rb"II\*\0|MM\0\*", Family.PICTURE, "image/tiff"),
    (rb"....ftyp(heic|heix|hevc|mif1|msf1|avif)", Family.PICTURE, "image/heif"),
    (rb"....ftyp", Family.MEDIA, "video/mp4"),
    (rb"OggS", Family.MEDIA, "audio/ogg"),
    (rb"ID3|\xff[\xfb\xf3\xf2]", Family.MEDIA, "audio/mpeg"),
    (rb"\xff[\xf1\xf9]", Family.MEDIA, "audio/aac"),
    (rb"#!AMR", Family.MEDIA, "audio/amr"),
    (rb"fLaC", Family.MEDIA, "audio/flac"),
    (rb"RIFF....WAVE", Family.MEDIA, "audio/wav"),
    (rb"RIFF....AVI ", Family.MEDIA, "video/x-msvideo"),
    (rb"\x1aE\xdf\xa3", Family.MEDIA, "video/webm"),
    (rb"%PDF-", Family.PDF, "application/pdf"),
    (rb"PK(\x03\x04|\x05\x06)", Family.OFFICE, "application/zip"),
    (rb"\xd0\xcf\x11\xe0", Family.OFFICE, "application/x-ole-storage"),
    (rb"\{\\rtf", Family.OFFICE, "application/rtf"),
    (rb"Rar!\x1a\x07|7z\xbc\xaf\x27\x1c|\x1f\x8b|BZh[1-9]|\xfd7zXZ\0|\x28\xb5\x2f\xfd", Family.ARCHIVE, ""),
    (rb".{257}ustar", Family.ARCHIVE, ""),
    (rb"MZ.{,64}\0", Family.PROGRAM, ""),
    (rb"\x7fELF|\0asm|dex\n|MSCF|L\0\0\0\x01\x14\x02\0", Family.PROGRAM, ""),
    (rb"\xca\xfe\xba\xbe|[\xce\xcf]\xfa\xed\xfe|\xfe\xed\xfa[\xce\xcf]", Family.PROGRAM, ""),
    (rb"#!|(?i:@echo off)", Family.PROGRAM, ""),
    (
        rb"(\xef\xbb\xbf)?(<\?xml[^>]*>|<!--.*?-->|\s)*+(?i:<(!doctype (html|svg)|html|head|body|script|svg|\?php))",
        Family.PROGRAM,
        "",
    ),
    (rb"\xff\xfe|\xfe\xff|[^\0]*\Z", Family.TEXT, "text/plain"),
)
"""How a file begins, and what it is then. The first that fits counts."""

CLAIMS = {
    ending: family
    for family, endings in {
        Family.PICTURE: "jpg jpeg png gif webp bmp tif tiff heic heif avif",
        Family.MEDIA: "ogg oga opus mp3 m4a aac amr wav flac mp4 m4v mov 3gp avi webm mkv",
        Family.PDF: "pdf",
        Family.OFFICE: "zip doc docx docm xls xlsx xlsm ppt pptx pptm rtf odt ods odp wps et dps",
        Family.TEXT: "txt csv tsv log md json",
        Family.ARCHIVE: "rar 7z gz tgz bz2 tbz xz txz zst tar iso img cab",
        Family.PROGRAM: "exe com scr bat cmd ps1 vbs vbe js jse wsf hta msi lnk jar apk dll sys reg cpl sh py pl rb "
        "php app dmg html htm xhtml mht mhtml svg",
    }.items()
    for ending in endings.split()
}
"""What a name's ending says. One that is not here, such as a drawing's, says nothing and is believed nothing."""
BY_KIND = {"photo": Family.PICTURE, "voice": Family.MEDIA, "video": Family.MEDIA}
ARCHIVES = {ending for ending, family in CLAIMS.items() if family is Family.ARCHIVE} | {"zip"}
RUNNABLE = {ending for ending, family in CLAIMS.items() if family is Family.PROGRAM} - {"html", "htm", "xhtml", "svg"}
ENCRYPTED = 1
TELLING = {b"udta", b"meta", b"uuid"}
"""Boxes of a film that describe it: with its title, its place, its camera."""
HOLDING = {b"moov", b"trak"}
REDRAWN = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP", "image/gif": "PNG", "image/bmp": "PNG"}
FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP")


def main(arguments: Sequence[str]) -> int:
    """Look at the file and return 0; 3 when it is refused."""
    source, kind, ending, out = Path(arguments[0]), arguments[1], arguments[2], Path(arguments[3])
    try:
        found = inspect(source, kind, ending, out)
    except Refused as refusal:
        return _tell({"refused": str(refusal)}, 3)
    except MemoryError:
        return _tell({"refused": "as_photo"}, 3)
    except Exception as error:  # noqa: BLE001 - whatever a broken file does to a library, the sender is told it is broken
        return _tell({"refused": "broken", "error": type(error).__name__}, 3)
    return _tell({"type": found}, 0)


def inspect(source: Path, kind: str, ending: str, out: Path) -> str:
    """Leave at ``out`` what is to be kept, and return its type. Raises Refused."""
    with source.open("rb") as opened:
        head = opened.read(HEAD)
    if not head:
        raise Refused("empty")
    family, media_type = what_is(head)
    claimed = BY_KIND.get(kind) or CLAIMS.get(ending)
    if Family.PROGRAM in {family, claimed}:
        raise Refused("program")
    if Family.ARCHIVE in {family, claimed}:
        raise Refused("archive")
    if claimed not in {None, family}:
        raise Refused("disguised")
    if family is Family.PICTURE:
        return redraw(source, media_type, out)
    if media_type == "application/zip":
        look_inside(source)
    if media_type == "video/mp4":
        source.write_bytes(without_a_place(source.read_bytes()))
    source.rename(out)
    return media_type


def what_is(head: bytes) -> tuple[Family, str]:
    """Return what begins like this, and its type."""
    found = ((family, kind) for pattern, family, kind in SIGNS if pattern.match(head))
    return next(found, (Family.OTHER, "application/octet-stream"))


def ending_of(name: str) -> str:
    """Return the ending, as systems read it who ignore points and blanks after it; none if it claims nothing."""
    ending = name.lower().rstrip(". ").rpartition(".")[2]
    return ending if ending in CLAIMS else ""


def look_inside(source: Path) -> None:
    """Refuse an archive or an office document that brings programs or macros, or what cannot be looked into.

    Nothing is unpacked: only ZIP says without that what is in it, unless there is another archive in it.
    """
    with zipfile.ZipFile(source) as archive:
        entries = archive.infolist()
    endings = {ending_of(entry.filename) for entry in entries}
    if any("vbaproject" in entry.filename.lower() for entry in entries):
        raise Refused("macros")
    if RUNNABLE & endings:
        raise Refused("program")
    if ARCHIVES & endings or any(entry.flag_bits & ENCRYPTED for entry in entries):
        raise Refused("archive")


def without_a_place(film: bytes) -> bytes:
    """Return an MP4 or QuickTime film with blanks where it told where and with what it was taken.

    It is a row of boxes, each a size, a kind and a content. Nothing is moved, so that it still plays.
    """
    blanked = bytearray(film)
    _blank(blanked, 0, len(blanked))
    return bytes(blanked)


def _blank(film: bytearray, start: int, end: int) -> None:
    while end - start >= 16:
        size, kind, large = struct.unpack_from(">I4sQ", film, start)
        head, size = (16, large) if size == 1 else (8, size or end - start)
        if not head <= size <= end - start:
            return  # these are no boxes any more
        if kind in TELLING:
            film[start + 4 : start + size] = b"free".ljust(size - 4, b"\0")
        elif kind in HOLDING:
            _blank(film, start + head, start + size)
        start += size


def redraw(source: Path, media_type: str, out: Path) -> str:
    """Draw the picture anew, upright, and nothing but its pixels; return its new type."""
    from PIL import Image, ImageOps

    if media_type not in REDRAWN:
        raise Refused("as_photo")
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    try:
        with Image.open(source, formats=FORMATS) as picture:
            upright = ImageOps.exif_transpose(picture)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise Refused("as_photo") from None
    pixels = upright.convert("RGBA" if upright.has_transparency_data else "RGB")
    bare = Image.new(pixels.mode, pixels.size)
    bare.paste(pixels)
    bare.save(out, REDRAWN[media_type], quality=QUALITY)
    return f"image/{REDRAWN[media_type].lower()}"


def _tell(found: dict[str, str], code: int) -> int:
    sys.stdout.write(json.dumps(found))
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
