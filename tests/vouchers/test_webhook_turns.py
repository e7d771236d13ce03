"""An endpoint that keeps its caller waiting costs the others nothing (vouchers.md 6.4)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from itertools import pairwise
from threading import Event
from typing import Any

import pytest

from directory.models import Organisation
from tests.factories.directory import make_business
from tests.factories.vouchers import MORNING
from tests.kit import concurrency
from tests.vouchers.receiving import Receiver, receiver, statuses
from vouchers import happenings, outbound
from vouchers.models import WebhookAttempt, WebhookEndpoint, WebhookMessage
from vouchers.outbound import Answer
from vouchers.outside_choices import MessageState
from vouchers.services import webhook_claims, webhooks
from vouchers.services import webhook_delivery as delivery
from vouchers.services.webhooks import EndpointData
from vouchers.webhook_rules import PAUSES, SLOW_PAUSE

PATIENCE = 10.0
NOWHERE = "http://127.0.0.1:9/{}"
SILENT = Answer(error="No answer within 15 seconds.", took_ms=15_000)


@pytest.fixture(autouse=True)
def _loopback(settings: Any) -> None:
    settings.WEBHOOKS_ALLOW_LOOPBACK = True


def endpoint_with(business: Organisation, waiting: int, url: str) -> WebhookEndpoint:
    """Make an endpoint for which that many messages wait."""
    data = EndpointData(url=url, event_types=list(happenings.HAPPENINGS))
    endpoint, _ = webhooks.create(business=business, data=data, actor=None, at=MORNING)
    for _ in range(waiting):
        delivery.send_test(endpoint=endpoint, at=MORNING)
    return endpoint


def ids(endpoint: WebhookEndpoint) -> list[str]:
    """Return the ids of its messages, the oldest first."""
    return [str(message) for message in endpoint.messages.order_by("pk")]


def states(endpoint: WebhookEndpoint) -> set[str]:
    return set(endpoint.messages.values_list("state", flat=True))


def turn(at: datetime = MORNING, **how: Any) -> int:
    return delivery.deliver_due(clock=lambda: at, **how)


class Calls:
    """Stands for the network: keeps which addresses were called and answers all alike."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self.urls: list[str] = []

    def __call__(self, *, url: str, **_request: Any) -> Answer:
        self.urls.append(url)
        return self.answer


def test_a_hundred_messages_for_who_hangs_delay_nobody_elses(acme: Organisation) -> None:
    others_have_all = Event()
    was_in_time: list[bool] = []

    def hang(_made: Receiver) -> None:
        # Only the first: were it in vain, the others would wait in vain too.
        if not was_in_time:
            was_in_time.append(others_have_all.wait(PATIENCE))

    def count(made: Receiver) -> None:
        if len(made.requests) == 20:
            others_have_all.set()

    with receiver(200, before=hang) as hanging, receiver(200, before=count) as answering:
        bad = endpoint_with(acme, 100, hanging.url)
        good = endpoint_with(make_business("Bright Bikes"), 20, answering.url)
        assert turn() == 120
    # The very first call of the bad one was still open when the good one had received everything.
    assert was_in_time[0]
    for endpoint, server in ((bad, hanging), (good, answering)):
        assert statuses(server.requests) == ids(endpoint)
        assert states(endpoint) == {MessageState.DELIVERED}


def test_the_messages_of_who_did_not_answer_wait_together(acme: Organisation) -> None:
    answers = Event()

    def hang(_made: Receiver) -> None:
        answers.wait(PATIENCE)

    impatient = partial(outbound.post, timeout=0.3)
    with receiver(200, before=hang) as server:
        endpoint = endpoint_with(acme, 100, server.url)
        assert turn(post=impatient) == 1
        attempt = WebhookAttempt.objects.get()
        assert (attempt.status, attempt.error) == (None, "No answer within 0.3 seconds.")
        assert list(endpoint.messages.exclude(tries=0)) == [attempt.message]
        assert turn(MORNING + SLOW_PAUSE, post=impatient) == 0
        answers.set()
        assert turn(MORNING + SLOW_PAUSE + timedelta(seconds=30)) == 100
        oldest, *rest = ids(endpoint)
        assert statuses(server.requests) == [oldest, oldest, *rest]
    assert states(endpoint) == {MessageState.DELIVERED}


def test_who_is_silent_is_given_up_at_the_documented_times_whatever_waits_behind(
    acme: Organisation,
) -> None:
    endpoint = endpoint_with(acme, 50, NOWHERE.format("silent"))
    oldest = endpoint.messages.earliest("pk")
    at = MORNING
    for _ in PAUSES:
        assert delivery.deliver_next(at=at, post=Calls(SILENT), chance=lambda: 0.5)
        oldest.refresh_from_db()
        endpoint.refresh_from_db()
        at = max(oldest.next_attempt_at, endpoint.slowed_until or at)
    moments = list(oldest.attempts.order_by("pk").values_list("at", flat=True))
    call = timedelta(milliseconds=SILENT.took_ms)
    gaps = [later - earlier - call for earlier, later in pairwise(moments)]
    assert gaps == [max(pause, SLOW_PAUSE) for pause in PAUSES[1:]]
    assert oldest.state == MessageState.FAILED
    assert endpoint.messages.filter(tries=0).count() == 49


