"""The forms about one contact's money. Each that moves some carries a key, so that it moves once."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms

from core.forms import LocalDateTimeField, MoneyField, OnceForm, fresh_nonce
from core.money import Money
from directory.models import Organisation
from wallet.choices import JournalDirection, Pocket
from wallet.models import CommercePool, Wallet
from wallet.selectors.pools import pools_to_choose
from wallet.services.journals import Line


def renew(form: forms.Form) -> None:
    """Give a refused form a new key: the old one would only be answered with the same refusal."""
    data: Any = form.data
    data = data.copy()
    data[form.add_prefix("nonce")] = fresh_nonce()
    form.data = data


class ReasonForm(OnceForm):
    """Why something is done; it stays with what was done."""

    reason = forms.CharField(
        max_length=300,
        widget=forms.Textarea({"rows": 2, "maxlength": 300}),
        help_text="It stays in the books, for whoever looks at them later.",
    )


class BlockForm(forms.Form):
    """Why a contact is blocked from spending."""

    reason = forms.CharField(
        max_length=300,
        widget=forms.Textarea({"rows": 2, "maxlength": 300}),
        help_text="Your team sees it, such as “card reported stolen”.",
    )


class NoteForm(forms.Form):
    """On what ground frozen books are released."""

    note = forms.CharField(
        label="What you found",
        max_length=300,
        widget=forms.Textarea({"rows": 3, "maxlength": 300}),
        help_text="It stays with the freeze.",
    )


class MomentForm(forms.Form):
    """A past moment to look at a wallet from."""

    moment = LocalDateTimeField(label="Balance at")

    def __init__(self, *args: Any, zone: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["moment"] = LocalDateTimeField(label="Balance at", zone=zone)


class ExpiryForm(OnceForm):
    """A later last day for a lot, or none at all."""

    last_day = forms.DateField(
        label="New last day",
        required=False,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        help_text="That day is included. Leave it empty if the money shall never expire.",
    )
    reason = forms.CharField(max_length=300, widget=forms.Textarea({"rows": 2, "maxlength": 300}))


class JournalForm(OnceForm):
    """A credit or debit of one pocket by hand (wallet.md 10)."""

    direction = forms.ChoiceField(
        label="What to do",
        choices=[
            (JournalDirection.CREDIT, "Credit: give money to the contact"),
            (JournalDirection.DEBIT, "Debit: take money from the contact"),
        ],
        widget=forms.RadioSelect,
        initial=JournalDirection.CREDIT,
    )
    pocket = forms.ChoiceField(choices=(), widget=forms.RadioSelect, initial=Pocket.BUSINESS)
    pool = forms.ModelChoiceField(
        queryset=CommercePool.objects.none(),
        required=False,
        empty_label="Choose a pool",
        help_text="A credit to the commerce pocket gets the conditions of a pool.",
    )
    amount = MoneyField(currencies=("EUR",), minimum=Decimal("0.01"))
    reason = forms.CharField(
        max_length=300,
        widget=forms.Textarea({"rows": 2, "maxlength": 300}),
        help_text="It stays in the books, and the contact sees it.",
    )

    show_when = {"pool": "pocket=COMMERCE"}

    def __init__(self, *args: Any, wallet: Wallet, business: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        pocket = self.fields["pocket"]
        assert isinstance(pocket, forms.ChoiceField)
        pocket.choices = [
            (Pocket.BUSINESS, "Business pocket: can be spent on anything"),
            (Pocket.COMMERCE, "Commerce pocket: under the conditions of a pool"),
        ]
        pool = self.fields["pool"]
        assert isinstance(pool, forms.ModelChoiceField)
        chosen = [one.pk for one in pools_to_choose(business=business)]
        pool.queryset = CommercePool.objects.filter(pk__in=chosen).order_by("-is_default", "name")
        self.fields["amount"] = MoneyField(
            currencies=(wallet.currency,), minimum=Decimal("0.01"), label="Amount"
        )
        self.order_fields(["direction", "pocket", "pool", "amount", "reason"])

    def clean(self) -> dict[str, Any]:
        """Ask for the pool where the money needs one."""
        cleaned: dict[str, Any] = super().clean() or {}
        is_commerce = cleaned.get("pocket") == Pocket.COMMERCE
        is_credit = cleaned.get("direction") == JournalDirection.CREDIT
        if not (is_commerce and is_credit):
            cleaned["pool"] = None
        elif cleaned.get("pool") is None and "pool" not in self.errors:
            self.add_error("pool", "Choose the pool whose conditions the money gets.")
        return cleaned

    def line(self) -> Line:
        """Return what the journal is to do."""
        of = self.cleaned_data
        money: Money = of["amount"]
        return Line(
            JournalDirection(of["direction"]),
            Pocket(of["pocket"]),
            money.minor,
            of["reason"],
            of["pool"],
        )
