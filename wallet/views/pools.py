"""Commerce pools: the list, one pool's page with the tester, the editor, retirement."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from core.clock import now
from core.errors import DomainError
from core.forms import summary_of
from core.http import is_fragment
from core.money import Money
from core.views import Empty, PageAction, TableView
from directory.forms import refusals
from directory.models import Organisation
from directory.permissions import access, may
from directory.selectors import catalogue, network
from directory.sessions import DeskRequest
from directory.views.pages import confirm_page, done, form_page
from events.conditions import EVERYTHING, ConditionSet
from events.forms.conditions import POOL_KINDS, ConditionForms
from wallet import words
from wallet.errors import PoolFixed
from wallet.filters.desk import PoolFilter
from wallet.forms.pools import PoolForm, TrialForm, UsageForm
from wallet.models import CommercePool, CommercePoolVersion
from wallet.rules.expiry import window
from wallet.selectors import pools as selectors
from wallet.services import moving
from wallet.services import pools as services
from wallet.services.lots import validity_of
from wallet.services.trials import Attempt, Trial, try_purchase
from wallet.tables.pools import PoolTable
from wallet.views.home import expiry_chart
from wallet.views.shared import POOLS, asking_page, crumbs

LOTS_SHOWN = 8


class PoolList(TableView):
    """The business's commerce pools."""

    template_name = "wallet/list.html"
    access = "wallet.read"
    title = POOLS
    subtitle = "What commerce money may be spent on, where, when, and until when."
    table_class = PoolTable
    filter_class = PoolFilter
    actions = (PageAction("Add pool", "pool_add", "pools.write", "plus", primary=True),)
    empty = Empty(
        icon="ticket",
        title="No pools yet",
        text="A pool says what money is good for. Awards, top-ups and journals grant into one.",
        action_label="Add pool",
        action_url_name="pool_add",
        permission="pools.write",
    )
    no_match = "No pool matches your search"
    noun = ("pool", "pools")
    export_name = "commerce-pools"
    tour = "wallet.pools"

    @property
    def breadcrumbs(self) -> list[tuple[str, str]]:  # type: ignore[override]
        return crumbs((POOLS, ""))

    def get_queryset(self) -> QuerySet[CommercePool]:
        return selectors.pools_listed(business=cast("DeskRequest", self.request).organisation)


@access("wallet.read")
@require_safe
def pool_detail(request: DeskRequest, pk: int) -> HttpResponse:
    """Show the rules in words, the money under them, and try a purchase on them."""
    business, at = request.organisation, now()
    pool = selectors.pool(business=business, pk=pk)
    version = selectors.newest_of(pool=pool)
    conditions = _conditions_of(version)
    trial = _Tester(request, version, conditions)
    context = {"tester": trial, "try_url": request.path}
    if is_fragment(request):
        return render(request, "wallet/pools/_trial.html", context)
    currency = business.base_currency
    buckets = selectors.buckets(business=business, currency=currency, at=at, pool=pool)
    return render(
        request,
        "wallet/pools/detail.html",
        {
            **context,
            "pool": pool,
            "version": version,
            "lines": words.pool_lines(version, conditions),
            "standings": [
                (one, Money(one.minor, one.currency))
                for one in selectors.standings(business=business, pool=pool)
            ],
            "chart": expiry_chart(business, buckets, currency, pool=pool.pk),
            "lots": [
                (
                    lot,
                    Money(lot.balance, lot.currency),
                    words.expiry(lot.lot.expires_at if lot.lot else None, business.time_zone),
                )
                for lot in selectors.standing_lots(business=business, pool=pool, limit=LOTS_SHOWN)
            ],
            "versions": selectors.versions_of(pool=pool),
            "movable": moving.movable(pool=pool, at=at),
            "moves": selectors.moves_of(pool=pool),
            "order": _order_of_use(business, pool),
            "writes_money": may(request, "wallet.write"),
            "can_delete": not pool.is_default and not selectors.has_lots(pool=pool),
            "writes": may(request, "pools.write"),
            "crumbs": crumbs((POOLS, reverse("pool_list")), (pool.name, "")),
        },
    )


@access("pools.write")
def pool_add(request: DeskRequest) -> HttpResponse:
    """Make a pool, and go back to the page of ours that asked for it by `?next=`."""
    editor, back = _Editor(request), asking_page(request)
    if editor.wants_saving:
        try:
            pool = services.create(
                business=request.organisation,
                name=editor.form.cleaned_data["name"],
                rules=editor.form.rules(),
                conditions=editor.conditions.rules(),
                actor=request.user,
                at=now(),
            )
        except DomainError as error:
            refusals.show(editor.form, error)
        else:
            page = f"{back}?pool={pool.pk}" if back else _page_of(pool)
            return done(request, page, f"“{pool.name}” takes money from now on.")
    return editor.page("Add pool", back or reverse("pool_list"))


