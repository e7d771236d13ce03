"""Endpoints hear of what they chose, signed, retried and never inside (vouchers.md 6.4)."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest

from core.errors import Invalid
from core.models import Mail, OutboxEvent
from directory.models import Organisation, User
from tests.factories.vouchers import MORNING, make_list, make_partner
from tests.vouchers.receiving import NotVerified, receiver, verify
from tests.vouchers.spending import give, redeem
from vouchers import happenings
from vouchers.choices import AlertKind
from vouchers.models import Alert, Issuance, VoucherList, WebhookEndpoint, WebhookMessage
from vouchers.outbound import Answer
from vouchers.outside_choices import EndpointState, MessageState
from vouchers.services import webhook_claims, webhooks
from vouchers.services import webhook_delivery as delivery
from vouchers.services.webhook_requests import request_of
from vouchers.services.webhooks import EndpointData
from vouchers.webhook_rules import PAUSES

PUBLIC = "93.184.216.34"
STAMP = int(MORNING.timestamp())


def names_lead_to(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> None:
    """Let every name resolve to these addresses; the network itself is replaced, nothing of ours."""
    rows = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, 443)) for one in addresses]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: rows)


@pytest.fixture
def open_network(monkeypatch: pytest.MonkeyPatch) -> None:
    names_lead_to(monkeypatch, PUBLIC)


@pytest.fixture
def sale(acme: Organisation) -> VoucherList:
    return make_list(make_partner(acme, "Puma"), "sale")


def endpoint_of(
    business: Organisation, owner: User | None = None, url: str = "https://hooks.example.com/in",
    **changes: Any,
) -> tuple[WebhookEndpoint, str]:  # fmt: skip
    data = EndpointData(url=url, event_types=list(happenings.HAPPENINGS), **changes)
    return webhooks.create(business=business, data=data, actor=owner, at=MORNING)


def tell(topic: str = happenings.REWARDED) -> int:
    event = OutboxEvent.objects.filter(topic=topic).latest("pk")
    return delivery.fan_out(event_id=event.pk, at=MORNING)


class Net:
    """Stands for the network: keeps what is sent and answers as told; the last answer repeats."""

    def __init__(self, *answers: Answer) -> None:
        self.answers = list(answers) or [Answer(status=200)]
        self.sent: list[dict[str, Any]] = []

    def __call__(self, **request: Any) -> Answer:
        self.sent.append(request)
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]

    @property
    def data(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.sent[-1]["body"])["data"]
        return found


def deliver(net: Net, at: Any = MORNING, chance: float = 0.5) -> bool:
    return delivery.deliver_next(at=at, post=net, chance=lambda: chance)


@pytest.mark.scenario("VCH-66")
def test_signatures_verify_elsewhere_and_both_secrets_do_for_a_day(
    open_network: None, acme: Organisation, sale: VoucherList
) -> None:
    endpoint, first = endpoint_of(acme)
    give(sale, "SUN-77")
    tell()
    net = Net()
    deliver(net)
    headers, body = net.sent[0]["headers"], net.sent[0]["body"]
    verify(secret=first, headers=headers, body=body, now=STAMP)
    changed = bytes([body[0] ^ 1]) + body[1:]
    _, other = endpoint_of(acme, url="https://other.example.com/in")
    refused: list[Callable[[], None]] = [
        lambda: verify(secret=first, headers=headers, body=changed, now=STAMP),
        lambda: verify(secret=other, headers=headers, body=body, now=STAMP),
        lambda: verify(secret=first, headers=headers, body=body, now=STAMP + 301),
    ]
    for attempt in refused:
        with pytest.raises(NotVerified):
            attempt()
    endpoint, second = webhooks.rotate(endpoint=endpoint, at=MORNING)
    message = endpoint.messages.get()
    for hours, secrets in ((0, (first, second)), (23, (first, second))):
        at = MORNING + timedelta(hours=hours)
        body, headers = request_of(message, code=None, at=at)
        for secret in secrets:
            verify(secret=secret, headers=headers, body=body, now=int(at.timestamp()))
    at = MORNING + timedelta(hours=24)
    message.endpoint.refresh_from_db()
    body, headers = request_of(message, code=None, at=at)
    verify(secret=second, headers=headers, body=body, now=int(at.timestamp()))
    with pytest.raises(NotVerified):
        verify(secret=first, headers=headers, body=body, now=int(at.timestamp()))


@pytest.mark.scenario("VCH-67")
def test_a_message_is_tried_again_at_the_documented_times_under_one_id(
    open_network: None, acme: Organisation, sale: VoucherList
) -> None:
    endpoint_of(acme)
    give(sale)
    tell()
    net = Net(Answer(status=500), Answer(status=500), Answer(status=500), Answer(status=200))
    at, moments = MORNING, []
    for _ in range(4):
        assert deliver(net, at)
        moments.append(at)
        message = WebhookMessage.objects.get()
        if message.state == MessageState.PENDING:
            assert not deliver(net, message.next_attempt_at - timedelta(seconds=1))
            at = message.next_attempt_at
    gaps = [later - earlier for earlier, later in pairwise(moments)]
    assert gaps == list(PAUSES[1:4])
    assert message.state == MessageState.DELIVERED
    assert len({one["headers"]["webhook-id"] for one in net.sent}) == 1
    stamps = [int(one["headers"]["webhook-timestamp"]) for one in net.sent]
    assert stamps == [int(moment.timestamp()) for moment in moments]
    assert message.attempts.count() == 4

    gone, _ = endpoint_of(acme, url="https://gone.example.com/in")
    delivery.send_test(endpoint=gone, at=MORNING)
    deliver(Net(Answer(status=410)))
    gone.refresh_from_db()
    assert (gone.state, gone.disabled_reason) == (
        EndpointState.DISABLED, "The receiver answered 410 Gone."
    )  # fmt: skip

    moved, _ = endpoint_of(acme, url="https://moved.example.com/in")
    delivery.send_test(endpoint=moved, at=MORNING)
    deliver(Net(Answer(status=302)))
    assert moved.messages.get().state == MessageState.PENDING
    assert moved.messages.get().next_attempt_at == MORNING + PAUSES[1]
    moved.messages.all().delete()

    delivery.send_test(endpoint=moved, at=MORNING)
    deliver(Net(Answer(status=503, retry_after="900")))
    assert moved.messages.get().next_attempt_at == MORNING + timedelta(minutes=15)


def test_a_redirect_of_a_real_server_is_not_followed(settings: Any, acme: Organisation) -> None:
    settings.WEBHOOKS_ALLOW_LOOPBACK = True
    with receiver(200) as elsewhere, receiver((302, {"Location": elsewhere.url}, "")) as server:
        endpoint, secret = endpoint_of(acme, url=server.url)
        delivery.send_test(endpoint=endpoint, at=MORNING)
        assert delivery.deliver_next(at=MORNING)
        assert len(server.requests) == 1
        assert not elsewhere.requests
        sent = server.requests[0]
        verify(secret=secret, headers=sent.headers, body=sent.body, now=STAMP)
    attempt = endpoint.messages.get().attempts.get()
    assert (attempt.status, attempt.is_success) == (302, False)


@pytest.mark.scenario("VCH-68")
def test_nothing_is_sent_inside_at_save_or_later(
    monkeypatch: pytest.MonkeyPatch, acme: Organisation
) -> None:
    for url in ("https://localhost/", "https://10.0.0.1/", "https://[::1]/", "https://127.1/"):
        with pytest.raises(Invalid) as refused:
            endpoint_of(acme, url=url)
        assert "url" in refused.value.fields
    names_lead_to(monkeypatch, PUBLIC)
    endpoint, _ = endpoint_of(acme)
    names_lead_to(monkeypatch, PUBLIC, "10.0.0.1")
    opened: list[Any] = []
    monkeypatch.setattr(socket, "create_connection", lambda *args: opened.append(args))
    delivery.send_test(endpoint=endpoint, at=MORNING)
    assert delivery.deliver_next(at=MORNING)
    assert opened == []
    attempt = endpoint.messages.get().attempts.get()
    assert attempt.status is None
    assert "private" in attempt.error
    data = EndpointData(url="https://hooks.example.com/b", event_types=[happenings.REWARDED])
    with pytest.raises(Invalid):
        webhooks.update(endpoint=endpoint, data=data, version=1, at=MORNING)


def test_a_call_connects_to_the_address_that_was_judged(
    monkeypatch: pytest.MonkeyPatch, acme: Organisation
) -> None:
    names_lead_to(monkeypatch, PUBLIC)
    endpoint, _ = endpoint_of(acme)
    opened: list[Any] = []

    def refuse(address: Any, *rest: Any) -> None:
        opened.append(address)
        raise ConnectionRefusedError("nobody there")

    monkeypatch.setattr(socket, "create_connection", refuse)
    delivery.send_test(endpoint=endpoint, at=MORNING)
    delivery.deliver_next(at=MORNING)
    assert opened == [(PUBLIC, 443)]


def test_the_code_goes_out_to_the_business_and_stands_in_no_table(
    open_network: None, acme: Organisation, sale: VoucherList
) -> None:
    endpoint, _ = endpoint_of(acme)
    issuance = give(sale, "MARK-9931-X")
    tell()
    net = Net(Answer(status=200, text="thanks for MARK-9931-X"))
    deliver(net)
    assert net.data["voucherCode"] == "MARK-9931-X"
    issuance.refresh_from_db()
    assert issuance.exposed_at == MORNING
    message = endpoint.messages.get()
    assert "MARK-9931-X" not in json.dumps(message.data)
    assert message.attempts.get().answer == "thanks for MA••••••-X"
    stored = json.dumps(list(OutboxEvent.objects.values_list("payload", flat=True)))
    assert "MARK-9931-X" not in stored


def test_a_partner_hears_of_its_own_lists_masked_and_nothing_of_people(
    open_network: None, acme: Organisation, sale: VoucherList
) -> None:
    mine, _ = endpoint_of(acme, partner=sale.partner)
    other, _ = endpoint_of(
        acme, url="https://adidas.example.com/in", partner=make_partner(acme, "Adidas")
    )
    assert not mine.shows_code
    issuance = give(sale, "MARK-9931-X")
    assert tell() == 1
    assert not other.messages.exists()
    net = Net()
    deliver(net)
    assert net.data["voucherCode"] == "MA••••••-X"
    assert net.data["recipientEmail"] is None
    assert issuance.email not in net.sent[0]["body"].decode()
    issuance.refresh_from_db()
    assert issuance.exposed_at is None


def test_a_reserved_code_is_told_to_nobody(
    open_network: None, acme: Organisation, sale: VoucherList
) -> None:
    endpoint_of(acme)
    give(sale, "HOLD-1234", held=True)
    tell(happenings.RESERVED)
    net = Net()
    deliver(net)
    assert net.data["voucherCode"] is None
    assert b"HOLD-1234" not in net.sent[0]["body"]


def test_a_code_that_went_back_to_the_pool_is_not_told_any_more(
    open_network: None, acme: Organisation, sale: VoucherList
) -> None:
    endpoint_of(acme)
    issuance = give(sale, "BACK-1234")
    tell()
    Issuance.objects.filter(pk=issuance.pk).update(status="returned", ordinal=None)
    net = Net()
    deliver(net)
    assert net.data["voucherCode"] is None


def test_an_endpoint_hears_of_what_it_chose_only_once(
    open_network: None, acme: Organisation, bright_bikes: Organisation, sale: VoucherList
) -> None:
    data = EndpointData(url="https://a.example.com/", event_types=[happenings.REDEEMED])
    endpoint, _ = webhooks.create(business=acme, data=data, actor=None, at=MORNING)
    foreign, _ = endpoint_of(bright_bikes)
    give(sale, "SUN-77")
    redeem(acme, "SUN-77", reference="R-1", amount_minor=500, currency="EUR")
    assert tell() == 0
    assert tell(happenings.REDEEMED) == 1
    tell(happenings.REDEEMED)
    message = endpoint.messages.get()
    assert (message.data["reference"], message.data["amount"]) == ("R-1", "5.00")
    assert not foreign.messages.exists()


def test_a_slow_receiver_is_left_alone_by_all_messages(
    open_network: None, acme: Organisation
) -> None:
    endpoint, _ = endpoint_of(acme)
    delivery.send_test(endpoint=endpoint, at=MORNING)
    delivery.send_test(endpoint=endpoint, at=MORNING)
    net = Net(Answer(status=429, retry_after="120"), Answer(status=200))
    assert deliver(net)
    assert not deliver(net, MORNING + timedelta(seconds=119))
    assert deliver(net, MORNING + timedelta(seconds=120))


def give_up(endpoint: WebhookEndpoint) -> None:
    delivery.send_test(endpoint=endpoint, at=MORNING)
    endpoint.messages.filter(state=MessageState.PENDING).update(tries=len(PAUSES) - 1)
    deliver(Net(Answer(status=500)))


def test_three_messages_given_up_in_a_row_switch_off_and_tell_the_owner(
    open_network: None, acme: Organisation, oscar: User
) -> None:
    endpoint, _ = endpoint_of(acme, oscar)
    give_up(endpoint)
    give_up(endpoint)
    endpoint.refresh_from_db()
    assert endpoint.state == EndpointState.ACTIVE
    give_up(endpoint)
    endpoint.refresh_from_db()
    assert endpoint.state == EndpointState.DISABLED
    assert Alert.objects.filter(kind=AlertKind.ENDPOINT_DISABLED).count() == 1
    assert Mail.objects.filter(to=oscar.email, kind="vouchers_webhook_off").count() == 1
    with pytest.raises(delivery.EndpointIsOff):
        delivery.send_test(endpoint=endpoint, at=MORNING)
    webhooks.enable(endpoint=endpoint, at=MORNING)
    endpoint.refresh_from_db()
    assert (endpoint.state, endpoint.given_up_in_a_row) == (EndpointState.ACTIVE, 0)
    assert not Alert.objects.filter(resolved_at=None).exists()


def test_a_success_between_them_counts_anew(open_network: None, acme: Organisation) -> None:
    endpoint, _ = endpoint_of(acme)
    give_up(endpoint)
    give_up(endpoint)
    delivery.send_test(endpoint=endpoint, at=MORNING)
    deliver(Net())
    give_up(endpoint)
    endpoint.refresh_from_db()
    assert endpoint.state == EndpointState.ACTIVE
    assert endpoint.last_success_at == MORNING


def test_dead_letters_are_sent_again_under_their_id(
    open_network: None, acme: Organisation, sale: VoucherList
) -> None:
    endpoint, _ = endpoint_of(acme)
    give(sale)
    tell()
    WebhookMessage.objects.update(tries=len(PAUSES) - 1)
    net = Net(Answer(status=500))
    deliver(net)
    message = endpoint.messages.get()
    assert message.state == MessageState.FAILED
    later = MORNING + timedelta(days=4)
    since = message.occurred_at
    assert delivery.send_failed_since(
        endpoint=endpoint, since=since + timedelta(seconds=1), at=later
    ) == 0  # fmt: skip
    assert delivery.send_failed_since(endpoint=endpoint, since=since, at=later) == 1
    net.answers = [Answer(status=200)]
    assert deliver(net, later)
    assert net.sent[0]["headers"]["webhook-id"] == net.sent[1]["headers"]["webhook-id"]
    message.refresh_from_db()
    assert message.state == MessageState.DELIVERED


def test_a_killed_worker_leaves_its_message_to_the_next(
    open_network: None, acme: Organisation
) -> None:
    endpoint, _ = endpoint_of(acme)
    delivery.send_test(endpoint=endpoint, at=MORNING)

    def dies(**request: Any) -> Answer:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        delivery.deliver_next(at=MORNING, post=dies)
    net = Net()
    assert not deliver(net, MORNING + timedelta(seconds=30))
    assert deliver(net, MORNING + webhook_claims.LEASE)
    assert endpoint.messages.get().state == MessageState.DELIVERED


def test_secrets_outlive_a_rotation_of_the_sites_key_and_no_longer(
    open_network: None, acme: Organisation, settings: Any
) -> None:
    endpoint, secret = endpoint_of(acme)
    delivery.send_test(endpoint=endpoint, at=MORNING)
    settings.SECRET_KEY, old = (
        "another key of the site, just as long as the one before",
        (settings.SECRET_KEY),
    )
    settings.SECRET_KEY_FALLBACKS = [old]
    net = Net()
    deliver(net)
    verify(secret=secret, headers=net.sent[0]["headers"], body=net.sent[0]["body"], now=STAMP)
    settings.SECRET_KEY_FALLBACKS = []
    delivery.send_test(endpoint=endpoint, at=MORNING)
    deliver(net)
    assert len(net.sent) == 1
    pending = endpoint.messages.get(state=MessageState.PENDING)
    assert "Rotate" in pending.attempts.get().error


def test_a_body_stays_under_twenty_kilobytes(
    open_network: None, acme: Organisation, sale: VoucherList
) -> None:
    VoucherList.objects.filter(pk=sale.pk).update(description="\U0001f381" * 2_000)
    type(sale.partner).objects.filter(pk=sale.partner_id).update(
        redemption_instructions="\U0001f381" * 2_000,
        redemption_url="https://p.example/" + "a" * 200,
    )
    VoucherList.objects.filter(pk=sale.pk).update(name="L" * 120)
    endpoint_of(acme)
    give(sale)
    tell()
    net = Net()
    deliver(net)
    assert len(net.sent[0]["body"]) <= 20_000
