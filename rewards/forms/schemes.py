"""Schemes: the scheme itself, who joins, and the codes that let in (rewards.md 2.3)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from core.errors import NotFound
from directory.models import Contact, Organisation
from directory.selectors.contact_references import contact_by
from rewards.choices import SignUpMethod, SignUpOption
from rewards.models import RewardScheme
from rewards.services.schemes import SchemeData

LARGEST_FILE = 5 * 1024 * 1024


class SchemeForm(forms.Form):
    """A scheme as staff write it."""

    show_when = {
        "sign_up_method": "sign_up_option=CLOSED_LOOP",
        "email_domains": "sign_up_method=EMAIL_DOMAIN",
    }
    name = forms.CharField(label="Name", max_length=100, help_text="Contacts see it in apps.")
    description = forms.CharField(
        label="Description", max_length=2000, required=False, widget=forms.Textarea({"rows": 3})
    )
    sign_up_option = forms.ChoiceField(
        label="How contacts join", choices=SignUpOption.choices, widget=forms.RadioSelect,
        initial=SignUpOption.AUTO_SIGN_UP,
    )  # fmt: skip
    sign_up_method = forms.ChoiceField(
        label="What lets them in", choices=SignUpMethod.choices, required=False,
        widget=forms.RadioSelect,
    )  # fmt: skip
    email_domains = forms.CharField(
        label="E-mail domains",
        required=False,
        widget=forms.Textarea({"rows": 3}),
        help_text="One a line, such as example.com. Sub-domains are others.",
    )
    terms_and_conditions = forms.CharField(
        label="Terms and conditions", max_length=20_000, required=False,
        widget=forms.Textarea({"rows": 4}),
    )  # fmt: skip
    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, scheme: RewardScheme | None = None, **kwargs: Any) -> None:
        if scheme is not None:
            kwargs["initial"] = {
                "name": scheme.name,
                "description": scheme.description,
                "sign_up_option": scheme.sign_up_option,
                "sign_up_method": scheme.sign_up_method,
                "email_domains": "\n".join(scheme.email_domains),
                "terms_and_conditions": scheme.terms_and_conditions,
                "version": scheme.version,
            }
        super().__init__(*args, **kwargs)

    def data_for_service(self) -> SchemeData:
        """Return the scheme as the service takes it."""
        of = self.cleaned_data
        return SchemeData(
            name=of["name"],
            description=of["description"],
            sign_up_option=of["sign_up_option"],
            sign_up_method=of["sign_up_method"],
            email_domains=of["email_domains"].replace(",", " ").split(),
            terms_and_conditions=of["terms_and_conditions"],
        )


class MemberForm(forms.Form):
    """The contact who is put into a scheme by staff."""

    contact = forms.CharField(
        label="Contact", max_length=254, help_text="E-mail, phone or code of the contact."
    )

    def __init__(self, *args: Any, business: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.business = business

    def clean_contact(self) -> Contact:
        value = self.cleaned_data["contact"].strip()
        try:
            return contact_by(business=self.business, kind="cim", value=value)
        except NotFound as error:
            raise ValidationError(
                "No contact has this e-mail, phone or code. Look it up under Contacts."
            ) from error


class CodesForm(forms.Form):
    """Codes typed or from a text or CSV file whose first column they are."""

    codes = forms.CharField(
        label="Codes",
        required=False,
        widget=forms.Textarea({"rows": 8}),
        help_text="One a line: 3 to 40 letters, digits, dots and dashes.",
    )
    file = forms.FileField(
        label="Or a file", required=False, help_text="Text or CSV, at most 5 MB; the first column."
    )

    def clean_file(self) -> str:
        file = self.cleaned_data["file"]
        if not file:
            return ""
        if file.size > LARGEST_FILE:
            raise ValidationError("The file is larger than 5 MB. Import it in several parts.")
        try:
            return str(file.read().decode("utf-8-sig"))
        except UnicodeDecodeError as error:
            raise ValidationError("This is no text file. Save it as CSV in UTF-8.") from error

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        text = f"{cleaned.get('codes', '')}\n{cleaned.get('file', '')}"
        firsts = (line.replace(";", ",").partition(",")[0] for line in text.splitlines())
        cleaned["found"] = [code.strip().strip('"') for code in firsts if code.strip(' "\t')]
        if not cleaned["found"] and not self.errors:
            raise ValidationError("Type at least one code, or choose a file.")
        return cleaned
