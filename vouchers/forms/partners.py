"""Partners and who of them opens the portal (vouchers.md 2.1)."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.http import QueryDict

from directory.forms.fields import PictureField
from vouchers.choices import DuplicateScope, PartnerKind
from vouchers.models import Partner
from vouchers.services.partners import PartnerData
from vouchers.tags import normal_name

FIXED = "Fixed: the partner has a voucher list."


class PartnerForm(forms.Form):
    """A partner as staff write it; the question about a near-duplicate is answered by `confirmed`."""

    show_when = {"is_told_of_low_stock": "kind=external"}
    name = forms.CharField(
        label="Name", max_length=100, help_text="Recipients see it. Upper and lower case count."
    )
    kind = forms.ChoiceField(
        label="Who makes the codes", choices=PartnerKind.choices, widget=forms.RadioSelect,
        initial=PartnerKind.EXTERNAL,
    )  # fmt: skip
    duplicate_scope = forms.ChoiceField(
        label="A code may stand once", choices=DuplicateScope.choices, widget=forms.RadioSelect,
        initial=DuplicateScope.LIST,
        help_text="Choose all lists if the partner never uses a code for two actions.",
    )  # fmt: skip
    redemption_url = forms.URLField(
        label="Where codes are redeemed", max_length=300, required=False, assume_scheme="https",
        help_text="A page beginning with https://, shown with the code.",
    )  # fmt: skip
    redemption_instructions = forms.CharField(
        label="How codes are redeemed", max_length=2000, required=False,
        widget=forms.Textarea({"rows": 3}),
        help_text="For example: type the code in at the checkout, or show it at the till.",
    )  # fmt: skip
    logo = PictureField(label="Logo", required=False)
    contact_email = forms.EmailField(
        label="Contact's e-mail", max_length=254, required=False,
        help_text="Whom to ask for codes. Recipients do not see it.",
    )  # fmt: skip
    is_told_of_low_stock = forms.BooleanField(
        label="Ask this address for more codes when a list runs low", required=False
    )
    late_redemption_days = forms.IntegerField(
        label="Days of grace", min_value=0, max_value=365, initial=0,
        help_text="So many days after its end a code is still taken. Recipients are not told.",
    )  # fmt: skip
    confirmed = forms.CharField(widget=forms.HiddenInput, required=False, max_length=100)
    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput, required=False)

    def __init__(
        self, *args: Any, partner: Partner | None = None, has_lists: bool = False, **kwargs: Any
    ) -> None:
        if partner is not None:
            names = [name for name in self.base_fields if name not in ("confirmed", "logo")]
            kwargs["initial"] = {name: getattr(partner, name) for name in names}
        super().__init__(*args, **kwargs)
        self.asks = False
        if has_lists:
            for name in ("kind", "duplicate_scope"):
                self.fields[name].disabled = True
                self.fields[name].help_text = FIXED
            if partner is not None and partner.kind == PartnerKind.EXTERNAL:
                # A choice that is fixed is not sent, so that nothing could follow it on the page.
                self.show_when = {}

    @property
    def is_confirmed(self) -> bool:
        """Whether the question about this very name was answered with yes."""
        name = normal_name(self.cleaned_data["name"])
        return bool(name) and normal_name(self.cleaned_data["confirmed"]) == name

    def ask(self) -> None:
        """Put the question on the page: sending the form once more is the answer."""
        asked = cast("QueryDict", self.data).copy()
        asked["confirmed"] = normal_name(str(asked["name"]))
        self.data, self.asks = asked, True

    def data_for_service(self) -> PartnerData:
        """Return the partner as the service takes it."""
        of = self.cleaned_data
        return PartnerData(
            name=of["name"],
            kind=of["kind"],
            duplicate_scope=of["duplicate_scope"],
            redemption_url=of["redemption_url"],
            redemption_instructions=of["redemption_instructions"],
            contact_email=of["contact_email"].lower(),
            is_told_of_low_stock=of["is_told_of_low_stock"] and of["kind"] == PartnerKind.EXTERNAL,
            late_redemption_days=of["late_redemption_days"],
        )


class QuickPartnerForm(PartnerForm):
    """What a partner needs at least, for the dialog of the new list."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.auto_id = "partner_%s"
        for name in list(self.fields):
            if name not in ("name", "kind", "duplicate_scope", "confirmed"):
                del self.fields[name]

    def data_for_service(self) -> PartnerData:
        of = self.cleaned_data
        return PartnerData(name=of["name"], kind=of["kind"], duplicate_scope=of["duplicate_scope"])


class PartnerContactForm(forms.Form):
    """A person of the partner who may open the portal."""

    email = forms.EmailField(label="E-mail", max_length=254)
    name = forms.CharField(label="Name", max_length=120, required=False)
