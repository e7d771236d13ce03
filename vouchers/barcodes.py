"""Code 128 (ISO/IEC 15417): text as bars that shop scanners read, in code set B.

Each sign is eleven modules wide: three bars and three gaps, bar first; the stop sign has one bar more.
"""

from __future__ import annotations

# The widths of bars and gaps of the values 0 to 106.
_TABLE = """
212222 222122 222221 121223 121322 131222 122213 122312 132212 221213 221312 231212 112232
122132 122231 113222 123122 123221 223211 221132 221231 213212 223112 312131 311222 321122
321221 312212 322112 322211 212123 212321 232121 111323 131123 131321 112313 132113 132311
211313 231113 231311 112133 112331 132131 113123 113321 133121 313121 211331 231131 213113
213311 213131 311123 311321 331121 312113 312311 332111 314111 221411 431111 111224 111422
121124 121421 141122 141221 112214 112412 122114 122411 142112 142211 241211 221114 413111
241112 134111 111242 121142 121241 114212 124112 124211 411212 421112 421211 212141 214121
412121 111143 111341 131141 114113 114311 411113 411311 113141 114131 311141 411131 211412
211214 211232 2331112
"""
_WIDTHS = _TABLE.split()
_START_B, _STOP, _MODULUS = 104, 106, 103
# Longer ones are too wide for the screen of a phone.
LONGEST = 24


def can_be_bars(text: str) -> bool:
    """Tell whether the text is printable ASCII and short enough to be scanned from a phone."""
    return 0 < len(text) <= LONGEST and all(" " <= sign <= "~" for sign in text)


def bars(text: str) -> list[tuple[int, int]]:
    """Return where each bar begins and how wide it is, in modules; `ValueError` for other text."""
    if not can_be_bars(text):
        raise ValueError("Only short printable ASCII becomes bars.")
    values = [ord(sign) - 32 for sign in text]
    check = (_START_B + sum(place * value for place, value in enumerate(values, 1))) % _MODULUS
    found, at = [], 0
    for value in (_START_B, *values, check, _STOP):
        for place, width in enumerate(map(int, _WIDTHS[value])):
            if place % 2 == 0:
                found.append((at, width))
            at += width
    return found


def width_of(text: str) -> int:
    """Return how many modules wide the bars are, without the quiet zones beside them."""
    start, width = bars(text)[-1]
    return start + width
