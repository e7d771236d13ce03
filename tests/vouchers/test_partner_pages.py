"""The page and the form of a partner at the desk (vouchers.md 8, page 9)."""

from __future__ import annotations

import pytest
from django.urls import reverse

from core.clock import now
from directory.models import Organisation, User
from tests.cast import client_of
from tests.factories.vouchers import make_list, make_partner
from vouchers.choices import PartnerKind
from vouchers.models import Partner

CHECK = 'name="is_told_of_low_stock"'


@pytest.fixture
def puma(acme: Organisation) -> Partner:
    partner = make_partner(acme, "Puma", contact_email="hello@puma.example")
    make_list(partner, "sale", at=now())
    return partner


def form_of(user: User, partner: Partner) -> str:
    url = reverse("voucher_partner_edit", args=[partner.pk])
    return client_of(user).get(url).content.decode()


def test_asking_a_brand_partner_for_codes_can_be_switched_after_its_kind_is_fixed(
    mara: User, puma: Partner
) -> None:
    page = form_of(mara, puma)
    assert CHECK in page
    assert 'data-show-when="kind=external"' not in page
    typed = {
        "name": "Puma", "contact_email": "hello@puma.example", "is_told_of_low_stock": "on",
        "late_redemption_days": "0", "version": str(puma.version),
    }  # fmt: skip
    url = reverse("voucher_partner_edit", args=[puma.pk])
    assert client_of(mara).post(url, typed).status_code == 303
    puma.refresh_from_db()
    assert puma.is_told_of_low_stock


def test_a_businesss_own_engine_is_never_asked_for_codes(mara: User, acme: Organisation) -> None:
    own = make_partner(acme, "Acme", kind=PartnerKind.INTERNAL)
    make_list(own, "coffee", at=now())
    assert 'data-show-when="kind=external"' in form_of(mara, own)


def test_the_page_of_a_partner_tells_where_its_people_come_in(mara: User, puma: Partner) -> None:
    page = client_of(mara).get(reverse("voucher_partner", args=[puma.pk])).content.decode()
    assert f"http://testserver{reverse('partner_portal')}" in page
