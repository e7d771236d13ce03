"""Audience runs: people are taken down once, in an order that a stored seed decides, and then served.

Where the campaign wants so, who stands on its uploaded lists comes first, in the order of the file.

Each person is one transaction that also writes what became of them, so that a worker which is killed
leaves its person open and nobody is served twice. A further run of the same campaign leaves out
everybody who was served by an earlier one.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.db.models import QuerySet

from core import jobs
from core.errors import Conflict
from vouchers.choices import CampaignStatus, Outcome, Qualification, RunState, Source
from vouchers.models import AudienceRun, Campaign, RunPerson
from vouchers.recipients import Recipient
from vouchers.selectors import eligibility
from vouchers.selectors.listed_order import order_of
from vouchers.selectors.recipients import recipients_by_key
from vouchers.services import issuing
from vouchers.services.issuing import Request

PORTION = 500
# What serves a person for good; the others may be asked again by a further run.
SERVED = (Outcome.ISSUED, Outcome.ALREADY_ISSUED, Outcome.WAITLISTED, Outcome.FALLBACK)
# The campaign has nothing for anybody just now: the person keeps the place.
STALLED = (
    Outcome.NOT_RUNNING,
    Outcome.CAP_REACHED,
    Outcome.EXHAUSTED,
    Outcome.LIST_UNAVAILABLE,
)


class NotForRuns(Conflict):
    """The campaign has no audience, or does not run."""

    code = "not_for_runs"


_TAKE_DOWN = """
INSERT INTO vouchers_runperson (run_id, place, recipient_key, outcome)
SELECT %s,
    row_number() OVER (
        ORDER BY listed.place NULLS LAST, hashtextextended(person.key, %s), person.key
    ),
    person.key, ''
