"""Which lists take codes, and when what they took can be given out (vouchers.md 3, 4.1)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.test import override_settings

from core import clock
from directory.models import Organisation, User
from tests.cast import client_of
from tests.factories.vouchers import make_list, make_partner
from tests.vouchers.list_form import form
from vouchers.choices import ListStatus
from vouchers.models import UploadBatch
from vouchers.selectors.numbers import numbers
from vouchers.services import imports, kept_files, list_statuses, uploads
from vouchers.services.uploads import ListClosed

STORED = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}


@pytest.mark.scenario("VCH-8")
@override_settings(STORAGES=STORED)
def test_an_expired_list_takes_no_codes_and_a_paused_one_keeps_them_until_it_is_active(
    acme: Organisation, ada: User
) -> None:
    at = clock.now()
    partner = make_partner(acme)
    expired = make_list(partner, status=ListStatus.EXPIRED, at=at)
    paused = make_list(partner, status=ListStatus.PAUSED, at=at)
    with pytest.raises(ListClosed):
        uploads.receive(
            voucher_list=expired, file=ContentFile(b"A-1\nA-2\n", "a.csv"), actor=ada, at=at
        )
    posted = client_of(ada).post(
        f"/vouchers/lists/{expired.list_id}/upload", {"file": ContentFile(b"A-1\n", "a.csv")}
    )
    assert posted.status_code == 409
    assert not UploadBatch.objects.exists()
    uploads.receive(voucher_list=paused, file=ContentFile(b"A-1\nA-2\n", "a.csv"), actor=ada, at=at)
    imports.advance(clock=lambda: at)
    found = numbers(paused, at=at)
    assert (found.available, found.distributable) == (2, 0)
    active = list_statuses.activate(voucher_list=paused, actor=ada, at=at)
    assert numbers(active, at=at).distributable == 2


@override_settings(STORAGES=STORED)
def test_a_file_is_kept_for_an_hour_when_the_form_comes_back(acme: Organisation, ada: User) -> None:
    partner, client, url = make_partner(acme), client_of(ada), "/vouchers/lists/new"
    sent = form(partner, list_tag="has space")
    back = client.post(url, {**sent, "file": ContentFile(b"A-1\nA-2\n", "spring.csv")})
    assert back.status_code == 422
    assert "“spring.csv” is kept for an hour" in back.content.decode()
    kept = back.context["form"]["kept"].value()
    assert client.post(url, {**sent, "list_tag": "fine", "kept": kept}).status_code == 303
    assert UploadBatch.objects.get().file_name == "spring.csv"
    at = clock.now()
    assert kept_files.take(word=kept, user=ada, at=at) is not None
    assert kept_files.take(word=kept, user=ada, at=at + timedelta(minutes=61)) is None
    assert kept_files.take(word=kept + "x", user=ada, at=at) is None
    assert kept_files.forget(at=at + timedelta(hours=2)) == 1
