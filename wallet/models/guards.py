"""Triggers of the ledger, declared with django-pgtrigger but without its off-switch.

pgtrigger's own template asks a session setting first whether to ignore the trigger. Here no setting
may do that: who wants a guard out of the way must own the table and drop it, in a migration.
"""

from __future__ import annotations

import pgtrigger
from django.db import models
from pgtrigger import compiler


class GuardSql(compiler.UpsertTriggerSql):
    """The SQL that installs a guard: pgtrigger's, less the check of the ignore list."""

    def get_template(self) -> str:
        """Return the template; migrations refer to it, so it is never edited, only replaced."""
        return """
            CREATE OR REPLACE FUNCTION {pgid}()
            RETURNS TRIGGER AS $$
                {declare}
                BEGIN
                    {func}
                END;
            $$ LANGUAGE plpgsql;

            DROP TRIGGER IF EXISTS {pgid} ON {table};
            CREATE {constraint} TRIGGER {pgid}
                {when} {operation} ON {table}
                {timing}
                {referencing}
                FOR EACH {level} {condition}
                EXECUTE PROCEDURE {execute};

            COMMENT ON TRIGGER {pgid} ON {table} IS '{hash}';
        """


class Guard(pgtrigger.Trigger):
    """A trigger that nothing but a migration switches off."""

    def compile(self, model: models.Model) -> compiler.Trigger:
        """Return what pgtrigger would install, in our template."""
        return compiler.Trigger(
            name=self.name,
            sql=GuardSql(
                pgid=self.get_pgid(model),
                declare=self.render_declare(model),
                func=self.render_func(model),
                table=model._meta.db_table,
                constraint="CONSTRAINT" if self.timing else "",
                when=self.when,
                operation=self.operation,
                timing=f"DEFERRABLE INITIALLY {self.timing}" if self.timing else "",
                referencing=self.referencing or "",
                level=self.level,
                condition=self.render_condition(model),
                execute=self.render_execute(model),
            ),
        )


def refusal(sentence: str, *, sqlstate: str = "23514") -> str:
    """Return the statement that refuses with the sentence, as a violated check unless told."""
    return f"RAISE EXCEPTION '{sentence}' USING ERRCODE = '{sqlstate}';"


def append_only(name: str, what: str) -> list[Guard]:
    """Refuse every UPDATE, DELETE and TRUNCATE of the table's rows."""
    return [
        Guard(
            name=f"{name}_never_changed",
            when=pgtrigger.Before,
            operation=pgtrigger.Update | pgtrigger.Delete,
            func=refusal(f"{what} is never changed and never deleted."),
        ),
        not_emptied(name, what),
    ]


def not_deleted(name: str, what: str) -> list[Guard]:
    """Refuse every DELETE and TRUNCATE of the table's rows."""
    return [
        Guard(
            name=f"{name}_never_deleted",
            when=pgtrigger.Before,
            operation=pgtrigger.Delete,
            func=refusal(f"{what} is never deleted."),
        ),
        not_emptied(name, what),
    ]


def not_emptied(name: str, what: str) -> Guard:
    """Refuse to TRUNCATE a table that holds rows; an empty one has nothing to lose."""
    return Guard(
        name=f"{name}_never_emptied",
        level=pgtrigger.Statement,
        when=pgtrigger.Before,
        operation=pgtrigger.Truncate,
        func=f"""
            IF EXISTS (SELECT FROM wallet_{name}) THEN
                {refusal(f"{what} is never deleted.")}
            END IF;
            RETURN NULL;
        """,
    )
