"""The machine's door: one API, one error body, one router per app (decision D14)."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern
from django.views.decorators.csrf import csrf_exempt
from ninja import NinjaAPI, Swagger

from core.api import errors
from core.api.door import LARGEST_BATCH, LARGEST_FORM, StrictParser, guarded
from core.http import public
from directory.api.routes import router as directory_router
from rewards.api.routes import router as events_router
from vouchers.api.routes import router as vouchers_router
from wallet.api.routes import router as wallet_router

api = NinjaAPI(
    title="Largesse",
    version="1",
    description=(
        "Events in, awards and balances out; voucher codes in, out and redeemed. Money is a decimal"
        " string beside its currency, moments are ISO 8601 with their offset, and every call that"
        " writes carries an `Idempotency-Key`."
        " Every refusal has the body `{error: {code, message, fields}}`: programs act on `code`,"
        " `message` says in a sentence what to do next. Without an answer, and after 409 `BUSY`, 429"
        " and 5xx, send the call again with the same key; any other refusal is final for that key,"
        " unless it says that no voucher was given."
    ),
    urls_namespace="api",
    parser=StrictParser(),
    docs=Swagger(settings={"validatorUrl": None, "persistAuthorization": False}),
    docs_decorator=public("the description of the API holds no data"),
)
errors.install(api)
for router in (directory_router, events_router, wallet_router, vouchers_router):
    api.add_router("", router)


@csrf_exempt
@public("says only that nothing is there")
def unknown(request: HttpRequest, rest: str) -> HttpResponse:
    """Answer a machine that asks at no known address in the words that it can read."""
    return errors.nothing_there(request, Http404())


def addresses() -> tuple[list[Any], str, str]:
    """Return the API's addresses, each behind the door."""
    entries, app, namespace = api.urls
    for entry in entries:
        if isinstance(entry, URLPattern):
            guarded(
                entry,
                larger={"events_batch": LARGEST_BATCH, "voucher_codes_upload": LARGEST_BATCH},
                files={"voucher_codes_upload": LARGEST_FORM},
            )
    return entries, app, namespace
