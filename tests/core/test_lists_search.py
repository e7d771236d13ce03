"""Search by triples of letters or by walking: the answer is always the plain scan's."""

from __future__ import annotations

import random

import pytest
from django.db import connection

from core import search as searching
from core.models import Mail
from core.search import GramSearch, folded, grams_of, tsquery
from tests.core.mail_list import AT

pytestmark = pytest.mark.django_db
MAILS = GramSearch("mail_grams", scope="owner_id", column="template")
OWNER, OTHER = 1, 11
WORDS = ["cashback", "50%", "under_score", "back\\slash", "quo'te", "ΑΘΗΝΑΣ", "Émile", "ab", "q z"]


def store(*texts: str) -> list[Mail]:
    return Mail.objects.bulk_create(
        Mail(
            key=f"{number}-{random.random()}",
            template=folded(text)[:100],
            owner_id=OWNER,
            kind="k",
            to="a@b.example",
            next_attempt_at=AT,
            created_at=AT,
        )
        for number, text in enumerate(texts)
    )


def found(term: str) -> set[int]:
    hits = MAILS.find(Mail.objects.all(), scope_id=OWNER, term=term)
    return set(hits.queryset.values_list("pk", flat=True))


def scanned(term: str) -> set[int]:
    wanted = folded(term)
    return {mail.pk for mail in Mail.objects.all() if wanted in mail.template}


@pytest.fixture
def many_mails() -> None:
    dice = random.Random(5)
    texts = [" ".join(dice.choices(WORDS, k=2)) + f" rare{n % 400}" for n in range(2_500)]
    texts[1_000] += " needle"
    store(*texts)


@pytest.mark.parametrize(
    "term",
    ["CASHBACK", "0%", "%", "_", "r_s", "\\", "k\\s", "o't", "αθηνασ", "ΑΘΗΝΑΣ", "ÉMI", "ab", "b",
     "z", "rare17", "rare399", "needle", "no such thing", "q z", "zq", "x"],
)  # fmt: skip
def test_search_finds_exactly_what_a_plain_scan_finds(many_mails: None, term: str) -> None:
    assert found(term) == scanned(term)


def test_wildcards_of_the_database_mean_themselves() -> None:
    percent, _ = store("take 50% off", "take 500 off")
    assert found("50%") == {percent.pk}
    assert found("5_%") == set()


def test_term_of_digits_also_finds_the_row_with_that_id() -> None:
    one, other = store("nothing", "call 112")
    assert found(str(one.pk)) >= {one.pk}
    assert found("112") >= {other.pk}
    assert found("9" * 30) == set()


def test_search_keeps_to_the_rows_given(many_mails: None) -> None:
    few = Mail.objects.filter(key__startswith="7")
    hits = MAILS.find(few, scope_id=OWNER, term="rare17").queryset
    assert set(hits) == {mail for mail in few if "rare17" in mail.template}


def test_rows_of_another_scope_are_never_found(many_mails: None) -> None:
    assert not MAILS.find(Mail.objects.all(), scope_id=OTHER, term="cash").queryset.exists()
    mine = Mail.objects.filter(template__contains="rare17").first()
    assert mine is not None
    Mail.objects.filter(pk=mine.pk).update(owner_id=OTHER)
    found_there = MAILS.find(Mail.objects.all(), scope_id=OTHER, term="rare17").queryset
    assert set(found_there) == {mine}
    assert mine.pk not in found("rare17")


def test_rare_term_names_its_rows_and_frequent_one_walks(many_mails: None) -> None:
    rare = MAILS.find(Mail.objects.all(), scope_id=OWNER, term="needle")
    frequent = MAILS.find(Mail.objects.all(), scope_id=OWNER, term="cash")
    assert not rare.frequent
    assert frequent.frequent
    assert "core_grams" not in str(frequent.queryset.query)


def test_count_of_a_frequent_term_is_exact_in_a_small_table_and_bounded_in_a_big_one(
    many_mails: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = Mail.objects.all()
    hits = MAILS.find(rows, scope_id=OWNER, term="cash")
    assert str(hits.estimate(rows)) == f"{len(scanned('cash')):,}"
    monkeypatch.setattr(searching, "EXAMINED", 1_000)
    estimate = hits.estimate(rows)
    assert estimate.capped
    assert 0 < estimate.value < len(scanned("cash"))


def test_many_hits_deep_in_the_list_are_all_found() -> None:
    store(*["deep treasure"] * 1_100, *["plain"] * 400)
    hits = MAILS.find(Mail.objects.all(), scope_id=OWNER, term="treasure", cap=1_000)
    assert hits.frequent
    assert hits.queryset.count() == 1_100


def test_index_on_the_grams_answers_the_condition(many_mails: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("CREATE INDEX ON core_mail USING gin (core_grams(owner_id, template))")
        cursor.execute("SET LOCAL enable_seqscan = off")
    condition = searching.HasGrams("owner_id", "template", tsquery(OWNER, grams_of("rare399")))
    plan = Mail.objects.filter(condition).order_by().explain()
    assert "Bitmap Index Scan" in plan
    assert found("rare399") == scanned("rare399")


def test_grams_of_a_long_term_are_few_and_reach_both_ends() -> None:
    grams = grams_of("maria.konstantinou@example.com")
    assert len(grams) == 6
    assert (grams[0], grams[-1]) == ("mar", "com")
    assert grams_of("ab") == ["ab"]
