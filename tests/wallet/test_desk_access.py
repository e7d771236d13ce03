"""Who may open the wallet's desk: every address, every role, no row of another business."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse

from tests.cast import Cast
from tests.kit.access import AccessContract, Page
from tests.wallet.desk import make_desk


class TestAccess(AccessContract):
    def pages(self, cast: Cast) -> Iterator[Page]:
        desk = make_desk(cast.acme, cast.ada)
        for name in (
            "wallet_home", "wallet_reason", "pool_list", "wallet_list", "lot_list", "journal_list",
            "ledger", "account_list", "trial_balance",
        ):  # fmt: skip
            yield Page(reverse(name), "wallet.read")
        yield Page(reverse("wallet_check"), "wallet.write", post_only=True)
        yield Page(reverse("pool_add"), "pools.write")
        yield Page(reverse("redemption_settings"), "redemption.settings")
        yield Page(reverse("redemption_example"), "redemption.settings", post_only=True)
        account = desk.lot.accounts.get()
        for name, row, permission in (
            ("pool_detail", desk.lunch, "wallet.read"),
            ("pool_edit", desk.lunch, "pools.write"),
            ("pool_usage", desk.lunch, "pools.write"),
            ("pool_retire", desk.lunch, "pools.write"),
            ("contact_wallet", desk.contact, "wallet.read"),
            ("contact_wallet_history", desk.contact, "wallet.read"),
            ("wallet_block", desk.contact, "wallet.write"),
            ("wallet_unblock", desk.contact, "wallet.write"),
            ("journal_add", desk.contact, "wallet.write"),
            ("journal_detail", desk.pending, "wallet.read"),
            ("journal_approve", desk.pending, "wallet.approve"),
            ("journal_refuse", desk.pending, "wallet.write"),
            ("lot_detail", desk.lot, "wallet.read"),
            ("lot_cancel", desk.lot, "wallet.write"),
            ("lot_extend", desk.lot, "wallet.write"),
            ("hold_detail", desk.hold, "wallet.read"),
            ("hold_release", desk.hold, "wallet.write"),
            ("use_detail", desk.use, "wallet.read"),
            ("entry_detail", desk.entry, "wallet.read"),
            ("account_detail", account, "wallet.read"),
        ):
            yield Page(reverse(name, args=[row.pk]), permission, own_row=True)
        yield Page(
            reverse("wallet_open", args=[desk.contact.pk]), "wallet.write",
            own_row=True, post_only=True,
        )  # fmt: skip
        yield Page(
            reverse("pool_reactivate", args=[desk.lunch.pk]), "pools.write",
            own_row=True, post_only=True,
        )  # fmt: skip
