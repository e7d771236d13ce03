"""How much memory this process needed while something ran: Linux forgets its peak when asked."""

from __future__ import annotations

import contextlib
import gc
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_STATUS, _FORGET = Path("/proc/self/status"), Path("/proc/self/clear_refs")


@dataclass
class Peak:
    """The resident memory before, and its peak meanwhile."""

    before_kb: int
    peak_kb: int = 0

    @property
    def grown_mb(self) -> float:
        return max(0, self.peak_kb - self.before_kb) / 1024


@contextlib.contextmanager
def peak() -> Iterator[Peak]:
    """Note the peak of resident memory while the block runs."""
    gc.collect()
    _FORGET.write_text("5", encoding="ascii")
    noted = Peak(_kilobytes("VmRSS"))
    try:
        yield noted
    finally:
        noted.peak_kb = _kilobytes("VmHWM")


def _kilobytes(name: str) -> int:
    found = re.search(rf"^{name}:\s+(\d+) kB", _STATUS.read_text(encoding="ascii"), re.MULTILINE)
    assert found, f"{_STATUS} says nothing of {name}"
    return int(found[1])
