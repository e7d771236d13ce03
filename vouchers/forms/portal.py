"""The forms of partners: codes that they send, and the key that their systems use."""

from __future__ import annotations

from django import forms

from vouchers.choices import BatchMode

# What a partner's key may be given, in the words of what it opens then: the partner's lists alone.
OF_PARTNERS = {
    "vouchers:read": "Read its own lists and their counts",
    "vouchers:upload": "Upload codes",
    "vouchers:redeem": "Check, redeem and reverse its codes",
}


class PortalCodesForm(forms.Form):
    """A file of codes and how it is taken."""

    file = forms.FileField(
        label="File of codes",
        help_text="One code a line, as .csv or .txt, up to 50 MB.",
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.txt,text/csv,text/plain"}),
        allow_empty_file=True,
    )
    mode = forms.ChoiceField(
        label="If lines are refused",
        choices=BatchMode.choices,
        initial=BatchMode.PARTIAL,
        widget=forms.RadioSelect,
    )


class PartnerKeyForm(forms.Form):
    """A key for the partner's own systems."""

    name = forms.CharField(
        label="Name", max_length=80, help_text="Who or what uses it, for example Puma's web shop."
    )
    scopes = forms.MultipleChoiceField(
        label="May",
        choices=list(OF_PARTNERS.items()),
        initial=["vouchers:redeem"],
        widget=forms.CheckboxSelectMultiple,
    )
    expires_on = forms.DateField(
        label="Last day",
        required=False,
        widget=forms.DateInput({"type": "date"}),
        help_text="The key works until the end of this day. Empty: until you revoke it.",
    )
