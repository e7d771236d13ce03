"""The file of codes that are to be made void, and why."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.http import QueryDict

from core.errors import DomainError
from vouchers.forms.lists import VoidForm
from vouchers.services.voiding import MOST


class VoidFileForm(VoidForm):
    """A file, one code a line. Once it was looked at it is kept, and need not be chosen again."""

    mark_optional = False
    field_order = ("file", "reason", "note", "takes_back")

    file = forms.FileField(
        label="File of codes",
        required=False,
        help_text=f"One code a line, as .csv or .txt, up to {MOST:,} codes.",
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.txt,text/csv,text/plain"}),
        allow_empty_file=True,
    )
    takes_back = forms.BooleanField(
        label="Take codes back from people who have them, too",
        required=False,
        help_text="They disappear from the vouchers of their recipients. Redeemed ones stay.",
    )
    kept = forms.CharField(required=False, max_length=1_000, widget=forms.HiddenInput)

    def keep(self, word: str, name: str) -> None:
        """Remember the word of the kept file, for the form that is shown next."""
        sent = cast("QueryDict", self.data).copy()
        sent["kept"] = word
        self.data = sent
        self["file"].help_text = f"“{name}” is kept for an hour. Choose another to replace it."

    def refuse(self, error: DomainError) -> None:
        """Put what the service refused at its fields, the rest on top of the form."""
        placed: dict[str, Any] = {
            name: text for name, text in error.fields.items() if name in self.fields
        }
        for name, text in placed.items():
            self.add_error(name, text)
        if not placed:
            self.add_error(None, error.message)
