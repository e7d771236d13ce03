import json
import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from config.supervisor import free_port
from tests.kit.processes import ROOT, belonging_to, clean_environment, nothing_left_of, until

BUILDING = 600.0  # seconds: the first start builds the town, perhaps beside a busy test run


class Demo:
    """One `manage.py demo` in a process of its own, as `make demo` runs it."""

    def __init__(self, var: Path, port: int) -> None:
        self.var = var
        self.output = var.with_suffix(".txt")
        with self.output.open("w") as output:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "demo", "--port", str(port)],
                env=clean_environment(LARGESSE_VAR=str(var)),
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        until(self.is_up, "the demo to be up", BUILDING)

    def is_up(self) -> bool:
        assert self.process.poll() is None, self.said()
        return "Ctrl-C" in self.said()

    def said(self) -> str:
        return self.output.read_text()

    @property
    def address(self) -> str:
        found = re.search(r"running at (http://localhost:\d+)", self.said())
        assert found, self.said()
        return found[1]

    def ready(self) -> dict[str, object]:
        with urllib.request.urlopen(f"{self.address}/health/ready", timeout=30) as answer:  # noqa: S310
            return dict(json.load(answer))

    def names(self) -> set[str]:
        """Return which parts run, by what their commands say."""
        commands = [" ".join(process.cmdline()) for process in belonging_to(self.var)]
        parts = {"granian": "web", "celery -A config worker": "worker", "beat": "beat",
                 "bin/postgres": "database"}  # fmt: skip
        return {part for word, part in parts.items() if any(word in line for line in commands)}

    def end(self, number: signal.Signals) -> int:
        self.process.send_signal(number)
        return self.process.wait(60)


@contextmanager
def taken_port() -> Iterator[int]:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        yield holder.getsockname()[1]


@pytest.mark.skipif(sys.platform != "linux", reason="counts processes through /proc")
def test_demo_starts_adopts_and_leaves_nothing_behind_however_it_ends(tmp_path: Path) -> None:
    var = tmp_path / "demo"
    with nothing_left_of(var), taken_port() as port:
        demo = Demo(var, port)
        assert demo.address != f"http://localhost:{port}"
        assert demo.ready()["status"] == "ok"
        assert demo.names() == {"web", "worker", "beat", "database"}
        assert "claim?token=" in demo.said()
        assert f"{demo.address}/" in demo.said()
        assert demo.end(signal.SIGINT) == 0
        assert belonging_to(var) == []

        demo = Demo(var, port)
        assert "Building" not in demo.said()
        crash(demo)
        assert demo.end(signal.SIGTERM) == 0
        assert belonging_to(var) == []

        demo = Demo(var, port)
        demo.end(signal.SIGKILL)
        until(lambda: belonging_to(var) == [], "the children of a killed demo to end")


def crash(demo: Demo) -> None:
    """Kill the worker and see another one in its place."""
    worker = next(p for p in belonging_to(demo.var) if "worker" in p.cmdline())
    leader = psutil.Process(os.getpgid(worker.pid))
    leader.kill()
    until(lambda: "worker ended and is started again" in demo.said(), "the report of the crash")
    until(lambda: "worker" in demo.names(), "another worker")


def test_taken_port_moves_on_to_the_next_free_one() -> None:
    with taken_port() as port:
        assert free_port("127.0.0.1", port) > port


@pytest.mark.parametrize("command", ["demo", "reset_demo"])
def test_demo_commands_refuse_to_touch_anything_but_a_demo(command: str) -> None:
    ended = subprocess.run(
        [sys.executable, "manage.py", command],
        env=clean_environment(DEBUG="1", LARGESSE_DEMO="0"),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert ended.returncode == 1
    assert "This is for demo data only" in ended.stderr
