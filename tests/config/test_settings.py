import subprocess
import sys
from pathlib import Path

import pytest

from tests.kit.processes import ROOT, clean_environment

LONG = "x" * 60
PRODUCTION = {
    "SECRET_KEY": LONG,
    "SITE_URL": "https://largesse.example",
    "DATABASE_URL": "postgres://largesse@db/largesse",
    "REDIS_URL": "redis://redis:6379/0",
}


def load(expression: str = "None", **values: str) -> subprocess.CompletedProcess[str]:
    """Load the settings as a process of production would, and print an expression of them."""
    return subprocess.run(
        [sys.executable, "-c", f"from config import settings as s; print({expression})"],
        env=clean_environment(**values),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


def test_production_settings_are_accepted_and_safe() -> None:
    loaded = load(
        "s.DEBUG, s.DEMO, s.EMBEDDED, s.SESSION_COOKIE_SECURE, s.SECURE_SSL_REDIRECT, s.ALLOWED_HOSTS",
        **PRODUCTION,
    )

    assert loaded.stderr == ""
    assert loaded.stdout == "False False False True True ['largesse.example']\n"


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"SECRET_KEY": ""}, "SECRET_KEY is not set"),
        ({"SECRET_KEY": "short"}, "shorter than 50 characters"),
        ({"SECRET_KEY": "demo-only-secret-key-that-production-refuses-0123456789abcdef"}, "demo's"),
        ({"LARGESSE_DEMO": "1"}, "LARGESSE_DEMO needs DEBUG=1"),
        ({"WEBHOOKS_ALLOW_LOOPBACK": "1"}, "WEBHOOKS_ALLOW_LOOPBACK needs DEBUG=1"),
        ({"SITE_URL": "largesse.example"}, "SITE_URL must be an absolute"),
        ({"SITE_URL": "http://largesse.example"}, "SITE_URL must be https"),
        ({"DATABASE_URL": ""}, "DATABASE_URL is not set"),
        ({"DATABASE_URL": "sqlite:///db.sqlite3"}, "must name a PostgreSQL database"),
        ({"REDIS_URL": "amqp://rabbit"}, "REDIS_URL must begin with"),
        ({"DEBUG": "perhaps"}, "DEBUG"),
        ({"CONN_MAX_AGE": "soon"}, "CONN_MAX_AGE"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, dict) else "",
)
def test_wrong_value_stops_the_process_with_a_sentence(
    wrong: dict[str, str], sentence: str
) -> None:
    loaded = load(**PRODUCTION | wrong)

    assert loaded.returncode == 1
    assert sentence in loaded.stderr.splitlines()[-1]


def test_importing_the_settings_starts_no_database(tmp_path: Path) -> None:
    loaded = load("s.DATABASES['default']['HOST']", DEBUG="1", LARGESSE_VAR=f"{tmp_path}/var")

    assert loaded.stdout == f"{tmp_path}/var/pg\n"
    assert list(tmp_path.iterdir()) == []


def test_several_people_test_on_one_server_by_naming_their_databases() -> None:
    name = "s.DATABASES['default']['TEST']['NAME']"

    assert load(name, DEBUG="1").stdout == "test_largesse\n"
    assert load(name, DEBUG="1", TEST_DB_SUFFIX="ann").stdout == "test_largesse_ann\n"
