"""Partners and lists: tags, names, statuses and who may do what when (vouchers.md 2.1, 2.2, 3)."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from core import clock
from core.errors import Conflict, Invalid, StaleStatus
from directory.models import Organisation, User
from directory.sessions import SESSION_KEY
from tests.cast import client_of
from tests.factories.directory import make_business
from tests.factories.vouchers import (
    MORNING,
    make_batch,
    make_campaign,
    make_codes,
    make_list,
    make_partner,
)
from tests.vouchers.list_form import LATER, form
from vouchers.choices import BatchStatus, CampaignStatus, CodeState, ListStatus, PartnerKind
from vouchers.models import Partner, VoucherCode, VoucherList
from vouchers.selectors.numbers import numbers
from vouchers.services import campaign_lists, codes, counting, list_statuses, list_upkeep, lists
from vouchers.services.lists import EditedMeanwhile, ListData, ListEdit, TagTaken
from vouchers.tags import list_id_of, normal_tag, tag_problem

LIST_ID = re.compile(r"VL-[2-9A-HJKMNP-Z]{10}")


def data(tag: str = "sale", **changes: Any) -> ListData:
    values: dict[str, Any] = {"list_tag": tag, "name": "Sale", "expires_at": LATER}
    return ListData(**{**values, **changes})


def create(partner: Partner, tag: str = "sale", **changes: Any) -> VoucherList:
    return lists.create(partner=partner, data=data(tag, **changes), actor=None, at=clock.now())


def labels(client: Client, made: VoucherList) -> list[str]:
    """Return what the row's menu offers, in order."""
    body = client.get(f"/vouchers/lists?q={made.list_id}&status={made.status}").content.decode()
    menu = body.partition('class="row-menu')[2].partition("</details>")[0]
    return [
        re.sub(r"<[^>]+>", "", item).strip()
        for item in re.findall(r'class="dropdown-item[^>]*>(.*?)</(?:a|button)>', menu, re.DOTALL)
    ]


@pytest.mark.scenario("VCH-1")
def test_a_new_list_keeps_its_tag_in_lower_case_and_is_active(
    acme: Organisation, ada: User
) -> None:
    response = client_of(ada).post(
        "/vouchers/lists/new", form(make_partner(acme, "Puma")), follow=True
    )
    made = VoucherList.objects.get()
    assert (made.list_tag, made.status) == ("holi2025", ListStatus.ACTIVE)
    assert LIST_ID.fullmatch(made.list_id)
    assert made.list_id in response.content.decode()
    assert numbers(made, at=clock.now()).published == 0


def test_the_list_id_can_be_computed_again(acme: Organisation) -> None:
    partner = make_partner(acme)
    made = create(partner)
    again = {"business_id": acme.pk, "partner_id": partner.pk, "tag": "sale"}
    assert made.list_id == list_id_of(**again, generation=1)
    assert made.list_id != list_id_of(**again, generation=2)


@pytest.mark.scenario("VCH-2")
def test_a_tag_is_unique_within_its_partner_whatever_the_case(acme: Organisation) -> None:
    puma, nike = make_partner(acme, "Puma"), make_partner(acme, "Nike")
    create(puma, "Holi2025")
    with pytest.raises(TagTaken, match="in use"):
        create(puma, "HOLI2025")
    assert create(nike, "HOLI2025").list_tag == "holi2025"


def test_a_tag_is_free_again_after_archiving_and_names_another_list(acme: Organisation) -> None:
    partner = make_partner(acme)
    first = create(partner)
    list_statuses.archive(voucher_list=first, typed_tag="sale", actor=None, at=clock.now())
    second = create(partner)
    assert (second.generation, second.list_tag) == (2, "sale")
    assert second.list_id != first.list_id


@pytest.mark.scenario("VCH-3")
def test_a_tag_has_no_spaces_but_may_have_special_characters(acme: Organisation) -> None:
    partner = make_partner(acme)
    with pytest.raises(Invalid, match="no spaces"):
        create(partner, "holi 2025")
    assert create(partner, "holi#2025!").list_tag == "holi#2025!"


