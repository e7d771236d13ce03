"""Many at once, and killed in between (R-ONCE, vouchers.md 5.4): real processes on PostgreSQL.

Processes of their own with their own connections ask for codes at the same moment. Whatever they are
told, no code goes out twice, nobody has more than allowed, and no code is lost.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest
from django.db import connection, connections, transaction

from core.models import Mail, OutboxEvent
from directory.models import Organisation
from tests.factories.directory import make_business
from tests.kit.concurrency import together
from tests.vouchers.campaigning import NOW, available, running, stocked
from tests.vouchers.conservation import faults
from tests.vouchers.issued import follow
from vouchers import happenings
from vouchers.choices import CodeInMail, Source
from vouchers.models import AudienceRun, Campaign, Issuance, RunPerson, WaitEntry
from vouchers.recipients import of_email
from vouchers.selectors import standing
from vouchers.services import campaign_counting, issuing, people, runs
from vouchers.services.campaign_rules import GroupData, LeafData, replace
from vouchers.services.issuing import Busy

pytestmark = pytest.mark.django_db(transaction=True)

PATIENCE = 300
CALLERS = 50
# As many as the scenario says, unless the environment asks for fewer.
AUDIENCE = int(os.environ.get("VOUCHERS_AUDIENCE", "10000"))
FORK = multiprocessing.get_context("fork")
# A campaign, a recipient and an idempotency key. A failure is an answer, too.
Wish = tuple[int, str, str]
Answer = tuple[str, int | None]
Rush = Callable[[Sequence[Wish], int], list[Answer]]


@pytest.fixture
def business(transactional_db: None) -> Organisation:
    return make_business()


@pytest.fixture(autouse=True)
def _nothing_is_lost_or_doubled(transactional_db: None) -> Iterator[None]:
    yield
    assert faults() == []


def by_processes(wishes: Sequence[Wish], callers: int) -> list[Answer]:
    """Let so many processes ask at one moment; return each outcome with the issuance's id."""
    connections.close_all()
    barrier, members = FORK.Barrier(callers), []
    for number in range(callers):
        ours, theirs = FORK.Pipe()
        share = list(wishes[number::callers])
        member = FORK.Process(target=_ask_all, args=(theirs, barrier, share), daemon=True)
        member.start()
        members.append((member, ours))
    answers = [answer for _, pipe in members for answer in pipe.recv()]
    for member, _ in members:
        member.join(PATIENCE)
    return answers


def by_threads(wishes: Sequence[Wish], callers: int) -> list[Answer]:
    """The same by threads of one process, as a web server with threads has them."""

    def asking(share: Sequence[Wish]) -> Callable[[], list[Answer]]:
        return lambda: [_ask(*wish) for wish in share]

    found = together(*(asking(wishes[number::callers]) for number in range(callers)))
    return [answer for answers in found for answer in answers]


both_ways = pytest.mark.parametrize("rush", [by_processes, by_threads])


def _ask_all(pipe: Any, barrier: Any, share: Sequence[Wish]) -> None:
    connection.ensure_connection()
    barrier.wait(PATIENCE)
    pipe.send([_ask(*wish) for wish in share])
    connections.close_all()


def _ask(campaign_id: int, name: str, key: str) -> Answer:
    try:
        result = issuing.issue(
            campaign=Campaign(pk=campaign_id),
            recipient=of_email(f"{name}@home.example"),
            idempotency_key=key,
            source=Source.API,
            at=NOW,
        )
    except Exception as error:  # noqa: BLE001 - whatever a caller would be told
        return f"{type(error).__name__}: {error}", None
    return str(result.outcome), result.issuance.pk if result.issuance else None


def told(answers: Sequence[Answer]) -> Counter[str]:
    return Counter(outcome for outcome, _ in answers)


@both_ways
@pytest.mark.scenario("VCH-40", "VCH-45")
def test_fifty_callers_empty_a_list_of_a_thousand_and_nobody_gets_a_code_twice(
    business: Organisation, rush: Rush
) -> None:
    sale = stocked(business, 1_000)
    campaign = running(sale)
    wishes = [(campaign.pk, f"p{n}", f"k{n}") for n in range(1_200)]
    answers = rush(wishes, CALLERS)
    assert told(answers) == {"issued": 1_000, "waitlisted": 200}
    rows = Issuance.objects.filter(campaign=campaign)
    assert rows.count() == rows.values("code").distinct().count() == 1_000
    assert available(sale) == 0
    assert WaitEntry.objects.filter(campaign=campaign, state="waiting").count() == 200


