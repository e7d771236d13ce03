"""The record of what was delivered: batch rules, audit trail, and what raw SQL cannot do."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

import pytest
from django.apps import apps
from django.db import Error, IntegrityError, connection, transaction

from core.errors import Invalid, NotFound
from core.models import Mail
from incentives.models import Distribution, DistributionChange, Offer, OfferStatusChange
from incentives.services import deliveries, distributions
from incentives.services.distributions import BatchRefused, Edit, ReadOnly
from incentives.services.statuses import GuardFailed, transition
from incentives.terms import Terms
from tests.factories.incentives import Desk, make_desk
from tests.incentives.stages import AGREE, CONFIRM, DELIVER, TEXT, YES, Stage, sent
from tests.kit.concurrency import meeting, split


@pytest.fixture
def desk(db: None) -> Desk:
    return make_desk()


@pytest.fixture
def stage(desk: Desk) -> Stage:
    """A confirmed offer of €50 with its one Pending distribution."""
    stage = sent(desk)
    stage.do(AGREE, CONFIRM)
    return stage


def record(stage: Stage) -> Distribution:
    return Distribution.objects.get(offer=stage.offer)


def edit(row: Distribution, **changes: Any) -> Edit:
    typed: dict[str, Any] = {
        "pk": row.pk,
        "version": row.version,
        "value": row.value.number,
        "description": row.description,
        "status": row.status,
    }
    return Edit(**typed | changes)


def update(stage: Stage, *edits: Edit) -> Any:
    return distributions.update_batch(
        subject=stage.offer, edits=edits, actor=stage.desk.actor, at=stage.at
    )


def refused(stage: Stage, *edits: Edit) -> dict[int, set[str]]:
    with pytest.raises(BatchRefused) as refusal:
        update(stage, *edits)
    return {pk: set(errors) for pk, errors in refusal.value.rows.items()}


def sql(statement: str, *values: Any) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)


def test_a_success_is_recorded_with_value_moment_person_and_mail(stage: Stage) -> None:
    row = record(stage)
    result = update(
        stage, edit(row, status="success", value=Decimal("48.50"), description="Bank transfer")
    )
    assert (result.changed, result.unchanged) == ((row.pk,), ())
    row = record(stage)
    assert (row.status, row.value.number, row.succeeded_at) == (
        "success",
        Decimal("48.50"),
        stage.at,
    )
    assert (row.updated_by, row.version) == (stage.desk.user, 2)
    lines = DistributionChange.objects.filter(distribution=row)
    assert {line.field: (line.old_value, line.new_value) for line in lines} == {
        "value": ("€50.00", "€48.50"),
        "description": ("Paid to your bank account within 14 days", "Bank transfer"),
        "status": ("pending", "success"),
    }
    assert {(line.actor_user, line.actor_name) for line in lines} == {
        (stage.desk.user, stage.desk.user.display_name)
    }
    assert len({line.batch for line in lines}) == 1
    assert [mail.to for mail in Mail.objects.filter(kind="E07")] == [row.recipient_email]


def test_a_row_sent_as_stored_is_neither_changed_nor_logged(stage: Stage) -> None:
    row = record(stage)
    result = update(stage, edit(row))
    assert (result.changed, result.unchanged) == ((), (row.pk,))
    assert record(stage).version == row.version
    assert not DistributionChange.objects.exists()


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"status": "success", "value": Decimal(-1)}, {"value"}),
        ({"status": "success", "value": None}, {"value"}),
        ({"status": "success", "value": Decimal("1.005")}, {"value"}),
        ({"status": "success", "value": Decimal(10) ** 16}, {"value"}),
        ({"status": "success", "description": ""}, {"description"}),
        ({"status": "success", "description": "ok"}, {"description"}),
        ({"status": "failed", "description": "  "}, {"description"}),
        ({"description": "d" * 501}, {"description"}),
        ({"status": "lost"}, {"status"}),
    ],
)
def test_a_bad_row_is_refused_at_its_field(
    stage: Stage, changes: dict[str, Any], fields: set[str]
) -> None:
    row = record(stage)
    assert refused(stage, edit(row, **changes)) == {row.pk: fields}
    assert record(stage).version == row.version
    assert not DistributionChange.objects.exists()


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        (("success",), True),
        (("failed",), True),
        (("failed", "pending"), True),
        (("failed", "success"), True),
        (("success", "failed"), True),
        (("success", "pending"), False),
    ],
)
def test_only_the_listed_changes_of_status_are_allowed(
    stage: Stage, path: Iterable[str], allowed: bool
) -> None:
    *before, last = path
    for status in before:
        update(stage, edit(record(stage), status=status, description=f"Now {status}"))
    attempt = edit(record(stage), status=last, description=f"Then {last}")
    if allowed:
        update(stage, attempt)
        assert record(stage).status == last
        assert (record(stage).succeeded_at is not None) == (last == "success")
    else:
        assert refused(stage, attempt) == {record(stage).pk: {"status"}}


def test_a_failed_delivery_says_why(stage: Stage) -> None:
    update(stage, edit(record(stage), status="success", description="Bank transfer"))
    assert refused(stage, edit(record(stage), status="failed")) == {
        record(stage).pk: {"description"}
    }


def test_each_success_is_mailed_once(stage: Stage) -> None:
    for status, words in (
        ("success", "Sent"),
        ("success", "Sent by post"),
        ("failed", "Returned"),
        ("success", "Sent again"),
    ):
        update(stage, edit(record(stage), status=status, description=words))
    assert Mail.objects.filter(kind="E07").count() == 2


def test_a_row_changed_by_a_colleague_is_a_conflict(stage: Stage) -> None:
    seen = record(stage)
    update(stage, edit(seen, description="By a colleague"))
    with pytest.raises(BatchRefused) as refusal:
        update(stage, edit(seen, description="By me"))
    assert refusal.value.status == 409
    assert set(refusal.value.rows[seen.pk]) == {"__all__"}
    assert record(stage).description == "By a colleague"


def test_a_foreign_row_makes_the_whole_batch_unknown(stage: Stage, desk: Desk) -> None:
    mine, other, abroad = stage, sent(desk), sent(make_desk())
    for foreign in (other, abroad):
        foreign.do(AGREE, CONFIRM)
        with pytest.raises(NotFound):
            update(mine, edit(record(mine), description="Mine"), edit(record(foreign)))
    with pytest.raises(NotFound):
        update(mine, Edit(0, 1, None, "", "pending"))
    assert not DistributionChange.objects.exists()


def test_a_batch_is_not_empty_repeats_no_row_and_has_at_most_50(stage: Stage) -> None:
    row = record(stage)
    many = [Edit(number, 1, None, "", "pending") for number in range(51)]
    for edits in ([], [edit(row), edit(row)], many):
        with pytest.raises(Invalid) as refusal:
            update(stage, *edits)
        assert refusal.value.status == 422


def test_two_people_saving_the_same_row_end_in_one_win(transactional_db: None) -> None:
    stage = sent(make_desk())
    stage.do(AGREE, CONFIRM)
    row = record(stage)
    outcomes = meeting(
        lambda: update(stage, edit(row, description="First")).changed,
        lambda: update(stage, edit(row, description="Second")).changed,
    )
    won, lost = split(outcomes)
    assert won == [(row.pk,)]
    assert [type(error) for error in lost] == [BatchRefused]
    assert record(stage).description == "First"


@pytest.mark.scenario("INC-65")
def test_an_offer_is_completed_only_when_everything_is_settled(stage: Stage) -> None:
    with pytest.raises(GuardFailed) as refusal:
        stage.provider("completed", YES)
    assert refusal.value.status == 422
    assert f"D-{record(stage).pk}" in refusal.value.message
    stage.do(DELIVER)
    assert stage.provider("completed", YES).status == "completed"
    assert Mail.objects.filter(kind="E08").count() == 1


@pytest.mark.scenario("INC-66")
def test_a_delivered_offer_cannot_be_withdrawn_and_a_pending_one_fails(desk: Desk) -> None:
    delivered, pending = sent(desk), sent(desk)
    delivered.do(AGREE, CONFIRM, DELIVER)
    with pytest.raises(GuardFailed) as refusal:
        delivered.provider("cancelled", TEXT)
    assert refusal.value.status == 422
    assert delivered.fresh().status == "approved_confirmed"
    pending.do(AGREE, CONFIRM)
    assert pending.provider("cancelled", TEXT).status == "cancelled"
    row = record(pending)
    assert (row.status, row.description) == ("failed", "The offer ended as cancelled.")
    assert {line.actor_name for line in row.changes.all()} == {"Largesse"}


@pytest.mark.parametrize(
    "steps", [(DELIVER, ("provider", "completed", YES)), (("provider", "cancelled", TEXT),)]
)
def test_a_finished_record_is_read_only(stage: Stage, steps: Any) -> None:
    stage.do(*steps)
    with pytest.raises(ReadOnly) as refusal:
        update(stage, edit(record(stage), description="Later thoughts"))
    assert refusal.value.status == 409


def test_a_claimed_offer_is_still_recorded(stage: Stage) -> None:
    stage.recipient("claimed")
    update(stage, edit(record(stage), status="success", description="Bank transfer"))
    assert record(stage).status == "success"


@pytest.mark.scenario("INC-68")
def test_recording_a_success_touches_no_wallet(stage: Stage) -> None:
    tables = [model for model in apps.get_models() if model._meta.app_label == "wallet"]
    before = {model: model._default_manager.count() for model in tables}
    stage.do(DELIVER)
    assert record(stage).status == "success"
    assert {model: model._default_manager.count() for model in tables} == before
    related = {
        field.related_model for field in Distribution._meta.get_fields() if field.is_relation
    }
    assert not any(model and model._meta.app_label == "wallet" for model in related)


def test_creating_the_distributions_again_makes_no_duplicates(stage: Stage) -> None:
    deliveries.create(subject=stage.fresh(), at=stage.at)
    assert Distribution.objects.filter(offer=stage.offer).count() == 1


def test_an_offer_without_a_number_is_recorded_in_words(desk: Desk) -> None:
    stage = sent(desk, terms=Terms.words("A guided tour"))
    stage.do(AGREE, CONFIRM)
    row = record(stage)
    assert (row.unit, row.value.number, row.description) == ("none", None, "A guided tour")
    assert refused(stage, edit(row, value=Decimal(5))) == {row.pk: {"value"}}
    update(stage, edit(row, status="success", description="Tour given on 5 March"))
    assert record(stage).status == "success"


def test_a_percentage_is_recorded_as_a_percentage(desk: Desk) -> None:
    stage = sent(desk, terms=Terms.percentage(Decimal("12.5")))
    stage.do(AGREE, CONFIRM)
    row = record(stage)
    for value in (Decimal("100.01"), Decimal("1.234"), Decimal(-1)):
        assert refused(stage, edit(row, value=value)) == {row.pk: {"value"}}
    update(stage, edit(row, value=Decimal(10), status="success", description="Code SPRING"))
    assert record(stage).value.value_text == "10%"


@pytest.mark.parametrize("table", [DistributionChange, OfferStatusChange])
@pytest.mark.parametrize(
    "statement", ["UPDATE {} SET at = now()", "UPDATE {} SET actor_name = 'x'", "DELETE FROM {}"]
)
def test_no_statement_rewrites_the_audit_trail_or_the_history(
    stage: Stage, table: Any, statement: str
) -> None:
    stage.do(DELIVER)
    before = list(table.objects.order_by("pk").values())
    assert before
    with pytest.raises(Error):
        sql(statement.format(table._meta.db_table))
    assert list(table.objects.order_by("pk").values()) == before


@pytest.mark.parametrize(
    "change",
    [
        "value_minor = -1",
        "value_percent = 5",
        "currency = ''",
        "status = 'success'",
        "succeeded_at = now()",
    ],
)
def test_the_database_refuses_an_impossible_distribution(stage: Stage, change: str) -> None:
    with pytest.raises(IntegrityError):
        sql(f"UPDATE incentives_distribution SET {change}")  # noqa: S608 - a literal of this module


@pytest.mark.parametrize(
    "change",
    [
        "status = 'lost'",
        "max_required_members = 5",
        "offer_type = 'group'",
        "offer_type = 'group', max_required_members = 501",
        "recipient_email = ''",
        "confirmed_terms_id = NULL",
        "terms_id = NULL",
        "status = 'offered', expires_at = NULL",
    ],
)
def test_the_database_refuses_an_impossible_offer(stage: Stage, change: str) -> None:
    with pytest.raises(IntegrityError):
        sql(f"UPDATE incentives_offer SET {change}")  # noqa: S608 - a literal of this module


def test_an_offer_with_a_history_cannot_be_deleted(stage: Stage) -> None:
    with pytest.raises(Error), transaction.atomic():
        Offer.objects.filter(pk=stage.offer.pk).delete()
    assert stage.fresh().status == "approved_confirmed"


def test_a_second_distribution_for_one_recipient_cannot_exist(stage: Stage) -> None:
    row = record(stage)
    row.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)


def test_only_the_table_of_transitions_leads_to_acknowledged(stage: Stage) -> None:
    stage.do(DELIVER, ("provider", "completed", YES))
    with pytest.raises(GuardFailed) as refusal:
        transition(offer=stage.offer, to="acknowledged", actor=stage.desk.actor, at=stage.at)
    assert refusal.value.status == 422
