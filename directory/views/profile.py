"""The provider profile: set up once, kept true, and its logo for everybody."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from core.clock import now
from core.errors import DomainError, Forbidden, NotFound
from core.http import public, see_other
from core.navigation import address
from directory import images, selectors
from directory.forms import refusals
from directory.forms.profile import ProfileForm
from directory.history import history_of
from directory.models import ProviderProfile
from directory.permissions import access, may
from directory.services import profiles
from directory.sessions import DeskRequest
from directory.views.pages import done


@access("profile.read")
def provider_profile(request: DeskRequest) -> HttpResponse:
    """Show the provider profile; explain it on the first visit; save it for administrators."""
    profile = selectors.profile_of(organisation=request.organisation)
    if request.method == "POST" and not may(request, "profile.write"):
        raise Forbidden("Only administrators change the provider profile.")
    form = ProfileForm(request.POST or None, request.FILES or None, profile=profile)
    if request.method == "POST" and form.is_valid():
        try:
            return _save(request, profile, form)
        except DomainError as error:
            refusals.show(form, error)
    return _page(request, profile, form)


def _save(request: DeskRequest, profile: ProviderProfile, form: ProfileForm) -> HttpResponse:
    first = profile.completed_at is None
    profiles.save(
        organisation=request.organisation,
        data=form.data_for_service(),
        logo=form.cleaned_data["logo"],
        remove_logo=form.cleaned_data.get("remove_logo", False),
        version=form.cleaned_data["version"],
        at=now(),
    )
    message = "Your provider profile is set up." if first else "Provider profile updated."
    return done(request, reverse("provider_profile"), message)


def _page(request: DeskRequest, profile: ProviderProfile, form: ProfileForm) -> HttpResponse:
    first = profile.completed_at is None
    writes = may(request, "profile.write")
    return render(
        request,
        "directory/profile/form.html",
        {
            "title": "Add Provider Profile" if first else "Update Provider Profile",
            "profile": profile,
            "form": form,
            "writes": writes,
            "show_form": writes and (not first or form.is_bound or "setup" in request.GET),
            "public_url": "" if first else address("provider_public", request.organisation.slug),
            "history": [] if first else history_of(profile, profile.organisation),
            "tour": "directory.profile",
        },
        status=422 if form.is_bound and form.errors else 200,
    )


@access("profile.read")
@require_safe
def provider_settings(request: DeskRequest) -> HttpResponse:
    """Lead an old address to the profile."""
    return see_other(reverse("provider_profile"))


@public("a provider's logo is part of what recipients and the public see")
@require_safe
def provider_logo(request: HttpRequest, slug: str) -> HttpResponse:
    """Send the provider's logo, as a picture and nothing else."""
    return picture(selectors.profile_by_slug(slug=slug).logo)


def picture(file: object) -> HttpResponse:
    """Answer with a stored picture; its type is the one that we wrote, never one that was claimed."""
    name = str(getattr(file, "name", "") or "")
    if not name:
        raise NotFound("There is no picture.")
    try:
        with file.open("rb") as stream:  # type: ignore[attr-defined]
            content = stream.read(images.MOST_BYTES)
    except FileNotFoundError as error:
        raise NotFound("There is no picture.") from error
    response = HttpResponse(content, content_type=images.content_type(name))
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Disposition"] = "inline"
    response.headers["Cache-Control"] = "public, max-age=3600"
    return response
