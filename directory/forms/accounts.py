"""Forms about accounts: registering a business, joining one, one's own name."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.forms import LoginForm, SignupForm
from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MinLengthValidator
from django.db import transaction
from django.http import HttpRequest

from core.clock import now
from directory import locales
from directory.choices import Role
from directory.forms.fields import web_address
from directory.models import User
from directory.services import organisations

PASSWORD_HINT = "8 to 50 characters."  # noqa: S105 - a hint, no password


class BusinessFields(forms.Form):
    """What a business says about itself when it registers (incentives.md 3.1)."""

    business_name = forms.CharField(
        label="Business name",
        max_length=120,
        validators=[MinLengthValidator(2)],
        widget=forms.TextInput({"autocomplete": "organization"}),
    )
    website = forms.URLField(
        label="Website",
        max_length=200,
        required=False,
        assume_scheme="https",
        validators=[web_address],
        help_text="For example https://www.example.org. You can add it later.",
        widget=forms.URLInput({"autocomplete": "url"}),
    )
    time_zone = forms.ChoiceField(
        label="Time zone",
        choices=locales.time_zones,
        initial="Europe/London",
        help_text="Days and deadlines are counted in it.",
    )
    base_currency = forms.ChoiceField(
        label="Currency",
        choices=locales.currencies,
        initial="EUR",
        help_text="You can use others, too.",
    )

    def business(self) -> dict[str, str]:
        """Return the cleaned fields as `organisations.register` takes them."""
        data = self.cleaned_data
        return {
            "name": data["business_name"],
            "website": data["website"],
            "time_zone": data["time_zone"],
            "base_currency": data["base_currency"],
        }


class RegistrationForm(BusinessFields, SignupForm):
    """Registers a person and their business in one step."""

    field_order = (
        "business_name",
        "website",
        "time_zone",
        "base_currency",
        "email",
        "username",
        "password1",
        "password2",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        soften(self)

    def save(self, request: HttpRequest) -> User:
        """Make the account and, with it as administrator, the business."""
        with transaction.atomic():
            user: User = super().save(request)
            organisations.register(**self.business(), admin=user, at=now())
        return user


class BusinessForm(BusinessFields):
    """Registers a business for somebody who is signed in already."""


class JoinForm(forms.Form):
    """Makes an account for an invited person; the address is the invited one."""

    first_name = forms.CharField(
        label="First name", max_length=80, widget=forms.TextInput({"autocomplete": "given-name"})
    )
    last_name = forms.CharField(
        label="Last name",
        max_length=80,
        required=False,
        widget=forms.TextInput({"autocomplete": "family-name"}),
    )
    username = forms.CharField(
        label="Username",
        min_length=3,
        max_length=30,
        help_text="3 to 30 letters, digits or underscores.",
        widget=forms.TextInput({"autocomplete": "username"}),
    )
    password = forms.CharField(
        label="Password",
        help_text=PASSWORD_HINT,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, email: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.email = email

    def clean_username(self) -> str:
        name: str = get_adapter().clean_username(self.cleaned_data["username"])
        return name

    def clean(self) -> dict[str, Any]:
        """Hold the password against the rules, the person's own names included."""
        data = super().clean() or {}
        if password := data.get("password"):
            owner = User(
                username=data.get("username", ""),
                email=self.email,
                first_name=data.get("first_name", ""),
                last_name=data.get("last_name", ""),
            )
            try:
                get_adapter().clean_password(password, user=owner)
            except ValidationError as error:
                self.add_error("password", error)
        return data


class NameForm(forms.Form):
    """The name that colleagues see."""

    first_name = forms.CharField(
        label="First name",
        max_length=80,
        required=False,
        widget=forms.TextInput({"autocomplete": "given-name"}),
    )
    last_name = forms.CharField(
        label="Last name",
        max_length=80,
        required=False,
        widget=forms.TextInput({"autocomplete": "family-name"}),
    )


class InvitationForm(forms.Form):
    """Asks somebody to join the team."""

    email = forms.EmailField(label="E-mail address", max_length=254)
    role = forms.ChoiceField(
        label="Role", choices=Role.choices, initial=Role.OFFERS, widget=forms.RadioSelect
    )


class RoleForm(forms.Form):
    """Chooses a member's role."""

    role = forms.ChoiceField(label="Role", choices=Role.choices, widget=forms.RadioSelect)


class SignInForm(LoginForm):
    """Signs in, with labels that say what to type and nothing inside the boxes."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)
        self.fields["login"].label = "E-mail address or user name"
        if "remember" in self.fields:
            self.fields["remember"].label = "Keep me signed in on this device"


def soften(form: forms.Form) -> None:
    """Say hints in a line and drop placeholders: what is only in a placeholder is soon gone."""
    for field in form.fields.values():
        field.widget.attrs.pop("placeholder", None)
    form.fields["email"].label = "E-mail address"
    form.fields["username"].help_text = "3 to 30 letters, digits or underscores."
    form.fields["password1"].help_text = PASSWORD_HINT
