"""Looking at what strangers sent in a process of its own, so that a hostile file meets neither secrets nor the bot.

The process is run by this file's path, isolated, with an empty environment: ``python apart.py MEMORY CPU SCRIPT …``
takes on the limits and becomes the script, which tells what it found as one line of JSON.
"""

from __future__ import annotations

import asyncio
import json
import resource
import runpy
import sys
from pathlib import Path
from typing import Any

HERE = str(Path(__file__).resolve())
MEGABYTE = 1 << 20
MOST_WRITTEN = 100 * MEGABYTE
TOLD = frozenset({0, 3})
"""How a script ends that has told something: what it found, or why it refused."""


async def run(
    script: str, *arguments: str, folder: Path, memory: int, cpu_seconds: int, within: float
) -> dict[str, Any] | None:
    """Return what the script told of the file; None when it had to be ended, or told nothing.

    ``memory`` is in bytes, ``within`` in seconds of the wall clock.
    """
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-I",
        HERE,
        *(str(memory), str(cpu_seconds), script, *arguments),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        cwd=folder,
        env={},
    )
    try:
        told, _nothing = await asyncio.wait_for(process.communicate(), within)
    except TimeoutError:
        return None
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode not in TOLD or not told:
        return None
    found: dict[str, Any] = json.loads(told)
    return found


def limit(memory: int, cpu_seconds: int) -> None:
    """Let this process have no more than so many bytes of memory and seconds of the processor."""
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds))
    resource.setrlimit(resource.RLIMIT_FSIZE, (MOST_WRITTEN, MOST_WRITTEN))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    limit(int(sys.argv[1]), int(sys.argv[2]))
    sys.argv = sys.argv[3:]
    runpy.run_path(sys.argv[0], run_name="__main__")