@pytest.mark.parametrize("tag", ["a", "x" * 65, "a\u200bb", "a\x00b", "a\u00a0b", "a\u3164b"])
def test_a_tag_that_nobody_can_read_is_refused(tag: str) -> None:
    assert tag_problem(normal_tag(tag))


def test_a_tag_is_compared_in_composed_form() -> None:
    assert normal_tag("CAFE\u0301") == "café"


def partner_form(name: str, **changes: Any) -> dict[str, Any]:
    values = {
        "name": name,
        "kind": "external",
        "duplicate_scope": "list",
        "late_redemption_days": 0,
    }
    return {**values, **changes}


@pytest.mark.scenario("VCH-4")
def test_names_that_differ_in_case_are_two_partners_after_a_question(
    acme: Organisation, ada: User
) -> None:
    client, url = client_of(ada), "/vouchers/partners/new"
    assert client.post(url, partner_form("clevertap")).status_code == 303
    asked = client.post(url, partner_form("CLEVERTAP"))
    assert asked.status_code == 422
    assert "Create “CLEVERTAP” anyway?" in asked.content.decode()
    confirmed = asked.context["form"]["confirmed"].value()
    assert client.post(url, partner_form("CLEVERTAP", confirmed=confirmed)).status_code == 303
    refused = client.post(url, partner_form(" clevertap ", confirmed="clevertap"))
    assert "already. Choose another name" in refused.content.decode()
    assert set(Partner.objects.values_list("name", flat=True)) == {"clevertap", "CLEVERTAP"}


@pytest.mark.scenario("VCH-5")
def test_an_expiry_in_the_past_is_refused_in_the_zone_of_the_business(
    monkeypatch: pytest.MonkeyPatch, ada: User
) -> None:
    zone = make_business("Far East", admin=ada, zone="Asia/Tokyo")
    # 20:00 UTC on the 3rd: in Tokyo the 4th has begun, and the 3rd 23:59 lies behind.
    at = datetime(2026, 3, 3, 20, 0, tzinfo=UTC)
    for place in ("vouchers.views.lists", "vouchers.views.list_frame"):
        monkeypatch.setattr(f"{place}.now", lambda: at)
    client = client_of(ada)
    session = client.session
    session[SESSION_KEY] = zone.pk
    session.save()
    partner = make_partner(zone)
    past = client.post("/vouchers/lists/new", form(partner, expires_on="2026-03-03"))
    assert past.status_code == 422
    assert past.context["form"].errors == {"expires_on": ["The expiry must be in the future."]}
    assert "The expiry must be in the future." in past.content.decode()
    assert (
        client.post("/vouchers/lists/new", form(partner, expires_on="2026-03-04")).status_code
        == 303
    )
    made = VoucherList.objects.get()
    assert made.expires_at == datetime(2026, 3, 4, 14, 59, 59, tzinfo=UTC)


ALLOWED = {
    ListStatus.ACTIVE: ["Pause", "Edit", "Upload codes", "Archive"],
    ListStatus.PAUSED: ["Activate", "Edit", "Upload codes", "Archive"],
    ListStatus.EXPIRED: ["Edit", "Archive"],
    ListStatus.ARCHIVED: [],
}


@pytest.mark.scenario("VCH-6")
@pytest.mark.parametrize("status", ListStatus.values)
def test_the_menu_offers_what_the_status_allows_and_nothing_else_is_done(
    acme: Organisation, ada: User, status: str
) -> None:
    made = make_list(make_partner(acme), status=status, at=clock.now())
    client = client_of(ada)
    # Exporting only reads, and stays possible for good.
    assert labels(client, made) == [*ALLOWED[ListStatus(status)], "Export codes"]
    before = VoucherList.objects.values().get()
    forged = {"Pause": "pause", "Activate": "activate", "Archive": "archive", "Edit": "edit"}
    for label, act in forged.items():
        if label in ALLOWED[ListStatus(status)]:
            continue
        answer = client.post(f"/vouchers/lists/{made.list_id}/{act}", {"tag": made.list_tag})
        assert answer.status_code == 409, act
    assert VoucherList.objects.values().get() == before


