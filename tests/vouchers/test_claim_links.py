"""Claiming a voucher on a page behind a mailed link (vouchers.md 5.2, page 19)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from core import clock, mail
from core.errors import Conflict
from directory.models import Organisation, User
from tests.cast import Cast
from tests.factories.directory import make_contact
from tests.vouchers.issued import ADDRESS, campaign_of, mails, recipient
from vouchers.choices import CampaignStatus, CodeInMail, IssuanceStatus, OnExhaustion, WaitState
from vouchers.models import Campaign, ClaimLink, Issuance, VoucherCode, WaitEntry
from vouchers.services import claim_links, revoking, waiting

MARKER = "SALE-MARKER-00000001"


@pytest.fixture
def acme(cast: Cast) -> Organisation:
    return cast.acme


@pytest.fixture
def mara(cast: Cast) -> User:
    return cast.mara


def invited(campaign: Campaign, mara: User, email: str = ADDRESS) -> str:
    """Mail somebody a link and return the path that it opens."""
    at = clock.now()
    link = claim_links.invite(campaign=campaign, recipient=recipient(email=email), user=mara, at=at)
    return claim_links.address_of(link=link, at=at)


def page(path: str) -> str:
    response = Client().get(path)
    assert response.status_code == 200
    return response.content.decode()


def taken() -> int:
    return VoucherCode.objects.exclude(state="available").count()


@pytest.mark.scenario("VCH-60")
def test_opening_a_link_five_times_takes_nothing_and_pressing_twice_gives_the_same_code(
    acme: Organisation, mara: User
) -> None:
    path = invited(campaign_of(acme), mara)
    for _ in range(5):
        assert "Get my voucher" in page(path)
    assert taken() == 0
    assert Issuance.objects.count() == 0
    for _ in range(2):
        response = Client().post(path)
        assert (response.status_code, response["Location"]) == (303, path)
        assert MARKER in page(path)
    assert taken() == 1
    issuance = Issuance.objects.get()
    assert issuance.first_seen_at is not None
    assert issuance.exposed_at is not None


def test_the_mail_carries_the_link_and_the_same_one_when_it_is_asked_for_again(
    acme: Organisation, mara: User
) -> None:
    campaign = campaign_of(acme)
    path = invited(campaign, mara)
    assert invited(campaign, mara) == path
    (row,) = mails(claim_links.KIND)
    message = mail.render(row)
    assert path in message.body
    assert message.to == [ADDRESS]
    assert "/v/" in mail.link_of(row)
    assert ClaimLink.objects.count() == 1


def test_the_page_is_private_and_tells_what_is_offered(acme: Organisation, mara: User) -> None:
    path = invited(campaign_of(acme), mara)
    response = Client().get(path)
    body = response.content.decode()
    assert "Sale of the year" in body
    assert "Puma Sale" in body
    assert "From 20 on." in body
    assert response.headers["Cache-Control"] == "no-store, private"
    assert response.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert response.headers["Referrer-Policy"] == "strict-origin"
    assert MARKER not in body


def test_who_comes_too_late_joins_the_list_and_finds_the_code_behind_the_same_link(
    acme: Organisation, mara: User
) -> None:
    campaign = campaign_of(acme, codes=1)
    first, second = (invited(campaign, mara, f"{name}@home.example") for name in ("ana", "ben"))
    Client().post(first)
    response = Client().post(second)
    assert response.status_code == 202
    assert "You are on the list" in response.content.decode()
    assert "You are on the list" in page(second)
    source = VoucherCode.objects.get()
    from tests.factories.vouchers import make_codes

    make_codes(source.voucher_list, codes=["TOPUP-MARKER-1"])
    waiting.serve(campaign=campaign, at=clock.now())
    assert WaitEntry.objects.get().state == WaitState.SERVED
    body = page(second)
    assert "Show my code" in body
    assert "TOPUP-MARKER-1" not in body
    Client().post(second)
    assert "TOPUP-MARKER-1" in page(second)


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (CampaignStatus.SCHEDULED, "It has not begun yet"),
        (CampaignStatus.PAUSED, "Not just now"),
        (CampaignStatus.ENDED, "This is over"),
        (CampaignStatus.EXHAUSTED, "This is over"),
    ],
)
def test_a_campaign_that_gives_nothing_says_so_and_takes_nothing(
    acme: Organisation, mara: User, status: str, said: str
) -> None:
    campaign = campaign_of(acme)
    path = invited(campaign, mara)
    Campaign.objects.filter(pk=campaign.pk).update(status=status)
    assert said in page(path)
    response = Client().post(path)
    assert said in response.content.decode()
    assert response.status_code in {409, 410}
    assert taken() == 0


def test_a_campaign_without_codes_that_stops_is_over(acme: Organisation, mara: User) -> None:
    campaign = campaign_of(acme, codes=0, on_exhaustion=OnExhaustion.STOP)
    response = Client().post(invited(campaign, mara))
    assert response.status_code == 410
    assert "This is over" in response.content.decode()


def test_who_does_not_meet_the_conditions_is_told_so(acme: Organisation, mara: User) -> None:
    from vouchers.choices import LeafKind
    from vouchers.models import CampaignGroup, CampaignLeaf

    campaign = campaign_of(acme)
    group = CampaignGroup.objects.create(campaign=campaign, position=1)
    CampaignLeaf.objects.create(group=group, position=1, kind=LeafKind.CONSENT)
    ana = make_contact(acme, "Ana", email=ADDRESS)
    at = clock.now()
    link = claim_links.invite(campaign=campaign, recipient=recipient(ana), user=mara, at=at)
    path = claim_links.address_of(link=link, at=at)
    response = Client().post(path)
    assert response.status_code == 403
    assert "This one is not for you" in response.content.decode()
    assert taken() == 0


def test_who_has_one_from_elsewhere_is_shown_that_one(acme: Organisation, mara: User) -> None:
    from tests.vouchers.issued import give

    campaign = campaign_of(acme)
    give(campaign)
    path = invited(campaign, mara)
    assert "Show my code" in page(path)
    Client().post(path)
    assert MARKER in page(path)
    assert taken() == 1


def test_a_claimed_voucher_that_was_taken_back_shows_no_code(
    acme: Organisation, mara: User
) -> None:
    path = invited(campaign_of(acme), mara)
    Client().post(path)
    revoking.revoke(
        issuance=Issuance.objects.get(), reason="By mistake", actor=mara, at=clock.now()
    )
    body = page(path)
    assert "This voucher was taken back" in body
    assert MARKER not in body
    assert MARKER not in Client().post(path).content.decode()
    assert Issuance.objects.get().status == IssuanceStatus.REVOKED


def test_a_link_lives_until_its_campaign_ends(acme: Organisation, mara: User) -> None:
    at = clock.now()
    campaign = campaign_of(acme, ends_at=at + timedelta(hours=1))
    link = claim_links.invite(
        campaign=campaign, recipient=recipient(), user=mara, at=at - timedelta(days=1)
    )
    token = claim_links.token_for(link=link, at=at)
    assert token.expires_at == campaign.ends_at


@pytest.mark.parametrize("path", ["/v/nothing", "/v/reveal/nothing", "/my/vouchers/nothing"])
def test_a_link_that_opens_nothing_says_what_to_do(db: None, path: str) -> None:
    response = Client().get(path)
    assert response.status_code == 404
    assert "Ask for a link to your own pages" in response.content.decode()
    assert response.headers["Cache-Control"] == "no-store, private"


def test_an_expired_link_says_so(acme: Organisation, mara: User) -> None:
    from core.models import LinkToken

    path = invited(campaign_of(acme), mara)
    LinkToken.objects.update(expires_at=clock.now() - timedelta(seconds=1))
    response = Client().get(path)
    assert response.status_code == 410
    assert "This link has expired" in response.content.decode()
    assert Client().post(path).status_code == 410
    assert taken() == 0


def test_pressing_is_limited(acme: Organisation, mara: User) -> None:
    path = invited(campaign_of(acme), mara)
    answers = [Client().post(path).status_code for _ in range(61)]
    assert answers[:60] == [303] * 60
    assert answers[60] == 429


def test_nobody_is_invited_to_a_draft_or_without_an_address(acme: Organisation, mara: User) -> None:
    from vouchers.recipients import of_phone

    with pytest.raises(Conflict, match="Publish"):
        invited(campaign_of(acme, status=CampaignStatus.DRAFT), mara)
    campaign = campaign_of(acme, named="Other", code_in_mail=CodeInMail.REVEAL)
    with pytest.raises(Conflict, match="no e-mail address"):
        claim_links.invite(
            campaign=campaign, recipient=of_phone("+447911123456"), user=mara, at=clock.now()
        )


def test_many_are_invited_at_once_and_those_without_an_address_are_left_out(
    acme: Organisation, mara: User
) -> None:
    from vouchers.recipients import of_phone

    campaign = campaign_of(acme)
    people = [recipient(email=f"p{n}@home.example") for n in range(3)]
    at = clock.now()
    everybody = [*people, of_phone("+447911123456")]
    count = claim_links.invite_all(campaign=campaign, recipients=everybody, user=mara, at=at)
    assert count == 3
    assert claim_links.invite_all(campaign=campaign, recipients=people, user=mara, at=at) == 0
    assert len(mails(claim_links.KIND)) == 3