@access("pools.write")
def pool_edit(request: DeskRequest, pk: int) -> HttpResponse:
    """Give the pool another name or a new version; money granted before keeps its conditions."""
    pool = selectors.pool(business=request.organisation, pk=pk)
    if pool.is_default:
        raise PoolFixed
    editor = _Editor(request, selectors.newest_of(pool=pool))
    if editor.wants_saving:
        try:
            message = editor.save(pool)
        except DomainError as error:
            refusals.show(editor.form, error)
        else:
            return done(request, _page_of(pool), message)
    return editor.page(f"Edit “{pool.name}”", _page_of(pool), pool=pool)


@access("pools.write")
def pool_usage(request: DeskRequest, pk: int) -> HttpResponse:
    """Say who may put money into the pool besides offers."""
    pool = selectors.pool(business=request.organisation, pk=pk)
    initial = {name: getattr(pool, name) for name in UsageForm.base_fields}
    form = UsageForm(request.POST or None, initial=initial)
    if request.method == "POST" and (form.is_valid() or not request.POST):
        values = {name: form.cleaned_data[name] for name in UsageForm.base_fields}
        services.set_usage(pool=pool, **values, at=now())
        return done(request, _page_of(pool), f"“{pool.name}” was saved.")
    return form_page(
        request,
        form,
        title=f"Who may use “{pool.name}”",
        intro="It holds at once, for money granted before too.",
        cancel_url=_page_of(pool),
        crumbs=_crumbs(pool, "Who may use it"),
    )


@access("pools.write")
def pool_retire(request: DeskRequest, pk: int) -> HttpResponse:
    """Ask, then stop new money."""
    pool = selectors.pool(business=request.organisation, pk=pk)
    if request.method == "POST":
        services.retire(pool=pool, at=now())
        return done(request, _page_of(pool), f"“{pool.name}” takes no new money.")
    return confirm_page(
        request,
        title=f"Retire “{pool.name}”?",
        consequences=[
            "No award, top-up, transfer or journal can grant into it any more.",
            "What was granted stays usable under its conditions until it expires.",
            "You can reactivate it at any time.",
        ],
        submit_label="Retire",
        cancel_url=_page_of(pool),
        danger=True,
        crumbs=_crumbs(pool, "Retire"),
    )


@access("pools.write")
@require_POST
def pool_reactivate(request: DeskRequest, pk: int) -> HttpResponse:
    """Let a retired pool take money again."""
    pool = selectors.pool(business=request.organisation, pk=pk)
    services.reactivate(pool=pool, at=now())
    return done(request, _page_of(pool), f"“{pool.name}” takes money again.")


@access("pools.write")
def pool_delete(request: DeskRequest, pk: int) -> HttpResponse:
    """Ask, then delete a pool into which nothing was ever granted."""
    pool = selectors.pool(business=request.organisation, pk=pk)
    if request.method == "POST":
        services.delete(pool=pool)
        return done(request, reverse("pool_list"), f"“{pool.name}” was deleted.")
    return confirm_page(
        request,
        title=f"Delete “{pool.name}”?",
        consequences=["Nothing was ever granted into it.", "This cannot be undone."],
        submit_label="Delete",
        cancel_url=_page_of(pool),
        danger=True,
        crumbs=_crumbs(pool, "Delete"),
    )


@dataclass(slots=True)
class _Tester:
    """The purchase that is tried, from the address of the page or from the editor's form."""

    request: DeskRequest
    version: CommercePoolVersion
    conditions: ConditionSet
    form: TrialForm = None  # type: ignore[assignment]
    trial: Trial | None = None
    asked: bool = False

    def __post_init__(self) -> None:
        data = self.request.POST if self.request.method == "POST" else self.request.GET
        self.asked = "try-place" in data
        business, at = self.request.organisation, now()
        self.form = TrialForm(data if self.asked else None, business=business, at=at)
        if self.asked and self.form.is_valid():
            self.trial = try_purchase(
                business=business,
                version=self.version,
                conditions=self.conditions,
                attempt=self._attempt(business),
                at=at,
            )

    def _attempt(self, business: Organisation) -> Attempt:
        of = self.form.cleaned_data
        place = business
        if self.form.place_id != business.pk:
            place = network.place(business=business, pk=self.form.place_id)
        keys = [int(of[f"product_{n}"]) for n in (1, 2, 3) if of.get(f"product_{n}")]
        goods = catalogue.products_in_catalogue(business=business).filter(pk__in=keys)
        skus = {row.pk: row.sku for row in goods}
        return Attempt(
            place=place,
            data=self.form.purchase(skus),
            lot_minor=of["lot"].minor,
            awarded_on=of["awarded_on"],
            activated=of["activated"],
        )


