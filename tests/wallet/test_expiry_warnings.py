"""Warnings 30 and 7 days before money lapses: once for a lot, one mail a run (wallet.md 9.4)."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from core.models import Mail
from tests.wallet import money
from tests.wallet.money import NOW, TILL
from wallet.models import ExpiryWarning, Wallet
from wallet.services import lots
from wallet.services.expiry_warnings import warn_due

MIDNIGHT = NOW.replace(hour=0, minute=0)


def lapse(wallet: Wallet, minor: int, days: int) -> datetime:
    """Award money that lapses so many days after today's midnight."""
    end = MIDNIGHT + timedelta(days=days)
    money.lot_until(wallet, minor, end)
    return end


def test_one_mail_tells_of_all_lots_of_a_run(ana: Wallet) -> None:
    lapse(ana, 500, 20)
    lapse(ana, 700, 25)
    lapse(ana, 900, 90)
    assert warn_due(at=NOW) == 1
    mail = Mail.objects.get()
    assert mail.kind == "wallet-expiry"
    assert mail.to == ana.contact.emails.get().address
    assert mail.context["total"] == "€12.00"
    days = [line["day"] for line in mail.context["lines"]]
    assert days == ["11 December 2026", "16 December 2026"]
    assert mail.owner_id == ana.business_id


def test_each_lot_is_announced_once_a_step(ana: Wallet) -> None:
    end = lapse(ana, 500, 30)
    assert warn_due(at=end - timedelta(days=30)) == 1
    assert warn_due(at=end - timedelta(days=29)) == 0
    assert warn_due(at=end - timedelta(days=7)) == 1
    assert warn_due(at=end - timedelta(days=6)) == 0
    assert list(ExpiryWarning.objects.order_by("pk").values_list("days", flat=True)) == [30, 7]


def test_money_that_comes_a_week_before_its_end_is_announced_once(ana: Wallet) -> None:
    lapse(ana, 500, 5)
    assert [warn_due(at=NOW), warn_due(at=NOW)] == [1, 0]
    assert ExpiryWarning.objects.get().days == 7


def test_what_was_spent_or_has_lapsed_is_not_announced(ana: Wallet) -> None:
    end = lapse(ana, 500, 20)
    money.spend(ana, 500)
    assert warn_due(at=NOW) == 0
    later = lapse(ana, 300, 21)
    assert warn_due(at=max(end, later)) == 0


def test_an_expiry_that_was_moved_later_is_announced_anew(ana: Wallet) -> None:
    end = lapse(ana, 500, 20)
    warn_due(at=NOW)
    lot = ana.lots.get()
    lot.wallet = ana
    lots.move_expiry(
        lot=lot, expires_at=end + timedelta(days=60), reason="goodwill", actor=TILL, at=NOW
    )
    assert warn_due(at=NOW) == 0
    assert warn_due(at=end + timedelta(days=35)) == 1


def test_each_contact_gets_a_mail_of_their_own(ana: Wallet, ben: Wallet) -> None:
    lapse(ana, 500, 20)
    lapse(ben, 500, 20)
    assert warn_due(at=NOW) == 2
    assert Mail.objects.values("to").distinct().count() == 2


@pytest.mark.parametrize("days", [31, 365])
def test_nothing_is_said_too_early(ana: Wallet, days: int) -> None:
    lapse(ana, 500, days + 1)
    assert warn_due(at=NOW) == 0
