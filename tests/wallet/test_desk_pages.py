"""The wallet's desk: pools, contacts' money, journals by two people, the books, settings."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from directory.models import Organisation
from tests.cast import Cast, client_of
from tests.wallet import money
from tests.wallet.desk import Desk, make_desk
from wallet.choices import AccountKind, HoldState, JournalState, PoolState
from wallet.models import (
    CommercePool,
    Entry,
    Journal,
    LedgerFreeze,
    PurchaseUse,
    SpendBlock,
    WalletSettings,
)
from wallet.selectors import books
from wallet.selectors import desk as desk_selectors
from wallet.services import integrity, reversals
from wallet.verification import verify

pytestmark = pytest.mark.django_db
NOON = "2026-11-23T12:30"


@pytest.fixture
def desk(cast: Cast) -> Desk:
    return make_desk(cast.acme, cast.ada)


@pytest.fixture
def ada(cast: Cast, desk: Desk) -> Client:
    return client_of(cast.ada)


@pytest.fixture
def finn(cast: Cast, desk: Desk) -> Client:
    return client_of(cast.finn)


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


def nonce_of(answer: Any) -> str:
    """Return the key of the form that the page shows."""
    return str(answer.context["form"]["nonce"].value())


POOL = {
    "name": "Harbour lunch",
    "description": "",
    "start_rule": "NONE",
    "end_rule": "FIXED",
    "last_day": "2027-12-31",
    "classification": "PAYMENT_METHOD",
    "conditions-kinds": "location,time,products",
    "conditions-currency": "EUR",
    "conditions-min_quantity": "1",
    "conditions-times-count": "1",
    "conditions-times-0-weekdays": ["0", "1", "2", "3", "4"],
    "conditions-times-0-start": "11:00",
    "conditions-times-0-end": "15:00",
    "action": "save",
}


class TestPools:
    def test_pool_is_made_with_its_conditions_and_says_them_in_words(
        self, ada: Client, desk: Desk
    ) -> None:
        answer = ada.post(
            reverse("pool_add"), {**POOL, "conditions-places": [f"venue:{desk.cafe.v1.pk}"]}
        )
        assert answer.status_code == 303
        page = text_of(ada.get(answer["Location"]))
        assert "Only at V1." in page
        assert "Only on workdays from 11:00 until 15:00" in page
        # The form asks for the last day and stores the one after it (wallet.md 4.4.4).
        assert "Last usable on 31 Dec 2027 (that day included)." in page
        made = CommercePool.objects.get(name="Harbour lunch").versions.get()
        assert made.ends_on is not None
        assert made.ends_on.isoformat() == "2028-01-01"

    def test_what_a_rule_needs_is_asked_for_and_what_was_typed_is_kept(self, ada: Client) -> None:
        answer = ada.post(reverse("pool_add"), {**POOL, "last_day": "", "name": "Kept"})
        assert answer.status_code == 422
        assert "Choose the last day on which it can be used." in text_of(answer)
        assert 'value="Kept"' in text_of(answer)

    def test_name_of_another_pool_is_refused_at_its_field(self, ada: Client, desk: Desk) -> None:
        answer = ada.post(reverse("pool_add"), {**POOL, "name": "LUNCH drinks"})
        assert answer.status_code == 422
        assert "Choose another name" in text_of(answer)

    def test_editing_makes_a_version_and_money_granted_before_keeps_its_own(
        self, ada: Client, desk: Desk
    ) -> None:
        url = reverse("pool_edit", args=[desk.lunch.pk])
        assert ada.post(url, {**POOL, "name": "Lunch"}).status_code == 303
        desk.lot.refresh_from_db()
        assert desk.lot.pool_version.number == 1
        assert desk.lunch.versions.latest("number").number == 2
        assert "Expires 30 days after the award." in text_of(
            ada.get(reverse("lot_detail", args=[desk.lot.pk]))
        )

    def test_trying_in_the_editor_stores_nothing(self, ada: Client, desk: Desk) -> None:
        tried = {
            **POOL, "action": "try", "try-place": f"business:{desk.business.pk}",
            "try-performed_at": NOON, "try-awarded_on": "2026-11-20",
            "try-lot_amount": "10", "try-lot_currency": "EUR",
            "try-amount_1_amount": "8", "try-amount_1_currency": "EUR",
        }  # fmt: skip
        answer = ada.post(reverse("pool_add"), tried)
        assert answer.status_code == 200
        assert "Yes: €8.00 of €8.00 would be paid" in text_of(answer)
        assert not CommercePool.objects.filter(name="Harbour lunch").exists()

    def try_lunch(self, ada: Client, desk: Desk, **changes: str) -> str:
        cafe = desk.cafe
        query = {
            "try-place": f"venue:{cafe.v1.pk}", "try-performed_at": NOON,
            "try-awarded_on": "2026-11-20", "try-lot_amount": "10", "try-lot_currency": "EUR",
            "try-product_1": str(cafe.espresso.pk), "try-amount_1_amount": "4",
            "try-amount_1_currency": "EUR", "try-product_2": str(cafe.cake.pk),
            "try-amount_2_amount": "6", "try-amount_2_currency": "EUR", **changes,
        }  # fmt: skip
        return text_of(ada.get(reverse("pool_detail", args=[desk.lunch.pk]), query))

    def test_tester_pays_the_lines_that_match_and_says_why_others_do_not(
        self, ada: Client, desk: Desk
    ) -> None:
        page = self.try_lunch(ada, desk)
        assert "Yes: €4.00 of €10.00 would be paid" in page
        assert "Found Espresso." in page

    def test_tester_names_the_condition_that_fails(self, ada: Client, desk: Desk) -> None:
        late = self.try_lunch(ada, desk, **{"try-performed_at": "2026-11-23T15:00"})
        assert "No: none of the €10.00 would be paid" in late
        assert "Found on Monday 23 November 2026 at" in late
        expired = self.try_lunch(ada, desk, **{"try-awarded_on": "2026-10-01"})
        assert "to 30 Oct 2026 (last day included). Found on 23 Nov 2026." in expired

    def test_pool_is_retired_and_taken_up_again(self, ada: Client, desk: Desk) -> None:
        assert ada.post(reverse("pool_retire", args=[desk.lunch.pk])).status_code == 303
        desk.lunch.refresh_from_db()
        assert desk.lunch.state == PoolState.RETIRED
        assert "takes no new money" in text_of(
            ada.get(reverse("pool_detail", args=[desk.lunch.pk]))
        )
        ada.post(reverse("pool_reactivate", args=[desk.lunch.pk]))
        desk.lunch.refresh_from_db()
        assert desk.lunch.state == PoolState.ACTIVE

    def test_pool_with_money_cannot_be_deleted_and_the_refusal_says_what_to_do(
        self, ada: Client, desk: Desk
    ) -> None:
        answer = ada.post(reverse("pool_delete", args=[desk.lunch.pk]))
        assert answer.status_code == 409
        assert "Retire it instead of deleting it." in text_of(answer)

    def test_default_pool_is_looked_at_but_not_edited(self, ada: Client, desk: Desk) -> None:
        default = CommercePool.objects.get(business=desk.business, is_default=True)
        assert "Spend Anywhere within a year" in text_of(ada.get(reverse("pool_list")))
        for name in ("pool_edit", "pool_retire"):
            assert ada.post(reverse(name, args=[default.pk]), POOL).status_code == 409


class TestContact:
    def test_page_shows_every_pocket_and_each_amount_leads_to_its_reason(
        self, ada: Client, desk: Desk
    ) -> None:
        page = text_of(ada.get(reverse("contact_wallet", args=[desk.contact.pk])))
        for amount in ("€6.00", "€25.00", "€3.00", "€7.00"):
            assert amount in page
        assert reverse("lot_detail", args=[desk.lot.pk]) in page
        assert reverse("hold_detail", args=[desk.hold.pk]) in page
        answer = ada.get(reverse("wallet_reason"), {"of": "events.event:7"})
        assert answer["Location"] == reverse("use_detail", args=[desk.use.pk])

    def test_queries_of_the_page_do_not_grow_with_lots_and_entries(
        self, ada: Client, desk: Desk, django_assert_max_num_queries: Any
    ) -> None:
        for _ in range(12):
            money.award(desk.wallet, 100)
        url = reverse("contact_wallet", args=[desk.contact.pk])
        ada.get(url)
        with django_assert_max_num_queries(32):
            ada.get(url)

    def test_balance_of_a_past_moment_is_read_from_the_books(self, ada: Client, desk: Desk) -> None:
        first = Entry.objects.filter(business=desk.business).order_by("pk")[2]
        before = desk_selectors.pockets_at(wallet=desk.wallet, moment=first.created_at)
        assert (before.commerce_minor, before.business_minor, before.held_minor) == (2500, 2500, 0)
        url = reverse("contact_wallet", args=[desk.contact.pk])
        assert "As the books stood on" in text_of(ada.get(url, {"moment": "2020-01-01T00:00"}))

    def test_contact_is_blocked_with_a_reason_and_unblocked(self, ada: Client, desk: Desk) -> None:
        url = reverse("wallet_block", args=[desk.contact.pk])
        assert ada.post(url, {"reason": ""}).status_code == 422
        assert ada.post(url, {"reason": "Card stolen"}).status_code == 303
        assert "Card stolen" in text_of(ada.get(reverse("contact_wallet", args=[desk.contact.pk])))
        desk.contact.refresh_from_db()
        assert desk.contact.spend_blocked
        ada.post(reverse("wallet_unblock", args=[desk.contact.pk]))
        assert SpendBlock.objects.get().lifted_at is not None

    def test_contact_without_a_wallet_is_told_how_it_opens(
        self, ada: Client, acme: Organisation
    ) -> None:
        from tests.factories.directory import make_contact

        contact = make_contact(acme, "Nia New")
        assert "No wallet yet" in text_of(ada.get(reverse("contact_wallet", args=[contact.pk])))
        assert ada.get(reverse("journal_add", args=[contact.pk])).status_code == 404
        assert ada.post(reverse("wallet_open", args=[contact.pk])).status_code == 303
        assert "No lot holds money" in text_of(
            ada.get(reverse("contact_wallet", args=[contact.pk]))
        )

    def test_tab_of_the_contact_shows_the_wallet(self, ada: Client, desk: Desk) -> None:
        page = ada.get(reverse("contact_detail", args=[desk.contact.pk]), {"tab": "wallet"})
        assert "Open the wallet" in text_of(page)


class TestLots:
    def test_award_is_cancelled_with_a_reason(self, finn: Client, desk: Desk) -> None:
        url = reverse("lot_cancel", args=[desk.lot.pk])
        form = finn.get(url)
        sent = {"nonce": nonce_of(form), "reason": "Granted twice"}
        assert finn.post(url, sent).status_code == 303
        assert money.left_in(desk.lot) == 0
        assert "Granted twice" in text_of(finn.get(reverse("lot_detail", args=[desk.lot.pk])))
        again = finn.post(url, {"nonce": "another-key", "reason": "Again"})
        assert again.status_code == 422
        assert "There is nothing left to cancel." in text_of(again)
        assert verify() == []

    def test_expiry_is_moved_later_and_never_earlier(self, finn: Client, desk: Desk) -> None:
        url = reverse("lot_extend", args=[desk.lot.pk])
        later = {"nonce": "one", "last_day": "2028-01-31", "reason": "A gesture"}
        assert finn.post(url, later).status_code == 303
        page = text_of(finn.get(reverse("lot_detail", args=[desk.lot.pk])))
        assert "31 Jan 2028" in page
        assert "A gesture" in page
        earlier = finn.post(url, {**later, "nonce": "two", "last_day": "2027-01-31"})
        assert earlier.status_code == 422
        assert "Choose a later day." in text_of(earlier)

    def test_hold_is_released_once(self, finn: Client, desk: Desk) -> None:
        url = reverse("hold_release", args=[desk.hold.pk])
        assert finn.post(url, {"nonce": nonce_of(finn.get(url))}).status_code == 303
        desk.hold.refresh_from_db()
        assert desk.hold.state == HoldState.RELEASED
        assert finn.post(url, {"nonce": "another"}).status_code == 422
        assert verify() == []


class TestJournals:
    def line(self, **changes: str) -> dict[str, str]:
        return {
            "nonce": "key-of-this-form", "direction": "CREDIT", "pocket": "BUSINESS",
            "amount_amount": "12.50", "amount_currency": "EUR", "reason": "A gesture", **changes,
        }  # fmt: skip

    def test_balance_before_and_after_is_shown_before_anything_moves(
        self, ada: Client, desk: Desk
    ) -> None:
        url = reverse("journal_add", args=[desk.contact.pk])
        page = text_of(ada.post(url, self.line()))
        assert "€25.00" in page
        assert "€37.50" in page
        assert money.balance(desk.wallet, AccountKind.BUSINESS) == 2500
        for _ in range(2):
            assert ada.post(url, self.line(confirmed="1")).status_code == 303
        assert money.balance(desk.wallet, AccountKind.BUSINESS) == 3750
        assert verify() == []

    @pytest.mark.scenario("WAL-114")
    def test_debit_of_more_than_the_pocket_holds_is_refused(self, ada: Client, desk: Desk) -> None:
        url = reverse("journal_add", args=[desk.contact.pk])
        line = self.line(direction="DEBIT", amount_amount="25.01", confirmed="1")
        answer = ada.post(url, line)
        assert answer.status_code == 422
        assert "The business pocket holds €25.00. Debit at most that" in text_of(answer)
        assert money.balance(desk.wallet, AccountKind.BUSINESS) == 2500

    def test_commerce_credit_needs_a_pool(self, ada: Client, desk: Desk) -> None:
        url = reverse("journal_add", args=[desk.contact.pk])
        answer = ada.post(url, self.line(pocket="COMMERCE"))
        assert answer.status_code == 422
        assert "Choose the pool whose conditions the money gets." in text_of(answer)

    @pytest.mark.scenario("WAL-115")
    def test_large_journal_waits_for_a_second_person_and_nobody_confirms_their_own(
        self, ada: Client, finn: Client, desk: Desk
    ) -> None:
        url = reverse("journal_add", args=[desk.contact.pk])
        assert ada.post(url, self.line(amount_amount="150", confirmed="1")).status_code == 303
        journal = Journal.objects.latest("pk")
        assert journal.state == JournalState.PENDING
        approve = reverse("journal_approve", args=[journal.pk])
        own = ada.post(approve, {"nonce": "own"})
        assert own.status_code == 422
        assert "Ask a second person of the finance team." in text_of(own)
        assert money.balance(desk.wallet, AccountKind.BUSINESS) == 2500
        assert finn.post(approve, {"nonce": "second"}).status_code == 303
        assert money.balance(desk.wallet, AccountKind.BUSINESS) == 17_500
        journal.refresh_from_db()
        assert (journal.state, journal.confirmed_by) == (JournalState.POSTED, finn_of(journal))
        assert verify() == []

    def test_author_takes_a_pending_journal_back(self, ada: Client, desk: Desk) -> None:
        url = reverse("journal_refuse", args=[desk.pending.pk])
        assert "Take it back" in text_of(ada.get(url))
        assert ada.post(url, {"nonce": "back"}).status_code == 303
        desk.pending.refresh_from_db()
        assert desk.pending.state == JournalState.REFUSED


def finn_of(journal: Journal) -> Any:
    from directory.models import User

    return User.objects.get(username="finn")


class TestBooks:
    def test_entries_are_found_by_contact_account_operation_day_and_amount(
        self, ada: Client, desk: Desk
    ) -> None:
        def found(**query: str) -> set[str]:
            rows = ada.get(reverse("ledger"), query).context["table"].data
            return {row.operation for row in rows}

        assert found(q="rita", operation="SPEND") == {"SPEND"}
        assert found(kind="SALES") == {"SPEND"}
        assert found(kind="HOLD") == {"HOLD"}
        assert found(least="20", most="25") == {"AWARD", "TOP_UP"}
        assert found(q="events.event:7") == {"REDEEM", "SPEND"}
        assert found(effective_after="2031-01-01") == set()

    def test_entry_shows_its_postings_command_reason_and_reversal(
        self, ada: Client, desk: Desk
    ) -> None:
        entry = Entry.objects.get(
            business=desk.business, operation="TOP_UP", subject__gt="", postings__amount=300
        )
        reversals.reverse(
            entry=entry, reason="Charged back", key="r", actor=money.TILL, at=money.NOW
        )
        page = text_of(ada.get(reverse("entry_detail", args=[entry.pk])))
        mirror = Entry.objects.get(reverses=entry)
        assert reverse("entry_detail", args=[mirror.pk]) in page
        assert entry.command.key in page
        assert "−€28.00 after it" in page
        back = text_of(ada.get(reverse("entry_detail", args=[mirror.pk])))
        assert reverse("entry_detail", args=[entry.pk]) in back
        assert "Charged back" in back

    def test_account_is_read_line_by_line_at_any_place(self, ada: Client, desk: Desk) -> None:
        for _ in range(30):
            money.top_up(desk.wallet, 100)
        account = desk.wallet.accounts.get(kind=AccountKind.BUSINESS)
        url = reverse("account_detail", args=[account.pk])
        newest = ada.get(url).context
        assert [row["leg"].version for row in newest["legs"]] == list(range(33, 8, -1))
        older = ada.get(url, {"line": str(newest["older"])}).context
        assert [row["leg"].version for row in older["legs"]] == list(range(8, 0, -1))
        assert ada.get(url, {"line": "nonsense"}).status_code == 200
        rows = list(books.every_leg(account=account))
        assert rows[0].after == 5500
        assert sum(row.change for row in rows) == 5500

    def test_trial_balance_comes_to_zero_also_with_open_pockets(
        self, ada: Client, desk: Desk
    ) -> None:
        lines = books.trial_balance(business=desk.business)
        assert books.totals(lines) == {"EUR": 0}
        assert {line.kind: line.minor for line in lines}["OPEN"] == 300
        assert "It comes to zero." in text_of(ada.get(reverse("trial_balance")))

    def test_purchase_says_from_where_it_was_paid(self, ada: Client, desk: Desk) -> None:
        page = text_of(ada.get(reverse("use_detail", args=[desk.use.pk])))
        use = PurchaseUse.objects.get(pk=desk.use.pk)
        assert use.commerce_minor == 1200
        assert "€12.00" in page
        assert "€28.00" in page

    def test_front_page_tells_what_is_owed_and_when_the_books_were_proved(
        self, ada: Client, desk: Desk
    ) -> None:
        assert "not checked yet" in text_of(ada.get(reverse("wallet_home")))
        assert integrity.check(at=money.NOW) == []
        page = text_of(ada.get(reverse("wallet_home")))
        assert "€38.00 EUR" in page
        assert "Yes, to the last cent." in page

    def test_frozen_books_are_announced_and_released_with_a_note(
        self, finn: Client, desk: Desk
    ) -> None:
        LedgerFreeze.objects.create(
            business=desk.business, findings=["BALANCE_DIFFERS: account 7"], frozen_at=money.NOW
        )
        # Every page about money says so, lists and forms too; others have nothing to do with it.
        names = ("wallet_home", "pool_list", "ledger", "lot_list", "redemption_settings", "fee_add")
        pages = [reverse("contact_wallet", args=[desk.contact.pk]), *map(reverse, names)]
        for url in pages:
            assert text_of(finn.get(url)).count("The books are frozen since") == 1, url
        assert "The books are frozen" not in text_of(finn.get(reverse("contact_list")))
        url = reverse("journal_add", args=[desk.contact.pk])
        refused = finn.post(url, {**TestJournals().line(), "confirmed": "1"})
        assert refused.status_code == 422
        assert "once they are released" in text_of(refused)
        assert finn.post(reverse("wallet_release"), {"note": ""}).status_code == 422
        assert finn.post(reverse("wallet_release"), {"note": "Recounted"}).status_code == 303
        assert LedgerFreeze.objects.get().note == "Recounted"
        assert finn.get(reverse("wallet_release")).status_code == 404


class TestSettings:
    def chosen(self, **changes: str) -> dict[str, str]:
        return {
            "version": "1", "redemption_mode": "ON_SPEND", "reduction": "BACK_END",
            "clawback_policy": "LIMIT", "grace_days": "7", "hold_minutes": "15",
            "top_up_amounts": "", "four_eyes_above_amount": "100", "four_eyes_above_currency": "EUR",
            "payout_method": "WALLET", "example-asks": "on", "example-activated": "on",
            "example-total_amount": "100", "example-commerce_amount": "95",
            "example-business_amount": "4", "example-open_amount": "3", "example-instant_amount": "0",
            **changes,
        }  # fmt: skip

    def test_settings_are_saved_once_for_each_version(self, finn: Client, desk: Desk) -> None:
        url = reverse("redemption_settings")
        wanted = self.chosen(redemption_mode="AUTOMATIC", top_up_amounts="50, 10", grace_days="0")
        assert finn.post(url, wanted).status_code == 303
        stored = WalletSettings.objects.get(business=desk.business)
        assert (stored.redemption_mode, stored.grace_days) == ("AUTOMATIC", 0)
        assert stored.top_up_amounts == [1000, 5000]
        stale = finn.post(url, wanted)
        assert stale.status_code == 422
        assert "Open the page anew." in text_of(stale)

    def figures(self, finn: Client, **changes: str) -> dict[str, int]:
        answer = finn.post(reverse("redemption_example"), self.chosen(**changes))
        return {label: amount.minor for label, amount in answer.context["figures"]}

    def test_example_is_the_plan_of_a_real_purchase(self, finn: Client) -> None:
        """The figures of wallet.md 5.5: 90.00 + 4.00 + 3.00 and 3.00 due; 95.00 + 4.00 + 1.00."""
        assert list(self.figures(finn, caps_commerce_at_90="on").values()) == [9000, 400, 300, 300]
        assert list(self.figures(finn).values()) == [9500, 400, 100, 0]

    def test_example_follows_the_mode_and_the_amount_to_pay_out_from(self, finn: Client) -> None:
        quiet = {"example-asks": ""}
        assert self.figures(finn, **quiet)["Commerce money redeemed"] == 0
        automatic = {
            **quiet, "redemption_mode": "AUTOMATIC", "pays_out_on_redemption": "on",
            "payout_threshold_amount": "10", "payout_threshold_currency": "EUR",
            "example-commerce_amount": "2", "example-business_amount": "6.50",
        }  # fmt: skip
        answer = finn.post(reverse("redemption_example"), self.chosen(**automatic))
        assert "Nothing is paid out yet" in text_of(answer)
        assert not WalletSettings.objects.exists()
