"""Vouchers › Issued vouchers: the list, and what is done with one of them (vouchers.md 8, page 13)."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import cast

from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from core import navigation
from core.bulk import BatchForm
from core.clock import now
from core.errors import DomainError, Forbidden
from core.idempotency import run_once
from core.selection import BatchResult, RowsRefused
from core.views import Empty, TableView
from directory.forms import refusals
from directory.permissions import access, may
from directory.sessions import DeskRequest
from directory.views.pages import done, form_page
from vouchers.choices import Delivery, IssuanceStatus, Outcome, Source
from vouchers.filters.campaigns import IssuanceFilter
from vouchers.forms.issuances import GiveForm, ResendBatch, ResendForm, RevokeForm
from vouchers.models import Issuance
from vouchers.selectors import campaign_desk, campaign_words
from vouchers.selectors import issuances as selectors
from vouchers.services import issuing, mailing, revoking
from vouchers.tables.issuances import IssuanceDeskTable, code_masked
from vouchers.views.campaign_frame import campaign_of
from vouchers.views.desk import business_of
from vouchers.views.issuance_timeline import timeline

TITLE = "Issued vouchers"
asked = require_http_methods(["GET", "HEAD", "POST"])


@dataclass(frozen=True, slots=True)
class Resent(BatchResult):
    """What sending several again did."""

    def sentence(self, one: str, many: str) -> str:
        count = len(self.changed)
        return f"{count} {one if count == 1 else many} sent again. The codes stay the same."


class IssuanceList(TableView):
    """Every code that was given out or is held, by every campaign."""

    access = "vouchers.read"
    title = TITLE
    subtitle = "Who was given which code, and what came of it."
    table_class = IssuanceDeskTable
    filter_class = IssuanceFilter
    batch_class = ResendBatch
    empty = Empty(
        icon="receipt",
        title="No code was given out yet",
        text="Publish a campaign, or give a code to somebody by hand from a running one. Codes stay"
        " masked here; to read one, open it and say why.",
        action_label="Open campaigns",
        action_url_name="voucher_campaigns",
    )
    no_match = "No vouchers match your search"
    noun = ("voucher", "vouchers")
    export_name = "issued-vouchers"
    tour = "vouchers.issuances"
    template_name = "vouchers/campaigns/page_list.html"

    def get_queryset(self) -> QuerySet[Issuance]:
        return selectors.issuances_of(business=business_of(cast("DeskRequest", self.request)))

    def can_edit(self) -> bool:
        return may(self.request, "vouchers.issue")

    def apply(self, batch: BatchForm) -> BatchResult:
        """Send the ticked vouchers again, all or none."""
        request, at = cast("DeskRequest", self.request), now()
        if not self.can_edit():
            raise Forbidden("Your role does not allow sending vouchers again.")
        refused: dict[int, dict[str, str]] = {}
        with transaction.atomic():
            for row in batch.rows:
                try:
                    mailing.resend(issuance=row.record, user=request.user, at=at)
                except DomainError as error:
                    refused[row.pk] = {"": error.message}
            if refused:
                raise RowsRefused(refused, "Nothing was sent.")
        return Resent(changed=tuple(row.pk for row in batch.rows))


@access("vouchers.read")
@require_safe
def issuance_page(request: DeskRequest, public_id: uuid.UUID) -> HttpResponse:
    """Show one voucher: whose it is, how it arrived, what can be done."""
    issuance = _issuance(request, public_id)
    is_theirs = issuance.status == IssuanceStatus.ISSUED
    context = {
        "issuance": issuance,
        "who": _who(issuance),
        "code": code_masked(issuance),
        "held_until": issuance.reserved_until
        if issuance.status == IssuanceStatus.RESERVED
        else None,
        "items": timeline(issuance),
        "needs_attention": is_theirs
        and issuance.delivery_status in (Delivery.BOUNCED, Delivery.FAILED, Delivery.HELD),
        "may_issue": is_theirs and may(request, "vouchers.issue"),
        "code_url": navigation.address("voucher_code", issuance.code_id)
        if issuance.code_id
        else "",
        "list_url": navigation.address("voucher_list", issuance.voucher_list.list_id)
        if issuance.voucher_list
        else "",
        "contact_url": navigation.address("contact_detail", issuance.contact_id)
        if issuance.contact_id
        else "",
        "crumbs": _crumbs(issuance),
        "tour": "vouchers.issuance",
    }
    return render(request, "vouchers/issuances/page.html", context)


@access("vouchers.issue")
@asked
def issuance_resend(request: DeskRequest, public_id: uuid.UUID) -> HttpResponse:
    """Send the same code once more, to the same or a corrected address."""
    issuance, at = _issuance(request, public_id), now()
    form = ResendForm(request.POST or None, initial={"email": issuance.email})
    if request.method == "POST" and form.is_valid():
        address = form.cleaned_data["email"]

        def effect() -> str:
            changed = address if address.lower() != issuance.email.lower() else ""
            mailing.resend(issuance=issuance, user=request.user, address=changed, at=at)
            return "sent"

        try:
            run_once(
                scope=f"vouchers.resend:{issuance.pk}",
                key=form.cleaned_data["nonce"],
                at=at,
                effect=effect,
            )
        except DomainError as error:
            refusals.show(form, error)
        else:
            return done(request, _page_of(issuance), f"The same code goes to {address}.")
    return form_page(
        request,
        form,
        title="Send the code again",
        intro=f"{_who(issuance)} keeps the same code. At most 5 times a day.",
        submit_label="Send again",
        cancel_url=_page_of(issuance),
        crumbs=_crumbs(issuance, "Send again"),
    )


@access("vouchers.issue")
@asked
def issuance_revoke(request: DeskRequest, public_id: uuid.UUID) -> HttpResponse:
    """Ask, saying what becomes of the code, then take the voucher back."""
    issuance = _issuance(request, public_id)
    seen = selectors.was_possibly_seen(issuance=issuance)
    form = RevokeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            revoking.revoke(
                issuance=issuance,
                actor=request.user,
                reason=form.cleaned_data["reason"],
                may_receive_another=form.cleaned_data["may_receive_another"],
                at=now(),
            )
        except DomainError as error:
            refusals.show(form, error)
        else:
            return done(request, _page_of(issuance), "The voucher was taken back.")
    context = {
        "form": form,
        "title": "Take the voucher back?",
        "message": f"It was given to {_who(issuance)} by “{issuance.campaign.name}”.",
        "consequences": campaign_words.revoke_rule(issuance, was_possibly_seen=seen),
        "submit_label": "Take it back",
        "cancel_url": _page_of(issuance),
        "danger": True,
        "crumbs": _crumbs(issuance, "Revoke"),
    }
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "pages/confirm.html", context, status=status)


@access("vouchers.issue")
@asked
def campaign_give(request: DeskRequest, pk: int) -> HttpResponse:
    """Give one code of a running campaign to a named person, with a reason."""
    campaign, at = campaign_of(request, pk), now()
    form = GiveForm(request.POST or None, business=campaign.business)
    if request.method == "POST" and form.is_valid():
        assert form.recipient is not None
        try:
            result = issuing.issue(
                campaign=campaign,
                recipient=form.recipient,
                idempotency_key=f"manual:{form.cleaned_data['nonce']}",
                source=Source.MANUAL,
                trigger_ref=f"user:{request.user.pk}",
                actor=request.user,
                reason=form.cleaned_data["reason"],
                at=at,
            )
        except DomainError as error:
            refusals.show(form, error)
        else:
            if result.issuance is not None:
                return done(request, _page_of(result.issuance), _given(result))
            if result.outcome == Outcome.WAITLISTED:
                url = reverse("voucher_campaign_waiting", args=[campaign.pk])
                return done(request, url, "No code is left. The person is on the wait list now.")
            form.add_error(None, campaign_words.refusal(result.outcome, result.reason))
    return form_page(
        request,
        form,
        title="Give a code by hand",
        intro=f"One code of “{campaign.name}”, within its limits; its conditions are not asked.",
        submit_label="Give a code",
        cancel_url=reverse("voucher_campaign", args=[campaign.pk]),
        crumbs=[
            ("Campaigns", reverse("voucher_campaigns")),
            (campaign.name, reverse("voucher_campaign", args=[campaign.pk])),
            ("Give a code", ""),
        ],
    )


def _given(result: issuing.Result) -> str:
    if result.outcome == Outcome.FALLBACK:
        return "No code is left, so the code for everybody was given."
    if result.outcome == Outcome.ALREADY_ISSUED:
        return "This code had been given already; nothing was given twice."
    return "One code was given."


def _issuance(request: DeskRequest, public_id: uuid.UUID) -> Issuance:
    return selectors.issuance(business=business_of(request), public_id=public_id)


def _who(issuance: Issuance) -> str:
    key = issuance.recipient_key
    return campaign_desk.names_of(business=issuance.business, keys=[key])[key]


def _page_of(issuance: Issuance) -> str:
    return reverse("voucher_issuance", args=[issuance.public_id])


def _crumbs(issuance: Issuance, last: str = "") -> list[tuple[str, str]]:
    found = [(TITLE, reverse("voucher_issuances"))]
    name = _who(issuance)
    return [*found, (name, _page_of(issuance)), (last, "")] if last else [*found, (name, "")]
