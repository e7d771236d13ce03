"""What the pages of My wallet share."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render

from core.http import View
from directory.portal import Visit
from directory.views.portal_pages import portal_page
from wallet.models import Wallet
from wallet.selectors.desk import wallet_of_contact


def wallet_page(view: Callable[..., HttpResponse]) -> View:
    """Give the view the visitor's wallet; who has none yet is told how one gets money."""

    @wraps(view)
    def inner(request: HttpRequest, visit: Visit, *args: Any, **kwargs: Any) -> HttpResponseBase:
        wallet = wallet_of_contact(contact=visit.contact)
        if wallet is None:
            return render(request, "wallet/me/none.html", {"provider": visit.provider})
        return view(request, visit, wallet, *args, **kwargs)

    return portal_page(inner)


def page_of(visit: Visit, wallet: Wallet, **more: Any) -> dict[str, Any]:
    """Return what every page of the wallet shows."""
    return {"provider": visit.provider, "contact": visit.contact, "wallet": wallet, **more}
