"""Why a line was refused or only taken with a warning, in the words of the pages and the report."""

from __future__ import annotations

# By its code: the words that name it in a filter or on a bar.
REASONS: dict[str, str] = {
    "COMMA": "Comma inside a code",
    "INNER_SPACE": "Blank inside a code",
    "QUOTE": "Quotation mark left open",
    "BAD_CHARACTER": "Character that no code may have",
    "NON_ASCII": "Letter outside plain English ones",
    "FORMULA": "Begins like a formula",
    "SPREADSHEET_DAMAGE": "Changed by a spreadsheet",
    "TOO_SHORT": "Too short",
    "TOO_LONG": "Too long",
    "DUPLICATE_IN_FILE": "Twice in this file",
    "DUPLICATE_IN_LIST": "Already in this list",
    "DUPLICATE_IN_PARTNER": "Already in another list of the partner",
    "ISSUED_BEFORE": "Given to somebody before, from an archived list",
    "LIST_FULL": "The list is full",
    "TRAILING_COMMA": "Empty columns after the code",
    "TRIMMED": "Blanks around the code taken away",
    "SHORT": "Short enough to be guessed",
    "CASE_CLASH": "Differs from another code only in capitals",
}
# What only a comparison with other codes can tell.
COMPARED = (
    "DUPLICATE_IN_FILE",
    "DUPLICATE_IN_LIST",
    "DUPLICATE_IN_PARTNER",
    "ISSUED_BEFORE",
    "LIST_FULL",
    "CASE_CLASH",
)
# Refused, unless whoever uploads says that the codes are correct.
DAMAGE = "SPREADSHEET_DAMAGE"
# A line that only has these is taken.
WARNINGS = frozenset({"TRAILING_COMMA", "TRIMMED", "SHORT", "CASE_CLASH"})


def words(reason: str) -> str:
    """Return what a person reads for the reason's code."""
    return REASONS.get(reason, reason)
