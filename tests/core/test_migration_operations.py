"""Operations of migrations that Django does not bring."""

from __future__ import annotations

import pytest
from django.db import connection, models
from django.db.migrations.operations import CreateModel
from django.db.migrations.state import ProjectState

from core.migration_operations import CreateModels

pytestmark = pytest.mark.django_db

KEY = ("id", models.BigAutoField(primary_key=True))
SHELF = ("shelf", models.ForeignKey("core.Shelf", on_delete=models.CASCADE))
# The first names what is listed after it.
AT_ONCE = CreateModels(
    [CreateModel("Book", fields=[KEY, SHELF]), CreateModel("Shelf", fields=[KEY])]
)


def tables() -> set[str]:
    return {"core_book", "core_shelf"} & set(connection.introspection.table_names())


def test_models_that_name_each_other_are_made_at_once_and_go_again() -> None:
    before, after = ProjectState(), ProjectState()
    assert list(after.apps.get_models()) == []
    AT_ONCE.state_forwards("core", after)
    assert {model.__name__ for model in after.apps.get_models()} == {"Book", "Shelf"}
    with connection.schema_editor() as editor:
        AT_ONCE.database_forwards("core", editor, before, after)
    assert tables() == {"core_book", "core_shelf"}
    with connection.cursor() as cursor:
        keys = connection.introspection.get_relations(cursor, "core_book")
    assert keys == {"shelf_id": ("id", "core_shelf")}
    with connection.schema_editor() as editor:
        AT_ONCE.database_backwards("core", editor, after, before)
    assert tables() == set()
    assert AT_ONCE.describe() == "Create 2 models"
