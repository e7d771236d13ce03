"""Commands, entries and postings.

A posting has one source account, one target account and a positive amount, so that no set of postings
can be unbalanced. It states version and balance of both accounts after it. One trigger applies all
postings of a statement at once: it checks the routes, that the stated chain continues what each account
has, and moves every account once. A statement that was worked out from stale rows moves nothing and
fails as a serialization failure, which the command runner tries again.

An entry says how many postings it has. A deferred trigger counts them at commit, and no posting fits in
afterwards, because their numbers 1..n are unique and taken.
"""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from directory.models import Organisation
from wallet.choices import FLOORED, AccountKind, CommandOutcome, Operation
from wallet.models.accounts import Account
from wallet.models.guards import Guard, append_only, not_deleted, refusal
from wallet.routes import ROUTES

MOST_POSTINGS = 500


class DatabaseClock(models.Func):
    """The moment of the INSERT itself: within an account it never runs against the versions."""

    function = "clock_timestamp"
    template = "%(function)s()"
    output_field = models.DateTimeField()


class Command(models.Model):
    """One request to the wallet: one key, one effect, one answer, kept as long as the entries."""

    business = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    # Whose keys these are: the caller and the family of operations; keys of others never meet.
    scope = models.CharField(max_length=100)
    key = models.CharField(max_length=64)
    fingerprint = models.CharField(max_length=64)
    operation = models.CharField(max_length=40)
    outcome = models.CharField(max_length=8, choices=CommandOutcome.choices, blank=True)
    response = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()))
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["business", "scope", "key"], name="wallet_command_key"),
            models.CheckConstraint(name="wallet_command_has_key", condition=~Q(key="")),
        ]
        triggers = [
            *not_deleted("command", "A command"),
            Guard(
                name="command_answers_once",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func=f"""
                    IF OLD.outcome <> '' OR NEW.outcome = '' OR
                        (NEW.business_id, NEW.scope, NEW.key, NEW.fingerprint, NEW.operation)
                        IS DISTINCT FROM
                        (OLD.business_id, OLD.scope, OLD.key, OLD.fingerprint, OLD.operation)
                    THEN
                        {refusal("The answer to a command is written once.")}
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]


class Entry(models.Model):
    """One reason for which money moved, with all postings that belong to it."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    business = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    command = models.ForeignKey(Command, on_delete=models.PROTECT, related_name="entries")
    operation = models.CharField(max_length=20, choices=Operation.choices)
    posting_count = models.PositiveSmallIntegerField()
    reverses = models.OneToOneField(
        "self", null=True, on_delete=models.PROTECT, related_name="reversed_by"
    )
    # Opaque: "wallet.use:17", "rewards.award:5" (core.references).
    subject = models.CharField(max_length=80, blank=True)
    memo = models.CharField(max_length=300, blank=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    effective_at = models.DateTimeField()
    created_at = models.DateTimeField(db_default=DatabaseClock(), editable=False)

    class Meta:
        verbose_name_plural = "entries"
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                name="wallet_entry_size",
                condition=Q(posting_count__gte=1, posting_count__lte=MOST_POSTINGS),
            ),
            models.CheckConstraint(
                name="wallet_entry_reversal",
                condition=Q(operation=Operation.REVERSAL, reverses__isnull=False)
                | Q(reverses__isnull=True) & ~Q(operation=Operation.REVERSAL),
            ),
        ]
        indexes = [
            models.Index(fields=["business", "-effective_at", "-id"], name="wallet_entry_newest"),
            models.Index(fields=["subject"], condition=~Q(subject=""), name="wallet_entry_subject"),
            # The ledger narrowed to what an operation did, the newest first at any depth.
            models.Index(
                fields=["business", "operation", "-effective_at", "-id"],
                name="wallet_entry_operation",
            ),
        ]
        triggers = [
            *append_only("entry", "An entry"),
            Guard(
                name="entry_reverses_no_reversal",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                condition=pgtrigger.Q(new__reverses__isnull=False),
                func=f"""
                    IF EXISTS (
                        SELECT FROM wallet_entry
                        WHERE id = NEW.reverses_id AND reverses_id IS NOT NULL
                    ) THEN
                        {refusal("A reversal is not reversed.")}
                    END IF;
                    RETURN NEW;
                """,
            ),
            Guard(
                name="entry_is_complete",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                timing=pgtrigger.Deferred,
                func=f"""
                    IF NEW.posting_count <> (
                        SELECT count(*) FROM wallet_posting WHERE entry_id = NEW.id
                    ) THEN
                        {refusal("An entry is committed with all of its postings or not at all.")}
                    END IF;
                    RETURN NULL;
                """,
            ),
        ]


_ROUTES = ",".join(sorted(":".join(route) for route in ROUTES))
_FLOORED = ",".join(f"'{kind}'" for kind in FLOORED)
# Both ends of every posting of the statement, in the order of each account's versions.
_LEGS = """
    SELECT source_id AS account_id, source_version AS version, source_after AS after,
        -amount AS change
    FROM added
    UNION ALL
    SELECT target_id, target_version, target_after, amount FROM added
"""
_APPLY = f"""
    SELECT CASE
        WHEN entry.operation || ':' || source.kind || ':' || target.kind
            <> ALL ('{{{_ROUTES}}}'::text[]) THEN 'No route leads this way.'
        WHEN added.currency <> source.currency OR added.currency <> target.currency
            THEN 'A posting stays in one currency.'
        WHEN added.seq > entry.posting_count THEN 'The entry is closed.'
        WHEN (source.kind IN ({_FLOORED}) AND added.source_after < 0)
            OR (target.kind IN ({_FLOORED}) AND added.target_after < 0)
            OR (source.kind = '{AccountKind.CONTACT_DEBT}' AND added.source_after > 0)
            OR (target.kind = '{AccountKind.CONTACT_DEBT}' AND added.target_after > 0)
            THEN 'An account would leave its bounds.'
    END AS fault
    INTO fault
    FROM added
    JOIN wallet_entry AS entry ON entry.id = added.entry_id
    JOIN wallet_account AS source ON source.id = added.source_id
    JOIN wallet_account AS target ON target.id = added.target_id
    ORDER BY fault
    LIMIT 1;
    IF fault IS NOT NULL THEN
        RAISE EXCEPTION '%', fault USING ERRCODE = '23514';
    END IF;

    SELECT count(DISTINCT account_id) INTO touched FROM ({_LEGS}) AS leg;
    WITH chained AS (
        SELECT account_id, version, after, change,
            lag(version) OVER line AS version_before, lag(after) OVER line AS after_before
        FROM ({_LEGS}) AS leg
        WINDOW line AS (PARTITION BY account_id ORDER BY version)
    ), moved AS (
        SELECT account_id, min(version) AS first_version, max(version) AS last_version,
            sum(change) AS change, (array_agg(after ORDER BY version DESC))[1] AS after
        FROM chained
        GROUP BY account_id
        HAVING bool_and(
            version_before IS NULL
            OR (version = version_before + 1 AND after = after_before + change)
        )
    )
    UPDATE wallet_account AS account
    SET balance = moved.after, version = moved.last_version
    FROM moved
    WHERE account.id = moved.account_id
        AND account.version = moved.first_version - 1
        AND account.balance + moved.change = moved.after;
    GET DIAGNOSTICS applied = ROW_COUNT;
    IF applied <> touched THEN
        RAISE EXCEPTION 'A posting states versions or balances that its accounts do not have.'
            USING ERRCODE = '40001';
    END IF;
    RETURN NULL;
"""


class Posting(models.Model):
    """An amount that went from one account to another, with both as they were after it."""

    entry = models.ForeignKey(
        Entry, on_delete=models.PROTECT, related_name="postings", db_index=False
    )
    seq = models.PositiveSmallIntegerField()
    source = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="postings_out", db_index=False
    )
    target = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="postings_in", db_index=False
    )
    currency = models.CharField(max_length=3)
    amount = models.BigIntegerField()
    source_version = models.BigIntegerField()
    source_after = models.BigIntegerField()
    target_version = models.BigIntegerField()
    target_after = models.BigIntegerField()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(name="wallet_posting_amount", condition=Q(amount__gt=0)),
            models.CheckConstraint(name="wallet_posting_seq", condition=Q(seq__gte=1)),
            models.CheckConstraint(name="wallet_posting_ends", condition=~Q(source=F("target"))),
            models.UniqueConstraint(fields=["entry", "seq"], name="wallet_posting_once"),
            models.UniqueConstraint(
                fields=["source", "source_version"], name="wallet_posting_source_version"
            ),
            models.UniqueConstraint(
                fields=["target", "target_version"], name="wallet_posting_target_version"
            ),
        ]
        triggers = [
            *append_only("posting", "A posting"),
            Guard(
                name="posting_is_applied",
                level=pgtrigger.Statement,
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                referencing=pgtrigger.Referencing(new="added"),  # type: ignore[no-untyped-call]
                declare=[("fault", "text"), ("touched", "bigint"), ("applied", "bigint")],
                func=_APPLY,
            ),
        ]


class LedgerFreeze(models.Model):
    """The books of a business take no entries since the verifier found something (wallet.md 3.10)."""

    business = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    findings = models.JSONField(default=list)
    frozen_at = models.DateTimeField()
    released_at = models.DateTimeField(null=True, blank=True)
    released_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["business"],
                condition=Q(released_at__isnull=True),
                name="wallet_frozen_once",
            ),
        ]


class LedgerCheck(models.Model):
    """One run of the verifier over the whole ledger: when, and what it found (wallet.md 3.10)."""

    checked_at = models.DateTimeField()
    # [business or null, code, detail] of each finding, the first hundred.
    findings = models.JSONField(default=list)
    finding_count = models.PositiveIntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["-checked_at"], name="wallet_check_newest")]