@both_ways
@pytest.mark.scenario("VCH-41", "VCH-45")
def test_thirty_requests_for_one_person_take_one_code(business: Organisation, rush: Rush) -> None:
    sale = stocked(business, 50)
    campaign = running(sale)
    answers = rush([(campaign.pk, "robin", f"k{n}") for n in range(30)], 30)
    assert told(answers) == {"issued": 1, "limit_reached": 29}
    assert available(sale) == 49


def test_thirty_requests_for_one_person_do_not_wait_for_the_only_code(
    business: Organisation,
) -> None:
    """Were the code taken before the person is held, 29 would find none and be told to wait."""
    campaign = running(stocked(business, 1))
    answers = by_processes([(campaign.pk, "robin", f"k{n}") for n in range(30)], 30)
    assert told(answers) == {"issued": 1, "limit_reached": 29}


@both_ways
@pytest.mark.scenario("VCH-42", "VCH-45")
def test_thirty_repetitions_of_one_request_get_one_answer(
    business: Organisation, rush: Rush
) -> None:
    sale = stocked(business, 50)
    campaign = running(sale, max_per_recipient=9)
    answers = rush([(campaign.pk, "robin", "same")] * 30, 30)
    assert told(answers) == {"issued": 1, "already_issued": 29}
    assert len({issuance for _, issuance in answers}) == 1
    assert available(sale) == 49


@both_ways
@pytest.mark.scenario("VCH-43", "VCH-45")
def test_a_cap_is_never_exceeded(business: Organisation, rush: Rush) -> None:
    sale = stocked(business, 500)
    campaign = running(sale, max_total=100)
    answers = rush([(campaign.pk, f"p{n}", f"k{n}") for n in range(300)], 30)
    assert told(answers) == {"issued": 100, "cap_reached": 200}
    assert Issuance.objects.filter(campaign=campaign).count() == 100
    assert Issuance.objects.filter(status="reserved").count() == 0
    assert available(sale) == 400


def statements_of(call: Callable[[], Any]) -> int:
    count = 0

    def counting(execute: Any, *args: Any) -> Any:
        nonlocal count
        count += 1
        return execute(*args)

    with connection.execute_wrapper(counting):
        call()
    return count


def killed(call: Callable[[], Any], boundary: int, *, marker: str = "") -> None:
    """Run the call in a process that is killed right after its `boundary`th statement.

    Statements are counted that have the marker in them.
    """
    connections.close_all()
    child = FORK.Process(target=_dying, args=(call, boundary, marker))
    child.start()
    child.join(PATIENCE)
    assert child.exitcode == -signal.SIGKILL


def _dying(call: Callable[[], Any], boundary: int, marker: str) -> None:
    seen = 0

    def dying(execute: Any, sql: str, *args: Any) -> Any:
        nonlocal seen
        answer = execute(sql, *args)
        seen += marker in sql
        if marker in sql and seen == boundary:
            os.kill(os.getpid(), signal.SIGKILL)
        return answer

    with connection.execute_wrapper(dying):
        call()
    os.kill(os.getpid(), signal.SIGKILL)


@pytest.mark.scenario("VCH-44")
def test_a_caller_killed_at_any_statement_leaves_nothing_and_afterwards_the_mail_goes_out_once(
    business: Organisation,
) -> None:
    sale = stocked(business, 40)
    campaign = running(sale, max_total=40, code_in_mail=CodeInMail.CODE)
    steps = statements_of(lambda: _ask(campaign.pk, "first", "first"))
    for boundary in range(1, steps + 1):
        killed(lambda: _ask(campaign.pk, "robin", "k"), boundary)
        rows = Issuance.objects.filter(recipient_key="email:robin@home.example")
        if rows.exists():
            break
        assert available(sale) == 39
        assert faults() == []
    # Killed after the commit, before anybody was told.
    assert rows.count() == 1
    assert boundary >= 8
    assert Mail.objects.filter(to="robin@home.example").count() == 0
    assert OutboxEvent.objects.filter(topic=happenings.REWARDED).count() == 2
    follow()
    follow()
    assert Mail.objects.filter(to="robin@home.example").count() == 1


