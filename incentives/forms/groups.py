"""The forms of a group's members: taking one's place, and the press of one button."""

from __future__ import annotations

from typing import Any

from core.forms import OnceForm
from incentives.forms.claims import RefusableForm
from incentives.forms.visitors import name_field


class PressForm(RefusableForm, OnceForm):
    """One press of a button that changes something about a member."""


class JoinForm(PressForm):
    """Somebody invited takes their place; the others shall know them by a name."""

    name = name_field(help_text="The other members see your first name only.")

    def __init__(self, *args: Any, name: str = "", **kwargs: Any) -> None:
        kwargs["initial"] = {"name": name, **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)