FROM (
    SELECT found.id::text AS key FROM ({audience}) AS found (id)
    UNION SELECT unnest(%s::text[])
) AS person
LEFT JOIN unnest(%s::text[]) WITH ORDINALITY AS listed (key, place) ON listed.key = person.key
WHERE NOT EXISTS (
    SELECT FROM vouchers_runperson AS before
    JOIN vouchers_audiencerun AS run ON run.id = before.run_id
    WHERE run.campaign_id = %s AND before.recipient_key = person.key
        AND before.outcome = ANY (%s)
)
"""


def start(*, campaign: Campaign, at: datetime, seed: int | None = None) -> AudienceRun:
    """Take down who qualifies now, and serve them from then on; a run that is under way is returned."""
    with transaction.atomic():
        Campaign.objects.select_for_update(of=("self",), no_key=True).get(pk=campaign.pk)
        under_way = AudienceRun.objects.filter(campaign=campaign, state=RunState.RUNNING).first()
        if under_way is not None:
            return under_way
        run = AudienceRun.objects.create(
            campaign=campaign,
            seed=secrets.randbits(62) if seed is None else seed,
            created_at=at,
            updated_at=at,
        )
        run.size = _take_down(run, campaign, at)
        run.save(update_fields=["size"])
    return run


def start_again(*, campaign: Campaign, at: datetime) -> AudienceRun:
    """Take down who qualifies now and was served by no earlier run, because somebody asks for it.

    Raises `NotForRuns` unless the campaign is for an audience and running.
    """
    with transaction.atomic():
        row = Campaign.objects.select_for_update(of=("self",), no_key=True).get(pk=campaign.pk)
        if row.qualification != Qualification.AUDIENCE or row.status != CampaignStatus.RUNNING:
            raise NotForRuns("Only a running campaign for an audience takes people down.")
        run = start(campaign=campaign, at=at)
        jobs.enqueue("vouchers.work_runs")
    return run


def work_due(*, at: datetime) -> int:
    """Serve the next portion of every run under way, and return how many people were."""
    runs = AudienceRun.objects.filter(state=RunState.RUNNING).select_related("campaign__business")
    return sum(work(run=run, at=at) for run in runs.order_by("pk"))


def work(*, run: AudienceRun, at: datetime, limit: int = PORTION) -> int:
    """Serve up to `limit` people of the run in their order; several workers share them.

    Nothing is done while the campaign does not run. When nobody is left the run is done.
    """
    status = Campaign.objects.values_list("status", flat=True).get(pk=run.campaign_id)
    if status in (CampaignStatus.ENDED, CampaignStatus.ARCHIVED):
        _end(run, RunState.STOPPED, at)
    if status != CampaignStatus.RUNNING:
        return 0
    done = 0
    while done < limit:
        portion = _portion(run, min(PORTION, limit - done), at)
        served = 0
        while served < portion.size and _serve_next(run, portion, at):
            served += 1
        done += served
        _beat(run, at)
        if not portion.size or served < portion.size:
            break
    return done


def stop_all(*, campaign: Campaign, at: datetime) -> None:
    """End the runs of a campaign that is over."""
    for run in AudienceRun.objects.filter(campaign=campaign, state=RunState.RUNNING):
        _end(run, RunState.STOPPED, at)


@dataclass(frozen=True, slots=True)
class _Portion:
    """The next people of a run, and who of them still meets the conditions, asked of all at once."""

    size: int
    people: dict[str, Recipient]
    fit: frozenset[str]


def _portion(run: AudienceRun, limit: int, at: datetime) -> _Portion:
    keys = list(_open(run).values_list("recipient_key", flat=True)[:limit])
    people = recipients_by_key(business=run.campaign.business, keys=keys)
    fit = eligibility.qualifying(campaign=run.campaign, recipients=people.values(), at=at)
    return _Portion(len(keys), people, fit)


def _take_down(run: AudienceRun, campaign: Campaign, at: datetime) -> int:
    rows = eligibility.audience(campaign=campaign, at=at).order_by().values("pk")
    audience, given = rows.query.sql_with_params()
    strangers = eligibility.listed_strangers(campaign=campaign, at=at)
    with connection.cursor() as cursor:
        cursor.execute(
            _TAKE_DOWN.format(audience=audience),
            [
                run.pk,
                run.seed,
                *given,
                strangers,
                order_of(campaign),
                campaign.pk,
                [str(one) for one in SERVED],
            ],
        )
        return int(cursor.rowcount)


def _open(run: AudienceRun) -> QuerySet[RunPerson]:
    return RunPerson.objects.filter(run=run, outcome="").order_by("place")


def _serve_next(run: AudienceRun, portion: _Portion, at: datetime) -> bool:
    """Serve the first person whom nobody else is serving; False when there is none, or no code."""
    with transaction.atomic():
        person = _open(run).select_for_update(skip_locked=True).first()
        if person is None:
            return False
        outcome = _outcome(run, person, portion, at)
        if outcome in STALLED:
            return False
        RunPerson.objects.filter(pk=person.pk).update(outcome=outcome)
    return True


def _outcome(run: AudienceRun, person: RunPerson, portion: _Portion, at: datetime) -> Outcome:
    """Decide about one person, who may be of another worker's portion by now."""
    key, business = person.recipient_key, run.campaign.business
    found = portion.people.get(key) or recipients_by_key(business=business, keys=[key]).get(key)
    if found is None:
        return Outcome.NOT_ELIGIBLE
    return issuing.answer(
        Request(
            campaign=run.campaign,
            recipient=found,
            idempotency_key=f"run:{run.pk}:{key}",
            source=Source.CAMPAIGN,
            trigger_ref=f"run:{run.pk}",
            is_qualified=key in portion.fit,
            at=at,
        )
    ).outcome


def _beat(run: AudienceRun, at: datetime) -> None:
    """Note how far the run has come, and that it is done when nobody is left."""
    left = _open(run).count()
    AudienceRun.objects.filter(pk=run.pk).update(
        served_count=run.size - left, heartbeat_at=at, updated_at=at
    )
    if not left:
        _end(run, RunState.DONE, at)


def _end(run: AudienceRun, state: RunState, at: datetime) -> None:
    AudienceRun.objects.filter(pk=run.pk, state=RunState.RUNNING).update(
        state=state, ended_at=at, updated_at=at
    )
