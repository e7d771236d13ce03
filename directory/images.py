"""Pictures that people upload: judged by their content, stored as drawn anew.

A file is what Pillow reads in it, not what its name or its sender's browser says. It is written again
before it is stored, upright and without metadata: nothing that hides beside the picture survives, and a
photograph does not tell where it was taken.
"""

from __future__ import annotations

import io
import secrets
import warnings
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from PIL import Image, ImageOps

MOST_BYTES = 5 * 1024 * 1024
MOST_PIXELS = 40_000_000
LONGEST_SIDE = 2_000
FORMATS = {"PNG": "png", "JPEG": "jpg", "WEBP": "webp"}
CONTENT_TYPES = {"png": "image/png", "jpg": "image/jpeg", "webp": "image/webp"}
HINT = "PNG, JPEG or WebP, at most 5 MB."


def clean(upload: Any) -> ContentFile[bytes]:
    """Return the picture drawn anew under a random name; raise ValidationError for anything else."""
    if upload.size > MOST_BYTES:
        raise ValidationError("The picture is larger than 5 MB.", code="too_large")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(upload, formats=list(FORMATS)) as picture:
                return _drawn_anew(picture)
    except ValidationError:
        raise
    except Exception as error:  # decoders raise errors of every kind on a crafted file
        raise ValidationError(
            "This file is not a PNG, JPEG or WebP picture.", code="not_a_picture"
        ) from error


def content_type(name: str) -> str:
    """Return the content type of a stored picture, known from the name that we gave it."""
    return CONTENT_TYPES.get(name.rpartition(".")[2], "application/octet-stream")


def _drawn_anew(picture: Image.Image) -> ContentFile[bytes]:
    if picture.width * picture.height > MOST_PIXELS:
        raise ValidationError("The picture has more than 40 million pixels.", code="too_large")
    kind = str(picture.format)
    upright = ImageOps.exif_transpose(picture)
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    if kind == "JPEG" and upright.mode not in {"RGB", "L"}:
        upright = upright.convert("RGB")
    elif kind != "JPEG" and upright.mode not in {"RGB", "RGBA", "L", "LA", "P"}:
        upright = upright.convert("RGBA")
    buffer = io.BytesIO()
    upright.save(buffer, format=kind, **({"quality": 90} if kind != "PNG" else {}))
    return ContentFile(buffer.getvalue(), name=f"{secrets.token_hex(12)}.{FORMATS[kind]}")
