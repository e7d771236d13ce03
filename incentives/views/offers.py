"""My Offers: the provider's main list (incentives.md 2.2)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from core import navigation
from core.bulk import BatchForm
from core.filters import Chip
from core.paging import Page
from core.views import Empty, PageAction, TableView
from incentives.filters.offers import OfferFilter
from incentives.models import Offer
from incentives.selectors import desk
from incentives.tables.offers import OfferTable

NO_PROGRAM = Empty(
    icon="target",
    title="You need an active program first",
    text="Every offer is made for a program, and a program gives one of your products or services"
    " its incentives. Add a program, then come back to create your first offer.",
    action_label="Add Incentive Program",
    action_url_name="program_add",
    permission="programs.write",
)


class OfferList(TableView):
    """The list of the business's offers; `?share=<id>` opens the share dialog of one of them."""

    access = "offers.read"
    access_options = {"needs_profile": True}
    title = "Incentive Offers"
    subtitle = "What you offered, to whom, and whose turn it is."
    table_class = OfferTable
    filter_class = OfferFilter
    actions = (
        PageAction("List Incentive Offer Link Templates", "link_templates", icon="link"),
        PageAction(
            "Create Incentive Offer", "offer_add", "offers.write", icon="plus", primary=True
        ),
    )
    empty = Empty(
        icon="gift",
        title="You have not created any incentive offers yet",
        text="An offer promises a reward to one person, by an e-mailed link or a link you share."
        " They accept, you confirm, and the delivery is recorded here.",
        action_label="Create Incentive Offer",
        action_url_name="offer_add",
        permission="offers.write",
    )
    no_match = "No offers match your search"
    noun = ("offer", "offers")
    export_name = "incentive-offers"
    tour = "offers.list"
    passing = ("share",)
    template_name = "incentives/offers/list.html"

    def get_queryset(self) -> QuerySet[Offer]:
        return desk.offers_listed(business=self.request.organisation)  # type: ignore[attr-defined]

    def buttons(self) -> list[PageAction]:
        """Return the buttons of pages that this installation has."""
        return [action for action in super().buttons() if navigation.address(action.url_name)]

    def context(self, page: Page, chips: list[Chip], batch: BatchForm | None) -> dict[str, Any]:
        """Say what is missing where the list is empty because no program is active."""
        context = super().context(page, chips, batch)
        if page.rows or context["narrowed"]:
            return context
        business = self.request.organisation  # type: ignore[attr-defined]
        if not desk.has_active_program(business=business):
            may_add = navigation.may(self.request, NO_PROGRAM.permission)
            url = navigation.address(NO_PROGRAM.action_url_name) if may_add else ""
            context |= {"empty": NO_PROGRAM, "empty_url": url}
        return context

    def extra_context(self) -> Mapping[str, Any]:
        pk = self.request.GET.get("share", "")
        known = pk.isdecimal() and pk.isascii() and len(pk) < 19
        return {"share_url": reverse("offer_share", args=[int(pk)]) if known else ""}
