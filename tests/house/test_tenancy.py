"""Every address that names a row answers 404 to another business (incentives.md 1, rule 2).

One object of every kind is built for Bright Bikes; Ada of Acme Solar asks for each by every address that
has room for it. An address that nobody filled in here fails the test, so that a new page cannot be
forgotten.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.files.base import ContentFile

from core import clock
from core.models import Mail
from directory.models import (
    ApiKey,
    CatalogueImport,
    ContactImport,
    Invitation,
    Membership,
    Organisation,
    ProductImage,
    User,
)
from directory.segments import Tagged
from events.services import classifications
from incentives.models import (
    Acknowledgement,
    AcknowledgementRequest,
    AcknowledgementTemplate,
    GroupMember,
    IncentiveRequest,
    Message,
    MessageAttachment,
    RequestTerms,
)
from incentives.terms import Terms
from rewards.services import gifts
from tests.cast import Cast, client_of
from tests.factories import tills, vouchers
from tests.factories.directory import make_contact
from tests.factories.floor import Cafe, buy, make_cafe, make_segment
from tests.factories.incentives import make_offer, make_program
from tests.factories.link_templates import make_template
from tests.factories.rewards import give_award, give_pass, make_scheme
from tests.factories.rewards import make_offer as make_reward_offer
from tests.house.test_urls import own_addresses
from tests.wallet.desk import make_desk
from vouchers.models import Alert, Issuance, WaitEntry
from vouchers.services import partners
from wallet.choices import ChargedOn, LimitOn, LimitPeriod
from wallet.services import fees, limits
from wallet.services.fees import Fee
from wallet.services.limits import Limit

PARAMETER = re.compile(r"<(?:(\w+):)?(\w+)>")
# Words of the address that choose a part of the page, not a row.
WORDS = {"part": "words", "kind": "svg", "key": "e01-offer", "goal": "SPEND", "step": "details"}

# The beginning of an address, the longest first, and what its `pk` is.
NOUNS = (
    ("provider/incentive-acknowledgements/requests/link-templates/", "acknowledgement_template"),
    ("provider/incentive-acknowledgements/requests/", "acknowledgement_request"),
    ("provider/incentive-acknowledgements/", "acknowledgement"),
    ("provider/incentive-offers/link-templates/", "template"),
    ("provider/incentive-offers/group-members/", "group"),
    ("provider/incentive-offers/embed/", "done"),
    ("provider/incentive-offers/", "offer"),
    ("provider/incentive-programs/", "program"),
    ("provider/incentive-requests/", "request"),
    ("provider/product-services/", "product"),
    ("contacts/import/", "import"),
    ("contacts/", "contact"),
    ("settings/team/invitations/", "invitation"),
    ("settings/team/", "membership"),
    ("settings/api-keys/", "api_key"),
    ("settings/network/tills/", "till"),
    ("settings/network/", "place"),
    ("settings/classifications/", "classification"),
    ("catalogue/import/", "catalogue_import"),
    ("catalogue/categories/", "category"),
    ("catalogue/", "catalogue_product"),
    ("segments/", "segment"),
    ("rewards/offers/", "reward_offer"),
    ("rewards/schemes/", "reward_scheme"),
    ("rewards/events/", "reward_event"),
    ("rewards/awards/", "reward_award"),
    ("rewards/gift-runs/", "gift_run"),
    ("rewards/contacts/", "member"),
    ("vouchers/redemptions/uploads/", "redemption_file"),
    ("vouchers/redemptions/", "redemption"),
    ("vouchers/webhooks/", "webhook"),
    ("vouchers/lists/", "voucher_list"),
    ("vouchers/codes/", "voucher_code"),
    ("vouchers/campaigns/", "voucher_campaign"),
    ("vouchers/alerts/", "voucher_alert"),
    ("vouchers/issuances/", "voucher_issuance"),
    ("vouchers/partners/", "voucher_partner"),
    ("wallet/pools/", "pool"),
    ("settings/charges/limits/", "limit"),
    ("settings/charges/fees/", "fee"),
    ("wallet/contacts/", "contact"),
    ("wallet/journals/", "journal"),
    ("wallet/lots/", "lot"),
    ("wallet/holds/", "hold"),
    ("wallet/purchases/", "use"),
    ("wallet/ledger/entries/", "entry"),
    ("wallet/ledger/accounts/", "account"),
)
SIGNED = [
    (route, view)
    for route, view in own_addresses()
    if not str(getattr(view, "access", "")).startswith("public: ")
]
NAMES = ("pk>", "list_id>", "public_id>")
NAMING_A_ROW = sorted(route for route, _ in SIGNED if any(name in route for name in NAMES))


def names_in(route: str) -> set[str]:
    return {name for _, name in PARAMETER.findall(route)}


def a_file(message: Message) -> MessageAttachment:
    """Return a file that was sent with the message."""
    return MessageAttachment.objects.create(
        message=message, key="secret-key", name="a.txt", content_type="text/plain", size=1,
        file=ContentFile(b"x", name="a.txt"),
    )  # fmt: skip


def a_request(business: Organisation, at: datetime) -> tuple[IncentiveRequest, Message]:
    """Return a request that somebody sent, with its first message."""
    shared = {"created_at": at, "updated_at": at}
    ask = IncentiveRequest.objects.create(
        business=business, product_name="Bike", reference="RQ-TEST-1", status_changed_at=at,
        recipient_email="rita@home.example", recipient_name="Rita", **shared,
    )  # fmt: skip
    terms = RequestTerms.objects.create(
        request=ask, number=1, kind="offer", proposed_by="recipient", unit="none",
        description="A bell", created_at=at,
    )  # fmt: skip
    IncentiveRequest.objects.filter(pk=ask.pk).update(
        status="requested", terms=terms, requested_at=at, recipient_verified_at=at,
        contact=make_contact(business, "Rita", email="rita@home.example"),
    )  # fmt: skip
    asked = Message.objects.create(
        business=business, request=ask, sender_kind="referent", sender_name="Rita", body="Hello",
        status_at_send="draft", created_at=at,
    )  # fmt: skip
    return ask, asked


@pytest.fixture
def town(cast: Cast) -> dict[str, dict[str, Any]]:
    """Return, for each noun, the values of the parameters of its addresses."""
    business, at = cast.bright_bikes, clock.now()
    program = make_program(business, "City bikes")
    offer = make_offer(program=program, status="counter")
    done = make_offer(program=program, status="acknowledged")
    group = make_offer(program=program, delivery="link", offer_type="group", max_required_members=3)
    member = GroupMember.objects.create(
        offer=group, email="sam@home.example", name="Sam", invited_at=at
    )
    message = Message.objects.filter(offer=offer).latest("pk")
    shared = {"created_at": at, "updated_at": at}
    file = a_file(message)
    ask, asked = a_request(business, at)
    given = {
        "business": business, "program": program, "incentive_type": "cashback",
        "description": "A bell", "unit": Terms.words("A bell").unit, **shared,
    }  # fmt: skip
    wanted = AcknowledgementRequest.objects.create(
        delivery_method="email", recipient_email="rita@home.example",
        expires_at=at + timedelta(days=7), **given,
    )  # fmt: skip
    image = ProductImage.objects.filter(product_service=program.product_service).first()
    return {
        "offer": {
            "pk": offer.pk,
            "message_pk": message.pk,
            "mail_pk": Mail.objects.latest("pk").pk,
            "key": file.key,
        },
        "group": {"pk": group.pk, "member_pk": member.pk},
        "done": {"pk": done.pk},
        "program": {"pk": program.pk},
        "template": {"pk": make_template(program).pk},
        "request": {"pk": ask.pk, "message_pk": asked.pk, "key": file.key},
        "acknowledgement": {"pk": Acknowledgement.objects.filter(offer=done).earliest("pk").pk},
        "acknowledgement_request": {"pk": wanted.pk},
        "acknowledgement_template": {
            "pk": AcknowledgementTemplate.objects.create(name="Fair", slug="fair", **given).pk
        },
        "product": {"pk": program.product_service_id, "image_pk": image.pk if image else 1},
        "contact": {"pk": make_contact(business).pk},
        "import": {
            "pk": ContactImport.objects.create(business=business, file_name="a.csv", **shared).pk
        },
        "membership": {"pk": Membership.objects.get(organisation=business).pk},
        "invitation": {
            "pk": Invitation.objects.create(
                organisation=business, email="new@home.example", role="offers",
                expires_at=at + timedelta(days=7), **shared,
            ).pk
        },
        "api_key": {
            "pk": ApiKey.objects.create(
                organisation=business, name="Till", prefix="abc", digest=b"x" * 32, **shared
            ).pk
        },
    } | floor_rows(business, cast.boris)  # fmt: skip


def reward_rows(cafe: Cafe, author: User) -> dict[str, dict[str, Any]]:
    """Return a scheme with its offers, a pass, a purchase with its award, and the run of a gift."""
    business, at = cafe.business, clock.now()
    scheme = make_scheme(business)
    offer = make_reward_offer(scheme, requires_pass=True)
    gift = make_reward_offer(scheme, type="GIFT", amount="2.00")
    contact = make_contact(business)
    event = buy(cafe.v1, contact)
    return {
        "reward_offer": {"pk": offer.pk, "pass_pk": give_pass(offer).pk},
        "reward_scheme": {"pk": scheme.pk, "contact_pk": contact.pk},
        "reward_event": {"pk": event.pk},
        "reward_award": {"pk": give_award(offer, contact).pk},
        "gift_run": {"pk": gifts.grant_now(offer=gift, actor=author, at=at).pk},
        "member": {"pk": contact.pk, "scheme_pk": scheme.pk},
    }


def wallet_rows(cafe: Cafe, author: User) -> dict[str, dict[str, Any]]:
    """Return what a contact with money has: a pool, a lot, a hold, a purchase, a journal, the books."""
    desk = make_desk(cafe.business, author, cafe=cafe)
    rows = {
        "pool": desk.lunch,
        "journal": desk.pending,
        "lot": desk.lot,
        "hold": desk.hold,
        "use": desk.use,
        "entry": desk.entry,
        "account": desk.lot.accounts.get(),
        "limit": limits.set_for_all(
            business=cafe.business,
            limit=Limit(LimitOn.DEBIT, LimitPeriod.DAILY, 500),
            at=clock.now(),
        ),
        "fee": fees.add(
            business=cafe.business,
            fee=Fee("Top up", ChargedOn.CREDIT, fixed_minor=10),
            at=clock.now(),
        ),
    }
    return {noun: {"pk": row.pk} for noun, row in rows.items()}


def till_rows(business: Organisation) -> dict[str, dict[str, Any]]:
    """Return what tills and outside systems leave behind: a redemption, its file, a webhook."""
    redemption, file, message = tills.make_tills(business)
    return {
        "redemption": {"pk": redemption.public_id},
        "redemption_file": {"pk": file.number},
        "webhook": {"pk": message.endpoint.public_id, "message_pk": message.public_id},
    }


def voucher_rows(business: Organisation) -> dict[str, dict[str, Any]]:
    """Return a partner with a contact, its list linked to a campaign, and a code of it."""
    partner = vouchers.make_partner(business)
    at = clock.now()
    contact = partners.add_contact(partner=partner, email="p@home.example", name="", at=at)
    made = vouchers.make_list(partner, at=at)
    mapping = vouchers.make_campaign(made).mappings.get()
    entry = WaitEntry.objects.create(
        campaign=mapping.campaign, recipient_key="email:p@home.example", qualified_at=at,
        idempotency_key="p", source="Manual", created_at=at, updated_at=at,
    )  # fmt: skip
    alert = Alert.objects.create(
        business=business, kind="exhausted", voucher_list=made, key="empty", subject=made.name,
        raised_at=at, created_at=at, updated_at=at,
    )  # fmt: skip
    code = vouchers.make_codes(made)[0]
    given = Issuance.objects.create(
        business=business, campaign=mapping.campaign, voucher_list=made, status="issued",
        code=vouchers.make_codes(made, state="issued")[0], recipient_key="email:p@home.example",
        idempotency_key="g", source="Manual", issued_at=at, created_at=at, updated_at=at,
    )  # fmt: skip
    return {
        "voucher_partner": {"pk": partner.pk, "contact_pk": contact.pk},
        "voucher_list": {"list_id": made.list_id, "pk": mapping.pk, "number": code.batch.number},
        "voucher_code": {"pk": code.pk},
        "voucher_campaign": {"pk": mapping.campaign_id, "entry_pk": entry.pk, "act": "pause"},
        "voucher_alert": {"pk": alert.pk},
        "voucher_issuance": {"public_id": given.public_id},
    }


def floor_rows(business: Organisation, author: User) -> dict[str, dict[str, Any]]:
    """Return what purchases stand on: a place, its till, the catalogue, a segment."""
    cafe, at = make_cafe(business), clock.now()
    rows = {
        "till": cafe.till,
        "place": cafe.merchant,
        "category": cafe.hot,
        "catalogue_product": cafe.cake,
        "catalogue_import": CatalogueImport.objects.create(
            business=business, file_name="a.csv", created_at=at, updated_at=at
        ),
        "segment": make_segment(business, Tagged(tags=("vip",))),
        "classification": classifications.create(
            business=business, kind="purchase", name="Dine in", at=at
        ),
    }
    found = {noun: {"pk": row.pk} for noun, row in rows.items()}
    found |= till_rows(business) | voucher_rows(business)
    return found | wallet_rows(cafe, author) | reward_rows(cafe, author)


def noun_of(route: str) -> str:
    """Return what the address's `pk` names, or an empty text for one that nobody filled in."""
    return next((noun for start, noun in NOUNS if route.startswith(start)), "")


