"""Codes at the desk, one at a time: asked about, redeemed, and redemptions reversed (vouchers.md 9)."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from core.clock import now
from core.errors import DomainError
from core.templatetags.ui import when
from directory.forms import refusals
from directory.permissions import access
from directory.sessions import DeskRequest
from directory.views.pages import confirm_page, done, form_page
from vouchers.forms.redemptions import RedeemForm
from vouchers.masking import masked
from vouchers.models import Redemption, VoucherCode
from vouchers.outside_choices import Channel, Refusal
from vouchers.redemption_rules import REVERSIBLE_FOR, SENTENCES
from vouchers.selectors import redemptions as selectors
from vouchers.services import redeeming
from vouchers.services.redeeming import Report, Reporter, Verdict
from vouchers.tables.lists import recipient_of
from vouchers.views.desk import business_of

TITLE = "Redemptions"
# What the desk says in other words than a till: it looks at every list, and asking changes nothing.
ASKED = {
    Refusal.UNKNOWN: "None of your lists has this code. Check it letter by letter.",
    Refusal.NOT_ISSUED: (
        "Nobody was given this code, so somebody got hold of it in another way. Do not take it."
        " Redeeming it makes it void and raises an alert."
    ),
    Refusal.HELD: "A cart holds this code. Try again when that has ended.",
    Refusal.AMBIGUOUS: "More than one list has this code. Say which with the List ID below.",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """What the page says about the code that was typed: why it cannot be redeemed, or that it can."""

    code: VoucherCode | None
    refusal: Refusal | None
    sentence: str
    redemption: Redemption | None = None
    recipient: str = ""
    is_reversible: bool = False

    @property
    def channel(self) -> str:
        """How the redemption was reported, inside a sentence."""
        if self.redemption is None:
            return ""
        label = self.redemption.get_channel_display()
        return label if label.isupper() else f"{label[0].lower()}{label[1:]}"

    @property
    def tone(self) -> str:
        return "success" if self.refusal is None else "danger"

    @property
    def title(self) -> str:
        return "It can be redeemed" if self.refusal is None else self.refusal.label


@access("vouchers.redeem")
@require_http_methods(["GET", "HEAD", "POST"])
def voucher_redeem(request: DeskRequest) -> HttpResponse:
    """Redeem one code by hand, or only ask about it; codes are posted, never part of an address."""
    business = business_of(request)
    is_check = "check" in request.POST
    form = RedeemForm(request.POST or None, currency=business.base_currency, is_check=is_check)
    answer = None
    if request.method == "POST" and form.is_valid():
        try:
            verdict = _checked(request, form) if is_check else _redeemed(request, form)
        except DomainError as error:
            refusals.show(form, error)
        else:
            if verdict.redemption is not None and verdict.code is not None and not is_check:
                return done(request, reverse("voucher_redemptions"), _words_of(verdict))
            answer = _answer(verdict, is_check=is_check)
            if answer.refusal is not None:
                form.add_error("code", answer.sentence)
    return form_page(
        request,
        form,
        title="Redeem a code",
        template="vouchers/redemptions/redeem.html",
        answer=answer,
        crumbs=[(TITLE, reverse("voucher_redemptions")), ("Redeem a code", "")],
        tour="vouchers.redeem",
    )


@access("vouchers.redeem")
@require_http_methods(["GET", "HEAD", "POST"])
def voucher_redemption_reverse(request: DeskRequest, pk: uuid.UUID) -> HttpResponse:
    """Ask, then take the redemption back."""
    row = selectors.redemption(business=business_of(request), public_id=pk)
    if request.method == "POST":
        report = Report(
            code=row.code.code, reference=row.reference, list_id=row.voucher_list.list_id
        )
        verdict = redeeming.reverse(report=report, reporter=_reporter(request), at=now())
        if error := verdict.error():
            raise error
        return done(request, reverse("voucher_redemptions"), "The redemption is reversed.")
    ends = row.code.redeem_until
    past = ends is not None and ends <= now()
    return confirm_page(
        request,
        title="Reverse this redemption?",
        message=f"{masked(row.code.code)} of “{row.voucher_list.name}”, redeemed"
        f" {when(row.redeemed_at, 'text')}, reference {row.reference or '–'}.",
        consequences=[
            "The code becomes expired, because its end has passed."
            if past
            else "The code can be spent again until its end.",
            "The redemption stays in the list, marked as reversed.",
            "Webhooks hear of it.",
        ],
        submit_label="Reverse",
        cancel_url=reverse("voucher_redemptions"),
        danger=True,
        crumbs=[(TITLE, reverse("voucher_redemptions")), ("Reverse", "")],
    )


def _reporter(request: DeskRequest) -> Reporter:
    user = request.user
    return Reporter(
        business=business_of(request),
        channel=Channel.MANUAL,
        name=user.display_name,
        user=user,
        guessers=(f"user:{user.pk}",),
    )


def _redeemed(request: DeskRequest, form: RedeemForm) -> Verdict:
    typed = form.cleaned_data
    amount = typed["amount"]
    report = Report(
        code=typed["code"],
        reference=typed["reference"],
        list_id=typed["list_id"].upper(),
        amount_minor=amount.minor if amount else None,
        currency=amount.currency if amount else "",
        location=typed["location"],
    )
    return redeeming.redeem(report=report, reporter=_reporter(request), at=now())


def _checked(request: DeskRequest, form: RedeemForm) -> Verdict:
    typed = form.cleaned_data
    report = Report(code=typed["code"], list_id=typed["list_id"].upper())
    found = redeeming.look_up(report=report, reporter=_reporter(request), at=now())
    if isinstance(found, Verdict):
        return found
    return Verdict(code=found[0], refusal=found[1])


def _words_of(verdict: Verdict) -> str:
    """Say which code of which list was redeemed, now or before."""
    code: Any = verdict.code
    words = "was redeemed before" if verdict.is_repeat else "is redeemed"
    return f"{masked(code.code)} of {code.voucher_list.name} {words}."


def _answer(verdict: Verdict, *, is_check: bool) -> Answer:
    """Return what to tell of the code, with what it was given for and where it was spent."""
    code, refusal = verdict.code, verdict.refusal
    if refusal is None:
        return Answer(code, None, "Nothing was changed yet.", recipient=_recipient(code))
    spent = selectors.spending_of(code=code) if code is not None else None
    sentence = ASKED.get(refusal, verdict.message or SENTENCES[refusal])
    if refusal == Refusal.NOT_ISSUED and not is_check:
        sentence = SENTENCES[refusal]
    if refusal == Refusal.ALREADY_REDEEMED and spent is not None:
        sentence = f"This code was redeemed on {when(spent.redeemed_at, 'text')}."
    return Answer(
        code,
        refusal,
        sentence,
        redemption=spent,
        recipient=_recipient(code),
        is_reversible=spent is not None and now() <= spent.redeemed_at + REVERSIBLE_FOR,
    )


def _recipient(code: VoucherCode | None) -> str:
    issuance = selectors.issuance_of(code=code) if code is not None else None
    return recipient_of(issuance) if issuance is not None else ""
