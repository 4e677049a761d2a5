"""Files that people and bots have sent. An identifier is good for one bot only, as with Telegram."""

import hashlib
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from simulator.images import picture_size
from simulator.refusals import WRONG_FILE, Refusal, bad_request

MEGABYTE = 1 << 20
LARGEST_DOWNLOAD = 20 * MEGABYTE
LARGEST_UPLOAD = 50 * MEGABYTE
LARGEST_PHOTO = 10 * MEGABYTE
FOLDERS = {"photo": "photos", "document": "documents", "voice": "voice"}
MIME_TYPES = {
    ".pdf": "application/pdf",
    ".csv": "text/csv",
    ".txt": "text/plain",
    ".html": "text/html",
    ".json": "application/json",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".zip": "application/zip",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
}


@dataclass(slots=True, frozen=True)
class Upload:
    """A file on its way in."""

    content: bytes
    name: str = ""
    mime_type: str = ""


@dataclass(slots=True, frozen=True)
class StoredFile:
    """A file that Telegram keeps, as one bot knows it."""

    id: str
    unique_id: str
    bot_id: int
    kind: str
    path: str
    content: bytes
    name: str
    mime_type: str
    width: int = 0
    height: int = 0
    seconds: int = 0

    def as_photo_sizes(self) -> list[dict[str, Any]]:
        """Return the picture in two sizes, the small one first."""
        scale = min(1.0, 90 / max(self.width, self.height))
        small = max(1, round(self.width * scale)), max(1, round(self.height * scale))
        return [self._photo_size("s", *small), self._photo_size("x", self.width, self.height)]

    def _photo_size(self, letter: str, width: int, height: int) -> dict[str, Any]:
        # The letter rides at the end of the identifier: both sizes lead to the same bytes.
        return {
            "file_id": f"{self.id}-{letter}",
            "file_unique_id": f"{self.unique_id}{letter}",
            "file_size": len(self.content),
            "width": width,
            "height": height,
        }

    def as_document(self) -> dict[str, Any]:
        """Return the Document object."""
        return self._facts() | {"file_name": self.name, "mime_type": self.mime_type}

    def as_voice(self) -> dict[str, Any]:
        """Return the Voice object."""
        return self._facts() | {"duration": self.seconds, "mime_type": self.mime_type}

    def as_file(self) -> dict[str, Any]:
        """Return the File object that getFile answers with."""
        return self._facts() | {"file_path": self.path}

    def _facts(self) -> dict[str, Any]:
        return {"file_id": self.id, "file_unique_id": self.unique_id, "file_size": len(self.content)}


class FileStore:
    """Keeps every file in memory."""

    def __init__(self) -> None:
        self._files: dict[str, StoredFile] = {}
        self._by_path: dict[tuple[int, str], StoredFile] = {}

    def keep(self, bot_id: int, kind: str, upload: Upload, *, seconds: int = 0) -> StoredFile:
        """Store a photo, document or voice for this bot; refuses what Telegram would refuse."""
        width, height = _photo_size(upload) if kind == "photo" else (0, 0)
        _refuse_too_big(upload)
        number = len(self._files) + 1
        digest = hashlib.sha256(upload.content).hexdigest()
        suffix = PurePosixPath(upload.name).suffix.lower() or {"photo": ".jpg", "voice": ".oga"}.get(kind, "")
        file = StoredFile(
            id=f"{kind}-{bot_id}-{number}-{digest[:12]}",
            unique_id=digest[:16],
            bot_id=bot_id,
            kind=kind,
            path=f"{FOLDERS[kind]}/file_{number}{suffix}",
            content=upload.content,
            name=upload.name or f"file_{number}{suffix}",
            mime_type=upload.mime_type or MIME_TYPES.get(suffix) or _default_mime_type(kind),
            width=width,
            height=height,
            seconds=seconds,
        )
        self._files[file.id] = self._by_path[bot_id, file.path] = file
        return file

    def known_to(self, bot_id: int, file_id: str) -> StoredFile | None:
        """Return the file that this bot knows by this identifier."""
        file = self.find(file_id)
        return file if file and file.bot_id == bot_id else None

    def find(self, file_id: str) -> StoredFile | None:
        """Return the file with this identifier, whoever knows it."""
        return self._files.get(file_id.removesuffix("-s").removesuffix("-x"))

    def to_download(self, bot_id: int, file_id: str) -> StoredFile:
        """Return the file for getFile; refuses unknown identifiers and files above 20 MB."""
        file = self.known_to(bot_id, file_id)
        if file is None:
            raise bad_request(WRONG_FILE)
        if len(file.content) > LARGEST_DOWNLOAD:
            raise bad_request("file is too big")
        return file

    def at(self, bot_id: int, path: str) -> StoredFile | None:
        """Return the file under a path that getFile has told."""
        return self._by_path.get((bot_id, path))


def _photo_size(upload: Upload) -> tuple[int, int]:
    weight = len(upload.content)
    if weight > LARGEST_PHOTO:
        raise bad_request(
            f"file of size {weight} bytes is too big for a photo; the maximum size is {LARGEST_PHOTO} bytes"
        )
    size = picture_size(upload.content)
    if size is None or 0 in size:
        raise bad_request("IMAGE_PROCESS_FAILED")
    if sum(size) > 10_000 or max(size) > 20 * min(size):
        raise bad_request("PHOTO_INVALID_DIMENSIONS")
    return size


def _refuse_too_big(upload: Upload) -> None:
    if not upload.content:
        raise bad_request("file must be non-empty")
    if len(upload.content) > LARGEST_UPLOAD:
        raise Refusal(413, "Request Entity Too Large")


def _default_mime_type(kind: str) -> str:
    return {"photo": "image/jpeg", "voice": "audio/ogg"}.get(kind, "application/octet-stream")
