"""The forms of webhooks (vouchers.md 6.4)."""

from __future__ import annotations

from typing import Any, cast

from django import forms

from core.forms import LocalDateTimeField, VersionedForm
from directory.models import Organisation
from vouchers.happenings import HAPPENINGS, REWARDED
from vouchers.models import Partner, WebhookEndpoint
from vouchers.selectors.lists import partners_of
from vouchers.services.webhooks import EndpointData

GROUPS = {
    "partner_voucher": "Vouchers of people",
    "voucher_list": "Lists",
    "voucher_upload": "Uploads",
    "voucher_code": "Safety",
}
GROUPED = [
    (label, [pair for pair in HAPPENINGS.items() if pair[0].partition(".")[0] == group])
    for group, label in GROUPS.items()
]


class EndpointForm(VersionedForm):
    """Where to send what."""

    url = forms.CharField(
        label="Address",
        max_length=500,
        help_text="https only, reachable from the open network, without a name or password in it.",
        widget=forms.URLInput({"placeholder": "https://"}),
    )
    description = forms.CharField(label="Description", max_length=120, required=False)
    event_types = forms.MultipleChoiceField(
        label="Events",
        choices=GROUPED,
        initial=[REWARDED],
        widget=forms.CheckboxSelectMultiple,
    )
    partner = forms.ModelChoiceField(
        label="For",
        queryset=Partner.objects.none(),
        required=False,
        empty_label="The whole business",
        help_text="A partner's endpoint hears of its own lists only, and nothing of recipients.",
    )
    shows_code = forms.ChoiceField(
        label="Codes",
        choices=[
            ("", "Whole for the business, masked for a partner"),
            ("yes", "Send whole codes"),
            ("no", "Send masked codes"),
        ],
        required=False,
        help_text="Whoever reads a code can spend it.",
    )

    def __init__(
        self,
        *args: Any,
        business: Organisation,
        endpoint: WebhookEndpoint | None = None,
        **kwargs: Any,
    ) -> None:
        if endpoint is not None:
            kwargs["initial"] = {
                "url": endpoint.url,
                "description": endpoint.description,
                "event_types": endpoint.event_types,
                "shows_code": "yes" if endpoint.shows_code else "no",
                "version": endpoint.version,
            }
        super().__init__(*args, **kwargs)
        if endpoint is not None:
            del self.fields["partner"]
            field = cast("forms.ChoiceField", self.fields["shows_code"])
            field.choices = [("yes", "Send whole codes"), ("no", "Send masked codes")]
        else:
            del self.fields["version"]
            choice = cast("forms.ModelChoiceField[Partner]", self.fields["partner"])
            choice.queryset = partners_of(business=business).order_by("name", "pk")

    def data_of(self) -> EndpointData:
        """Return what was chosen."""
        typed = self.cleaned_data
        return EndpointData(
            url=typed["url"],
            event_types=typed["event_types"],
            description=typed["description"],
            partner=typed.get("partner"),
            shows_code={"yes": True, "no": False}.get(typed["shows_code"]),
        )


class AgainForm(forms.Form):
    """Since when everything that was given up is sent again."""

    def __init__(self, *args: Any, zone: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["since"] = LocalDateTimeField(label="Happened since", zone=zone)
