"""The list page, written once: one address, one view, drawn as a page or as the fragment in it.

A list declares its table, its filters and its queryset. Everything that a list does (search,
filters, sorting, paging, saved views, rows per page, export, editing of selected rows) is done
here, with the whole state in the query string, so that a reload, the back button and a link shown
to a colleague agree.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from http import HTTPStatus
from typing import Any, ClassVar

from django.contrib import messages
from django.core.exceptions import ImproperlyConfigured
from django.db.models import QuerySet
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseNotAllowed,
    QueryDict,
)
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.views.generic import View

from core import access, exports, navigation
from core.bulk import BatchForm
from core.errors import Conflict, Invalid, NotFound
from core.filters import Applied, BaseFilter, Chip
from core.http import is_fragment, see_other, toast
from core.list_memory import ListMemory, state_of
from core.paging import (
    PER_PAGE,
    Key,
    Page,
    ordering_of,
    paginate,
    per_page_of,
)
from core.selection import BatchResult, RowsRefused
from core.tables import BaseTable

# A table with fewer columns that may be hidden fits every screen as it is.
FEWEST_COLUMNS = 4


@dataclass(frozen=True, slots=True)
class PageAction:
    """A button in the page's heading; shown only to those who have `permission`."""

    label: str
    url_name: str
    permission: str = ""
    icon: str = ""
    primary: bool = False
    args: tuple[Any, ...] = ()

    @property
    def url(self) -> str:
        return reverse(self.url_name, args=self.args)


@dataclass(frozen=True, slots=True)
class Empty:
    """What a list says while it has no rows at all: why, and the one thing to do about it."""

    icon: str = "inbox"
    title: str = "Nothing here yet"
    text: str = ""
    action_label: str = ""
    action_url_name: str = ""
    permission: str = ""


