"""The form of a classification."""

from __future__ import annotations

from typing import Any

from django import forms

from events.choices import ClassificationType
from events.models import Classification


class ClassificationForm(forms.Form):
    """A label on purchases or achievements; its type is chosen once."""

    type = forms.ChoiceField(
        label="For", choices=ClassificationType.choices, widget=forms.RadioSelect
    )
    name = forms.CharField(label="Name", max_length=80, help_text="For example Dine in.")
    code = forms.CharField(
        label="Code",
        max_length=32,
        required=False,
        help_text="As tills send it. Made of the initials of the name if left empty.",
    )
    description = forms.CharField(label="Description", max_length=300, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(
        self, *args: Any, classification: Classification | None = None, **kwargs: Any
    ) -> None:
        initial: dict[str, Any] = {"type": ClassificationType.PURCHASE}
        if classification is not None:
            names = ("type", "name", "code", "description", "version")
            initial = {name: getattr(classification, name) for name in names}
        kwargs["initial"] = initial
        super().__init__(*args, **kwargs)
        self.fields["type"].disabled = classification is not None
