"""Redemptions of the demo town: by tills, by a partner's file, by hand; one is taken back."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.core.files.base import ContentFile

from config.demo.floor import Club
from config.demo.voucher_campaigns import WELCOME
from vouchers.choices import IssuanceStatus
from vouchers.models import Issuance
from vouchers.outside_choices import Channel
from vouchers.services import redeeming, redemption_uploads
from vouchers.services.redeeming import Report, Reporter

SPENT = 6
# Rows of the partner's file that help nobody, so that its report has something to say.
STRAY = "OLIVE-NOSUCH01"


def build(*, club: Club, at: datetime) -> None:
    """Redeem the first codes of the welcome campaign: three at tills, two by file, one by hand."""
    rows = (
        Issuance.objects.filter(
            business=club.business, campaign__name=WELCOME.name, status=IssuanceStatus.ISSUED
        )
        .select_related("code", "voucher_list__partner")
        .order_by("pk")[:SPENT]
    )
    codes = [(row.code.code, row.voucher_list) for row in rows if row.code and row.voucher_list]
    if len(codes) < SPENT:
        return
    tills = Reporter(business=club.business, channel=Channel.API, name="Till in the High Street")
    for number, (code, _) in enumerate(codes[:3], start=1):
        then = at - timedelta(days=7 - number, hours=2)
        report = Report(code=code, reference=f"R-20{number:02d}", location="High Street")
        redeeming.redeem(report=report, reporter=tills, at=then)
    taken_back = Report(code=codes[2][0], reference="R-2003")
    redeeming.reverse(report=taken_back, reporter=tills, at=at - timedelta(days=4))
    _file(club, [code for code, _ in codes[3:5]], at - timedelta(days=2))
    theo = club.users["theo"]
    desk = Reporter(
        business=club.business, channel=Channel.MANUAL, name=theo.display_name, user=theo
    )
    by_hand = Report(code=codes[5][0], reference="Paper slip 14")
    redeeming.redeem(report=by_hand, reporter=desk, at=at - timedelta(days=1))


def _file(club: Club, codes: list[str], at: datetime) -> None:
    lines = ["code,reference", *(f"{code},OT-{n}" for n, code in enumerate(codes, start=501))]
    text = "\n".join([*lines, f"{STRAY},OT-509", ""])
    redemption_uploads.receive(
        business=club.business,
        file=ContentFile(text.encode(), name="redeemed-last-week.csv"),
        name=club.users["theo"].email,
        actor=club.users["theo"],
        at=at,
    )
    redemption_uploads.work(at=at, portions=5)