def test_who_finds_the_recipient_held_all_the_time_is_told_to_come_again(
    business: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(standing, "PATIENCE", "50ms")
    sale = stocked(business, 5)
    campaign = running(sale)
    begun, done = FORK.Event(), FORK.Event()

    def hold() -> None:
        with transaction.atomic():
            campaign_counting.take(campaign, "email:robin@home.example")
            begun.set()
            done.wait(PATIENCE)

    connections.close_all()
    holder = FORK.Process(target=hold)
    holder.start()
    begun.wait(PATIENCE)
    with pytest.raises(Busy) as refused:
        issuing.issue(
            campaign=campaign,
            recipient=of_email("robin@home.example"),
            idempotency_key="k",
            source=Source.API,
            at=NOW,
        )
    done.set()
    holder.join(PATIENCE)
    assert (refused.value.status, refused.value.retry_after) == (503, 3)
    campaign_counting.give_back(campaign.pk, sale.pk)
    assert _ask(campaign.pk, "robin", "k")[0] == "issued"


def audience(business: Organisation, number: int, codes: int) -> AudienceRun:
    """Take down so many people of an uploaded list."""
    campaign = running(stocked(business, codes), qualification="audience", status="draft")
    lines = [f"p{n}@home.example" for n in range(number)]
    listed = people.create(business=business, name="Everybody", lines=lines, at=NOW).people
    leaf = LeafData(kind="people", people_id=listed.pk)
    groups = [GroupData("all", [leaf])]
    replace(campaign=campaign, join="all", groups=groups, version=campaign.version, at=NOW)
    Campaign.objects.filter(pk=campaign.pk).update(status="running")
    return runs.start(campaign=campaign, at=NOW, seed=7)


def work_on(run_id: int) -> None:
    run = AudienceRun.objects.select_related("campaign__business").get(pk=run_id)
    runs.work(run=run, at=NOW, limit=20_000)


def test_a_worker_killed_in_the_middle_of_a_run_loses_and_doubles_nobody(
    business: Organisation,
) -> None:
    run = audience(business, 60, codes=80)
    for boundary in (5, 11, 17):
        # The claim of a code is where a killed worker could lose or double one.
        killed(lambda: work_on(run.pk), boundary, marker="UPDATE vouchers_vouchercode")
        done = RunPerson.objects.filter(run=run, outcome="issued").count()
        assert done == Issuance.objects.filter(campaign=run.campaign_id).count()
        assert faults() == []
    assert 0 < done < 60
    work_on(run.pk)
    run.refresh_from_db()
    assert (run.state, run.served_count) == ("done", 60)
    keys = Issuance.objects.filter(campaign=run.campaign_id).values_list("recipient_key", flat=True)
    assert len(keys) == len(set(keys)) == 60


def test_workers_share_a_run_without_serving_anybody_twice(business: Organisation) -> None:
    run = audience(business, 200, codes=250)
    connections.close_all()
    workers = [FORK.Process(target=work_on, args=(run.pk,)) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(PATIENCE)
    assert Issuance.objects.filter(campaign=run.campaign_id).count() == 200
    assert RunPerson.objects.filter(run=run, outcome="issued").count() == 200


@pytest.mark.scenario("VCH-57")
def test_a_run_of_ten_thousand_goes_on_after_an_interruption_and_again_serves_nobody_twice(
    business: Organisation,
) -> None:
    run = audience(business, AUDIENCE, codes=AUDIENCE + 500)
    killed(lambda: work_on(run.pk), AUDIENCE // 5, marker="UPDATE vouchers_vouchercode")
    work_on(run.pk)
    rows = Issuance.objects.filter(campaign=run.campaign_id)
    assert rows.count() == rows.values("recipient_key").distinct().count() == AUDIENCE
    again = runs.start(campaign=run.campaign, at=NOW)
    work_on(again.pk)
    assert (again.size, rows.count()) == (0, AUDIENCE)
