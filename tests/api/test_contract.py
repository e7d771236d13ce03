"""The API keeps what its own description says, whatever is sent."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from config.wsgi import application
from directory.api import auth
from tests.api.shop import Shop

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
FEW = settings(
    max_examples=10,
    derandomize=True,
    deadline=None,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(autouse=True)
def _one_connection(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Keep the test's connection over the calls, as Django's own client does; and no limit."""
    free = {name: replace(pace, calls=1_000_000) for name, pace in auth.PACES.items()}
    monkeypatch.setattr(auth, "PACES", free)
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def test_every_call_answers_as_its_description_says(shop: Shop) -> None:
    """Ten drawn requests for each operation, the same in every run: no 5xx, no undescribed answer."""
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)
    headers = {"Authorization": f"Bearer {shop.till.secret}"}
    operations = [found.ok() for found in schema.get_all_operations()]
    assert len(operations) >= 26
    for operation in operations:

        @FEW
        @given(case=operation.as_strategy())
        def answers(case: schemathesis.Case) -> None:
            case.call_and_validate(checks=CHECKS, headers=headers)

        answers()
