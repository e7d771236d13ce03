"""A catalogue file as a stream of checked lines: SKU, name, type, brand, family, categories, prices."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import BinaryIO

from core.money import Money, NotMoney
from directory.imports.headers import normal
from directory.imports.reading import LONGEST_CELL, Lines, NotAContactFile, delimiter
from directory.imports.rows import fused

MOST_BYTES = 10 * 1024 * 1024
MOST_ROWS = 50_000
COLUMNS: dict[str, tuple[str, ...]] = {
    "sku": ("code", "article", "item"),
    "name": ("product", "product_name", "title"),
    "type": ("product_type",),
    "brand": (),
    "family": ("product_family",),
    "categories": ("category",),
    "prices": ("price",),
}
BY_HEADING = {heading: name for name, others in COLUMNS.items() for heading in (name, *others)}
LONGEST = {"sku": 64, "name": 150, "type": 80, "brand": 80, "family": 80}
DEEPEST = 8


@dataclass(frozen=True, slots=True)
class CatalogueRow:
    """What one line says of a product; categories are paths from the top of the tree."""

    sku: str
    name: str
    type: str = ""
    brand: str = ""
    family: str = ""
    categories: tuple[tuple[str, ...], ...] = ()
    prices: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CatalogueLine:
    """One line by its number in the file: a row, or the reasons why there is none."""

    number: int
    row: CatalogueRow | None
    faults: tuple[str, ...] = ()


class NotACatalogueFile(NotAContactFile):
    """The file as a whole cannot be read; the message says why."""

    code = "not_a_catalogue_file"


class CatalogueFile:
    """Reads a CSV file of products: UTF-8, with comma, semicolon or tab."""

    def __init__(self, stream: BinaryIO, *, currency: str) -> None:
        """Read the first line; raises `NotAContactFile` when it makes no sense."""
        csv.field_size_limit(LONGEST_CELL)
        self._currency = currency
        text = Lines(stream)
        self._reader = csv.reader(text, delimiter=delimiter(text.peek()), strict=True)
        heading = self._next() or []
        self.columns = [BY_HEADING.get(normal(cell), "") for cell in heading]
        if "sku" not in self.columns or "name" not in self.columns:
            raise NotACatalogueFile(
                "The first line must name the columns “sku” and “name”: a product is recognised by"
                " its SKU."
            )

    def __iter__(self) -> Iterator[CatalogueLine]:
        """Yield every line that is not empty, with its number as an editor counts."""
        seen: dict[str, int] = {}
        count = 0
        while True:
            number = self._reader.line_num + 1
            cells = self._next()
            if cells is None:
                return
            if not any(cell.strip() for cell in cells):
                continue
            count += 1
            if count > MOST_ROWS:
                raise NotACatalogueFile(f"The file has more than {MOST_ROWS:,} products.")
            yield self._line(number, cells, seen)

    def _line(self, number: int, cells: list[str], seen: dict[str, int]) -> CatalogueLine:
        named = {
            column: " ".join(fused(cell).split())
            for column, cell in zip(self.columns, cells, strict=False)
            if column
        }
        faults = [
            f"{column}: at most {most} characters."
            for column, most in LONGEST.items()
            if len(named.get(column, "")) > most
        ]
        faults += [f"{column}: fill this in." for column in ("sku", "name") if not named[column]]
        if (first := seen.setdefault(named["sku"], number)) != number:
            faults.append(f"sku: the same SKU stands in line {first}.")
        paths, prices = _paths(named.get("categories", "")), {}
        if any(len(path) > DEEPEST or max(map(len, path)) > 80 for path in paths):
            faults.append(f"categories: at most {DEEPEST} levels of at most 80 characters.")
        try:
            prices = _prices(named.get("prices", ""), self._currency)
        except NotMoney as error:
            faults.append(f"prices: {error}")
        if faults:
            return CatalogueLine(number, None, tuple(faults))
        texts = {name: named.get(name, "") for name in LONGEST}
        return CatalogueLine(number, CatalogueRow(**texts, categories=paths, prices=prices))

    def _next(self) -> list[str] | None:
        try:
            return next(self._reader, None)
        except csv.Error as error:
            raise NotACatalogueFile(
                f"Line {self._reader.line_num}: a quotation mark is open or a cell is far too long."
            ) from error


def _paths(text: str) -> tuple[tuple[str, ...], ...]:
    """Read "Drinks > Hot > Coffee | Offers" as two paths."""
    paths = [
        tuple(part.strip() for part in path.replace("›", ">").split(">") if part.strip())
        for path in text.split("|")
    ]
    return tuple(dict.fromkeys(path for path in paths if path))


def _prices(text: str, currency: str) -> dict[str, int]:
    """Read "2.50" in the business's currency, or "2.50 EUR, 2.80 USD"; raises `NotMoney`."""
    found: dict[str, int] = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        amount, _, code = part.partition(" ")
        price = Money.parse(amount, code.strip().upper() or currency)
        if price.minor < 0:
            raise NotMoney("A price is not below zero.")
        if price.currency in found:
            raise NotMoney(f"Two prices in {price.currency}. Write 1.50, with a point.")
        found[price.currency] = price.minor
    return found
