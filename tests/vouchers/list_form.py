"""What a browser sends for a new voucher list."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from core import clock
from vouchers.models import Partner

LATER = clock.now() + timedelta(days=365)


def form(partner: Partner, **changes: Any) -> dict[str, Any]:
    """Return what the browser sends for a new list."""
    values = {
        "partner": partner.pk,
        "list_tag": "Holi2025",
        "name": "Holi",
        "expires_on": f"{LATER:%Y-%m-%d}",
        "redeem_rule": "same_as_list",
        "mode": "partial",
        "header": "auto",
        "code_case": "exact",
        "code_min_length": 2,
        "code_max_length": 255,
        "assignment_order": "sequential",
        "warn_used_percent": 80,
    }
    return {**values, **changes}
