"""What is kept is what it says it is, and pictures are kept without where they were taken."""

from __future__ import annotations

import asyncio
import gzip
import io
import struct
import time
from pathlib import Path

import pytest
from PIL import Image

from bot import apart, keeper
from bot.keeper import Refused, look, made
from models.attachment import FileKind, NotKept
from tests.pictures import PDF, PROGRAM, VOICE, WEB_PAGE, archive, empty_png, from_a_phone, picture
from tests.workbooks import CUSTOMERS, changed, xlsx

DOCUMENT, PHOTO, VIDEO = FileKind.DOCUMENT, FileKind.PHOTO, FileKind.VIDEO
SHEET = xlsx([CUSTOMERS])
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 an old document"
HEIC = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic"
MP4 = b"\0\0\0\x18ftypisom\0\0\2\0isomiso2"
TWO_IN_ONE = picture() + archive(run__js=b"alert(1)")
ENCRYPTED = archive(plan__pdf=PDF).replace(b"PK\1\2\x14\x03\x14\0\0\0", b"PK\1\2\x14\x03\x14\0\1\0")
COMMENTS = b"<!---->" * 580


@pytest.fixture
def kept(tmp_path: Path):
    """Have content looked at; return its type and what would be kept of it."""

    def kept(content: bytes, kind: FileKind = DOCUMENT, name: str = "") -> tuple[str, bytes]:
        media_type = asyncio.run(look(content, kind, name, tmp_path))
        return media_type, made(tmp_path).read_bytes()

    return kept


@pytest.mark.parametrize(
    ("kind", "name", "content", "media_type"),
    [
        (FileKind.VOICE, "", VOICE, "audio/ogg"),
        (VIDEO, "", MP4, "video/mp4"),
        (DOCUMENT, "合同.pdf", PDF, "application/pdf"),
        (DOCUMENT, "合同.PDF", PDF, "application/pdf"),
        (DOCUMENT, "报价.xlsx", SHEET, "application/zip"),
        (DOCUMENT, "资料.zip", archive(图纸__dwg=b"AC1032", 说明__pdf=PDF), "application/zip"),
        (DOCUMENT, "加密.xlsx", OLE, "application/x-ole-storage"),
        (DOCUMENT, "报价.xls", OLE, "application/x-ole-storage"),
        (DOCUMENT, "清单.csv", "泵站,轴承".encode("gb18030"), "text/plain"),
        (DOCUMENT, "清单.txt", "泵站".encode("utf-16"), "text/plain"),
        (DOCUMENT, "说明.txt", b"MZ-100 is a pump, BM2 a seal", "text/plain"),
        (DOCUMENT, "图纸.dwg", b"AC1032\0\0\0", "application/octet-stream"),
        (DOCUMENT, "", b"\1\2\0\3", "application/octet-stream"),
        (DOCUMENT, "no ending", PDF, "application/pdf"),
    ],
)
def test_what_is_no_picture_is_kept_byte_for_byte(kept, kind, name, content, media_type):
    assert kept(content, kind, name) == (media_type, content)


