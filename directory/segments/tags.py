"""The tags that the team has given the contact."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from directory.segments.base import AsOf, Criterion, Field, Labels, Person, either


@dataclass(frozen=True, slots=True, kw_only=True)
class Tagged(Criterion):
    """At least one of the tags; tags are kept in lower case."""

    tags: tuple[str, ...]

    KIND: ClassVar[str] = "tags"
    LABEL: ClassVar[str] = "Tags"
    IS_OF_ROW: ClassVar[bool] = True
    FIELDS: ClassVar[tuple[Field, ...]] = (
        Field("tags", "Tags", "words", hint="With commas between them: vip, staff"),
    )

    def holds(self, person: Person, now: AsOf) -> bool:
        return not person.tags.isdisjoint(tag.lower() for tag in self.tags)

    def words(self, labels: Labels) -> str:
        return f"are tagged {either(self.tags)}"
