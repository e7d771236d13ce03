"""Pages about the person: front door, account links, own name, switching, registering a business."""

from __future__ import annotations

from typing import cast

from allauth.account.forms import default_token_generator
from allauth.account.models import EmailConfirmationHMAC
from allauth.account.utils import user_pk_to_url_str
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST, require_safe

from core import navigation, tokens
from core.clock import now
from core.errors import NotFound
from core.http import public, see_other
from directory import selectors, sessions
from directory.forms.accounts import BusinessForm, NameForm
from directory.models import User
from directory.permissions import SIGNED_IN, access
from directory.services import account_mail, members, organisations
from directory.views.pages import done, form_page


@public("the front door; tells strangers what Largesse is")
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Lead a member to the first page they may see; tell everybody else what this is."""
    if not request.user.is_authenticated:
        return render(request, "directory/landing.html")
    if sessions.membership_of(request) is None:
        return render(request, "directory/no_vendor.html")
    for section in navigation.sections(request):
        for link in section.links:
            return see_other(link.url)
    return see_other(reverse("account_settings"))


@public("the e-mailed link is the key; it leads on to a page that asks before it changes anything")
@require_GET
@never_cache
def account_link(request: HttpRequest) -> HttpResponse:
    """Open an e-mailed account link: lead to the page that confirms the address or sets a password."""
    token = tokens.resolve(
        request.GET.get("token", ""),
        purposes=[account_mail.CONFIRM, account_mail.RESET],
        at=now(),
    )
    if token.purpose == account_mail.CONFIRM:
        key = EmailConfirmationHMAC(account_mail.address_of(token)).key
        return see_other(reverse("account_confirm_email", args=[key]))
    user = account_mail.user_of(token)
    arguments = [user_pk_to_url_str(user), default_token_generator.make_token(user)]
    return see_other(reverse("account_reset_password_from_key", args=arguments))


@access(SIGNED_IN)
def account_settings(request: HttpRequest) -> HttpResponse:
    """Show the account, and set the name that others see."""
    user = cast("User", request.user)
    form = NameForm(
        request.POST or None,
        initial={"first_name": user.first_name, "last_name": user.last_name},
    )
    if request.method == "POST" and form.is_valid():
        members.rename(user=user, **form.cleaned_data)
        return done(request, reverse("account_settings"), "Your name was saved.")
    return form_page(
        request,
        form,
        title="Account settings",
        template="directory/account/settings.html",
        memberships=selectors.memberships_to_switch(user=user),
    )


@access(SIGNED_IN)
@require_POST
def organisation_switch(request: HttpRequest) -> HttpResponse:
    """Act for another of the user's organisations from now on."""
    chosen = request.POST.get("organisation", "")
    if not chosen.isdecimal():
        raise NotFound("You are not a member of that organisation.")
    membership = selectors.membership_to_act_under(
        user=cast("User", request.user), organisation_id=int(chosen)
    )
    sessions.act_for(request, membership)
    return done(request, reverse("home"), f"You now act for {membership.organisation.name}.")


@access(SIGNED_IN)
def business_register(request: HttpRequest) -> HttpResponse:
    """Register a business for somebody who has an account, and act for it."""
    form = BusinessForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        membership = organisations.register(
            **form.business(), admin=cast("User", request.user), at=now()
        )
        sessions.act_for(request, membership)
        return done(
            request,
            reverse("provider_profile"),
            f"{membership.organisation.name} is registered. Complete its profile next.",
        )
    return form_page(
        request,
        form,
        title="Register a business",
        template="directory/account/register.html",
    )