class _Editor:
    """The form of a pool with its conditions, its words and the tester, drawn as one."""

    def __init__(self, request: DeskRequest, version: CommercePoolVersion | None = None) -> None:
        self.request, self.version = request, version
        data = request.POST if request.method == "POST" else None
        self.action = request.POST.get("action", "")
        self.form = PoolForm(data, version=version)
        stored = _conditions_of(version) if version else EVERYTHING
        self.conditions = ConditionForms(
            data, business=request.organisation, kinds=POOL_KINDS, rules=stored
        )
        if self.conditions.is_redrawn:
            self.form = PoolForm(initial=data.dict() if data else None)

    @property
    def is_sound(self) -> bool:
        return all([self.form.is_valid(), self.conditions.is_valid()])

    @property
    def wants_saving(self) -> bool:
        """Whether the form was sent to be saved, and can be."""
        return self.request.method == "POST" and self.action == "save" and self.is_sound

    def save(self, pool: CommercePool) -> str:
        """Store what changed: the name at once, the rules as a new version; say which."""
        at, name = now(), self.form.cleaned_data["name"]
        if name != pool.name:
            services.rename(pool=pool, name=name, at=at)
        made = services.revise(
            pool=pool,
            rules=self.form.rules(),
            conditions=self.conditions.rules(),
            actor=self.request.user,
            at=at,
        )
        return f"Version {made.number} of “{name}” is in force for new money."

    def page(self, title: str, cancel_url: str, pool: CommercePool | None = None) -> HttpResponse:
        """Draw the page or, for htmx, the form in it; 422 where something must change first."""
        tester = self._tester()
        is_wrong = self.action == "save" and (bool(self.form.errors) or bool(self.entries))
        template = "_editor" if is_fragment(self.request) else "form"
        return render(
            self.request,
            f"wallet/pools/{template}.html",
            {
                "title": title,
                "cancel_url": cancel_url,
                "editor": self,
                "form": self.form,
                "conditions": self.conditions,
                "lines": self._lines(),
                "tester": tester,
                "pool": pool,
                "version": self.version,
                "crumbs": crumbs((POOLS, reverse("pool_list")), (title, "")),
            },
            status=422 if is_wrong else 200,
        )

    @property
    def entries(self) -> list[dict[str, str]]:
        """What is wrong, as the error summary lists it; nothing while somebody only tries."""
        if self.action not in ("save", "try"):
            return []
        return [*summary_of(self.form), *(self.conditions.entries if self.form.is_bound else [])]

    def _draft(self) -> tuple[CommercePoolVersion, ConditionSet] | None:
        if self.request.method != "POST":
            if self.version is None:
                return None
            return self.version, _conditions_of(self.version)
        if self.conditions.is_redrawn or not self.is_sound:
            return None
        return self.form.draft(), self.conditions.rules()

    def _lines(self) -> list[str]:
        draft = self._draft()
        if draft is not None:
            return words.pool_lines(*draft)
        if self.request.method == "POST" and not self.conditions.is_redrawn:
            return ["Complete the marked fields to read the rules here."]
        return ["Good for anything, anywhere and at any time, for a year after the award."]

    def _tester(self) -> Any:
        draft = self._draft()
        if self.action != "try" or draft is None:
            at = now()
            form = TrialForm(
                self.request.POST if "try-place" in self.request.POST else None,
                business=self.request.organisation,
                at=at,
            )
            return {"form": form, "trial": None, "asked": False}
        return _Tester(self.request, *draft)


def _conditions_of(version: CommercePoolVersion) -> ConditionSet:
    found = selectors.conditions_by_id(versions=[version])
    return found.get(version.conditions_id or 0, EVERYTHING)


def _order_of_use(business: Organisation, shown: CommercePool) -> list[dict[str, Any]]:
    """Return the active pools in the order in which money granted into them now would be used."""
    at, zone = now(), business.time_zone
    found = []
    for pool in selectors.pools_listed(business=business).filter(state="ACTIVE"):
        version = selectors.newest_of(pool=pool)
        usable = window(validity_of(version), awarded_at=at, zone=zone)
        found.append((usable.expires_at is None, usable.expires_at, pool, usable))
    found.sort(key=lambda row: (row[0], row[1] or at, row[2].pk))
    return [
        {"pool": pool, "words": words.last_day(usable, zone), "here": pool.pk == shown.pk}
        for _, _, pool, usable in found
    ]


def _page_of(pool: CommercePool) -> str:
    return reverse("pool_detail", args=[pool.pk])


def _crumbs(pool: CommercePool, title: str) -> list[tuple[str, str]]:
    return crumbs((POOLS, reverse("pool_list")), (pool.name, _page_of(pool)), (title, ""))
