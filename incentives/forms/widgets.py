"""The settings of a widget, as its page and its preview read them (incentives.md 7.2)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from core.errors import DomainError
from core.forms import VersionedForm
from incentives.choices import WidgetLanguage, WidgetSize, WidgetTheme
from incentives.models import Acknowledgement, Widget
from incentives.services.widgets import WidgetSettings

SHOWN = 90


class WidgetForm(VersionedForm):
    """How the widget looks, what it shows, and of an offer whose words."""

    mark_optional = False

    acknowledgement = forms.TypedChoiceField(
        label="Whose words", coerce=int, widget=forms.RadioSelect, required=False, empty_value=None
    )
    theme = forms.ChoiceField(
        label="Theme", choices=WidgetTheme.choices, widget=forms.RadioSelect({"data_layout": "row"})
    )
    size = forms.ChoiceField(
        label="Size", choices=WidgetSize.choices, widget=forms.RadioSelect({"data_layout": "row"})
    )
    language = forms.ChoiceField(
        label="Language",
        choices=WidgetLanguage.choices,
        help_text="Of the widget’s own words. What the recipient wrote stays as it is.",
    )
    shows_product = forms.BooleanField(label="Show product name", required=False)
    shows_date = forms.BooleanField(label="Show date", required=False)
    shows_value = forms.BooleanField(
        label="Show value", required=False, help_text="What the recipient was given."
    )

    def __init__(
        self,
        *args: Any,
        widget: Widget,
        words: Sequence[Acknowledgement] = (),
        of_program: bool = False,
        **kwargs: Any,
    ) -> None:
        kwargs["initial"] = initial_of(widget)
        super().__init__(*args, **kwargs)
        choices = [(row.pk, in_short(row)) for row in words]
        if len(choices) > 1:
            field = self.fields["acknowledgement"]
            assert isinstance(field, forms.ChoiceField)
            field.choices = choices
        else:
            del self.fields["acknowledgement"]
        if of_program:
            del self.fields["shows_value"]

    def settings(self) -> WidgetSettings:
        """Return what was chosen as the value that the service takes."""
        data = self.cleaned_data
        return WidgetSettings(
            theme=data["theme"],
            size=data["size"],
            language=data["language"],
            shows_product=data["shows_product"],
            shows_date=data["shows_date"],
            shows_value=data.get("shows_value", False),
            acknowledgement_id=data.get("acknowledgement"),
        )

    def refuse(self, error: DomainError) -> None:
        """Show a service's refusal at its fields, or on top."""
        for name, sentence in (error.fields or {"": error.message}).items():
            self.add_error(name if name in self.fields else None, sentence)


def words_to_publish(rows: Sequence[Acknowledgement]) -> forms.TypedChoiceField:
    """Return the choice of submitted words with each in full; the first that may be public is chosen."""
    choices = [(row.pk, _in_full(row)) for row in rows]
    return forms.TypedChoiceField(
        label="Words to publish",
        help_text="Words that are not for the public are accepted, and shown nowhere.",
        choices=choices,
        coerce=int,
        initial=choices[0][0] if choices else None,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose which words to publish."},
    )


def _in_full(row: Acknowledgement) -> str:
    name = row.display_name or "Verified recipient"
    public = "may be shown publicly" if row.consent_public else "not for the public"
    return f"“{row.message}” – {name}, {public}"


def in_short(row: Acknowledgement) -> str:
    """Return the words of a recipient as one choice among several."""
    text = row.message if len(row.message) <= SHOWN else f"{row.message[:SHOWN].rstrip()}…"
    return f"“{text}” – {row.display_name or 'Verified recipient'}"


def initial_of(widget: Widget) -> dict[str, Any]:
    names = ("theme", "size", "language", "shows_product", "shows_date", "shows_value", "version")
    chosen = {name: getattr(widget, name) for name in names}
    return chosen | {"acknowledgement": widget.acknowledgement_id}