@pytest.mark.parametrize(
    ("name", "content", "media_type"),
    [
        ("a.jpg", picture(), "image/jpeg"),
        ("named wrongly by another app.png", picture(), "image/jpeg"),
        ("a.png", picture(kind="PNG"), "image/png"),
        ("a.webp", picture(kind="WEBP"), "image/webp"),
        ("a.gif", picture(kind="GIF"), "image/png"),
        ("a.bmp", picture(kind="BMP"), "image/png"),
        ("a.jpg", picture(mode="CMYK"), "image/jpeg"),
        ("a.png", picture(kind="PNG", mode="RGBA"), "image/png"),
        ("a.jpg", TWO_IN_ONE, "image/jpeg"),
        ("a.png", empty_png(4999, 5000), "image/png"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_picture_is_drawn_anew(kept, name, content, media_type):
    found, drawn = kept(content, DOCUMENT, name)

    assert found == media_type
    assert b"run.js" not in drawn
    with Image.open(io.BytesIO(content)) as before, Image.open(io.BytesIO(drawn)) as after:
        assert after.size == before.size
        assert Image.MIME[after.format] == media_type


def test_a_photo_is_kept_upright_and_without_its_place_and_its_device(kept):
    sent = from_a_phone()
    _type, drawn = kept(sent, PHOTO)

    assert b"CANARY" in sent
    assert b"CANARY" not in drawn
    with Image.open(io.BytesIO(drawn)) as after:
        assert after.size == (40, 60)
        assert dict(after.getexif()) == {}
        assert set(after.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


def box(kind: bytes, *content: bytes, large: bool = False) -> bytes:
    """One box of a film."""
    held = b"".join(content)
    return (
        struct.pack(">I4sQ", 1, kind, len(held) + 16) + held
        if large
        else struct.pack(">I4s", len(held) + 8, kind) + held
    )


@pytest.mark.parametrize("large", [False, True])
def test_a_film_is_kept_without_its_place_and_its_device_and_nothing_is_moved(kept, large):
    telling = [box(b"udta", box(b"\xa9xyz", b"CANARY+31.2304+121.4737/")), box(b"meta", b"CANARY-PHONE", large=large)]
    track = box(b"trak", box(b"tkhd", bytes(84)), *telling)
    film = MP4 + box(b"mdat", b"the film: udta meta", large=large)
    sent = film + box(b"moov", box(b"mvhd", bytes(100)), track, *telling, large=large) + box(b"uuid", b"CANARY" * 3)

    media_type, after = kept(sent, VIDEO)

    assert media_type == "video/mp4"
    assert b"CANARY" not in after
    assert (len(after), after[: len(film)]) == (len(sent), film)
    assert after.count(b"tkhd") == after.count(b"mvhd") == 1
    assert kept(after, VIDEO) == (media_type, after)


@pytest.mark.parametrize("end", [b"\0", b"\0\0\0\1moov", b"\0\0\0\7moovxxxxxxxx", b"\xff\xff\xff\xffmoovxxxxxxxx"])
def test_a_film_that_ends_in_something_else_is_kept_as_it_is(kept, end):
    assert kept(MP4 + end, VIDEO) == ("video/mp4", MP4 + end)


@pytest.mark.parametrize(
    ("kind", "name", "content", "why"),
    [
        (DOCUMENT, "setup.exe", PROGRAM, "program"),
        (DOCUMENT, "invoice.pdf", PROGRAM, "program"),
        (DOCUMENT, "invoice.pdf.exe", PDF, "program"),
        (DOCUMENT, "invoice.exe. ", PDF, "program"),
        (DOCUMENT, "运行.bat", b"del *.*", "program"),
        (DOCUMENT, "readme.txt", b"#!/bin/sh\nrm -rf /", "program"),
        (DOCUMENT, "lib", b"\x7fELF\2\1", "program"),
        (DOCUMENT, "photo.jpg", WEB_PAGE, "program"),
        (PHOTO, "", WEB_PAGE, "program"),
        (DOCUMENT, "a.svg", b"<?xml version='1.0'?><!-- x --><svg onload='x()'/>", "program"),
        (DOCUMENT, "a.txt", b"\xef\xbb\xbf \n<HTML>", "program"),
        (DOCUMENT, "资料.zip", archive(readme__txt=b"", setup__exe=PROGRAM), "program"),
        (DOCUMENT, "报价.xlsm", changed(SHEET, {"xl/vbaProject.bin": b"x"}), "macros"),
        (DOCUMENT, "报价.xlsx", changed(SHEET, {"xl/vbaProject.bin": b"x"}), "macros"),
        (DOCUMENT, "图纸.rar", b"Rar!\x1a\x07\x01\0", "archive"),
        (DOCUMENT, "图纸", b"Rar!\x1a\x07\x01\0", "archive"),
        (DOCUMENT, "图纸.7z", b"7z\xbc\xaf\x27\x1c\0\4", "archive"),
        (DOCUMENT, "图纸.tar.gz", gzip.compress(PDF), "archive"),
        (DOCUMENT, "图纸.tar", b"a".ljust(257, b"\0") + b"ustar\0", "archive"),
        (DOCUMENT, "图纸.iso", bytes(4096), "archive"),
        (DOCUMENT, "资料.zip", archive(inner__zip=archive(setup__exe=PROGRAM)), "archive"),
        (DOCUMENT, "资料.zip", archive(drawings__rar=b""), "archive"),
        (DOCUMENT, "资料.zip", ENCRYPTED, "archive"),
        (DOCUMENT, "photo.jpg", b"7z\xbc\xaf\x27\x1c\0\4", "archive"),
        (DOCUMENT, "setup.rar.exe", b"Rar!\x1a\x07\x01\0", "program"),
        (DOCUMENT, "photo.jpg", PDF, "disguised"),
        (DOCUMENT, "photo.jpg", b"hello", "disguised"),
        (DOCUMENT, "合同.pdf", picture(), "disguised"),
        (DOCUMENT, "合同.pdf", b" " + PDF, "disguised"),
        (DOCUMENT, "合同.docx", b"hello", "disguised"),
        (DOCUMENT, "清单.txt", b"\1\2\0\3", "disguised"),
        (PHOTO, "", PDF, "disguised"),
        (FileKind.VOICE, "", picture(), "disguised"),
        (VIDEO, "", b"hello", "disguised"),
        (DOCUMENT, "a.heic", HEIC, "as_photo"),
        (DOCUMENT, "a.tif", picture(kind="TIFF"), "as_photo"),
        (DOCUMENT, "a.png", empty_png(5001, 5000), "as_photo"),
        (PHOTO, "", empty_png(9000, 9000), "as_photo"),
        (PHOTO, "", empty_png(20_000, 20_000), "as_photo"),
        (PHOTO, "", picture((600, 400))[:900], "broken"),
        (PHOTO, "", picture((600, 400), "PNG")[:60], "broken"),
        (DOCUMENT, "报价.xlsx", SHEET[:500], "broken"),
        (DOCUMENT, "a.txt", b"", "empty"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_may_not_be_kept_is_refused_with_a_reason_and_soon(kept, tmp_path, kind, name, content, why):
    begun = time.monotonic()
    with pytest.raises(Refused) as refused:
        kept(content, kind, name)

    assert refused.value.why is NotKept(why)
    assert not made(tmp_path).exists()
    assert time.monotonic() - begun < 10


def test_no_page_of_comments_keeps_the_inspector_busy(kept):
    begun = time.monotonic()
    assert kept(COMMENTS, DOCUMENT, "a.txt")[0] == "text/plain"
    assert time.monotonic() - begun < 5


def test_a_look_that_takes_too_long_is_ended(kept, monkeypatch):
    monkeypatch.setattr(keeper, "LOOK_WITHIN", 0.01)
    with pytest.raises(Refused) as refused:
        kept(picture(), PHOTO)

    assert refused.value.why is NotKept.BROKEN


@pytest.mark.parametrize(
    "greed",
    ["x = bytes(200 << 20)", "while True: pass", "open('big', 'wb').write(bytes(101 << 20))", "raise SystemExit(9)"],
)
def test_a_script_that_takes_more_than_its_share_has_told_nothing(tmp_path, greed):
    script = tmp_path / "greedy.py"
    script.write_text(f"{greed}\nprint('{{}}')")

    found = asyncio.run(apart.run(str(script), folder=tmp_path, memory=150 << 20, cpu_seconds=1, within=10))

    assert found is None


def test_a_script_apart_finds_no_secrets(tmp_path, monkeypatch):
    monkeypatch.setenv("HUIFANG_TELEGRAM_TOKEN", "CANARY")
    script = tmp_path / "curious.py"
    script.write_text("import json, os; print(json.dumps(dict(os.environ)))")

    found = asyncio.run(apart.run(str(script), folder=tmp_path, memory=150 << 20, cpu_seconds=1, within=10))

    assert "CANARY" not in str(found)
