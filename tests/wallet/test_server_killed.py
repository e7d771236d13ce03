"""The database server dies while four processes write (wallet.md 11.2, 12.3.6).

The server is one of the test's own: started in a folder of its own, killed with everything that belongs
to it, and started again.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import psutil
import psycopg
import pytest
from django.db import connection

from config import embedded
from tests.kit.processes import ROOT, clean_environment, nothing_left_of, until

WRITERS = 4
COMMITTED_BEFORE_THE_KILL = 60
# Where a command of each kind leaves its mark. What lots give to a spend is in the spend's amount, too;
# the verifier looks at it.
MARKS = {
    "spend": ("SPEND", "till.purchase:{key}"),
    "award": ("AWARD", "rewards.award:{key}"),
    "top-up": ("TOP_UP", "sandbox:{key}"),
    "send": ("TRANSFER", None),
}
MOVED = """
    SELECT entry.operation, command.key, entry.subject, sum(posting.amount)
    FROM wallet_entry entry
    JOIN wallet_posting posting ON posting.entry_id = entry.id
    LEFT JOIN wallet_command command ON command.id = entry.command_id
    WHERE entry.operation <> 'REDEEM'
    GROUP BY entry.id, entry.operation, command.key, entry.subject
"""


@pytest.fixture
def server(tmp_path: Path, db: None) -> Iterator[Path]:
    """Yield the folder of a server of the test's own, running, with our tables and no rows."""
    with nothing_left_of(tmp_path):
        embedded.start(tmp_path)
        try:
            copy_tables(tmp_path)
            yield tmp_path
        finally:
            embedded.stop(tmp_path)


def copy_tables(server: Path) -> None:
    """Give the server the tables, guards and triggers of the test database: migrating takes longer."""
    connection.ensure_connection()
    here = connection.connection.info
    dump = server / "tables.sql"
    run_program(
        "pg_dump", "--schema-only", "--no-owner", "--file", str(dump), "--host", here.host,
        "--port", str(here.port), "--username", here.user, here.dbname,
        PGPASSWORD=here.password,
    )  # fmt: skip
    run_program(
        "psql", "--quiet", "--set", "ON_ERROR_STOP=1", "--file", str(dump),
        "--host", str(embedded.socket_dir(server)), "--username", embedded.USER, embedded.DATABASE,
    )  # fmt: skip


def run_program(name: str, *words: str, **values: str) -> None:
    subprocess.run(
        [str(embedded.binaries() / name), *words],
        env=clean_environment(**values),
        check=True,
        stdout=subprocess.DEVNULL,
        timeout=60,
    )


def environment(server: Path) -> dict[str, str]:
    # A commit is told only once it is on disk, as on a server in production.
    return clean_environment(
        LARGESSE_VAR=str(server), DEBUG="1", PGOPTIONS="-c synchronous_commit=on"
    )


def run(server: Path, module: str, *words: str) -> str:
    """Run a module of ours against the server to its end; return what it said."""
    done = subprocess.run(
        [sys.executable, "-m", *module.split(), *words],
        cwd=ROOT,
        env=environment(server),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def said(log: Path, word: str) -> list[str]:
    """Return the commands after that word; a line without an end was never said."""
    lines = log.read_text().split("\n")[:-1]
    return [line.removeprefix(f"{word} ") for line in lines if line.startswith(f"{word} ")]


def write_until_killed(server: Path) -> tuple[set[str], set[str]]:
    """Have four processes write and kill the server; return what was asked and what was told done."""
    logs = [server / f"writer-{number}.log" for number in range(WRITERS)]
    with ExitStack() as open_files:
        writers = [
            subprocess.Popen(
                [sys.executable, "-m", "tests.wallet.writers", "write", str(number)],
                cwd=ROOT,
                env=environment(server),
                stdout=open_files.enter_context(log.open("w")),
            )
            for number, log in enumerate(logs)
        ]
        until(lambda: all(said(log, "done") for log in logs), "each process to have written")
        until(
            lambda: sum(len(said(log, "done")) for log in logs) >= COMMITTED_BEFORE_THE_KILL,
            "enough to be committed",
        )
        kill(server)
        assert [writer.wait(timeout=30) for writer in writers] == [0] * WRITERS
    asked = {command for log in logs for command in said(log, "asked")}
    return asked, {command for log in logs for command in said(log, "done")}


def kill(server: Path) -> None:
    """Kill the server and its processes as a power cut would: nobody gets to say anything."""
    pid = (embedded.data_dir(server) / "postmaster.pid").read_text().split("\n", 1)[0]
    master = psutil.Process(int(pid))
    members = [master, *master.children(recursive=True)]
    for member in members:
        member.kill()
    psutil.wait_procs(members, timeout=30)
    assert not embedded.is_running(server)


def moved(server: Path) -> dict[tuple[str, str], int]:
    """Return what each entry moved, by its operation and what it was for."""
    host = str(embedded.socket_dir(server))
    with psycopg.connect(host=host, user=embedded.USER, dbname=embedded.DATABASE) as connection:
        rows = connection.execute(MOVED).fetchall()
    return {
        (operation, key if operation == "TRANSFER" else subject): int(amount)
        for operation, key, subject, amount in rows
    }


def effect_of(command: str) -> tuple[tuple[str, str], int]:
    """Return the one entry that the command has to leave behind, and its amount."""
    kind, number, minor = command.split(":")
    operation, subject = MARKS[kind]
    key = f"{kind}-{number}"
    return (operation, subject.format(key=key) if subject else key), int(minor)


@pytest.mark.scenario("WAL-22")
def test_a_killed_server_keeps_what_was_committed_and_nothing_half(server: Path) -> None:
    run(server, "tests.wallet.writers", "prepare")
    before = moved(server)
    asked, done = write_until_killed(server)
    assert len(done) >= COMMITTED_BEFORE_THE_KILL
    assert len(asked - done) == WRITERS

    embedded.start(server)
    after = {mark: minor for mark, minor in moved(server).items() if mark not in before}
    kept = dict(effect_of(command) for command in asked)
    assert dict(effect_of(command) for command in done).items() <= after.items()
    assert after.items() <= kept.items()
    run(server, "manage wallet_verify")

    run(server, "tests.wallet.writers", "repeat", *sorted(asked))
    assert {mark: minor for mark, minor in moved(server).items() if mark not in before} == kept
    run(server, "manage wallet_verify")
