import pytest
from django.db import connection
from django.test import Client

from config import health

pytestmark = pytest.mark.django_db


def test_live_asks_nothing_of_the_database(client: Client, django_assert_num_queries) -> None:
    with django_assert_num_queries(0):
        answer = client.get("/health/live")

    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
    assert "no-store" in answer.headers["Cache-Control"]


def test_ready_names_every_part(client: Client) -> None:
    answer = client.get("/health/ready")

    assert answer.status_code == 200
    assert answer.json() == {
        "status": "ok",
        "checks": {"database": "ok", "migrations": "ok", "broker": "ok"},
    }


def test_not_ready_while_a_migration_waits(client: Client) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM django_migrations WHERE id = (SELECT max(id) FROM django_migrations"
            " WHERE app = 'incentives')"
        )

    answer = client.get("/health/ready")

    assert answer.status_code == 503
    assert answer.json()["checks"]["migrations"] == "1 to apply"


def test_not_ready_while_the_broker_is_away_and_nothing_is_betrayed(
    client: Client, settings
) -> None:
    settings.CELERY_BROKER_URL = "filesystem://"
    settings.CELERY_BROKER_TRANSPORT_OPTIONS = {"data_folder_out": "/nowhere/secret"}

    answer = client.get("/health/ready")

    assert answer.status_code == 503
    assert answer.json()["checks"]["broker"] == "folder not writable"
    assert "secret" not in answer.content.decode()


def test_unexpected_failure_is_logged_and_shown_as_unreachable() -> None:
    def broken() -> None:
        raise ConnectionError("at 10.0.0.7")

    assert health.examine(broken) == "unreachable"


def test_lines_of_one_request_carry_one_id_that_no_other_has(client: Client, caplog) -> None:
    caplog.set_level("INFO", "django_structlog")
    client.get("/health/live")
    client.get("/health/live")

    first, second, third, fourth = (record.msg["request_id"] for record in caplog.records)
    assert first == second != third == fourth


def test_health_can_only_be_read(client: Client) -> None:
    assert client.post("/health/live").status_code == 405
