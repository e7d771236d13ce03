"""A new list together with its first upload: both or neither."""

from __future__ import annotations

from datetime import datetime

from django.core.files import File
from django.db import transaction

from directory.models import User
from vouchers.choices import BatchMode, HeaderMode
from vouchers.models import Partner, VoucherList
from vouchers.services import lists, uploads
from vouchers.services.lists import ListData


def open_list(
    *,
    partner: Partner,
    data: ListData,
    file: File[bytes] | None = None,
    mode: str = BatchMode.PARTIAL,
    header: str = HeaderMode.AUTO,
    actor: User | None,
    at: datetime,
) -> VoucherList:
    """Make the list and queue the import of its file; a refused file leaves no list behind.

    Raises what `lists.create` and `uploads.receive` raise.
    """
    with transaction.atomic():
        made = lists.create(partner=partner, data=data, actor=actor, at=at)
        if file is not None:
            uploads.receive(
                voucher_list=made, file=file, mode=mode, header=header, actor=actor, at=at
            )
    return made
