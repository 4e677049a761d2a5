"""Decisions rest on facts, and the facts are tried again with every version of a library."""

import subprocess
import sys
from pathlib import Path

DEMONSTRATIONS = Path(__file__).parents[1] / "docs" / "decisions" / "demonstrations"


def test_conversation_handler_still_breaks_the_three_promises():
    """Should this fail because the library became better, read docs/decisions/0001 again."""
    run = subprocess.run(
        [sys.executable, "-X", "utf8", DEMONSTRATIONS / "conversation_handler.py"],
        capture_output=True,
        encoding="utf-8",
        timeout=120,
    )

    assert run.stderr == ""
    assert run.stdout.splitlines()[1:] == [
        "BROKEN: an answer the bot replied to survives a crash",
        "    Which customer? | 华东轴承: what was said? | 谈了3号线备件: what was said?",
        "BROKEN: another process can continue a conversation",
        "    Which customer? | (silence)",
        "BROKEN: an update is acknowledged only when it was handled",
        "    5 of 5 acknowledged before one was handled, 0 handled in the end",
    ]
    assert run.returncode == 1
