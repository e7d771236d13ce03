"""What a partner is asked for: how many codes, at which address, in which words."""

from __future__ import annotations

from django import forms

from core.forms import OnceForm
from vouchers.services.top_up_requests import MOST_CODES


class TopUpRequestForm(OnceForm):
    """The request for more codes, before it is mailed."""

    wanted = forms.IntegerField(label="Codes to ask for", min_value=1, max_value=MOST_CODES)
    to = forms.EmailField(label="Send it to", max_length=254)
    note = forms.CharField(
        label="A line of your own", required=False, max_length=500,
        widget=forms.Textarea({"rows": 3}),
        help_text="Stands in the mail below the request: “We need them before Easter”.",
    )  # fmt: skip

    def explain(self, words: str) -> None:
        """Say where the number in the field comes from."""
        self.fields["wanted"].help_text = words