def filled(route: str, values: dict[str, Any]) -> str:
    known = {**WORDS, **values}
    return "/" + PARAMETER.sub(lambda found: str(known[found.group(2)]), route)


def test_every_address_that_names_a_row_is_walked() -> None:
    assert len(NAMING_A_ROW) > 40
    assert [route for route in NAMING_A_ROW if not noun_of(route)] == []
    unknown = {
        route
        for route, _ in SIGNED
        if "<" in route and route not in NAMING_A_ROW and not names_in(route) <= set(WORDS)
    }
    assert unknown == set()


@pytest.mark.django_db
def test_no_row_of_another_business_exists(cast: Cast, town: dict[str, dict[str, Any]]) -> None:
    ada = client_of(cast.ada)
    wrong = []
    for route in NAMING_A_ROW:
        url = filled(route, town[noun_of(route)])
        answers = {method: getattr(ada, method)(url).status_code for method in ("get", "post")}
        if set(answers.values()) - {404, 405} or 404 not in answers.values():
            wrong.append((route, answers))
    assert wrong == []


@pytest.mark.django_db
def test_each_of_these_rows_exists_for_its_own_business(
    cast: Cast, town: dict[str, dict[str, Any]]
) -> None:
    boris = client_of(cast.boris)
    found = set()
    # A file would have to be read to its end; the message that it hangs on is asked for anyway.
    for route in [route for route in NAMING_A_ROW if "/files/" not in route]:
        answer = boris.get(filled(route, town[noun_of(route)]))
        if answer.status_code in {200, 302, 303}:
            found.add(noun_of(route))
    assert set(town) - found <= {"membership", "invitation", "api_key", "till"}
