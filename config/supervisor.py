"""Run a handful of processes as one: start them, restart what crashes, leave nothing behind.

Each child gets a session of its own, so that the terminal's Ctrl-C reaches only the supervisor, and on
Linux asks the kernel for a signal when the supervisor dies in any way.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36
PAUSE = 0.1  # seconds between two looks at the children
GRACE = 10.0  # seconds that a child has to end by itself
STEADY = 30.0  # seconds after which a child counts as having started well
LONGEST_PAUSE = 30.0  # seconds between two attempts to restart


@dataclass
class Child:
    """One process to keep running."""

    name: str
    command: Sequence[str]
    env: Mapping[str, str]
    folder: Path
    log: Path
    process: subprocess.Popen[bytes] | None = None
    failures: int = 0
    started: float = 0.0
    due: float = field(default=0.0)

    def start(self) -> None:
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(  # noqa: S603
                self.command,
                env=dict(self.env),
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=follow_parent(os.getpid()),
            )
        self.started = time.monotonic()

    def signal(self, number: signal.Signals) -> None:
        """Signal the child's whole group; its leader has the group's id."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, number)

    def look(self, *, now: float) -> bool:
        """Start the child again once its pause is over; tell whether it was found to have ended."""
        ended = self.process is not None and self.process.poll() is not None
        if ended:
            steady = now - self.started > STEADY
            self.failures = 1 if steady else self.failures + 1
            self.due = now + min(2.0 ** (self.failures - 1), LONGEST_PAUSE)
            self.signal(signal.SIGKILL)  # whatever it left of its group
            self.process = None
        if self.process is None and now >= self.due:
            self.start()
        return ended


def _prctl(option: int, value: int) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(option, value, 0, 0, 0)


def follow_parent(parent: int) -> Callable[[], None]:
    """Return what a child does before it becomes its program: ask to end with its parent."""

    def ask() -> None:
        _prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:  # it died before we asked
            os._exit(1)

    return ask


def end_with_caller() -> None:
    """Have this process end in good order when the one that started it is killed."""
    _prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


class Stopped(BaseException):
    """Somebody asked the supervisor to end; not an error, so no handler of errors may keep it."""


@contextlib.contextmanager
def stoppable() -> Iterator[None]:
    """Turn the first Ctrl-C, SIGTERM or hang-up inside the block into an orderly end of it.

    Later ones are ignored: the end is already on its way and must not be cut short.
    """

    def stop(_number: int, _frame: FrameType | None) -> None:
        for number in caught:
            signal.signal(number, signal.SIG_IGN)
        raise Stopped

    wanted = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    # A shell that starts us under nohup has hang-ups ignored; so do we then.
    caught = [number for number in wanted if signal.getsignal(number) is not signal.SIG_IGN]
    if signal.SIGINT not in caught:  # started with "&" by a script: Ctrl-C still ends it
        caught.append(signal.SIGINT)
    _prctl(PR_SET_CHILD_SUBREAPER, 1)
    before = {number: signal.signal(number, stop) for number in caught}
    try:
        with contextlib.suppress(Stopped):
            yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        reap()


@contextlib.contextmanager
def running(children: Sequence[Child]) -> Iterator[None]:
    """Run the children for the length of a `with` block; on leaving none of them is left."""
    try:
        for child in children:
            child.start()
        yield
    finally:
        end(children)


def watch(children: Sequence[Child], *, report: Callable[[str], None]) -> None:
    """Keep the children running until somebody asks to stop; report each that had to be restarted."""
    while True:
        for child in children:
            if child.look(now=time.monotonic()):
                report(f"{child.name} ended and is started again; see {child.log}")
        time.sleep(PAUSE)


def end(children: Sequence[Child]) -> None:
    """Ask every child to end, wait, and kill what is left of their groups."""
    alive = [child.process for child in children if child.process is not None]
    for process in alive:
        # The leader alone: it ends its own workers in good order.
        process.terminate()
    deadline = time.monotonic() + GRACE
    for process in alive:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(max(0.0, deadline - time.monotonic()))
    for child in children:
        child.signal(signal.SIGKILL)
    for process in alive:
        process.wait()


def reap() -> None:
    """Take leave of orphans that have become ours, so that no defunct entry stays."""
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            continue


def free_port(host: str, wanted: int) -> int:
    """Return the wanted port, the next free one of the hundred above it, or any that is free."""
    for port in (*range(wanted, wanted + 100), 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise OSError(f"No free port on {host}.")
