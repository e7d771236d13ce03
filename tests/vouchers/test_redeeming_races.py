"""Of many tills in many processes at the same instant, one redeems (VCH-71)."""

from __future__ import annotations

import multiprocessing
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Barrier
from typing import Any

import pytest
from django.db import connections

from directory.models import Organisation
from tests.cast import Cast
from tests.factories.vouchers import make_list, make_partner
from tests.vouchers.spending import give, redeem
from vouchers.choices import CodeState
from vouchers.models import Redemption, VoucherCode
from vouchers.services import counting

TILLS = 20
PATIENCE = 60


def till(business_id: int, number: int, start: Barrier, answers: Queue[Any]) -> None:
    """Be one till: wait for the others, redeem, and say what the answer's status would be."""
    business = Organisation.objects.get(pk=business_id)
    start.wait(PATIENCE)
    error = redeem(business, "SUN-77", reference=f"till-{number}").error()
    answers.put(200 if error is None else error.status)
    connections.close_all()


@pytest.mark.scenario("VCH-71")
def test_of_twenty_tills_at_once_one_redeems_and_repeats_its_answer(
    transactional_db: None, request: pytest.FixtureRequest
) -> None:
    cast: Cast = request.getfixturevalue("cast")
    made = make_list(make_partner(cast.acme))
    give(made, "SUN-77")
    fork = multiprocessing.get_context("fork")
    start, answers = fork.Barrier(TILLS), fork.Queue()
    # A child must not inherit a connection: it would speak on its parent's socket.
    connections.close_all()
    tills = [
        fork.Process(target=till, args=(cast.acme.pk, number, start, answers))
        for number in range(TILLS)
    ]
    for one in tills:
        one.start()
    statuses = sorted(answers.get(timeout=PATIENCE) for _ in tills)
    for one in tills:
        one.join(PATIENCE)
    assert statuses == [200] + [409] * (TILLS - 1)
    done = Redemption.objects.get(result="redeemed")
    assert VoucherCode.objects.get().state == CodeState.REDEEMED
    assert redeem(cast.acme, "SUN-77", reference=done.reference).redemption == done
    other = redeem(cast.acme, "SUN-77", reference="another").error()
    assert other is not None
    assert other.status == 409
    assert not counting.compare(made).differs
