"""Operations on lists and uploads (vouchers.md 8.1)."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Annotated

from django.core.files.base import ContentFile, File
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from ninja import Query, Router
from ninja.errors import HttpError
from pydantic import ValidationError as PydanticError

from core.api.answers import fingerprint_of, once
from core.api.calls import WITH_KEY, Made, answer_of, key_of, response_of
from core.api.door import FORM, StrictParser
from core.api.errors import NOT_PARSED, REFUSALS, REFUSED_WRITES, UNFIT, path_of
from core.clock import now
from core.errors import Invalid
from core.exports import csv_response
from directory.api.auth import ApiRequest
from vouchers.api.callers import Caller, caller, keyed
from vouchers.api.schemas import CodesIn, CountsOut, ListOut, ListsOut, UploadOut
from vouchers.choices import BatchKind, BatchMode, HeaderMode
from vouchers.models import UploadBatch, VoucherList
from vouchers.selectors import for_api
from vouchers.selectors.numbers import Numbers, numbers_of
from vouchers.services import uploads

router = Router(tags=["Voucher lists"])
READ, UPLOAD = keyed("vouchers:read"), keyed("vouchers:upload")
PAGE = 100
REPORT = ("line", "value", "outcome", "reason_code", "message", "first_seen")
_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {"schema": CodesIn.model_json_schema()},
            FORM: {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {
                        "file": {"type": "string", "format": "binary"},
                        "mode": {"type": "string", "enum": list(BatchMode.values)},
                    },
                }
            },
        },
    }
}
_CSV = {"responses": {200: {"description": "OK", "content": {"text/csv": {"schema": {}}}}}}


@router.get("/voucher-lists", response={200: ListsOut, **REFUSALS}, auth=READ, summary="Lists")
def voucher_lists(
    request: ApiRequest, page: Annotated[int, Query(ge=1, le=100_000)] = 1
) -> ListsOut:
    """Return the lists with their counters, a hundred a page, the newest first."""
    who = caller(request)
    found = for_api.lists_for(business=who.business, partner=who.partner)
    rows = list(found[(page - 1) * PAGE : page * PAGE + 1])
    shown = rows[:PAGE]
    counts = numbers_of(shown, at=now())
    return ListsOut(
        lists=[_list_out(row, counts[row.pk]) for row in shown],
        next_page=page + 1 if len(rows) > PAGE else None,
    )


@router.get(
    "/voucher-lists/{list_id}", response={200: ListOut, **REFUSALS}, auth=READ, summary="A list"
)
def voucher_list(request: ApiRequest, list_id: str) -> ListOut:
    """Return one list with its counters."""
    found = _list(caller(request), list_id)
    return _list_out(found, numbers_of([found], at=now())[found.pk])


@router.post(
    "/voucher-lists/{list_id}/uploads",
    response={202: UploadOut, **REFUSED_WRITES},
    auth=UPLOAD,
    openapi_extra=WITH_KEY | _BODY,
    url_name="voucher_codes_upload",
    summary="Upload codes",
)
def upload(request: ApiRequest, list_id: str) -> HttpResponse:
    """Add codes to a list: up to 10,000 as JSON, or a file of up to 50 MB in a form.

    The answer comes at once; the import goes on in the background. Codes can be given out when the
    upload is complete.
    """
    who = caller(request)
    found = _list(who, list_id)
    file, mode, header, mark = _sent(request)

    def effect(at: datetime) -> Made:
        batch = uploads.receive(
            voucher_list=found,
            file=file,
            mode=mode,
            header=header,
            is_same_file_fine=True,
            kind=BatchKind.API,
            uploaded_by_name=who.key_name,
            actor=None,
            at=at,
        )
        return 202, _upload_out(batch)

    at = now()
    answer = once(
        scope=f"{who.name} {request.path}"[:200],
        key=key_of(request),
        fingerprint=mark,
        at=at,
        effect=lambda: answer_of(effect(at)),
    )
    return response_of(answer)


@router.get(
    "/voucher-lists/{list_id}/uploads/{number}",
    response={200: UploadOut, **REFUSALS},
    auth=UPLOAD,
    summary="Progress of an upload",
)
def upload_progress(request: ApiRequest, list_id: str, number: int) -> UploadOut:
    """Return how far the upload is and how its rows ended."""
    return _upload_out(_batch(caller(request), list_id, number))


@router.get(
    "/voucher-lists/{list_id}/uploads/{number}/report",
    response={**REFUSALS},
    auth=UPLOAD,
    openapi_extra=_CSV,
    summary="Report of an upload",
)
def upload_report(request: ApiRequest, list_id: str, number: int) -> HttpResponseBase:
    """Return a CSV file of the rows that were refused or taken with a warning."""
    batch = _batch(caller(request), list_id, number)
    cells = (
        (row.line_no, row.value, row.outcome, row.reason, row.message, row.first_seen)
        for row in for_api.lines_of(batch=batch).iterator(1_000)
    )
    return csv_response(f"{batch.voucher_list.list_id}-upload-{batch.number}", REPORT, cells)


def _list(who: Caller, list_id: str) -> VoucherList:
    return for_api.list_for(business=who.business, partner=who.partner, list_id=list_id)


def _batch(who: Caller, list_id: str, number: int) -> UploadBatch:
    return for_api.upload_of(voucher_list=_list(who, list_id), number=number)


def _sent(request: ApiRequest) -> tuple[File[bytes], str, str, str]:
    """Return the file that was sent, how it is read, and the fingerprint of the request."""
    if request.content_type == FORM:
        return _form(request)
    try:
        sent = StrictParser().parse_body(request)
    except ValueError as error:
        raise HttpError(400, NOT_PARSED) from error
    try:
        body = CodesIn.model_validate(sent)
    except PydanticError as error:
        fields = {path_of(("", *one["loc"])): one["msg"] for one in error.errors()}
        raise Invalid(UNFIT, fields=fields) from error
    file = ContentFile("\n".join(body.codes).encode(), name="api.csv")
    return file, body.mode, HeaderMode.NO, fingerprint_of(sent)


def _form(request: ApiRequest) -> tuple[File[bytes], str, str, str]:
    file = request.FILES.get("file")
    if file is None:
        sentence = "Send the codes as `file`."
        raise Invalid(sentence, fields={"file": sentence})
    mode = request.POST.get("mode", BatchMode.PARTIAL)
    if mode not in BatchMode.values:
        raise Invalid("Choose partial or strict.", fields={"mode": "Choose partial or strict."})
    digest = hashlib.sha256()
    for piece in file.chunks():
        digest.update(piece)
    file.seek(0)
    return file, mode, HeaderMode.AUTO, fingerprint_of([digest.hexdigest(), mode])


def _list_out(row: VoucherList, counts: Numbers) -> ListOut:
    return ListOut(
        list_id=row.list_id,
        partner=row.partner.name,
        list_tag=row.list_tag,
        name=row.name,
        description=row.description,
        status=row.state,
        expires_at=row.expires_at,
        counts=CountsOut(
            **{name: getattr(counts, name) for name in CountsOut.model_fields},
        ),
    )


def _upload_out(batch: UploadBatch) -> UploadOut:
    return UploadOut(
        list_id=batch.voucher_list.list_id,
        upload=batch.number,
        status=batch.status,
        step=batch.step,
        rows=batch.row_count,
        accepted=batch.accepted_count,
        rejected=batch.rejected_count,
        warnings=batch.warning_count,
        published=batch.published_count,
        reasons=batch.reasons,
        error=batch.error_code or None,
    )
