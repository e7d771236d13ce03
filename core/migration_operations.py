"""What migrations of several apps need beyond Django's own operations."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations import CreateModel
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState


class CreateModels(Operation):
    """Create the models of an app at once, in the order in which they are listed.

    Created one by one, each would have Django work out the state of all models that it reaches anew,
    and nearly all reach each other: two hundred models took a minute, for a few seconds of SQL.
    """

    def __init__(self, operations: Sequence[CreateModel]) -> None:
        self.operations = operations

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Tell the state of all of them before it works out the first."""
        vars(state).pop("apps", None)
        for operation in self.operations:
            operation.state_forwards(app_label, state)

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        for operation in self.operations:
            operation.database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        for operation in reversed(self.operations):
            operation.database_backwards(app_label, schema_editor, from_state, to_state)

    def describe(self) -> str:
        return f"Create {len(self.operations)} models"


class InstallTriggers(Operation):
    """Install the triggers that the named models were created with.

    An initial migration lists them in the options of its models, where the state finds them; adding them
    one by one would work out the state of every model anew each time, which takes minutes by now.
    """

    def __init__(self, model_names: Sequence[str]) -> None:
        self.model_names = model_names

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """The models' options name the triggers already."""

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        for trigger in self._triggers(app_label, to_state):
            # The statement is whole: a percent sign in it is no place for a value.
            schema_editor.execute(trigger.install_sql, params=None)

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        for trigger in self._triggers(app_label, from_state):
            schema_editor.execute(trigger.uninstall_sql, params=None)

    def describe(self) -> str:
        return f"Install the triggers of {', '.join(self.model_names)}"

    def _triggers(self, app_label: str, state: ProjectState) -> list[Any]:
        return [
            trigger
            for name in self.model_names
            for trigger in state.models[app_label, name.lower()].options["triggers"]
        ]
