"""Programs run beside a test, and the count of what they leave behind."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 30.0
KEPT = ("PATH", "HOME", "LANG", "VIRTUAL_ENV", "TMPDIR")


def clean_environment(**values: str) -> dict[str, str]:
    """Return an environment with nothing of Largesse in it but `values`."""
    return {name: os.environ[name] for name in KEPT if name in os.environ} | values


def belonging_to(folder: Path) -> list[psutil.Process]:
    """Return every live process that was told of the folder, in its environment or its words."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if process.status() == psutil.STATUS_ZOMBIE:
                continue
            words = [*process.cmdline(), *process.environ().values()]
            if any(str(folder) in word for word in words):
                found.append(process)
    return found


def until(condition: Callable[[], bool], what: str, patience: float = PATIENCE) -> None:
    """Wait until the condition holds; fail with `what` was waited for."""
    deadline = time.monotonic() + patience
    while not condition():
        assert time.monotonic() < deadline, f"waited in vain for {what}"
        time.sleep(0.05)


@contextlib.contextmanager
def nothing_left_of(folder: Path) -> Iterator[None]:
    """Kill what a failed test left running, so that it spoils no other test."""
    try:
        yield
    finally:
        for process in belonging_to(folder):
            if process.pid != os.getpid():
                with contextlib.suppress(psutil.Error):
                    process.kill()
