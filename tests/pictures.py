"""Pictures and other files to send, honest ones and others."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

from PIL import ExifTags, Image

PDF = b"%PDF-1.7\n1 0 obj\n"
VOICE = b"OggS\0\2 a voice"
PROGRAM = b"MZ\x90\0\3\0\0\0 This program cannot be run in DOS mode."
WEB_PAGE = b"<!DOCTYPE html><html><script>alert(1)</script></html>"


def picture(size: tuple[int, int] = (60, 40), kind: str = "JPEG", mode: str = "RGB") -> bytes:
    """A picture, red above and blue below."""
    made = Image.new(mode, size, "blue" if mode == "RGB" else 0)
    made.paste("red" if mode == "RGB" else 1, (0, 0, size[0], size[1] // 2))
    out = io.BytesIO()
    made.save(out, kind)
    return out.getvalue()


def from_a_phone() -> bytes:
    """A photo that lies on its side and says where it was taken, with which telephone."""
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6
    exif[ExifTags.Base.Make] = "CANARY-PHONE"
    exif.get_ifd(ExifTags.IFD.GPSInfo).update({1: "N", 2: (31.0, 13.0, 49.0), 3: "E", 4: (121.0, 28.0, 26.0)})
    out = io.BytesIO()
    Image.new("RGB", (60, 40), "red").save(out, "JPEG", exif=exif, comment=b"CANARY-COMMENT")
    return out.getvalue()


def empty_png(width: int, height: int) -> bytes:
    """A PNG of so many black pixels, in a few kilobytes, made without holding them."""
    packer = zlib.compressobj(9)
    line = b"\0" * (width // 8 + 2)
    rows = b"".join(packer.compress(line) for _ in range(height)) + packer.flush()
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join(map(_chunk, (b"IHDR", b"IDAT", b"IEND"), (header, rows, b"")))


def archive(**entries: bytes) -> bytes:
    """A ZIP file; ``__`` in a name stands for a point, ``_`` for itself."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for name, content in entries.items():
            made.writestr(name.replace("__", "."), content)
    return out.getvalue()


def _chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
