"""Wallets and accounts.

A `Holder` is a person with a wallet code and an open pocket, across businesses; a `Wallet` is the
holder's relation with one business, through the contact that the business knows. The wallet's row is
what every command locks first.

An account's balance is money in minus money out. The row can move only together with a posting that
states exactly the new version and balance (see `models/ledger.py`). Floors hang on the kind, so that no
account can be opened with a wrong one. Accounts of organisations are shared by everybody: their ids
lie above 2^62, so that locking by ascending id takes them last and holds them shortest.
"""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from directory.models import Contact, Organisation
from wallet.choices import FLOORED, OF_ORGANISATION, OF_WALLET, AccountKind
from wallet.models.guards import Guard, not_deleted, refusal

ORGANISATION_IDS = 2**62


class Holder(models.Model):
    """A person who holds wallets with one or more businesses under one code."""

    code = models.CharField(max_length=16, unique=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                name="wallet_holder_code_shape", condition=Q(code__regex=r"^9[0-9]{15}$")
            ),
        ]

    def __str__(self) -> str:
        return self.code


class Wallet(models.Model):
    """What a contact has with its business."""

    holder = models.ForeignKey(Holder, on_delete=models.PROTECT, related_name="wallets")
    contact = models.OneToOneField(Contact, on_delete=models.PROTECT, related_name="wallet")
    business = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="wallets")
    currency = models.CharField(max_length=3)
    created_at = models.DateTimeField()

    # What `ledger.lock_wallets` tells besides, so that nothing is asked for that cannot be there:
    # whether limits bind it, fees are charged, and its holder has wallets with other businesses.
    is_limited = True
    is_charged = True
    has_siblings = True

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["holder", "business"], name="wallet_one_for_each_business"
            ),
        ]


class SpendBlock(models.Model):
    """One time during which a contact was blocked from spending (wallet.md 6.2).

    `Contact.spend_blocked` is the flag that everybody reads; this row says since when, why and by whom.
    """

    wallet = models.ForeignKey(Wallet, on_delete=models.PROTECT, related_name="blocks")
    reason = models.CharField(max_length=300)
    blocked_at = models.DateTimeField()
    blocked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["wallet"], condition=Q(lifted_at__isnull=True), name="wallet_one_block"
            ),
        ]


_OF_LOT = (AccountKind.COMMERCE_LOT, AccountKind.BUSINESS_REDEEMED)
_PLAIN_OF_WALLET = [kind for kind in OF_WALLET if kind not in _OF_LOT]
_PLAIN_OF_ORGANISATION = [kind for kind in OF_ORGANISATION if kind != AccountKind.SETTLEMENT]


def _owned(*owners: str) -> Q:
    """Return the condition that exactly these of the owner columns are filled."""
    columns = ("holder", "wallet", "lot", "business", "organisation")
    return Q(**{f"{column}__isnull": column not in owners for column in columns})


