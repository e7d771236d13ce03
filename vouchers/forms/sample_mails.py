"""Where a campaign's mail is sent to be looked at."""

from __future__ import annotations

from django import forms

from core.forms import OnceForm

MOST = 5


class SampleMailForm(OnceForm):
    """A few addresses that get the mail with made-up values."""

    mark_optional = False
    addresses = forms.CharField(
        label="E-mail addresses",
        max_length=MOST * 260,
        widget=forms.Textarea({"rows": 3, "spellcheck": "false", "autocomplete": "off"}),
        help_text=f"One on each line, at most {MOST}.",
    )

    def clean_addresses(self) -> list[str]:
        """Return the addresses, each once; a line that is none is named."""
        lines = [line.strip().lower() for line in self.cleaned_data["addresses"].splitlines()]
        found = list(dict.fromkeys(line for line in lines if line))
        if len(found) > MOST:
            raise forms.ValidationError(f"Send it to at most {MOST} addresses at once.")
        for line in found:
            try:
                forms.EmailField().clean(line)
            except forms.ValidationError as error:
                raise forms.ValidationError(f"“{line[:60]}” is no e-mail address.") from error
        return found
