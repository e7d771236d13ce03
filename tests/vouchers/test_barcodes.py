"""Code-128 bars (ISO/IEC 15417, code set B)."""

from __future__ import annotations

import pytest

from vouchers import barcodes


def modules(text: str) -> str:
    """Draw the bars as a row of modules: 1 for dark, 0 for light."""
    row = ["0"] * barcodes.width_of(text)
    for start, width in barcodes.bars(text):
        row[start : start + width] = "1" * width
    return "".join(row)


def test_a_known_symbol_has_the_published_modules() -> None:
    start_b, a, check, stop = "11010010000", "10100011000", "10001011000", "1100011101011"
    # "A" is the value 33: 104 + 33 leaves 34, which is drawn like "B".
    assert modules("A") == start_b + a + check + stop


@pytest.mark.parametrize("text", ["SAMPLE-0000", "a", "AB/12_x~ !", "0" * barcodes.LONGEST])
def test_every_sign_is_eleven_modules_and_the_stop_thirteen(text: str) -> None:
    assert barcodes.width_of(text) == 11 * (len(text) + 2) + 13


def test_bars_can_be_read_back() -> None:
    text = "PUMA-50OFF"
    row = modules(text)
    signs = {modules(chr(value + 32))[11:22]: chr(value + 32) for value in range(95)}
    cells = [row[at : at + 11] for at in range(0, len(row) - 13, 11)]
    assert "".join(signs[cell] for cell in cells[1:-1]) == text


@pytest.mark.parametrize("text", ["", "é", "tab\t", "x" * (barcodes.LONGEST + 1)])
def test_other_text_becomes_no_bars(text: str) -> None:
    assert not barcodes.can_be_bars(text)
    with pytest.raises(ValueError, match="printable ASCII"):
        barcodes.bars(text)
