"""Recording fifty distributions at once, beside the statements that nobody could do without.

The reference locks the offer and the rows, updates them in one statement and writes one line of audit
for each changed field; it checks nothing. Both turn the same fifty rows to and fro.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from decimal import Decimal
from itertools import count

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from core import clock
from incentives.models import Distribution, DistributionChange, Offer
from incentives.services import distributions
from incentives.services.distributions import Edit
from tests.benchmarks import harness
from tests.factories.incentives import Desk, make_desk, make_offer
from tests.incentives.test_distributions_page import fill

ROWS = 50
LOCK = "SELECT id FROM incentives_offer WHERE id = %s FOR UPDATE"
READ = """
SELECT id, version, value_minor, description FROM incentives_distribution
WHERE offer_id = %s AND id = ANY(%s) ORDER BY id FOR UPDATE
"""
UPDATE = """
UPDATE incentives_distribution AS row
SET value_minor = %s, description = %s, updated_at = %s, updated_by_id = %s, version = row.version + 1
FROM unnest(%s::bigint[]) AS wanted(id) WHERE row.id = wanted.id
"""
AUDIT = """
INSERT INTO incentives_distributionchange (
    distribution_id, actor_user_id, actor_name, at, field, old_value, new_value, batch
)
SELECT id, %s, %s, %s, field, '', '', %s
FROM unnest(%s::bigint[]) AS id CROSS JOIN unnest(ARRAY['value', 'description']) AS field
"""


@pytest.fixture
def desk(transactional_db: None) -> Desk:
    return make_desk("Acme Solar")


@pytest.fixture
def offer(desk: Desk) -> Offer:
    """A confirmed offer with fifty Pending distributions."""
    offer = make_offer(program=desk.program, status="approved_confirmed")
    fill(offer, ROWS - 1)
    assert Distribution.objects.filter(offer=offer).count() == ROWS
    return offer


def test_fifty_distributions_cost_little_more_than_their_statements(
    desk: Desk, offer: Offer
) -> None:
    ids = list(Distribution.objects.filter(offer=offer).order_by("pk").values_list("pk", flat=True))
    ours = _product(desk, offer)
    with CaptureQueriesContext(connection) as queries:
        ours()
    asked = len(queries)
    rows = Distribution.objects.filter(offer=offer)
    assert set(rows.values_list("value_minor", "description", "version")) == {
        (1100, "Paid by transfer 1", 2)
    }
    assert DistributionChange.objects.count() == 2 * ROWS
    pair = harness.paired(_reference(desk, offer, ids), ours, inner=3)
    harness.write(
        "batch_update",
        "12. Recording fifty distributions",
        f"""One press of *Update Selected* on fifty rows: every edit checked against its locked row, all
saved or none, an audit line for each changed field. Beside it the statements that nobody could do
without, with no check at all. Goals: at most 8 times as long (here {pair.ratio:.2f}), at most 10 queries
(here {asked}).""",
        ["rows", "queries", "statements ms", "ours ms", "ratio"],
        [
            [
                str(ROWS),
                str(asked),
                f"{pair.reference_ms:.1f}",
                f"{pair.product_ms:.1f}",
                f"{pair.ratio:.2f}",
            ]
        ],
    )
    assert asked <= 10
    assert pair.ratio <= 8


def _product(desk: Desk, offer: Offer) -> Callable[[], None]:
    turns = count(1)

    def record() -> None:
        turn = next(turns)
        with transaction.atomic():
            edits = [
                Edit(pk, version, Decimal(10 + turn % 7), f"Paid by transfer {turn}", "pending")
                for pk, version in Distribution.objects.filter(offer=offer).values_list(
                    "pk", "version"
                )
            ]
            distributions.update_batch(subject=offer, edits=edits, actor=desk.actor, at=clock.now())

    return record


def _reference(desk: Desk, offer: Offer, ids: list[int]) -> Callable[[], None]:
    turns = count(1)

    def record() -> None:
        turn, at = next(turns), clock.now()
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(LOCK, [offer.pk])
            cursor.execute(READ, [offer.pk, ids])
            assert len(cursor.fetchall()) == ROWS
            note = f"Paid in cash {turn}"
            cursor.execute(UPDATE, [1000 + turn % 7 * 100, note, at, desk.user.pk, ids])
            cursor.execute(AUDIT, [desk.user.pk, "Ada", at, uuid.uuid4(), ids])

    return record