class TableView(View):
    """A list page. Subclasses set the attributes and define `get_queryset`; see each comment."""

    access: ClassVar[str]
    """The permission to open the list, enforced as by `@access`."""
    access_options: ClassVar[Mapping[str, Any]] = {}
    title: str = ""
    subtitle: str = ""
    table_class: type[BaseTable]
    filter_class: type[BaseFilter] = BaseFilter
    actions: Sequence[PageAction] = ()
    empty: Empty = Empty()
    no_match: str = "Nothing matches your search"
    noun: tuple[str, str] = ("row", "rows")
    """How a row is called in messages: `("distribution", "distributions")`."""
    export_name: str = ""
    """The name of exported files; without one the list offers no export."""
    tour: str = ""
    breadcrumbs: Sequence[tuple[str, str]] = ()
    passing: Sequence[str] = ()
    """Parameters of the address that are no part of the list's state and not kept with it."""
    count_cap: int = 10_000
    batch_class: type[BatchForm] | None = None
    template_name: str = "pages/list.html"
    fragment_name: str = "components/_results.html"
    http_method_names = ["get", "head", "post", "options"]

    @classmethod
    def as_view(cls, **initkwargs: Any) -> Callable[..., HttpResponseBase]:
        """Return the view behind its access rule; a list that declares none cannot be built."""
        view = super().as_view(**initkwargs)
        if not getattr(cls, "access", ""):
            raise ImproperlyConfigured(f"{cls.__name__} declares no access.")
        return access.guard(view, cls.access, **cls.access_options)

    def get_queryset(self) -> QuerySet[Any]:
        """Return the rows that belong to the one who asks, unordered, with what the table shows."""
        raise NotImplementedError

    def apply(self, batch: BatchForm) -> BatchResult:
        """Save the selected rows by one call of a service, all or none (`RowsRefused`)."""
        raise NotImplementedError

    def can_edit(self) -> bool:
        """Tell whether rows may be selected and edited now."""
        return self.batch_class is not None

    def extra_context(self) -> Mapping[str, Any]:
        """Return what the subclass's own templates need besides."""
        return {}

    def submitted(self, request: HttpRequest) -> HttpResponse:
        """Answer a POST that is none of the list's own: by default there is none."""
        return HttpResponseNotAllowed(["GET", "HEAD"])

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        """Answer the page, its fragment, or with `?export=` a file of all that match."""
        kind = request.GET.get("export", "")
        if kind in exports.KINDS and self.export_name:
            _, rows = self.filters.narrowed()
            ordered = rows.order_by(*(key.term for key in self.ordering))
            return exports.respond(
                kind=kind, name=self.export_name, table=self.bare_table, rows=ordered
            )
        return self.answer()

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Remember something about the list, or save the selected rows."""
        if "remember" in request.POST:
            return self.remember(request)
        if self.batch_class is not None and "batch" in request.POST:
            return self.update_selected(request)
        return self.submitted(request)

    @cached_property
    def memory(self) -> ListMemory:
        """What this user keeps about this list."""
        name = f"{type(self).__module__.partition('.')[0]}.{type(self).__name__}"
        return ListMemory(user=getattr(self.request, "user", None), name=name)

    @cached_property
    def query(self) -> QueryDict:
        """The list's state: the address's own, or on a bare address the user's default view."""
        given = self.request.GET.copy()
        for name in ("tour", *self.passing):
            given.pop(name, None)
        if not given and self.memory.default is not None:
            return QueryDict(self.memory.default.query)
        return given

    @cached_property
    def per_page(self) -> int:
        return per_page_of(self.query.get("per_page"), self.memory.per_page)

    @cached_property
    def sort(self) -> str:
        """The sort in force, or nothing where the address names none that this list has."""
        wanted = self.query.get("sort", "")
        return wanted if self.table_class.sort_terms(wanted) else ""

    @cached_property
    def every_row(self) -> QuerySet[Any]:
        """The list before anything is chosen."""
        return self.get_queryset()

    @cached_property
    def ordering(self) -> tuple[Key, ...]:
        terms = self.table_class.sort_terms(self.sort) or self.table_class.default_order
        return ordering_of(self.every_row, terms)

    @cached_property
    def filters(self) -> BaseFilter:
        return self.filter_class(
            self.query,
            self.every_row,
            request=self.request,
            ordering=[key.term for key in self.ordering],
        )

    @cached_property
    def bare_table(self) -> BaseTable:
        return self.table_class((), request=self.request)

    @cached_property
    def shown_sort(self) -> str:
        """The column whose heading shows the direction, also when the default order is in force."""
        if self.sort:
            return self.sort
        first = next(iter(self.table_class.default_order), "")
        for name, column in self.table_class.base_columns.items():
            if column.orderable and first in (
                *self.table_class.sort_terms(name),
                *self.table_class.sort_terms(f"-{name}"),
            ):
                return f"-{name}" if first in self.table_class.sort_terms(f"-{name}") else name
        return ""

    def page_and_chips(self) -> tuple[Page, list[Chip]]:
        """Run the list: one query that counts rows and chips, one for the page of rows."""
        base, rows = self.filters.narrowed()
        total, chips = self.filters.counted(base, rows, self.count_cap)
        page = paginate(
            rows,
            ordering=self.ordering,
            query=self.query,
            per_page=self.per_page,
            total=total,
        )
        return page, chips

    def answer(self, *, batch: BatchForm | None = None, status: int = 200) -> HttpResponse:
        """Draw the list, whole or as the fragment."""
        page, chips = self.page_and_chips()
        context = self.context(page, chips, batch or self.fresh_batch())
        template = self.fragment_name if is_fragment(self.request) else self.template_name
        response = render(self.request, template, context, status=status)
        patch_vary_headers(response, ["HX-Request"])
        if is_fragment(self.request) and status == HTTPStatus.OK:
            response.headers["HX-Push-Url"] = self._own_address()
        return response

    def _own_address(self) -> str:
        """Return the address of what is shown, free of the empty fields that a form sends along."""
        places = {
            key: str(self.query[key]) for key in ("page", "after", "before") if key in self.query
        }
        return self.link(places)

    def fresh_batch(self) -> BatchForm | None:
        if self.batch_class is None:
            return None
        return self.batch_class(editable=self.can_edit())

    def context(self, page: Page, chips: list[Chip], batch: BatchForm | None) -> dict[str, Any]:
        """Return what the page and the fragment show."""
        rows = page.rows if batch is None else batch.with_missing(page.rows)
        applied = [self._removable(entry) for entry in self.filters.applied()]
        panel = self.request.headers.get("HX-Trigger") == "list-filters"
        return {
            **self._page_context(),
            "table": self.table_class(
                rows,
                request=self.request,
                sort=self.shown_sort,
                batch=batch,
                link=self.link,
                hidden=self.memory.hidden,
            ),
            "columns": self._columns(),
            "page": page,
            "pager": self._pager(page),
            "chips": [
                {**chip._asdict(), "url": self.link({self.filter_class.chips: chip.value})}
                for chip in chips
            ],
            "filters": self.filters,
            "applied": applied,
            "narrowed": bool(applied or self.filters.term),
            "panel_open": panel or bool(self.filters.form.errors),
            "batch": batch,
            "list_path": self.request.path,
            "list_url": self.link(),
            "state": state_of(self.query),
            "clear_url": f"{self.request.path}?q=",
            "kept": [
                (key, str(self.query[key])) for key in ("sort", "per_page") if key in self.query
            ],
            "per_page_choices": PER_PAGE,
            "saved_views": self.memory.shown(self.query),
            "export_kinds": exports.KINDS if self.export_name else {},
            **self.extra_context(),
        }

    def _columns(self) -> list[dict[str, Any]]:
        """Return the columns to choose from; of a narrow table none need be hidden."""
        choices = self.table_class.choosable()
        if len(choices) < FEWEST_COLUMNS:
            return []
        return [
            {"name": one.name, "label": one.label, "shown": one.name not in self.memory.hidden}
            for one in choices
        ]

    def _page_context(self) -> dict[str, Any]:
        """Return what stands around the list, and what it says while it is empty."""
        may_begin = navigation.may(self.request, self.empty.permission)
        return {
            "view": self,
            "page_buttons": self.buttons(),
            "tour": self.tour,
            "breadcrumbs": self.breadcrumbs,
            "empty": self.empty,
            "empty_url": navigation.address(self.empty.action_url_name) if may_begin else "",
        }

    def buttons(self) -> list[PageAction]:
        """Return the heading's buttons that this member may use."""
        return [one for one in self.actions if navigation.may(self.request, one.permission)]

    def link(self, changes: Mapping[str, str | Sequence[str]] | None = None) -> str:
        """Return the list's address with some keys changed, on page 1 unless they name one."""
        query = QueryDict(state_of(self.query), mutable=True)
        for key, value in (changes or {}).items():
            query.setlist(key, [value] if isinstance(value, str) else list(value))
        text = "&".join(part for part in query.urlencode().split("&") if not part.endswith("="))
        if text:
            return f"{self.request.path}?{text}"
        # With a default view a bare address would bring that view back.
        return f"{self.request.path}?q=" if self.memory.default else self.request.path

    def _removable(self, entry: Applied) -> dict[str, str]:
        return {**entry._asdict(), "url": self.link(dict.fromkeys(entry.keys, ""))}

    def _pager(self, page: Page) -> dict[str, Any]:
        """Return the addresses behind the pager's links."""
        return {
            "previous": self.link(page.previous) if page.previous else "",
            "next": self.link(page.next) if page.next else "",
            "steps": [
                {"label": step.label, "current": step.current, "url": self.link(step.query)}
                if step.query
                else {"label": step.label, "gap": True}
                for step in page.steps
            ],
        }

    def remember(self, request: HttpRequest) -> HttpResponse:
        """Keep rows per page or a named view for this user, then show the list."""
        choosable = [choice.name for choice in self.table_class.choosable()]
        url = self.memory.keep(request.POST, path=request.path, choosable=choosable)
        if not is_fragment(request):
            return see_other(url)
        self._turn_to(url)
        return self.answer()

    def _turn_to(self, url: str) -> None:
        """Show the list as the address says, forgetting what was worked out for the one before."""
        self.request.GET = QueryDict(url.partition("?")[2])
        worked_out = "memory query per_page sort shown_sort every_row ordering filters"
        for name in worked_out.split():
            self.__dict__.pop(name, None)

    def update_selected(self, request: HttpRequest) -> HttpResponse:
        """Save the selected rows, all or none; on a refusal they stay selected, as they were typed.

        Raises Conflict while nothing may be edited, Invalid for a repeated id or too many rows,
        NotFound for an id that is not among the list's own rows (incentives.md 6.5 D5, D6, D10).
        """
        assert self.batch_class is not None
        if not self.can_edit():
            raise Conflict("These rows are read-only now. Nothing was saved.")
        batch = self.batch_class(request.POST, editable=True)
        batch.bind(self.records(batch.ids))
        if not batch.is_valid():
            return self._refused(batch)
        try:
            result = self.apply(batch)
        except RowsRefused as refusal:
            batch.refuse(refusal)
            return self._refused(batch, status=refusal.status)
        message = result.sentence(*self.noun)
        if is_fragment(request):
            return toast(self.answer(), message)
        messages.success(request, message)
        return see_other(request.get_full_path())

    def records(self, ids: Sequence[int]) -> list[Any]:
        """Return the selected rows in the order given, all of the list's own, or raise NotFound."""
        found = {record.pk: record for record in self.every_row.filter(pk__in=ids)}
        if len(found) != len(ids):
            raise NotFound("One of the selected rows does not exist. Nothing was saved.")
        return [found[pk] for pk in ids]

    def _refused(self, batch: BatchForm, *, status: int = Invalid.status) -> HttpResponse:
        response = self.answer(batch=batch, status=status)
        says_so = is_fragment(self.request)
        return toast(response, batch.headline, level="error") if says_so else response


__all__ = ["Empty", "PageAction", "TableView"]
