"""Products and services of a business (incentives.md 3.2)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import partial

from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.db.models import Max

from core.errors import Conflict, Invalid, StaleVersion
from directory import hooks
from directory.models import Organisation, ProductImage, ProductService, User

MOST_IMAGES = 5


class NameTaken(Invalid):
    """Another product or service of the business has the name, whatever its case."""

    code = "name_taken"


class TooManyImages(Invalid):
    """A product or service has at most five pictures."""

    code = "too_many_images"


class InUse(Conflict):
    """Something stands on the product or service, so that it cannot be deleted."""

    code = "in_use"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductData:
    """A product or service as its form gives it."""

    name: str
    kind: str
    category: str
    description: str
    purchase_model: str = ""
    url: str = ""
    contact_email: str = ""
    contact_phone: str = ""


def create(
    *,
    business: Organisation,
    data: ProductData,
    images: Sequence[ContentFile[bytes]] = (),
    actor: User | None,
    at: datetime,
) -> ProductService:
    """Add a product or service; raises `NameTaken` and `TooManyImages`."""
    product = ProductService(
        business=business, **asdict(data), created_by=actor, created_at=at, updated_at=at
    )
    with transaction.atomic():
        _save(product)
        _add_images(product, images)
    return product


def update(
    *,
    product: ProductService,
    data: ProductData,
    images: Sequence[ContentFile[bytes]] = (),
    remove_image_ids: Sequence[int] = (),
    version: int,
    at: datetime,
) -> ProductService:
    """Change a product or service; raises `StaleVersion`, `NameTaken` and `TooManyImages`."""
    with transaction.atomic():
        locked = ProductService.objects.select_for_update().get(pk=product.pk)
        if locked.version != version:
            raise StaleVersion(
                "Somebody saved this while you were editing it. Check the newer one below."
            )
        for name, value in asdict(data).items():
            setattr(locked, name, value)
        locked.version += 1
        locked.updated_at = at
        _save(locked)
        _remove_images(locked, remove_image_ids)
        _add_images(locked, images)
    return locked


def delete(*, product: ProductService) -> None:
    """Remove a product or service that nothing stands on; raises `InUse` while a program does."""
    with transaction.atomic():
        locked = ProductService.objects.select_for_update().get(pk=product.pk)
        if uses := hooks.uses_of([locked.pk])[locked.pk]:
            raise InUse(f"“{locked.name}” cannot be deleted: {uses[0].label} is about it.")
        _remove_images(locked, list(locked.images.values_list("pk", flat=True)))
        locked.delete()


def _save(product: ProductService) -> None:
    try:
        with transaction.atomic():
            product.save()
    except IntegrityError as error:
        if "directory_product_service_name" not in str(error):
            raise
        sentence = "You have a product or service with this name already."
        raise NameTaken(sentence, fields={"name": sentence}) from error


def _add_images(product: ProductService, images: Sequence[ContentFile[bytes]]) -> None:
    if not images:
        return
    there = product.images.count()
    if there + len(images) > MOST_IMAGES:
        sentence = f"At most {MOST_IMAGES} pictures. There are {there} already."
        raise TooManyImages(sentence, fields={"images": sentence})
    last = product.images.aggregate(last=Max("position"))["last"] or 0
    for position, image in enumerate(images, start=last + 1):
        row = ProductImage(product_service=product, position=position)
        row.file.save(image.name or "picture", image, save=False)
        row.save()


def _remove_images(product: ProductService, ids: Sequence[int]) -> None:
    for image in product.images.filter(pk__in=ids):
        storage, name = image.file.storage, image.file.name
        image.delete()
        transaction.on_commit(partial(storage.delete, name or ""))
