"""What an offer and a request are both asked: how they stand, for whom, whether terms are agreed."""

from __future__ import annotations

from typing import Any, ClassVar

from incentives.choices import DeliveryMethod, OfferType


class Negotiated:
    """The predicates that offers and requests share; each names its own sets of statuses.

    `kind_field` is the column that tells a single person from a group.
    """

    noun: ClassVar[str]
    kind_field: ClassVar[str]
    closed_statuses: ClassVar[frozenset[Any]]
    confirmed_statuses: ClassVar[frozenset[Any]]

    status: Any
    delivery_method: Any
    terms_id: Any
    agreed_terms_id: Any

    @property
    def is_draft(self) -> bool:
        return bool(self.status == "draft")

    @property
    def is_closed(self) -> bool:
        return self.status in self.closed_statuses

    @property
    def is_confirmed(self) -> bool:
        """Whether the terms are frozen and distributions exist."""
        return self.status in self.confirmed_statuses

    @property
    def is_group(self) -> bool:
        return bool(getattr(self, self.kind_field) == OfferType.GROUP)

    @property
    def is_link(self) -> bool:
        return bool(self.delivery_method == DeliveryMethod.LINK)

    @property
    def has_consent(self) -> bool:
        """Whether the recipient agreed to the very terms that lie on the table."""
        return self.agreed_terms_id is not None and self.agreed_terms_id == self.terms_id