class Account(models.Model):
    """One place where money lies, or a reason for which it came and went."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=20, choices=AccountKind.choices)
    currency = models.CharField(max_length=3)
    balance = models.BigIntegerField(default=0, db_default=0)
    version = models.BigIntegerField(default=0, db_default=0)
    holder = models.ForeignKey(
        Holder, null=True, on_delete=models.PROTECT, related_name="accounts", db_index=False
    )
    wallet = models.ForeignKey(
        Wallet, null=True, on_delete=models.PROTECT, related_name="accounts", db_index=False
    )
    lot = models.ForeignKey(
        "wallet.Lot", null=True, on_delete=models.PROTECT, related_name="accounts", db_index=False
    )
    business = models.ForeignKey(
        Organisation, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    # The merchant or partner whose position with the business a SETTLEMENT account keeps.
    organisation = models.ForeignKey(
        Organisation, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    gateway = models.CharField(max_length=30, blank=True, db_default="")
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                name="wallet_account_floor",
                condition=~Q(kind__in=list(FLOORED)) | Q(balance__gte=0),
            ),
            models.CheckConstraint(
                name="wallet_account_ceiling",
                condition=~Q(kind=AccountKind.CONTACT_DEBT) | Q(balance__lte=0),
            ),
            models.CheckConstraint(
                name="wallet_account_id_range",
                condition=Q(kind__in=list(OF_ORGANISATION), id__gte=ORGANISATION_IDS)
                | Q(id__lt=ORGANISATION_IDS) & ~Q(kind__in=list(OF_ORGANISATION)),
            ),
            models.CheckConstraint(
                name="wallet_account_owner",
                condition=Q(kind=AccountKind.OPEN) & _owned("holder")
                | Q(kind__in=list(_OF_LOT)) & _owned("wallet", "lot")
                | Q(kind__in=_PLAIN_OF_WALLET) & _owned("wallet")
                | Q(kind=AccountKind.PAYOUT_TRANSIT) & (_owned("wallet") | _owned("business"))
                | Q(kind=AccountKind.SETTLEMENT) & _owned("business", "organisation")
                | Q(kind__in=_PLAIN_OF_ORGANISATION) & _owned("business"),
            ),
            models.CheckConstraint(
                name="wallet_account_gateway",
                condition=Q(kind=AccountKind.GATEWAY) & ~Q(gateway="")
                | Q(gateway="") & ~Q(kind=AccountKind.GATEWAY),
            ),
            models.UniqueConstraint(
                fields=["holder", "currency"],
                condition=Q(kind=AccountKind.OPEN),
                name="wallet_account_open",
            ),
            models.UniqueConstraint(
                fields=["wallet", "kind", "currency"],
                condition=Q(kind__in=[AccountKind.BUSINESS, AccountKind.CONTACT_DEBT]),
                name="wallet_account_of_wallet",
            ),
            models.UniqueConstraint(
                fields=["lot", "kind"],
                condition=Q(lot__isnull=False),
                name="wallet_account_of_lot",
            ),
            models.UniqueConstraint(
                fields=["business", "kind", "organisation", "gateway", "currency"],
                condition=Q(kind__in=list(OF_ORGANISATION)),
                nulls_distinct=False,
                name="wallet_account_of_organisation",
            ),
        ]
        indexes = [
            models.Index(
                fields=["wallet", "kind"],
                condition=Q(wallet__isnull=False),
                name="wallet_account_wallet",
            ),
            models.Index(
                fields=["business", "kind"],
                condition=Q(business__isnull=False),
                name="wallet_account_business",
            ),
        ]
        triggers = [
            *not_deleted("account", "An account"),
            Guard(
                name="account_opens_at_zero",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                condition=pgtrigger.Q(new__balance__df=0) | pgtrigger.Q(new__version__df=0),
                func=refusal("An account opens at balance 0 and version 0."),
            ),
            Guard(
                name="account_identity_is_fixed",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange(exclude=["balance", "version"]),
                func=refusal("Whose account it is, of what kind and currency, never changes."),
            ),
            # Of the whole statement at once: a page of expiring lots moves thousands of accounts.
            Guard(
                name="account_moves_by_posting",
                level=pgtrigger.Statement,
                when=pgtrigger.After,
                operation=pgtrigger.Update,
                referencing=pgtrigger.Referencing(old="was", new="moved"),  # type: ignore[no-untyped-call]
                func=f"""
                    IF EXISTS (
                        SELECT FROM moved JOIN was USING (id)
                        WHERE (moved.balance, moved.version) <> (was.balance, was.version)
                            AND (moved.version <= was.version OR NOT EXISTS (
                                SELECT FROM wallet_posting
                                WHERE source_id = moved.id AND source_version = moved.version
                                    AND source_after = moved.balance
                                UNION ALL
                                SELECT FROM wallet_posting
                                WHERE target_id = moved.id AND target_version = moved.version
                                    AND target_after = moved.balance
                            ))
                    ) THEN
                        {refusal("The balance of an account changes only by a posting.")}
                    END IF;
                    RETURN NULL;
                """,
            ),
        ]

    @property
    def is_floored(self) -> bool:
        return self.kind in FLOORED

    @property
    def can_move(self) -> int:
        """What may leave the account at most; unbounded kinds answer with all that fits."""
        return self.balance if self.is_floored else 2**62
