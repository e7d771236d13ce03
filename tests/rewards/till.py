"""The fixture F0 of rewards.md 12 in the database, and short ways to buy there."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

from directory.models import Contact, Organisation
from directory.people import YearDay
from directory.services import terms
from events.drafts import LineData, PurchaseData
from events.models import BusinessEvent
from rewards.models import Award, RewardOffer, RewardScheme
from rewards.selectors.settings import settings_of
from rewards.selectors.traces import traces_of
from rewards.services import cancelling, purchases, settings
from rewards.services.results import PurchaseResult, ReversalResult
from tests.factories.directory import make_business, make_contact
from tests.factories.floor import Cafe, make_cafe
from tests.factories.rewards import SINCE, make_scheme
from tests.wallet import money
from wallet.selectors import pockets, wallet_of
from wallet.services import pools

ZONE = ZoneInfo("Asia/Nicosia")
# Monday 4 May 2026, 15:10 in Nicosia.
NOW = datetime(2026, 5, 4, 12, 10, tzinfo=UTC)
_numbers = count(1)


@dataclass
class Club:
    """Business B with merchant M and venues, schemes S1 (everybody) and S2 (by choice), and Ann."""

    cafe: Cafe
    s1: RewardScheme
    s2: RewardScheme
    ann: Contact

    @property
    def business(self) -> Organisation:
        return self.cafe.business


def make_club() -> Club:
    business = make_business("Coffee Club", zone="Asia/Nicosia", completed=False, at=SINCE)
    cafe = make_cafe(business)
    pools.ensure_default(business=business, at=SINCE)
    # Its tills ask before the customer pays, so they can lower the price.
    money.choose(business, reduction="FRONT_END")
    return Club(
        cafe,
        make_scheme(business, "S1"),
        make_scheme(business, "S2", option="SELF_SIGN_UP"),
        person(business, "Ann Example", born=YearDay(6, 15), name_day=YearDay(5, 21)),
    )


def person(business: Organisation, name: str, *, at: datetime = SINCE, **fields: Any) -> Contact:
    return make_contact(business, name, at=at, **fields)


def local(text: str) -> datetime:
    """Read "2026-05-04 15:10" as wall-clock time of the club."""
    return datetime.fromisoformat(text).replace(tzinfo=ZONE).astimezone(UTC)


def minor(text: str) -> int:
    return int(Decimal(text) * 100)


def line(sku: str, total: str, quantity: str = "1") -> LineData:
    return LineData(
        sku=sku,
        quantity=Decimal(quantity),
        net_minor=minor(total),
        tax_minor=0,
        total_minor=minor(total),
    )


def basket(
    total: str, *, at: datetime = NOW, lines: tuple[LineData, ...] = (), **changes: Any
) -> PurchaseData:
    """Return a purchase of that total: of cake, unless lines are given."""
    values: dict[str, Any] = {
        "performed_at": at,
        "currency": "EUR",
        "net_minor": minor(total),
        "tax_minor": 0,
        "total_minor": minor(total),
        "lines": lines or (line("CAKE", total),),
        "reference_number": f"R-{next(_numbers)}",
    }
    return PurchaseData(**{**values, **changes})


def buy(
    club: Club,
    total: str = "20.00",
    *,
    at: datetime = NOW,
    received: datetime | None = None,
    by: Contact | None = None,
    nobody: bool = False,
    place: Organisation | None = None,
    wish: Any = None,
    lines: tuple[LineData, ...] = (),
    **changes: Any,
) -> PurchaseResult:
    """Buy at V1, as Ann and received two seconds later unless asked otherwise."""
    return purchases.post(
        business=club.business,
        place=place or club.cafe.v1,
        data=basket(total, at=at, lines=lines, **changes),
        contact=None if nobody else by or club.ann,
        wish=wish,
        at=received or at + timedelta(seconds=2),
    )


def cancel(result: PurchaseResult | BusinessEvent, *, at: datetime) -> ReversalResult:
    event = result if isinstance(result, BusinessEvent) else result.event
    assert event is not None
    return cancelling.cancel(event=event, reason="void", at=at)


def choose(club: Club, **changes: Any) -> None:
    """Change the reward settings of the business."""
    stored = settings_of(business=club.business)
    settings.update(
        business=club.business,
        data=replace(settings.data_of(stored), **changes),
        version=stored.version,
        at=SINCE,
    )


def block_terms(club: Club) -> None:
    """Block the commercial terms with merchant M."""
    terms.agree(
        business=club.business,
        organisation=club.cafe.merchant,
        data=terms.TermsData(method="award", blocked=True),
        actor=None,
        at=NOW - timedelta(days=1),
    )


def euros(of_minor: int) -> str:
    return f"{Decimal(of_minor) / 100:.2f}"


def given(result: Any) -> list[str]:
    """Return what the contact was awarded, in the order of granting."""
    return [euros(award.amount_minor) for award in result.awards]


def why(result: Any, offer: RewardOffer) -> str:
    """Return what became of the offer, and check that the same was kept."""
    (trace,) = [trace for trace in result.traces if trace.offer_id == offer.pk]
    if result.event is not None:
        (kept,) = [one for one in traces_of(event=result.event) if one.offer_id == offer.pk]
        assert kept.reason == trace.reason
    return str(trace.reason.value)


def commerce(contact: Contact) -> str:
    """Return what the contact has in the commerce pocket."""
    wallet = wallet_of(contact=contact)
    return euros(pockets(wallet=wallet).commerce_minor) if wallet else "0.00"


def debt(contact: Contact) -> str:
    wallet = wallet_of(contact=contact)
    return euros(pockets(wallet=wallet).debt_minor) if wallet else "0.00"


def awards_of(contact: Contact) -> list[tuple[str, str]]:
    """Return amount and status of every award of the contact, oldest first."""
    rows = Award.objects.filter(contact=contact).order_by("pk")
    return [(euros(row.amount_minor), str(row.status)) for row in rows]
