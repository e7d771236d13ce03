"""Showing a service's refusal where it belongs in a form."""

from __future__ import annotations

from django import forms

from core.errors import DomainError


def show(form: forms.BaseForm, error: DomainError) -> None:
    """Put the refusal's sentences at its fields, or on top of the form where it names none."""
    placed = {name: text for name, text in error.fields.items() if name in form.fields}
    for name, text in placed.items():
        form.add_error(name, text)
    if not placed:
        form.add_error(None, error.message)
