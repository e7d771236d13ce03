"""The forms of provider profile, products or services, and API keys."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.core.validators import MinLengthValidator

from core.forms import VersionedForm
from directory import locales
from directory.choices import ProductKind, PurchaseModel
from directory.forms.fields import (
    LinesField,
    PictureField,
    SeveralPicturesField,
    phone_format,
    web_address,
)
from directory.models import Organisation, ProviderProfile
from directory.selectors.network import places_of
from directory.services.api_keys import SCOPES
from directory.services.products import MOST_IMAGES, ProductData
from directory.services.profiles import ProfileData


class ProfileForm(VersionedForm):
    """What recipients and the public see of a provider (incentives.md 3.1)."""

    name = forms.CharField(
        label="Business name", max_length=120, validators=[MinLengthValidator(2)]
    )
    website = forms.URLField(
        label="Website",
        max_length=200,
        assume_scheme="https",
        validators=[web_address],
        help_text="For example https://www.example.org",
    )
    description = forms.CharField(
        label="About the business",
        required=False,
        max_length=2000,
        widget=forms.Textarea({"rows": 5}),
        help_text="Shown on your public page.",
    )
    logo = PictureField(label="Logo", required=False)
    remove_logo = forms.BooleanField(label="Remove the logo", required=False)
    email = forms.EmailField(
        label="Contact e-mail", required=False, max_length=254, help_text="Shown to recipients."
    )
    phone = forms.CharField(
        label="Phone",
        required=False,
        max_length=40,
        validators=[phone_format],
        help_text="Shown to recipients, for example +44 20 7946 0018.",
    )
    address = forms.CharField(label="Postal address", required=False, max_length=255)
    social_links = LinesField(
        label="Social links",
        required=False,
        most=8,
        each=web_address,
        help_text="One web address a line.",
    )
    notification_email = forms.EmailField(
        label="Notification e-mail",
        required=False,
        max_length=254,
        help_text="Where we tell you about answers. Empty: the contact e-mail.",
    )
    response_window_days = forms.IntegerField(
        label="Response window in days",
        min_value=1,
        max_value=90,
        initial=14,
        help_text="1 to 90. An offer that gets no answer in this time is closed as No Response.",
    )
    time_zone = forms.ChoiceField(label="Time zone", choices=locales.time_zones)
    default_currency = forms.ChoiceField(label="Default currency", choices=locales.currencies)

    def __init__(self, *args: Any, profile: ProviderProfile, **kwargs: Any) -> None:
        kwargs.setdefault("initial", initial_of(profile))
        super().__init__(*args, **kwargs)
        if not profile.logo:
            del self.fields["remove_logo"]

    def data_for_service(self) -> ProfileData:
        names = ProfileData.__dataclass_fields__
        return ProfileData(**{name: self.cleaned_data[name] for name in names})


def initial_of(profile: ProviderProfile) -> dict[str, Any]:
    """Return what the profile page shows before anything is typed."""
    organisation = profile.organisation
    own = {
        name: getattr(profile, name)
        for name in (
            "website",
            "email",
            "phone",
            "address",
            "description",
            "social_links",
            "notification_email",
            "version",
        )
    }
    return {
        **own,
        "name": organisation.name,
        "response_window_days": organisation.response_window_days,
        "time_zone": organisation.time_zone,
        "default_currency": organisation.base_currency,
    }


class ProductForm(forms.Form):
    """A product or service (incentives.md 3.2)."""

    name = forms.CharField(label="Name", max_length=150, validators=[MinLengthValidator(2)])
    kind = forms.ChoiceField(
        label="Type",
        choices=ProductKind.choices,
        initial=ProductKind.PRODUCT,
        widget=forms.RadioSelect,
    )
    category = forms.CharField(
        label="Category", max_length=80, help_text="For example Solar panels or Consulting."
    )
    description = forms.CharField(
        label="Description", max_length=5000, widget=forms.Textarea({"rows": 6})
    )
    purchase_model = forms.ChoiceField(
        label="Purchase model", required=False, choices=[("", "Not stated"), *PurchaseModel.choices]
    )
    url = forms.URLField(
        label="Web page",
        required=False,
        max_length=300,
        assume_scheme="https",
        validators=[web_address],
    )
    contact_email = forms.EmailField(label="Contact e-mail", required=False, max_length=254)
    contact_phone = forms.CharField(
        label="Contact phone", required=False, max_length=40, validators=[phone_format]
    )
    images = SeveralPicturesField(
        label="Pictures",
        required=False,
        most=MOST_IMAGES,
        help_text=f"Up to {MOST_IMAGES}: PNG, JPEG or WebP, at most 5 MB each.",
    )

    def data_for_service(self) -> ProductData:
        names = ProductData.__dataclass_fields__
        return ProductData(**{name: self.cleaned_data[name] for name in names})


class ProductEditForm(ProductForm):
    """The same, for one that exists: with its version and the pictures to take away."""

    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    remove_images = forms.MultipleChoiceField(
        label="Remove pictures", required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, pictures: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        remove = self.fields["remove_images"]
        assert isinstance(remove, forms.MultipleChoiceField)
        remove.choices = pictures
        if not pictures:
            del self.fields["remove_images"]


class ApiKeyForm(forms.Form):
    """A new API key, for the whole business or for one of its places."""

    name = forms.CharField(
        label="Name",
        max_length=80,
        help_text="Who or what uses it, for example Till in the High Street.",
    )
    place = forms.ModelChoiceField(
        label="For",
        queryset=Organisation.objects.none(),
        required=False,
        empty_label="The whole business",
        help_text="A merchant's or venue's key sees and writes only what is theirs.",
    )
    scopes = forms.MultipleChoiceField(
        label="May", choices=list(SCOPES.items()), widget=forms.CheckboxSelectMultiple
    )
    expires_on = forms.DateField(
        label="Last day",
        required=False,
        widget=forms.DateInput({"type": "date"}),
        help_text="The key works until the end of this day. Empty: until you revoke it.",
    )

    def __init__(self, *args: Any, business: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places = places_of(business=business).filter(is_active=True).order_by("name", "pk")
        if places:
            cast("forms.ModelChoiceField[Organisation]", self.fields["place"]).queryset = places
        else:
            del self.fields["place"]
