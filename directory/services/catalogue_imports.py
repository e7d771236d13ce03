"""Imports of a catalogue: a rehearsal that counts, then the same over again, in earnest.

The file is read as a stream and worked in chunks: one look at the database says what is new, changed
or the same; in earnest each chunk is written set-wise in one transaction. The same file again changes
nothing. An empty cell leaves what is stored; categories that the tree lacks are added to it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from core.errors import Conflict
from directory.choices import ImportStatus
from directory.imports.catalogue import (
    MOST_BYTES,
    CatalogueFile,
    CatalogueLine,
    CatalogueRow,
    NotACatalogueFile,
)
from directory.models import (
    Brand,
    CatalogueImport,
    Category,
    Organisation,
    Product,
    ProductFamily,
    ProductPrice,
    ProductType,
    User,
)
from directory.services import catalogue

CHUNK = 500
FAULTS_SHOWN = 50
LABELS = {"type": ProductType, "brand": Brand, "family": ProductFamily}


class NotReady(Conflict):
    """The import is past the step that the action belongs to."""

    code = "import_not_ready"


@dataclass(slots=True)
class Counts:
    """What the lines of a file would do, or did."""

    rows: int = 0
    new: int = 0
    changed: int = 0
    same: int = 0
    bad: int = 0
    faults: list[dict[str, Any]] = field(default_factory=list)


def upload(
    *, business: Organisation, file: UploadedFile[Any], actor: User | None, at: datetime
) -> CatalogueImport:
    """Keep an uploaded catalogue and rehearse it; raises `NotACatalogueFile` for what is none."""
    if (file.size or 0) > MOST_BYTES:
        raise NotACatalogueFile("The file is larger than 10 MB. Divide it into several files.")
    counts = work(business=business, stream=file, write=False, at=at)
    file.seek(0)
    name = (file.name or "catalogue.csv")[-200:]
    file.name = f"{business.pk}.csv"
    return CatalogueImport.objects.create(
        business=business,
        created_by=actor,
        file=file,
        file_name=name,
        created_at=at,
        updated_at=at,
        **_columns(counts),
    )


def start(*, job: CatalogueImport, at: datetime) -> CatalogueImport:
    """Import in earnest what the rehearsal showed; raises `NotReady` for whom was second."""
    with transaction.atomic():
        locked = CatalogueImport.objects.select_for_update(of=("self",)).get(pk=job.pk)
        if not locked.is_ready:
            raise NotReady("This import is past that step. Look at the page again.")
        with locked.file.open("rb") as stream:
            counts = work(business=locked.business, stream=stream, write=True, at=at)
        for name, value in _columns(counts).items():
            setattr(locked, name, value)
        locked.status, locked.updated_at = ImportStatus.DONE, at
        locked.save()
    return locked


def cancel(*, job: CatalogueImport, at: datetime) -> None:
    """Give the import up after its rehearsal; nothing was written."""
    changed = CatalogueImport.objects.filter(pk=job.pk, status=ImportStatus.READY).update(
        status=ImportStatus.CANCELLED, updated_at=at
    )
    if not changed:
        raise NotReady("This import is past that step. Look at the page again.")


def work(*, business: Organisation, stream: Any, write: bool, at: datetime) -> Counts:
    """Rehearse a file or, with `write`, import it."""
    counts = Counts()
    tree = _Tree(business, at)
    lines = iter(CatalogueFile(stream, currency=business.base_currency))
    for chunk in _chunks(lines):
        counts.rows += len(chunk)
        for line in chunk:
            if line.row is None:
                counts.bad += 1
                if len(counts.faults) < FAULTS_SHOWN:
                    counts.faults.append({"line": line.number, "reason": " ".join(line.faults)})
        rows = [line.row for line in chunk if line.row is not None]
        with transaction.atomic():
            _work_chunk(business, rows, counts, tree, write=write, at=at)
    return counts


def _chunks(lines: Iterator[CatalogueLine]) -> Iterator[list[CatalogueLine]]:
    while chunk := list(islice(lines, CHUNK)):
        yield chunk


def _columns(counts: Counts) -> dict[str, Any]:
    return {
        "row_count": counts.rows,
        "new_count": counts.new,
        "changed_count": counts.changed,
        "same_count": counts.same,
        "bad_count": counts.bad,
        "faults": counts.faults,
    }


def _work_chunk(
    business: Organisation,
    rows: Sequence[CatalogueRow],
    counts: Counts,
    tree: _Tree,
    *,
    write: bool,
    at: datetime,
) -> None:
    """Look at the chunk's products once, count, and with `write` store what differs."""
    known = {
        product.sku: product
        for product in Product.objects.filter(business=business, sku__in=[r.sku for r in rows])
        .select_related("family", "brand", "type")
        .prefetch_related("categories", "prices")
    }
    new = [row for row in rows if row.sku not in known]
    changed = [row for row in rows if row.sku in known and _differs(known[row.sku], row, tree)]
    counts.new += len(new)
    counts.changed += len(changed)
    counts.same += len(rows) - len(new) - len(changed)
    if not write or not (new or changed):
        return
    labels = _labels(business, [*new, *changed])
    products = {
        row.sku: _written(known.get(row.sku), row, business, labels, at) for row in (*new, *changed)
    }
    Product.objects.bulk_create([products[row.sku] for row in new])
    Product.objects.bulk_update(
        [products[row.sku] for row in changed],
        ["name", "type", "brand", "family", "needs_review", "updated_at", "version"],
    )
    _write_prices([*new, *changed], products)
    _write_categories([*new, *changed], products, tree)


