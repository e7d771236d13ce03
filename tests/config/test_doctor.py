import subprocess
import sys
from pathlib import Path

from tests.kit.processes import ROOT, clean_environment


def doctor(var: Path, **values: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", "doctor"],
        env=clean_environment(DEBUG="1", LARGESSE_VAR=str(var), **values),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


def test_doctor_says_what_is_missing_and_how_to_get_it(tmp_path: Path) -> None:
    said = doctor(
        tmp_path,
        DATABASE_URL="postgres://nobody@127.0.0.1:1/none",
        REDIS_URL="redis://127.0.0.1:1/0",
    )

    assert said.returncode == 1
    assert "MISSING  Database: unreachable\n          Check DATABASE_URL" in said.stdout
    assert "MISSING  Broker: unreachable\n          Check REDIS_URL" in said.stdout
    assert "ok  Python: 3." in said.stdout


def test_doctor_tells_that_the_embedded_database_starts_by_itself(tmp_path: Path) -> None:
    said = doctor(tmp_path)

    assert "the embedded server is not running" in said.stdout
    assert "config.embedded start" in said.stdout
    assert "ok  Broker: ok" in said.stdout


def test_refused_settings_are_told_in_one_sentence() -> None:
    said = subprocess.run(
        [sys.executable, "manage.py", "doctor"],
        env=clean_environment(),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert said.returncode == 1
    assert said.stderr.startswith("The settings are refused: SECRET_KEY is not set.")
