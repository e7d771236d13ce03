"""Looking at whole codes and making codes void by hand (vouchers.md 2.3, 2.4)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from core import clock
from core.errors import Conflict
from directory.models import Organisation, User
from tests.cast import client_of
from tests.factories.vouchers import MORNING, make_codes, make_list, make_partner
from vouchers.choices import CodeState, VoidReason
from vouchers.models import Reveal
from vouchers.selectors.numbers import numbers
from vouchers.services import counting, reveals
from vouchers.services.reveals import MOST_REVEALS, ReasonMissing, RevealedTooOften


@pytest.mark.scenario("VCH-77")
def test_revealing_needs_the_permission_is_written_down_and_limited(
    cast: Any, acme: Organisation
) -> None:
    made = make_list(make_partner(acme))
    several = make_codes(made, codes=[f"SECRET{number:04d}" for number in range(MOST_REVEALS + 1)])
    urls = [f"/vouchers/codes/{code.pk}/reveal" for code in several]
    assert client_of(cast.ana).post(urls[0], {"reason": "curious"}).status_code == 403
    assert not Reveal.objects.exists()
    client = client_of(cast.mara)
    for number, url in enumerate(urls[:-1]):
        answer = client.post(url, {"reason": "Customer on the phone"})
        assert f"SECRET{number:04d}" in answer.content.decode()
    line = Reveal.objects.first()
    assert line is not None
    assert (line.user, line.reason) == (cast.mara, "Customer on the phone")
    refused = client.post(urls[-1], {"reason": "One more"})
    assert refused.status_code == 429
    assert Reveal.objects.count() == MOST_REVEALS
    page = client.get(f"/vouchers/codes/{line.code_id}").content.decode()
    assert "Looked at" in page
    assert "Customer on the phone" in page


def test_the_limit_is_each_persons_and_moves_with_the_hour(acme: Organisation, cast: Any) -> None:
    code = make_codes(make_list(make_partner(acme)))[0]
    for minute in range(MOST_REVEALS):
        at = MORNING + timedelta(minutes=minute)
        reveals.reveal(code=code, actor=cast.ada, reason="check", at=at)
    with pytest.raises(RevealedTooOften):
        reveals.reveal(code=code, actor=cast.ada, reason="check", at=at)
    assert reveals.reveal(code=code, actor=cast.mara, reason="check", at=at) == code.code
    later = MORNING + timedelta(hours=1)
    assert reveals.reveal(code=code, actor=cast.ada, reason="check", at=later) == code.code


def test_nobody_looks_at_a_code_without_a_reason_or_while_it_is_put_aside(
    acme: Organisation, ada: User
) -> None:
    made = make_list(make_partner(acme))
    free, held = make_codes(made)[0], make_codes(made, state=CodeState.RESERVED)[0]
    with pytest.raises(ReasonMissing):
        reveals.reveal(code=free, actor=ada, reason="  ", at=MORNING)
    with pytest.raises(Conflict, match="put aside"):
        reveals.reveal(code=held, actor=ada, reason="check", at=MORNING)


def test_a_code_made_void_by_hand_is_counted_apart_and_says_who(
    acme: Organisation, ada: User
) -> None:
    made = make_list(make_partner(acme))
    code = make_codes(made, 3)[0]
    reveals.void(
        code=code, actor=ada, reason=VoidReason.PARTNER_RECALLED, note="Misprint", at=MORNING
    )
    code.refresh_from_db()
    assert (code.state, code.void_note) == (CodeState.VOID, "Ada Lowe: Misprint")
    found = numbers(made, at=MORNING)
    assert (found.uploaded, found.void) == (2, 1)
    assert not counting.compare(made).differs


@pytest.mark.parametrize("state", [CodeState.ISSUED, CodeState.REDEEMED, CodeState.VOID])
def test_a_code_that_somebody_was_given_is_not_made_void_here(
    acme: Organisation, ada: User, state: str
) -> None:
    code = make_codes(make_list(make_partner(acme)), state=state)[0]
    with pytest.raises(Conflict):
        reveals.void(code=code, actor=ada, reason=VoidReason.MANUAL, note="x", at=MORNING)


def test_looking_up_a_code_leaves_it_out_of_every_address(acme: Organisation, ada: User) -> None:
    made = make_list(make_partner(acme), at=clock.now())
    code = make_codes(made, codes=["FINDME-77"])[0]
    url = f"/vouchers/lists/{made.list_id}/codes/look-up"
    client = client_of(ada)
    assert client.get(url).status_code == 405
    found = client.post(url, {"code": " FINDME-77 "})
    assert found["Location"] == f"/vouchers/codes/{code.pk}"
    missing = client.post(url, {"code": "findme-77"})
    assert missing.status_code == 422
    assert "holds no such code" in missing.content.decode()
