"""A code that is put aside is read by nobody (VCH-56).

Every page, every answer of the API, every mail and every webhook is asked for while it is reserved, by
whoever may see most.

Not walked are the files that bring codes in: whoever uploaded one may have it back, by a button that
writes down who did.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from config.api import api
from core import mail, outbox, tokens
from core.clock import now
from core.models import Mail, OutboxEvent
from directory.models import Contact
from directory.services import portal
from directory.views.portal_pages import COOKIE
from tests.api.client import Till
from tests.cast import Cast, client_of
from tests.factories.directory import make_contact
from tests.factories.tills import make_endpoint
from tests.factories.vouchers import make_campaign, make_list, make_partner
from tests.house.test_urls import own_addresses
from tests.vouchers.loading import upload
from vouchers import happenings
from vouchers.choices import CodeInMail
from vouchers.models import (
    Alert,
    Campaign,
    Issuance,
    PartnerContact,
    UploadBatch,
    VoucherCode,
    VoucherList,
    WebhookMessage,
)
from vouchers.outbound import Answer
from vouchers.recipients import Recipient, of_contact
from vouchers.services import (
    alerts,
    claim_links,
    confirming,
    issuing,
    links,
    mailing,
    partner_portal,
    webhook_delivery,
)
from vouchers.views.partner_portal import COOKIE as PARTNER_COOKIE

pytestmark = pytest.mark.django_db

MARK = "SUN-MARKER-77"
SECRET = re.compile(re.escape(MARK), re.IGNORECASE)
PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")
# What an address may answer to somebody who only looks.
LOOKED = {200, 302, 303, 400, 403, 404, 405, 409, 410, 422}
# Whose pages they are, by the beginning of their addresses; all others are the desk's.
PARTNERS, RECIPIENTS = ("partner/",), ("me/", "v/", "my/vouchers")


@dataclass(frozen=True)
class Scene:
    """One code, put aside for Rita by a campaign that would mail it."""

    cast: Cast
    rita: Contact
    paula: PartnerContact
    sale: VoucherList
    batch: UploadBatch
    campaign: Campaign
    hold: Issuance

    @property
    def who(self) -> Recipient:
        return of_contact(self.rita, email="rita@home.example")

    @property
    def code(self) -> VoucherCode:
        return VoucherCode.objects.get(code=MARK)


@dataclass(frozen=True)
class Browsers:
    """The desk's administrator, the partner's contact and the recipient, each signed in."""

    desk: Client
    partner: Client
    recipient: Client

    def of(self, route: str) -> Client:
        """Return who sees most of the pages that begin so."""
        if route.startswith(PARTNERS):
            return self.partner
        return self.recipient if route.startswith(RECIPIENTS) else self.desk


@pytest.fixture
def scene(cast: Cast, settings: Any, tmp_path: Any) -> Scene:
    """The code came with blanks around it, so that its line is noted with a warning."""
    settings.MEDIA_ROOT = tmp_path
    at = now()
    partner = make_partner(cast.acme, "Own engine", kind="internal")
    sale = make_list(partner, "sale", at=at)
    batch = upload(sale, f"  {MARK}  \nBAD CODE\n", actor=cast.ada, at=at, kind="portal")
    assert set(batch.reasons) == {"TRIMMED", "INNER_SPACE"}
    for partner_of in (None, partner):
        names = list(happenings.HAPPENINGS)
        make_endpoint(cast.acme, partner=partner_of, event_types=names, shows_code=True)
    campaign = make_campaign(
        sale, code_in_mail=CodeInMail.CODE, mails_waiting=True, owner=cast.ada, at=at
    )
    rita = make_contact(cast.acme, "Rita", email="rita@home.example")
    paula = PartnerContact.objects.create(
        partner=partner, email="paula@own.example", created_at=at, updated_at=at
    )
    who = of_contact(rita, email="rita@home.example")
    claim_links.invite(campaign=campaign, recipient=who, user=cast.ada, at=at)
    held = issuing.reserve(
        campaign=campaign, recipient=who, idempotency_key="r", source="API", at=at
    ).issuance
    assert held is not None
    assert held.code is not None
    assert held.code.code == MARK
    # Somebody else finds the list empty, and waits; the thresholds of the list are crossed.
    issuing.issue(
        campaign=campaign,
        recipient=of_contact(make_contact(cast.acme, "Sam", email="sam@home.example")),
        idempotency_key="s",
        source="API",
        at=at,
    )
    alerts.look_around(at=at)
    return Scene(cast, rita, paula, sale, batch, campaign, held)


def values_of(scene: Scene, route: str) -> dict[str, Any]:
    """Return what stands in an address of the route; its `pk` is whatever its noun is."""
    found: dict[str, Any] = {
        "list_id": scene.sale.list_id,
        "number": scene.batch.number,
        "public_id": scene.hold.public_id,
        "kind": "rejected",
        "step": "what",
        "act": "pause",
        "entry_pk": scene.campaign.waiting.get().pk,
        "contact_pk": scene.paula.pk,
        "secret": "",
    }
    message = WebhookMessage.objects.order_by("pk").last()
    endpoint = message.endpoint if message else None
    nouns = {
        "vouchers/campaigns/": scene.campaign.pk,
        "vouchers/codes/": scene.code.pk,
        "vouchers/partners/": scene.sale.partner_id,
        "vouchers/alerts/": Alert.objects.earliest("pk").pk,
        "vouchers/webhooks/": endpoint.public_id if endpoint else "",
        "vouchers/lists/": scene.campaign.mappings.get().pk,
        # No redemption was reported: a file or a redemption that is not there.
        "vouchers/redemptions/uploads/": 1,
        "vouchers/redemptions/": scene.hold.public_id,
    }
    found["pk"] = next((pk for start, pk in nouns.items() if route.startswith(start)), 1)
    found["message_pk"] = message.public_id if message else ""
    return found


def addresses(scene: Scene, browsers: Browsers) -> Iterator[tuple[Client, str]]:
    """Yield every address of vouchers, and every other page that needs no row, with who asks for it."""
    for route, view in own_addresses():
        is_ours = route.startswith(("vouchers/", *PARTNERS, *RECIPIENTS))
        if route.startswith("health/") or ("<" in route and not is_ours):
            continue
        values = values_of(scene, route)
        names = set(PARAMETER.findall(route))
        assert names <= set(values), f"{route}: say what stands there"
        secrets = secrets_of(scene) if "secret" in names else [""]
        paths = [filled(route, values | {"secret": secret}) for secret in secrets]
        # Lists can be searched and taken away as a file, too.
        is_list = is_ours and hasattr(view, "view_class")
        queries = ("", "?export=csv", f"?q={scene.rita.first_name}") if is_list else ("",)
        for path in paths:
            yield from ((browsers.of(route), path + query) for query in queries)


def filled(route: str, values: dict[str, Any]) -> str:
    return "/" + PARAMETER.sub(lambda found: str(values[found.group(1)]), route)


def secrets_of(scene: Scene) -> list[str]:
    """Return the secrets of all links that Rita could ever hold."""
    at = now()
    claim = scene.campaign.claim_links.get()
    return [
        tokens.secret_of(token)
        for token in (
            claim_links.token_for(link=claim, at=at),
            links.reveal_token(scene.hold, at=at, address="rita@home.example"),
            links.tray_token(business=scene.cast.acme, recipient=scene.who, at=at),
        )
    ]


def browsers_of(scene: Scene) -> Browsers:
    """Return the browsers of everybody who is signed in somewhere."""
    at = now()
    partner, recipient = Client(), Client()
    partner_portal.send_link(contact=scene.paula, at=at)
    letter = Mail.objects.filter(to=scene.paula.email).latest("pk")
    assert letter.token is not None
    partner.cookies[PARTNER_COOKIE] = partner_portal.begin(
        secret=tokens.secret_of(letter.token), at=at
    )
    token = portal.link_token(contact=scene.rita, address="rita@home.example", at=at)
    recipient.cookies[COOKIE] = portal.begin(secret=tokens.secret_of(token), at=at)
    return Browsers(client_of(scene.cast.ada), partner, recipient)


def text_of(answer: Any) -> str:
    """Return everything that the answer tells: its headers, then its body, whether streamed or not."""
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return f"{dict(answer.headers)} {body.decode(errors='replace')}"


def tell_endpoints(scene: Scene) -> list[str]:
    """Deliver every happening to both endpoints and return the bodies that arrived."""
    at, bodies = now(), []

    def receive(**request: Any) -> Answer:
        bodies.append(request["body"].decode())
        return Answer(status=500, text=request["body"].decode())

    for event in OutboxEvent.objects.filter(topic__in=happenings.HAPPENINGS):
        webhook_delivery.fan_out(event_id=event.pk, at=at)
    while webhook_delivery.deliver_next(at=at, post=receive):
        pass
    return bodies


def is_still_reserved(scene: Scene) -> bool:
    return scene.code.state == "reserved"


def test_no_webhook_tells_a_reserved_code_not_even_late(scene: Scene) -> None:
    bodies = tell_endpoints(scene)
    assert sum('"partner_voucher.reserved"' in body for body in bodies) == 2
    assert [body for body in bodies if SECRET.search(body)] == []
    # Confirmed before the message gets through: that it was reserved is still told without the code.
    WebhookMessage.objects.update(next_attempt_at=now())
    confirming.confirm(issuance=scene.hold, at=now())
    late = [body for body in tell_endpoints(scene) if SECRET.search(body)]
    assert late
    assert all('"partner_voucher.rewarded"' in body for body in late)


def test_no_mail_tells_a_reserved_code(scene: Scene) -> None:
    for event in OutboxEvent.objects.filter(topic=happenings.RESERVED):
        mailing.first(issuance_id=outbox.payload_of(event.pk)["issuance_id"], at=now())
    letters = list(Mail.objects.all())
    assert {letter.kind for letter in letters} >= {"voucher-claim", "vouchers_alert"}
    for letter in letters:
        message = mail.render(letter)
        told = f"{letter.context} {message.subject} {message.body} {message.alternatives}"
        assert not SECRET.search(told), letter.kind
    assert mailing.KIND not in {letter.kind for letter in letters}


@pytest.mark.scenario("VCH-56")
def test_a_reserved_code_stands_on_no_page_in_no_answer_mail_or_webhook(scene: Scene) -> None:
    assert [body for body in tell_endpoints(scene) if SECRET.search(body)] == []
    test_no_mail_tells_a_reserved_code(scene)
    browsers = browsers_of(scene)
    told: list[str] = []
    answers: dict[int, list[str]] = {}
    for browser, path in addresses(scene, browsers):
        answer: Any = browser.get(path)
        answers.setdefault(answer.status_code, []).append(path)
        if SECRET.search(text_of(answer)):
            told.append(path)
    assert set(answers) <= LOOKED, {status: answers[status][:3] for status in answers}
    assert len(answers[200]) > 150
    told += [path for path, answer in asked_of_api(scene) if SECRET.search(text_of(answer))]
    told += [path for path, answer in pressed(scene, browsers) if SECRET.search(text_of(answer))]
    assert told == []
    assert is_still_reserved(scene)


def asked_of_api(scene: Scene) -> Iterator[tuple[str, Any]]:
    """Yield every answer that reads, and those that give out, hold and check."""
    till, who = Till(scene.cast.acme), {"recipient": {"contact_id": str(scene.rita.public_id)}}
    values = {"list_id": scene.sale.list_id, "number": scene.batch.number}
    for path, operations in api.get_openapi_schema()["paths"].items():
        names = re.findall(r"\{(\w+)\}", path)
        if "get" in operations and set(names) <= set(values):
            short = path.removeprefix("/api/v1").format(**values)
            yield short, till.get(short, {"identity": "rita@home.example"})
    campaign = f"/voucher-campaigns/{scene.campaign.reference}"
    for act in ("issue", "reserve"):
        yield act, till.post(f"{campaign}/{act}", who)
    again = till.post(f"{campaign}/reserve", who, key="again")
    assert again.json()["issuance_id"] == str(scene.hold.public_id)
    assert again.json()["voucher_code"] is None
    yield "reserve again", again
    yield "check", till.post("/vouchers/check", {"code": MARK})


def pressed(scene: Scene, browsers: Browsers) -> Iterator[tuple[str, Any]]:
    """Yield what the buttons answer that show codes, and the search that takes one."""
    desk, recipient = browsers.desk, browsers.recipient
    looked = desk.post(
        reverse("voucher_code_look_up", args=[scene.sale.list_id]), {"code": MARK}, follow=True
    )
    assert looked.redirect_chain == [(reverse("voucher_code", args=[scene.code.pk]), 303)]
    yield "look up", looked
    reveal = desk.post(reverse("voucher_code_reveal", args=[scene.code.pk]), {"reason": "Asked"})
    assert reveal.status_code == 409
    yield "reveal", reveal
    resent = reverse("voucher_issuance_resend", args=[scene.hold.public_id])
    yield "resend", desk.post(resent, {"email": "rita@home.example", "nonce": "n1"}, follow=True)
    shown = reverse("my_voucher_show", args=[scene.hold.public_id])
    yield "portal", recipient.post(shown)
    for secret in secrets_of(scene):
        for name, args in (
            ("voucher_claim", [secret]),
            ("voucher_reveal", [secret]),
            ("voucher_tray_show", [secret, scene.hold.public_id]),
        ):
            yield name, recipient.post(reverse(name, args=args), follow=True)
