"""What every test may use: a database that is there before Django asks for it."""

from __future__ import annotations

from collections.abc import Iterator

import hypothesis
import pytest
from django.conf import settings

from config import embedded
from tests.kit import emptying

# The named cast: acme, ada, oscar, mara, finn, ana, bright_bikes, boris, nils.
pytest_plugins = ["tests.cast"]
emptying.install()
# That a machine is busy is no fault of what is tested.
hypothesis.settings.register_profile(
    "on_any_machine", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("on_any_machine")


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None,
) -> Iterator[None]:
    """Start or adopt the embedded server for the length of the session, unless one is named.

    Each process of a parallel run holds its own lease; the last one out stops the server.
    """
    if not settings.EMBEDDED:
        yield
        return
    with embedded.lease(settings.VAR_DIR):
        yield
