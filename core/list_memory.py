"""What one user keeps about one list: rows per page, hidden columns, named views, which opens first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.http import QueryDict

from core import preferences
from core.errors import Invalid
from core.paging import PER_PAGE, per_page_of

ROWS_KEY = "rows_per_page"
VIEWS_LIMIT = 20
NAME_LENGTH = 40
FLEETING = ("page", "after", "before", "export", "tour", "csrfmiddlewaretoken")


@dataclass(frozen=True, slots=True)
class SavedView:
    """A named query of a list."""

    name: str
    query: str
    default: bool = False
    current: bool = False


def state_of(query: QueryDict) -> str:
    """Return the query of a list's state: without its page, without empty keys, in order."""
    kept = QueryDict(mutable=True)
    for key in sorted(query):
        values = [value for value in query.getlist(key) if value]
        if key not in FLEETING and values:
            kept.setlist(key, values)
    return kept.urlencode()


@dataclass
class ListMemory:
    """The preferences of `user` for the list called `name`; a stranger has none and keeps none."""

    user: Any
    name: str

    @property
    def _key(self) -> str:
        return f"views:{self.name}"

    @property
    def _columns_key(self) -> str:
        return f"hidden_columns:{self.name}"

    @cached_property
    def per_page(self) -> int | None:
        """The rows per page that the user chose last, on whichever list."""
        kept = preferences.get(self.user, ROWS_KEY)
        return kept if kept in PER_PAGE else None

    @cached_property
    def hidden(self) -> frozenset[str]:
        """The columns that the user does not want to see on this list."""
        return frozenset(preferences.get(self.user, self._columns_key, []))

    @cached_property
    def views(self) -> list[SavedView]:
        kept = preferences.get(self.user, self._key, [])
        return [SavedView(view["name"], view["query"], bool(view.get("default"))) for view in kept]

    @property
    def default(self) -> SavedView | None:
        """The view that a bare address opens."""
        return next((view for view in self.views if view.default), None)

    def shown(self, query: QueryDict) -> list[SavedView]:
        """Return the views with the one marked that the page shows now."""
        state = state_of(query)
        return [
            SavedView(view.name, view.query, view.default, state == view.query)
            for view in self.views
        ]

    def keep(self, data: QueryDict, *, path: str, choosable: Sequence[str] = ()) -> str:
        """Do what the form asks and return the address to show next.

        `remember` is `rows` (with `per_page`), `columns` (with every `shown` one), `all_columns`,
        `view` (with `name` and perhaps `default`), `default` or `forget` (with `name`); `state` is
        the list's query, `choosable` are the columns that may be hidden. Raises Invalid for a view
        without a name and beyond twenty views.
        """
        state = QueryDict(data.get("state", ""), mutable=True)
        kind = data["remember"]
        if kind == "rows":
            state["per_page"] = str(per_page_of(data.get("per_page")))
            self._put(ROWS_KEY, per_page_of(data.get("per_page")))
        elif kind in ("columns", "all_columns"):
            shown = data.getlist("shown") if kind == "columns" else choosable
            self._put(self._columns_key, [name for name in choosable if name not in shown])
        elif kind == "view":
            self._add(data.get("name", ""), state_of(state), default="default" in data)
        elif kind == "default":
            self._mark(data.get("name", ""))
        elif kind == "forget":
            self._store([view for view in self.views if view.name != data.get("name", "")])
        else:
            raise Invalid("The list cannot remember that.")
        return f"{path}?{state_of(state) or 'q='}"

    def _add(self, name: str, query: str, *, default: bool) -> None:
        """Store a view; the same name again replaces it."""
        name = " ".join(name.replace("\0", "").split())
        if not name or len(name) > NAME_LENGTH:
            raise Invalid(f"Give the view a name of 1 to {NAME_LENGTH} characters.")
        others = [view for view in self.views if view.name != name]
        if len(others) >= VIEWS_LIMIT:
            raise Invalid(f"You have {VIEWS_LIMIT} views of this list. Remove one first.")
        if default:
            others = [SavedView(view.name, view.query) for view in others]
        self._store([*others, SavedView(name, query, default)])

    def _mark(self, name: str) -> None:
        """Make the named view the one that opens first; an unknown name leaves none."""
        self._store([SavedView(view.name, view.query, view.name == name) for view in self.views])

    def _store(self, views: list[SavedView]) -> None:
        self._put(
            self._key,
            [{"name": view.name, "query": view.query, "default": view.default} for view in views],
        )
        self.__dict__.pop("views", None)

    def _put(self, key: str, value: Any) -> None:
        if self.user is not None and self.user.is_authenticated:
            preferences.put(user=self.user, key=key, value=value)
        for name in ("per_page", "hidden"):
            self.__dict__.pop(name, None)
