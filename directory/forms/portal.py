"""The forms of the recipients' portal."""

from __future__ import annotations

from django import forms


class AddressForm(forms.Form):
    """The e-mail address to which a link is sent."""

    email = forms.EmailField(
        label="Your email address",
        max_length=254,
        help_text="The one that you gave the shop or business.",
        widget=forms.EmailInput(attrs={"autocomplete": "email", "inputmode": "email"}),
    )