def _differs(product: Product, row: CatalogueRow, tree: _Tree) -> bool:
    """Tell whether the row says something that is not stored yet; empty cells say nothing."""
    if product.name != row.name or product.needs_review:
        return True
    for name in LABELS:
        said, stored = getattr(row, name), getattr(product, name)
        if said and (stored is None or stored.name.casefold() != said.casefold()):
            return True
    prices = {one.currency: one.price_minor for one in product.prices.all()}
    if not row.prices.items() <= prices.items():
        return True
    there = {one.pk for one in product.categories.all()}
    return bool(row.categories) and {tree.find(path) for path in row.categories} != there


def _labels(business: Organisation, rows: Sequence[CatalogueRow]) -> dict[tuple[str, str], Any]:
    """Return families, brands and types by name, made where they are new."""
    wanted = {
        (name, getattr(row, name).casefold()): getattr(row, name) for row in rows for name in LABELS
    }
    wanted["type", catalogue.DEFAULT_TYPE.casefold()] = catalogue.DEFAULT_TYPE
    return {
        key: catalogue.label(LABELS[key[0]], business=business, name=text)
        for key, text in wanted.items()
        if text
    }


def _written(
    product: Product | None,
    row: CatalogueRow,
    business: Organisation,
    labels: dict[tuple[str, str], Any],
    at: datetime,
) -> Product:
    made = product or Product(business=business, sku=row.sku, created_at=at, version=0)
    made.name = row.name
    for name in LABELS:
        if said := getattr(row, name):
            setattr(made, name, labels[name, said.casefold()])
    if made.type_id is None:
        made.type = labels["type", catalogue.DEFAULT_TYPE.casefold()]
    made.needs_review = False
    made.updated_at = at
    made.version += 1
    return made


def _write_prices(rows: Sequence[CatalogueRow], products: dict[str, Product]) -> None:
    ProductPrice.objects.bulk_create(
        [
            ProductPrice(product=products[row.sku], currency=currency, price_minor=minor)
            for row in rows
            for currency, minor in row.prices.items()
        ],
        update_conflicts=True,
        unique_fields=["product", "currency"],
        update_fields=["price_minor"],
    )


def _write_categories(
    rows: Sequence[CatalogueRow], products: dict[str, Product], tree: _Tree
) -> None:
    through = Product.categories.through
    said = [row for row in rows if row.categories]
    through.objects.filter(product_id__in=[products[row.sku].pk for row in said]).delete()
    through.objects.bulk_create(
        through(product_id=products[row.sku].pk, category_id=pk)
        for row in said
        for pk in sorted({tree.find_or_add(path) for path in row.categories})
    )


class _Tree:
    """The business's categories by path, read once; new ones are added when they are needed."""

    def __init__(self, business: Organisation, at: datetime) -> None:
        self._business, self._at = business, at
        self._by_place: dict[tuple[int | None, str], Category] = {
            (row.parent_id, row.name.casefold()): row
            for row in Category.objects.filter(business=business)
        }

    def find(self, path: tuple[str, ...]) -> int | None:
        """Return the key of the category at the end of the path, None where it is not there."""
        at: int | None = None
        for name in path:
            found = self._by_place.get((at, name.casefold()))
            if found is None:
                return None
            at = found.pk
        return at

    def find_or_add(self, path: tuple[str, ...]) -> int:
        parent: Category | None = None
        for depth, name in enumerate(path):
            place = (parent.pk if parent else None, name.casefold())
            if place not in self._by_place:
                self._by_place[place] = catalogue.add_category(
                    business=self._business,
                    name=name,
                    code="-".join(path[: depth + 1])[:40],
                    parent=parent,
                    at=self._at,
                )
            parent = self._by_place[place]
        assert parent is not None
        return parent.pk
