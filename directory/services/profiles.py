"""Provider profiles: what recipients and the public see, and the moment the offers area opens."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction

from core.errors import StaleVersion
from directory.models import Organisation, ProviderProfile


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileData:
    """A provider profile as its form gives it (incentives.md 3.1)."""

    name: str
    website: str
    email: str
    phone: str
    address: str
    description: str
    social_links: list[str]
    notification_email: str
    response_window_days: int
    time_zone: str
    default_currency: str


def save(
    *,
    organisation: Organisation,
    data: ProfileData,
    logo: ContentFile[bytes] | None,
    remove_logo: bool = False,
    version: int,
    at: datetime,
) -> ProviderProfile:
    """Store the profile; the first time completes it, which opens the offers area.

    `version` is the one the form was drawn from: raises `StaleVersion` when somebody saved since.
    A logo that is replaced or removed is deleted once the change is committed.
    """
    with transaction.atomic():
        profile = ProviderProfile.objects.select_for_update().get(organisation=organisation)
        if profile.version != version:
            raise StaleVersion(
                "Somebody saved the profile while you were editing it. Check the newer one below."
            )
        _save_organisation(organisation, data, at=at)
        for name in (
            "website",
            "email",
            "phone",
            "address",
            "description",
            "social_links",
            "notification_email",
        ):
            setattr(profile, name, getattr(data, name))
        _set_logo(profile, logo, remove=remove_logo)
        profile.completed_at = profile.completed_at or at
        profile.version += 1
        profile.updated_at = at
        profile.save()
    organisation.provider_profile = profile
    return profile


def _save_organisation(organisation: Organisation, data: ProfileData, *, at: datetime) -> None:
    """Write what the profile page edits of the business itself."""
    values: dict[str, Any] = {
        "name": data.name,
        "time_zone": data.time_zone,
        "base_currency": data.default_currency,
        "response_window_days": data.response_window_days,
    }
    changed = [name for name, value in values.items() if getattr(organisation, name) != value]
    if not changed:
        return
    for name in changed:
        setattr(organisation, name, values[name])
    organisation.updated_at = at
    organisation.save(update_fields=[*changed, "updated_at"])


def _set_logo(profile: ProviderProfile, logo: ContentFile[bytes] | None, *, remove: bool) -> None:
    if logo is None and not remove:
        return
    storage, old = profile.logo.storage, profile.logo.name
    if old:
        transaction.on_commit(lambda: storage.delete(old))
    if logo is None:
        profile.logo = ""
    else:
        profile.logo.save(logo.name or "logo", logo, save=False)
