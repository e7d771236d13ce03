"""A file of e-mail addresses and phone numbers, one a line."""

from __future__ import annotations

from typing import Any

from django import forms

LARGEST = 10 * 1024 * 1024


class PeopleForm(forms.Form):
    """The list's name and its file."""

    name = forms.CharField(label="Name of the list", max_length=120)
    file = forms.FileField(
        label="File",
        help_text="CSV or text, up to 10 MB: one e-mail address, or one phone number with its"
        " country code, a line.",
    )
    lines: tuple[str, ...] = ()

    def clean_file(self) -> Any:
        """Read the file's lines; what is no UTF-8 text is refused."""
        file = self.cleaned_data["file"]
        if file.size > LARGEST:
            raise forms.ValidationError("The file is larger than 10 MB. Split it in two.")
        try:
            text = file.read().decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise forms.ValidationError("Save the file as CSV in UTF-8, then try again.") from error
        self.lines = tuple(line.strip().rstrip(",") for line in text.splitlines())
        return file
