"""Fields of models that Django does not bring."""

from __future__ import annotations

from typing import Any

from django.db import models


class KeptJSONField(models.JSONField):
    """JSON that is only kept, and read as a whole: the server stores its text as it came.

    A usual JSONField is taken apart and sorted when it is written, so that queries may look into it;
    for some hundred numbers that costs more than everything else about the row.
    """

    def db_type(self, connection: Any) -> str:
        """Return PostgreSQL's type for JSON as text."""
        return "json"

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        """Return what stands there; the driver has read it already."""
        return value