def test_an_own_engine_can_also_generate(acme: Organisation, ada: User) -> None:
    made = make_list(make_partner(acme, kind=PartnerKind.INTERNAL))
    assert labels(client_of(ada), made) == [
        "Pause", "Edit", "Upload codes", "Generate codes", "Archive", "Export codes",
    ]  # fmt: skip


@pytest.mark.scenario("VCH-7")
@pytest.mark.parametrize("before", [ListStatus.ACTIVE, ListStatus.PAUSED])
def test_extending_an_expired_list_brings_it_back_to_where_it_was(
    acme: Organisation, ada: User, before: str
) -> None:
    at = clock.now()
    made = make_list(make_partner(acme), status=before, at=at, expires_at=at - timedelta(hours=1))
    list_statuses.expire_due(at=at)
    made.refresh_from_db()
    assert made.status == ListStatus.EXPIRED
    client = client_of(ada)
    refused = client.post(f"/vouchers/lists/{made.list_id}/activate")
    assert refused.status_code == 409
    assert "Extend the expiry first" in refused.content.decode()
    tomorrow = f"{at + timedelta(days=1):%Y-%m-%d}"
    sent = {
        "name": made.name, "expires_on": tomorrow, "redeem_rule": "same_as_list",
        "version": made.version,
    }  # fmt: skip
    assert client.post(f"/vouchers/lists/{made.list_id}/edit", sent).status_code == 303
    made.refresh_from_db()
    assert made.status == before


@pytest.mark.scenario("VCH-9")
def test_a_list_of_a_running_campaign_is_unlinked_before_it_is_archived(
    acme: Organisation, ada: User
) -> None:
    made = make_list(make_partner(acme), "sale", at=clock.now())
    make_campaign(made, "Welcome gift")
    client, url = client_of(ada), f"/vouchers/lists/{made.list_id}"
    refused = client.post(f"{url}/archive", {"tag": "sale"})
    assert refused.status_code == 409
    assert "Welcome gift" in refused.content.decode()
    assert "Welcome gift" in client.get(f"{url}/archive").content.decode()
    link = made.mappings.get()
    assert client.post(f"{url}/campaigns/{link.pk}/unlink").status_code == 303
    assert client.post(f"{url}/archive", {"tag": "sale"}).status_code == 303
    made.refresh_from_db()
    assert made.status == ListStatus.ARCHIVED
    assert client.post(f"{url}/edit", {"name": "New"}).status_code == 409


def test_archiving_asks_for_the_tag_and_waits_for_imports(acme: Organisation) -> None:
    made = make_list(make_partner(acme), "sale")
    with pytest.raises(Invalid, match="Type the list tag"):
        list_statuses.archive(voucher_list=made, typed_tag="sales", actor=None, at=MORNING)
    batch = make_batch(made, status=BatchStatus.IN_PROGRESS)
    with pytest.raises(Conflict, match="being added"):
        list_statuses.archive(voucher_list=made, typed_tag="sale", actor=None, at=MORNING)
    batch.status = BatchStatus.COMPLETED
    batch.save()
    done = list_statuses.archive(voucher_list=made, typed_tag="SALE", actor=None, at=MORNING)
    assert done.status == ListStatus.ARCHIVED


def test_codes_of_an_archived_list_no_longer_count_as_duplicates(acme: Organisation) -> None:
    made = make_list(make_partner(acme), "sale")
    other = make_list(made.partner, "other")
    make_codes(made, 3)
    make_codes(other, 2)
    gone = list_statuses.archive(voucher_list=made, typed_tag="sale", actor=None, at=MORNING)
    assert list_upkeep.release_codes(voucher_list=gone, at=MORNING) == 3
    left = VoucherCode.objects.filter(dedupe_scope__isnull=False)
    assert set(left.values_list("voucher_list", flat=True)) == {other.pk}
    gone.refresh_from_db()
    assert gone.codes_released_at == MORNING


