import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from config import embedded
from tests.kit.processes import ROOT, belonging_to, clean_environment, nothing_left_of, until

HOLD = """
import sys, time
from pathlib import Path
from config import embedded
with embedded.lease(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def var(tmp_path: Path) -> Iterator[Path]:
    with nothing_left_of(tmp_path / "var"):
        yield tmp_path / "var"


def holder(var: Path) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(var)],
        env=clean_environment(),
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def leave(process: subprocess.Popen[str]) -> None:
    process.communicate()
    assert process.returncode == 0


def answers(var: Path) -> bool:
    host = str(embedded.socket_dir(var))
    with psycopg.connect(host=host, user=embedded.USER, dbname=embedded.DATABASE) as connection:
        return connection.execute("SELECT 1").fetchone() == (1,)


def test_socket_path_is_short_enough_however_deep_the_clone_lies(tmp_path: Path) -> None:
    deep = tmp_path / ("long" * 40) / "var"

    assert len(str(embedded.socket_dir(deep))) < 80
    assert embedded.socket_dir(deep) != embedded.socket_dir(deep.with_name("other"))


def test_deep_clone_gets_a_database(tmp_path: Path) -> None:
    deep = tmp_path / ("long" * 30) / "var"
    with nothing_left_of(deep), embedded.lease(deep) as started:
        assert started
        assert answers(deep)
    assert not embedded.is_running(deep)


def test_last_holder_stops_the_server_and_data_outlives_it(var: Path) -> None:
    with embedded.lease(var) as started, embedded.lease(var) as started_again:
        assert (started, started_again) == (True, False)
        assert answers(var)
    assert belonging_to(var) == []

    with embedded.lease(var):
        assert answers(var)


def test_server_stays_while_somebody_else_holds_it(var: Path) -> None:
    first, second = holder(var), holder(var)

    leave(first)
    assert answers(var)

    leave(second)
    until(lambda: belonging_to(var) == [], "the guardian to stop the server")


def test_killed_holder_leaves_no_server_behind(var: Path) -> None:
    process = holder(var)
    process.kill()
    process.communicate()

    until(lambda: belonging_to(var) == [], "the guardian to stop the server")


def test_many_processes_may_start_it_at_once(var: Path) -> None:
    code = HOLD.replace("sys.stdin.read()", "pass")
    starters = [
        subprocess.Popen(
            [sys.executable, "-c", code, str(var)],
            env=clean_environment(),
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(4)
    ]

    assert [starter.communicate()[0] for starter in starters] == ["held\n"] * 4
    until(lambda: belonging_to(var) == [], "the guardian to stop the server")


def test_server_started_by_hand_is_adopted_and_left_running(var: Path) -> None:
    embedded.main(["start", str(var)])
    with embedded.lease(var) as started:
        assert not started

    assert answers(var)
    embedded.main(["stop", str(var)])
    assert not embedded.is_running(var)


def test_folder_of_another_major_version_is_refused_with_advice(var: Path) -> None:
    (var / "pg").mkdir(parents=True)
    (var / "pg" / "PG_VERSION").write_text("9\n")

    with pytest.raises(embedded.EmbeddedDatabaseError, match="made by PostgreSQL 9"):
        embedded.start(var)