def test_a_new_address_need_not_wait_for_the_old_one(acme: Organisation) -> None:
    endpoint = endpoint_with(acme, 2, NOWHERE.format("silent"))
    delivery.deliver_next(at=MORNING, post=Calls(SILENT))
    calls = Calls(Answer(status=200))
    assert not delivery.deliver_next(at=MORNING, post=calls)
    data = EndpointData(url=NOWHERE.format("new"), event_types=endpoint.event_types)
    webhooks.update(endpoint=endpoint, data=data, version=endpoint.version, at=MORNING)
    assert delivery.deliver_next(at=MORNING, post=calls)
    assert calls.urls == [NOWHERE.format("new")]


def test_whoever_was_called_longest_ago_comes_first(acme: Organisation) -> None:
    for name, waiting in (("many", 4), ("few", 2)):
        endpoint_with(acme, waiting, NOWHERE.format(name))
    calls = Calls(Answer(status=200))
    for second in range(6):
        delivery.deliver_next(at=MORNING + timedelta(seconds=second), post=calls)
    called = [url.rpartition("/")[2] for url in calls.urls]
    assert called == ["many", "few", "many", "few", "many", "many"]


def test_an_endpoint_is_called_for_one_message_at_a_time(acme: Organisation) -> None:
    endpoint = endpoint_with(acme, 3, NOWHERE.format("one"))
    (first,) = webhook_claims.claim(at=MORNING, limit=8)
    assert str(first) == ids(endpoint)[0]
    assert webhook_claims.claim(at=MORNING, limit=8) == []
    webhook_claims.let_go(endpoint=endpoint, claimed_at=MORNING)
    (second,) = webhook_claims.claim(at=MORNING, limit=8)
    assert str(second) == ids(endpoint)[1]


def test_a_claim_that_ran_out_frees_nothing_of_the_next(acme: Organisation) -> None:
    endpoint = endpoint_with(acme, 3, NOWHERE.format("one"))
    later = MORNING + webhook_claims.LEASE
    assert webhook_claims.claim(at=MORNING, limit=1)
    assert webhook_claims.claim(at=later, limit=1)
    webhook_claims.let_go(endpoint=endpoint, claimed_at=MORNING)
    assert webhook_claims.claim(at=later, limit=1) == []


def test_no_business_has_as_many_endpoints_as_a_turn_has_lines() -> None:
    assert webhooks.MOST_ENDPOINTS < delivery.LINES


def test_a_turn_that_is_over_takes_on_nothing_new(acme: Organisation) -> None:
    endpoint = endpoint_with(acme, 5, NOWHERE.format("one"))
    # Asked when it begins, before the first look and before each one after it.
    moments = iter([MORNING, MORNING])

    def clock() -> datetime:
        return next(moments, MORNING + delivery.TURN)

    assert delivery.deliver_due(clock=clock, post=Calls(Answer(status=200))) == 1
    assert endpoint.messages.filter(state=MessageState.PENDING, tries=0).count() == 4


@pytest.mark.django_db(transaction=True)
class TestTwoWorkers:
    @pytest.fixture
    def busy(self) -> list[WebhookEndpoint]:
        business = make_business("Acme")
        return [endpoint_with(business, 10, NOWHERE.format(name)) for name in ("a", "b", "c")]

    def test_they_never_have_the_same_endpoint(self, busy: list[WebhookEndpoint]) -> None:
        def claim() -> list[WebhookMessage]:
            return webhook_claims.claim(at=MORNING, limit=2)

        claims: list[Callable[[], Any]] = [claim] * 4
        taken = [message for found in concurrency.together(*claims) for message in found]
        assert sorted(message.endpoint_id for message in taken) == [one.pk for one in busy]

    def test_they_send_everything_once(self, busy: list[WebhookEndpoint]) -> None:
        with receiver(200) as server:
            WebhookEndpoint.objects.filter(pk=busy[0].pk).update(url=server.url)
            others = Calls(Answer(status=200))

            def post(*, url: str, **request: Any) -> Answer:
                call = outbound.post if url == server.url else others
                return call(url=url, **request)

            done = concurrency.together(*[lambda: turn(post=post)] * 2)
        assert sum(done) == 30
        assert len(others.urls) == 20
        assert sorted(statuses(server.requests)) == sorted(ids(busy[0]))
        assert WebhookAttempt.objects.count() == 30
        assert {one for endpoint in busy for one in states(endpoint)} == {MessageState.DELIVERED}
