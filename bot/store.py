"""The attachment store: one folder, in it one file for each copy, under a random name that a row of the database bears.

Nothing unchecked lies there under its name: a file is worked on in a folder of its own, ``NAME.part``, and takes its
name in one step when it is whole and on the disk. What no row names is nobody's: it is set aside, comes back when a row
names it again, as after a backup was restored, and goes for good after a grace.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

PART = ".part"
ASIDE = "aside"
_PRIVATE, _OWN = 0o700, 0o600


class Store:
    """The part of the folder that is one database's, by its mark."""

    def __init__(self, folder: Path, mark: str) -> None:
        self.folder = folder / mark
        folder.parent.mkdir(parents=True, exist_ok=True)
        self._aside = self.folder / ASIDE
        for private in (folder, self.folder, self._aside):
            private.mkdir(mode=_PRIVATE, exist_ok=True)

    @contextmanager
    def bench(self, name: str) -> Iterator[Path]:
        """Give a folder to work on this copy in, for the length of the block."""
        bench = self.folder / f"{name}{PART}"
        bench.mkdir(mode=_PRIVATE)
        try:
            yield bench
        finally:
            shutil.rmtree(bench, ignore_errors=True)

    def keep(self, name: str, made: Path) -> tuple[int, str]:
        """Give what was made its name, for good; return its size in bytes and its SHA-256."""
        made.chmod(_OWN)
        with made.open("rb") as whole:
            digest = hashlib.file_digest(whole, "sha256").hexdigest()
            size = whole.tell()
            os.fsync(whole.fileno())
        made.replace(self.folder / name)
        self._remember()
        return size, digest

    def read(self, name: str) -> bytes | None:
        """Return the copy of this name; None when it is not there."""
        with suppress(FileNotFoundError):
            return (self.folder / name).read_bytes()
        return None

    def names(self) -> set[str]:
        """Return every name there is, of copies and of work on them."""
        return {entry.name.removesuffix(PART) for entry in self.folder.iterdir()} - {ASIDE}

    def drop(self, name: str) -> None:
        """Take a copy away, and any work on it."""
        (self.folder / name).unlink(missing_ok=True)
        self._drop_work(name)

    def set_aside(self, name: str, *, at: datetime) -> None:
        """Put a copy where it waits for its end; work on it ends at once."""
        with suppress(FileNotFoundError):  # another process may have been first
            os.utime(self.folder / name, (at.timestamp(), at.timestamp()))
            (self.folder / name).replace(self._aside / name)
        self._drop_work(name)

    def names_aside(self) -> set[str]:
        """Return the names of the copies that were set aside."""
        return {entry.name for entry in self._aside.iterdir()}

    def put_back(self, name: str) -> None:
        """Give a copy that was set aside its place again."""
        with suppress(FileNotFoundError):
            (self._aside / name).replace(self.folder / name)

    def forget(self, *, before: datetime) -> list[str]:
        """Take away for good what was set aside before then; return its names."""
        old = [entry for entry in self._aside.iterdir() if entry.stat().st_mtime < before.timestamp()]
        for entry in old:
            entry.unlink(missing_ok=True)
        return [entry.name for entry in old]

    def _drop_work(self, name: str) -> None:
        shutil.rmtree(self.folder / f"{name}{PART}", ignore_errors=True)

    def _remember(self) -> None:
        """Have the disk know the folder's new entry: a row is about to promise that it is there."""
        opened = os.open(self.folder, os.O_RDONLY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)
