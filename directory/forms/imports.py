"""The form that takes a contact file."""

from __future__ import annotations

from django import forms


class UploadForm(forms.Form):
    """A file of contacts; its content is judged by the service that reads it."""

    file = forms.FileField(
        label="File",
        allow_empty_file=True,
        help_text="CSV in UTF-8, at most 20 MB and 100,000 contacts.",
        widget=forms.FileInput({"accept": ".csv,text/csv"}),
    )
