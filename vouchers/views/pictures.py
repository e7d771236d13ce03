"""A code as pictures that tills read: a QR code, and bars where it is short enough."""

from __future__ import annotations

import segno
from django.utils.safestring import SafeString, mark_safe

from vouchers import barcodes

# Light modules around the picture that a scanner needs.
QR_QUIET, BARS_QUIET = 4, 10
BARS_HEIGHT = 48


def qr(code: str) -> SafeString:
    """Draw the code as a QR code, black on white in every look, so that scanners can read it."""
    drawn: str = segno.make(code, error="m", micro=False, boost_error=False).svg_inline(
        border=QR_QUIET, light="#fff", dark="#000", omitsize=True
    )
    return mark_safe(drawn)  # noqa: S308 - modules drawn by us; the code is not part of the markup


def code_128(code: str) -> SafeString:
    """Draw the code as Code-128 bars, or nothing where it is too long or not plain ASCII."""
    if not barcodes.can_be_bars(code):
        return SafeString("")
    width = barcodes.width_of(code) + 2 * BARS_QUIET
    drawn = "".join(
        f'<rect x="{start + BARS_QUIET}" y="4" width="{wide}" height="{BARS_HEIGHT}"/>'
        for start, wide in barcodes.bars(code)
    )
    return mark_safe(  # noqa: S308 - numbers alone
        f'<svg viewBox="0 0 {width} {BARS_HEIGHT + 8}" preserveAspectRatio="none" '
        f'aria-hidden="true"><rect width="{width}" height="{BARS_HEIGHT + 8}" fill="#fff"/>'
        f"<g>{drawn}</g></svg>"
    )
