"""The pages for what Django itself refuses; refusals of our own come through the middleware."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template import loader
from django.utils.http import url_has_allowed_host_and_scheme

from core.http import is_fragment, toast


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Show that nothing is at the address, without repeating what was asked for."""
    return render(request, "404.html", status=404)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Show that the person may not open the page."""
    return render(request, "403.html", {"message": str(exception)}, status=403)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Show that the browser sent something that cannot be read."""
    context = {"heading": "We could not read that request", "message": ""}
    return render(request, "400.html", context, status=400)


def server_error(request: HttpRequest) -> HttpResponse:
    """Show that it is our fault; drawn without the request, since that may be what broke."""
    return HttpResponse(loader.get_template("500.html").render(), status=500)


def came_from(request: HttpRequest) -> str:
    """Return the path of this site's page that the form stood on, else an empty string."""
    referer = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(referer, allowed_hosts={request.get_host()}):
        return ""
    parts = urlsplit(referer)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Show that the form was too old or came from elsewhere, and lead back to a fresh one."""
    message = (
        "The page was open for too long, or its cookies were cleared, so we could not be sure that "
        "the form came from you. Nothing has been saved."
    )
    if is_fragment(request):
        response = HttpResponse(status=403)
        response.headers["HX-Reswap"] = "none"
        return toast(response, f"{message} Reload the page and try again.", level="error")
    context = {
        "heading": "Please send that form again",
        "message": message,
        "next_url": came_from(request) or "/",
        "next_label": "Open the form again",
    }
    return render(request, "403.html", context, status=403)
