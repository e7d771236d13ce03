"""Money that came under another version of its pool, in its owners' favour (wallet.md 4.2)."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from directory.models import Organisation
from wallet.models.guards import append_only
from wallet.models.lots import Lot
from wallet.models.pools import CommercePoolVersion


class VersionMove(models.Model):
    """One order to move, with who gave it and why; a job carries it out wallet by wallet."""

    business = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    version = models.ForeignKey(CommercePoolVersion, on_delete=models.PROTECT, related_name="moves")
    reason = models.CharField(max_length=300)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField()
    # How far the job came: every wallet up to this one has been looked at.
    last_wallet_id = models.BigIntegerField(default=0)
    lot_count = models.PositiveIntegerField(default=0)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["version"],
                condition=Q(finished_at__isnull=True),
                name="wallet_move_one_at_a_time",
            ),
            models.CheckConstraint(name="wallet_move_reason", condition=~Q(reason="")),
        ]


class VersionChange(models.Model):
    """The record of one lot that was moved: what it was granted under."""

    move = models.ForeignKey(VersionMove, on_delete=models.PROTECT, related_name="changes")
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="version_changes")
    before = models.ForeignKey(CommercePoolVersion, on_delete=models.PROTECT, related_name="+")
    starts_before = models.DateTimeField()
    expires_before = models.DateTimeField(null=True)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["move", "lot"], name="wallet_moved_once"),
        ]
        triggers = append_only("versionchange", "The change of a lot to another version")
