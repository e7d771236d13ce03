"""One line of a file of codes: the code it holds, or why it holds none (vouchers.md 4.2, 4.3).

A field never spans lines, so one open quotation mark costs one line. A second filled column is a
mistake of the whole file and raises `FileRefused`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

HEADINGS = frozenset(
    {
        "code", "codes", "voucher", "voucher code", "voucher_code", "coupon", "coupon code", "promo",
        "promo code", "promotion code", "serial",
    }
)  # fmt: skip
# A physical line beyond this is no code and is not looked at.
LONGEST_LINE = 4_096
# Codes below this length can be guessed.
WEAK = 6
INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff"
# Printable ASCII without blank, comma, semicolon and quotation mark.
ALLOWED = r"[!#-+\--:<-~]"
DAMAGE = r"\d(?:\.\d+)?[Ee]\+\d{1,3}"
_BLANKS = "".join(chr(number) for number in range(0x3001) if chr(number).isspace()) + INVISIBLE
_DAMAGED = re.compile(DAMAGE).fullmatch
_FORBIDDEN = re.compile(rf"(?!{ALLOWED})[\x00-\x7f]").search
_OUTSIDE = re.compile(r"[^\x00-\x7f]").search


class FileRefused(Exception):
    """The file as a whole is refused: a code, a sentence, and the line where it was seen."""

    def __init__(self, code: str, message: str, line: int | None = None) -> None:
        super().__init__(message)
        self.code, self.message, self.line = code, message, line


@dataclass(frozen=True)
class Rules:
    """What the list and the uploader ask of a code."""

    min_length: int = 2
    max_length: int = 255
    is_damage_accepted: bool = False
    # "auto", "yes" or "no".
    header: str = "auto"

    @cached_property
    def plain(self) -> re.Pattern[str]:
        """What nearly every line looks like: a code with nothing to say about it."""
        shortest = max(self.min_length, WEAK)
        return re.compile(
            rf"(?!=)(?!{DAMAGE}\Z){ALLOWED}{{{shortest},{max(self.max_length, shortest)}}}"
            if shortest <= self.max_length
            else r"(?!)"
        )


@dataclass(frozen=True, slots=True)
class Remark:
    """A reason's code and a sentence about this line."""

    reason: str
    message: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """The code of a line with its warnings, or why it is refused; neither for a blank line."""

    code: str = ""
    refusal: Remark | None = None
    warnings: tuple[Remark, ...] = ()

    @property
    def is_blank(self) -> bool:
        return not self.code and self.refusal is None


def judge(line: str, rules: Rules, number: int) -> Verdict:
    """Return what the line holds; raises `FileRefused` where it has a second filled column."""
    if len(line) > LONGEST_LINE:
        return _refused("TOO_LONG", f"The line has more than {LONGEST_LINE:,} characters.")
    stripped = line.strip(_BLANKS)
    if not stripped.strip(", \t"):
        return Verdict()
    warnings = []
    try:
        value, is_quoted, is_comma_after = _field(stripped, number)
    except ValueError as error:
        return _refused("QUOTE", str(error))
    code = value.strip(_BLANKS)
    if code != value or (stripped != line):
        warnings.append(Remark("TRIMMED", "Blanks around the code were taken away."))
    if is_comma_after:
        warnings.append(Remark("TRAILING_COMMA", "Empty columns after the code were ignored."))
    if not code:
        return _refused("TOO_SHORT", "There is nothing between the quotation marks.")
    return _code(code, rules, warnings, is_quoted=is_quoted)


def is_heading(line: str) -> bool:
    """Tell whether the line is one of the words that stand above a column of codes."""
    return " ".join(line.strip(_BLANKS + ',"').lower().split()) in HEADINGS


def is_blank(line: str) -> bool:
    return not line.strip(_BLANKS).strip(", \t")


def _field(line: str, number: int) -> tuple[str, bool, bool]:
    """Return the line's one field, whether it was quoted, and whether empty ones follow.

    Raises `ValueError` for a quotation mark left open, `FileRefused` for a second filled field.
    """
    if line.startswith('"'):
        match = re.match(r'"((?:[^"]|"")*)"\s*', line)
        if match is None:
            raise ValueError("A quotation mark is opened and never closed.")
        rest = line[match.end() :]
        if rest and not rest.startswith(","):
            raise ValueError("Something follows the closing quotation mark.")
        field, quoted = match[1].replace('""', '"'), True
    else:
        field, comma, rest = line.partition(",")
        rest, quoted = comma + rest, False
        if field.count('"') % 2:
            raise ValueError("A quotation mark is opened and never closed.")
    if rest.strip(_BLANKS + ',"'):
        raise FileRefused(
            "MANY_COLUMNS",
            f"Line {number} has a second column. Keep only the column of codes and upload again.",
            number,
        )
    return field, quoted, bool(rest)


def _code(code: str, rules: Rules, warnings: list[Remark], *, is_quoted: bool) -> Verdict:
    """Return the verdict on a trimmed value: the first rule that it breaks, or its warnings."""
    refusal = _fault(code, rules, is_quoted=is_quoted)
    if refusal is not None and refusal.reason == "SPREADSHEET_DAMAGE" and rules.is_damage_accepted:
        warnings.append(Remark(refusal.reason, "Looks changed by a spreadsheet; taken as it is."))
        refusal = None
    if refusal is not None:
        return Verdict(refusal=refusal)
    if len(code) < WEAK:
        warnings.append(Remark("SHORT", f"{len(code)} characters are few enough to be guessed."))
    return Verdict(code, warnings=tuple(warnings))


def _fault(code: str, rules: Rules, *, is_quoted: bool) -> Remark | None:
    """Return the first rule that the value breaks: its signs, then its shape, then its length."""
    return _bad_sign(code, is_quoted=is_quoted) or _bad_shape(code) or _bad_length(code, rules)


def _bad_sign(code: str, *, is_quoted: bool) -> Remark | None:
    if is_quoted and "," in code:
        return Remark("COMMA", "A code has no comma.")
    if any((sign.isspace() and sign != "\t") or sign in INVISIBLE for sign in code):
        return Remark("INNER_SPACE", "A code has no blank inside.")
    if found := _OUTSIDE(code):
        sign = found[0]
        return Remark("NON_ASCII", f"“{sign}” is U+{ord(sign):04X}, not a plain letter or digit.")
    if found := _FORBIDDEN(code):
        return Remark("BAD_CHARACTER", f"A code has no {_named(found[0])}.")
    return None


def _bad_shape(code: str) -> Remark | None:
    if code.startswith("="):
        return Remark("FORMULA", "A code does not begin with “=”, as formulas do.")
    if _DAMAGED(code):
        return Remark(
            "SPREADSHEET_DAMAGE",
            "A spreadsheet has rounded a long number. Export the codes as text.",
        )
    return None


def _bad_length(code: str, rules: Rules) -> Remark | None:
    if len(code) < rules.min_length:
        return Remark(
            "TOO_SHORT", f"{len(code)} characters; at least {rules.min_length} are asked."
        )
    if len(code) > rules.max_length:
        return Remark(
            "TOO_LONG", f"{len(code)} characters; at most {rules.max_length} are allowed."
        )
    return None


def _named(sign: str) -> str:
    names = {'"': "quotation mark", ";": "semicolon", "\t": "tab", ",": "comma"}
    return names.get(sign, f"control character U+{ord(sign):04X}")


def _refused(reason: str, message: str) -> Verdict:
    return Verdict(refusal=Remark(reason, message))
