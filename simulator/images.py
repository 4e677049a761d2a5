"""Width and height of a picture, read from its first bytes (PNG, JPEG, GIF, WebP)."""

from collections.abc import Iterator

Size = tuple[int, int]


def picture_size(content: bytes) -> Size | None:
    """Return width and height in pixels, or None for what is not a picture."""
    if content.startswith(b"\x89PNG\r\n\x1a\n") and len(content) >= 24:
        return _big(content, 16, 4), _big(content, 20, 4)
    if content.startswith((b"GIF87a", b"GIF89a")) and len(content) >= 10:
        return _little(content, 6, 2), _little(content, 8, 2)
    if content.startswith(b"\xff\xd8"):
        return next(_jpeg_frames(content), None)
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP" and len(content) >= 30:
        return _webp(content)
    return None


def _jpeg_frames(content: bytes) -> Iterator[Size]:
    at = 2
    while at + 9 < len(content) and content[at] == 0xFF:
        marker, length = content[at + 1], _big(content, at + 2, 2)
        if 0xC0 <= marker <= 0xCF and marker not in {0xC4, 0xC8, 0xCC}:
            yield _big(content, at + 7, 2), _big(content, at + 5, 2)
        at += 2 + length


def _webp(content: bytes) -> Size:
    kind = content[12:16]
    if kind == b"VP8X":
        return 1 + _little(content, 24, 3), 1 + _little(content, 27, 3)
    if kind == b"VP8L":
        bits = _little(content, 21, 4)
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    return _little(content, 26, 2) & 0x3FFF, _little(content, 28, 2) & 0x3FFF


def _big(content: bytes, at: int, count: int) -> int:
    return int.from_bytes(content[at : at + count], "big")


def _little(content: bytes, at: int, count: int) -> int:
    return int.from_bytes(content[at : at + count], "little")
