"""Middleware of the mechanisms: one canonical address, refusals as pages, who acted."""

from __future__ import annotations

from collections.abc import Callable

import pghistory
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import Resolver404, resolve

from core.errors import DomainError
from core.http import SeeOther, client_address, is_fragment, toast

GetResponse = Callable[[HttpRequest], HttpResponse]


class PermanentRedirect(SeeOther):
    status_code = 308


class CanonicalAddressMiddleware:
    """Redirect `/page/` to `/page` where only the latter exists (incentives.md 2.0)."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        path = request.path_info
        if len(path) > 1 and path.endswith("/") and not self._known(path):
            bare = path.rstrip("/")
            # A single leading slash only: "//host" would lead to another site.
            if bare and not bare.startswith("//") and self._known(bare):
                query = request.META.get("QUERY_STRING", "")
                return PermanentRedirect(f"{bare}?{query}" if query else bare)
        return self.get_response(request)

    @staticmethod
    def _known(path: str) -> bool:
        try:
            resolve(path)
        except Resolver404:
            return False
        return True


class AuditContextMiddleware:
    """Name the acting user, the request and where it came from in the audit rows of configuration."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method in {"GET", "HEAD", "OPTIONS"} or self._has_no_actor(request):
            return self.get_response(request)
        user = getattr(request, "user", None)
        with pghistory.context(
            user=user.pk if user is not None and user.is_authenticated else None,
            path=request.path_info,
            address=client_address(request),
        ):
            return self.get_response(request)

    @staticmethod
    def _has_no_actor(request: HttpRequest) -> bool:
        """Tell whether the call comes from a machine: naming nobody would still cost every write."""
        return request.path_info.startswith(("/api/v1/events/", "/api/v1/wallet/"))


class DomainErrorMiddleware:
    """Show an uncaught refusal as a page, or to htmx as a toast beside the untouched form."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, DomainError):
            return None
        if is_fragment(request):
            response = HttpResponse(status=exception.status)
            response.headers["HX-Reswap"] = "none"
            return toast(response, exception.message, level="error")
        return render(
            request,
            [f"{exception.status}.html", "409.html"],
            {"message": exception.message, "code": exception.code},
            status=exception.status,
        )
