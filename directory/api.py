"""The directory's part of the API."""

from __future__ import annotations

from datetime import datetime

from ninja import Field, Router, Schema

from directory.api_auth import ApiRequest, KeyAuth

router = Router(tags=["Directory"])


class Me(Schema):
    """Whom a key speaks for and what it may do."""

    organisation: str = Field(examples=["Acme Solar"])
    time_zone: str = Field(examples=["Europe/London"])
    currency: str = Field(examples=["EUR"])
    key: str = Field(description="The key's name", examples=["Till in the High Street"])
    scopes: list[str]
    expires_at: datetime | None


@router.get("/me", response=Me, auth=KeyAuth(), summary="Try a key")
def me(request: ApiRequest) -> Me:
    """Return the business the key belongs to, the key's name and its scopes."""
    key, business = request.auth, request.organisation
    return Me(
        organisation=business.name,
        time_zone=business.time_zone,
        currency=business.base_currency,
        key=key.name,
        scopes=list(key.scopes),
        expires_at=key.expires_at,
    )