@pytest.mark.scenario("VCH-10")
def test_partner_and_tag_never_change(acme: Organisation, ada: User) -> None:
    made = make_list(make_partner(acme, "Puma"), "sale", at=clock.now())
    other = make_partner(acme, "Nike")
    client, url = client_of(ada), f"/vouchers/lists/{made.list_id}/edit"
    offered = client.get(url).context["form"].fields
    asked = {"name", "description", "expires_on", "expires_time"}
    assert asked <= set(offered)
    assert not {"partner", "list_tag", "code_case", "assignment_order"} & set(offered)
    sent = {
        "name": "Renamed", "expires_on": f"{LATER:%Y-%m-%d}", "redeem_rule": "same_as_list",
        "version": made.version, "partner": other.pk, "list_tag": "hacked",
    }  # fmt: skip
    assert client.post(url, sent).status_code == 303
    made.refresh_from_db()
    assert (made.name, made.partner.name, made.list_tag) == ("Renamed", "Puma", "sale")


def test_an_edit_over_somebody_elses_shows_both_values(acme: Organisation, ada: User) -> None:
    made = make_list(make_partner(acme), at=clock.now())
    edit = ListEdit(name="Theirs", expires_at=made.expires_at)
    lists.update(voucher_list=made, data=edit, version=1, actor=None, at=clock.now())
    with pytest.raises(EditedMeanwhile):
        lists.update(voucher_list=made, data=edit, version=1, actor=None, at=clock.now())
    sent = {
        "name": "Mine", "expires_on": f"{made.expires_at:%Y-%m-%d}",
        "redeem_rule": "same_as_list", "version": 1,
    }  # fmt: skip
    client, url = client_of(ada), f"/vouchers/lists/{made.list_id}/edit"
    answer = client.post(url, sent)
    body = answer.content.decode()
    assert answer.status_code == 422
    assert "Theirs" in body
    assert 'value="Mine"' in body
    version = answer.context["form"]["version"].value()
    assert client.post(url, {**sent, "version": version}).status_code == 303


def test_extending_gives_codes_of_the_list_the_later_end(acme: Organisation) -> None:
    made = make_list(make_partner(acme), at=MORNING, expires_at=MORNING + timedelta(days=1))
    kept = MORNING + timedelta(hours=2)
    make_codes(made, 2, state=CodeState.ISSUED)
    make_codes(made, 1, state=CodeState.EXPIRED)
    own = make_batch(made, redeem_until=kept)
    make_codes(made, 1, state=CodeState.ISSUED, batch=own)
    VoucherCode.objects.filter(batch=own).update(redeem_until=kept)
    until = MORNING + timedelta(days=9)
    edit = ListEdit(name="List", expires_at=until)
    saved = lists.update(voucher_list=made, data=edit, version=1, actor=None, at=MORNING)
    assert list_upkeep.extend_codes(voucher_list=saved, at=MORNING) == 3
    assert sorted(VoucherCode.objects.values_list("state", "redeem_until")) == [
        ("issued", kept), ("issued", until), ("issued", until), ("issued", until),
    ]  # fmt: skip
    assert not counting.compare(made).differs


def test_who_acts_on_what_the_list_no_longer_is_changes_nothing_and_is_told(
    acme: Organisation, ada: User, mara: User
) -> None:
    made = make_list(make_partner(acme), "sale", at=clock.now())
    seen = ListStatus.ACTIVE
    list_statuses.pause(voucher_list=made, actor=ada, at=clock.now(), seen=seen)
    sent = {"tag": "sale", "status": seen}
    answer = client_of(mara).post(f"/vouchers/lists/{made.list_id}/archive", sent)
    assert answer.status_code == 409
    assert "this list is now Paused (by Ada Lowe)" in answer.content.decode()
    made.refresh_from_db()
    assert made.status == ListStatus.PAUSED
    with pytest.raises(StaleStatus):
        list_statuses.pause(voucher_list=made, actor=mara, at=clock.now(), seen=seen)


