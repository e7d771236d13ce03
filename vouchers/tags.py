"""Names, tags and List IDs: how they are written, and which are refused (vouchers.md 2.1, 2.2)."""

from __future__ import annotations

import hashlib
import unicodedata

from core.codes import ALPHABET

SHORTEST_TAG, LONGEST_TAG = 2, 64
LONGEST_NAME = 100
ID_PREFIX, ID_LENGTH = "VL-", 10
# Letters and marks that no one sees, besides the categories of control and format characters.
UNSEEN = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0") | {
    chr(code) for code in (*range(0x180B, 0x1810), *range(0xFE00, 0xFE10))
}


def normal_name(text: str) -> str:
    """Return the name as it is kept: NFC, trimmed, inner runs of blanks collapsed to one space."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def normal_tag(text: str) -> str:
    """Return the tag as it is kept: NFC and lower case, blanks around it gone."""
    lower = unicodedata.normalize("NFC", text.strip()).lower()
    return unicodedata.normalize("NFC", lower)


def tag_problem(tag: str) -> str:
    """Say what is wrong with a normal tag, or return an empty text."""
    if any(sign.isspace() for sign in tag):
        return "A list tag has no spaces. Use a dash or an underscore instead."
    if any(is_unseen(sign) for sign in tag):
        return "This tag holds an invisible character. Type it again instead of pasting it."
    if not SHORTEST_TAG <= len(tag) <= LONGEST_TAG:
        return f"A list tag has {SHORTEST_TAG} to {LONGEST_TAG} characters."
    return ""


def is_unseen(sign: str) -> bool:
    """Tell whether nobody sees the character: control, format, private or a filler."""
    return unicodedata.category(sign)[0] == "C" or sign in UNSEEN


def list_id_of(*, business_id: int, partner_id: int, tag: str, generation: int) -> str:
    """Return the List ID of a tag's n-th use: `VL-` and ten characters.

    The SHA-256 of "business/partner/generation/tag" in UTF-8 as one number, of which the ten lowest
    digits are written in the alphabet without look-alikes; a support person can compute it again.
    """
    text = f"{business_id}/{partner_id}/{generation}/{tag}"
    rest = int.from_bytes(hashlib.sha256(text.encode()).digest())
    signs = []
    for _ in range(ID_LENGTH):
        rest, place = divmod(rest, len(ALPHABET))
        signs.append(ALPHABET[place])
    return ID_PREFIX + "".join(signs)
