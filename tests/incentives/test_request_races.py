"""Two people act on one request at the same moment, on two connections: exactly one wins."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from core import clock
from core.errors import DomainError
from core.models import Mail
from incentives.guards import Payload
from incentives.models import Distribution, GroupMember, IncentiveRequest, RequestStatusChange
from incentives.selectors.requests import request_by_pk
from incentives.services import request_groups, requests
from incentives.services.groups import GroupFull
from incentives.services.notices import requests as notices
from incentives.services.request_statuses import transition
from tests.factories.incentives import Desk, make_desk
from tests.factories.requests import desk_of, join_secret, make_request, verify_secret
from tests.kit.concurrency import meeting, split, together

pytestmark = pytest.mark.django_db(transaction=True)
SAID = Payload(text="As discussed.")


@pytest.fixture
def desk(transactional_db: None) -> Desk:
    return make_desk("Acme Solar")


def act(request: IncentiveRequest, side: str, to: str) -> Callable[[], str]:
    """One side's button, on a page that shows the request as it is now."""
    fresh = request_by_pk(pk=request.pk)
    actor = desk_of(fresh) if side == "provider" else requests.creator_of(fresh)
    at = clock.now()
    return lambda: (
        transition(
            request=fresh, to=to, actor=actor, payload=SAID, version=fresh.version, at=at
        ).status
    )


@pytest.mark.parametrize(("first", "second"), [("approved", "declined"), ("declined", "approved")])
def test_of_two_colleagues_answering_one_is_told_that_it_changed(
    desk: Desk, first: str, second: str
) -> None:
    request = make_request(program=desk.program, status="under_review")
    changes = RequestStatusChange.objects.filter(request=request).count()
    outcomes = meeting(act(request, "provider", first), act(request, "provider", second))
    done, refused = split(outcomes)
    assert done == [first]
    assert len(refused) == 1
    assert isinstance(refused[0], DomainError)
    assert refused[0].status == 409
    assert request_by_pk(pk=request.pk).status == first
    assert RequestStatusChange.objects.filter(request=request).count() == changes + 1


@pytest.mark.parametrize("first", ["provider", "recipient"])
def test_of_cancel_and_confirm_exactly_one_happens(desk: Desk, first: str) -> None:
    request = make_request(program=desk.program, status="approved")
    confirm = act(request, "provider", "approved_confirmed")
    cancel = act(request, "recipient", "cancelled")
    outcomes = meeting(confirm, cancel) if first == "provider" else meeting(cancel, confirm)
    done, refused = split(outcomes)
    expected = "approved_confirmed" if first == "provider" else "cancelled"
    assert done == [expected]
    assert len(refused) == 1
    assert isinstance(refused[0], DomainError)
    status = request_by_pk(pk=request.pk).status
    assert status == expected
    assert Distribution.objects.count() == (1 if status == "approved_confirmed" else 0)
    assert Mail.objects.filter(kind="Q05").count() == (1 if status == "approved_confirmed" else 0)


def test_a_double_press_of_the_confirmation_sends_one_request(desk: Desk) -> None:
    made = make_request(program=desk.program, status="draft")
    IncentiveRequest.objects.filter(pk=made.pk).update(
        recipient_verified_at=None, contact=None, send_when_verified=True
    )
    notices.verify(request_by_pk(pk=made.pk), at=clock.now())
    secret = verify_secret(made)

    def press() -> str:
        return requests.verify(secret=secret, at=clock.now())[0].status

    done, refused = split(together(press, press))
    assert done == ["requested"]
    assert len(refused) == 1
    assert RequestStatusChange.objects.filter(request=made, to_status="requested").count() == 1


def test_the_last_place_of_a_group_goes_to_exactly_one(desk: Desk) -> None:
    request = make_request(program=desk.program, request_type="group", max_required_members=2)
    secrets = []
    for address in ("ana@home.example", "pat@home.example"):
        request_groups.ask_to_join(
            request=request_by_pk(pk=request.pk), name="Ana", email=address, at=clock.now()
        )
        secrets.append(join_secret(GroupMember.objects.get(request=request, email=address)))

    def confirm(secret: str) -> Callable[[], str]:
        return lambda: request_groups.join(secret=secret, at=clock.now())[0].email

    done, refused = split(meeting(*(confirm(secret) for secret in secrets)))
    assert len(done) == 1
    assert [type(error) for error in refused] == [GroupFull]
    assert request.members.filter(status="active").count() == 2