@pytest.mark.scenario("VCH-12")
def test_another_business_finds_no_list_batch_code_or_report(
    acme: Organisation, ada: User, boris: User
) -> None:
    made = make_list(make_partner(acme))
    code = make_codes(made, 1)[0]
    number = code.batch.number
    url = f"/vouchers/lists/{made.list_id}"
    tabs = ("", "/edit", "/codes", "/uploads", "/campaigns", "/alerts", "/activity", "/archive")
    pages = [f"{url}{tab}" for tab in (*tabs, "/delete", "/upload", f"/uploads/{number}")]
    pages += [f"{url}/uploads/{number}/files/{kind}" for kind in ("rejected", "all", "original")]
    pages += [f"/vouchers/codes/{code.pk}{act}" for act in ("", "/reveal", "/void")]
    client = client_of(boris)
    assert {page: client.get(page).status_code for page in pages} == dict.fromkeys(pages, 404)
    posts = [f"{url}/{act}" for act in ("pause", "activate", "thresholds", "codes/look-up")]
    assert {page: client.post(page).status_code for page in posts} == dict.fromkeys(posts, 404)
    assert client_of(ada).get(f"{url}/uploads/{number}").status_code == 200


def test_the_clock_expires_lists_and_ends_nothing_else(acme: Organisation) -> None:
    partner, at = make_partner(acme), clock.now()
    late = make_list(partner, at=at, expires_at=at)
    fresh = make_list(partner, at=at)
    assert list_statuses.expire_due(at=at) == 1
    assert list_statuses.expire_due(at=at) == 0
    late.refresh_from_db()
    fresh.refresh_from_db()
    assert (late.status, fresh.status) == (ListStatus.EXPIRED, ListStatus.ACTIVE)
    line = late.status_changes.get()
    assert (line.transition, line.actor_kind, line.actor_name) == ("L04", "clock", "the clock")


@pytest.mark.parametrize("status", [CampaignStatus.DRAFT, CampaignStatus.ENDED])
def test_only_running_and_scheduled_campaigns_hold_a_list(acme: Organisation, status: str) -> None:
    made = make_list(make_partner(acme), "sale")
    make_campaign(made, status=status)
    done = list_statuses.archive(voucher_list=made, typed_tag="sale", actor=None, at=MORNING)
    assert done.status == ListStatus.ARCHIVED


def test_only_an_untouched_list_is_deleted(acme: Organisation) -> None:
    partner = make_partner(acme)
    mistake, used = create(partner, "oops"), create(partner, "used")
    lists.delete(voucher_list=mistake)
    make_codes(used, 1)
    with pytest.raises(Conflict, match="Archive it"):
        lists.delete(voucher_list=used)
    assert [row.list_tag for row in VoucherList.objects.all()] == ["used"]


def test_unlinking_keeps_what_was_issued(acme: Organisation) -> None:
    made = make_list(make_partner(acme), at=clock.now())
    make_codes(made, 2)
    campaign = make_campaign(made)
    taken = codes.take(
        made.pk, to="issued", at=clock.now(), until=made.expires_at, least=clock.now()
    )
    campaign_lists.unlink(mapping=campaign.mappings.get(), actor=None, at=clock.now())
    assert len(taken) == 1
    assert numbers(made, at=clock.now()).issued == 1


@pytest.mark.parametrize("name", ["oscar", "finn", "ana"])
def test_only_marketing_and_administrators_change_lists(cast: Any, name: str) -> None:
    made = make_list(make_partner(cast.acme))
    client = client_of(getattr(cast, name))
    assert client.get(f"/vouchers/lists/{made.list_id}").status_code == 200
    assert client.post(f"/vouchers/lists/{made.list_id}/pause").status_code == 403
    assert labels(client, made) == ["Export codes"]
