"""All operations of vouchers as one router."""

from __future__ import annotations

from ninja import Router

from vouchers.api.issuing import router as issuing_router
from vouchers.api.lists import router as lists_router
from vouchers.api.redeeming import router as redeeming_router

router = Router()
for part in (lists_router, issuing_router, redeeming_router):
    router.add_router("", part)
