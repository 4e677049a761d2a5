"""The store: a file is there whole under its name, or not at all, and only for the bot."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from pathlib import Path

import pytest

from bot.store import Store
from tests.conftest import TUESDAY_MORNING


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "attachments", "mark")


def keeps(store: Store, name: str, content: bytes) -> tuple[int, str]:
    with store.bench(name) as bench:
        (bench / "made").write_bytes(content)
        return store.keep(name, bench / "made")


def test_what_is_kept_can_be_read_again(store: Store):
    assert keeps(store, "a1", b"words") == (5, hashlib.sha256(b"words").hexdigest())
    assert store.read("a1") == b"words"
    assert store.names() == {"a1"}


def test_what_is_not_there_is_nothing(store: Store):
    assert store.read("a1") is None
    store.drop("a1")


def test_nobody_else_on_the_machine_can_look(store: Store):
    keeps(store, "a1", b"words")
    with store.bench("b2") as bench:
        modes = [path.stat().st_mode & 0o777 for path in (store.folder, bench, store.folder / "a1")]

    assert modes == [0o700, 0o700, 0o600]
    assert (store.folder / "aside").stat().st_mode & 0o077 == 0
    assert store.folder.parent.stat().st_mode & 0o077 == 0


def test_work_that_is_broken_off_leaves_nothing(store: Store):
    def breaks_off() -> None:
        with store.bench("a1") as bench:
            (bench / "made").write_bytes(b"half")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        breaks_off()

    assert store.names() == set()


def test_work_of_a_process_that_died_can_be_seen_and_dropped(store: Store):
    (store.folder / "a1.part").mkdir()
    (store.folder / "a1.part" / "sent").write_bytes(b"half")
    assert store.names() == {"a1"}
    assert store.read("a1") is None

    store.drop("a1")
    assert store.names() == set()


def test_two_databases_in_one_folder_do_not_see_each_other(tmp_path: Path):
    one, other = Store(tmp_path, "one"), Store(tmp_path, "other")
    keeps(one, "a1", b"words")

    assert other.names() == set()
    assert other.read("a1") is None


def test_a_copy_set_aside_is_not_there_until_it_is_put_back(store: Store):
    keeps(store, "a1", b"words")
    store.set_aside("a1", at=TUESDAY_MORNING)
    store.set_aside("a1", at=TUESDAY_MORNING)
    assert (store.read("a1"), store.names(), store.names_aside()) == (None, set(), {"a1"})

    assert store.forget(before=TUESDAY_MORNING) == []
    store.put_back("a1")
    store.put_back("a1")
    assert (store.read("a1"), store.names_aside()) == (b"words", set())

    store.set_aside("a1", at=TUESDAY_MORNING)
    assert store.forget(before=TUESDAY_MORNING + timedelta(seconds=1)) == ["a1"]
    assert (store.read("a1"), store.names_aside()) == (None, set())
