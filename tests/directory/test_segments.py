"""Who is in a segment: the database's answer is the criterion's own, for everybody at once."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import NotFound
from directory.choices import AddressType
from directory.models import Contact, ContactAddress, Organisation
from directory.segments import (
    Age,
    AsOf,
    BirthdayIn,
    Bought,
    Country,
    Criterion,
    GenderIs,
    NameDayIn,
    Person,
    RecentlyRegistered,
    Registered,
    Tagged,
    Town,
    Unusable,
)
from directory.selectors import segments as selectors
from directory.selectors.segments import Rule
from directory.services import contacts, segments
from directory.services.segments import SegmentData
from events.segments import (
    BoughtCategory,
    BoughtProduct,
    PreferredVenue,
    PurchaseCount,
    PurchaseSum,
)
from tests.factories import floor
from tests.factories.directory import MORNING, make_business
from tests.factories.floor import Cafe, buy, line, make_person, make_segment

pytestmark = pytest.mark.django_db
# The day before a 1 March without a 29 February, at half past one in the morning in Nicosia.
NIGHT = datetime(2026, 2, 27, 23, 30, tzinfo=UTC)
ZONE = "Asia/Nicosia"
DAYS = [(2, 27), (2, 28), (2, 29), (3, 1), (8, 15)]
TOWNS, COUNTRIES, TAGS = ["Nicosia", "larnaca", "Paphos"], ["CY", "GR"], ["vip", "staff"]


def write_people(cafe: Cafe, drawn: list[dict[str, object]]) -> dict[int, Person]:
    """Store drawn people set-wise and return them as the criteria see them."""
    Contact.objects.filter(business=cafe.business, business_events=None).delete()
    rows = Contact.objects.bulk_create(
        Contact(
            business=cafe.business,
            code=f"T-{number}",
            referral_code=f"T{number}",
            first_name="Ann",
            gender=one["gender"],
            birth_year=one["year"] if one["birth"] else None,
            birth_month=one["birth"] and one["birth"][0],  # type: ignore[index]
            birth_day=one["birth"] and one["birth"][1],  # type: ignore[index]
            name_day_month=one["name_day"] and one["name_day"][0],  # type: ignore[index]
            name_day_day=one["name_day"] and one["name_day"][1],  # type: ignore[index]
            tags=sorted(one["tags"]),  # type: ignore[call-overload]
            registered_at=one["registered_at"],
            created_at=MORNING,
            updated_at=MORNING,
        )
        for number, one in enumerate(drawn)
    )
    ContactAddress.objects.bulk_create(
        ContactAddress(contact=row, type=AddressType.HOME, town=town, country=country)
        for row, one in zip(rows, drawn, strict=True)
        if one["address"]
        for town, country in [one["address"]]  # type: ignore[misc, has-type]
    )
    return {row.pk: as_person(row.pk, one) for row, one in zip(rows, drawn, strict=True)}


def as_person(pk: int, one: dict[str, object]) -> Person:
    address = one["address"]
    return Person(
        id=pk,
        registered_at=one["registered_at"],  # type: ignore[arg-type]
        gender=one["gender"],  # type: ignore[arg-type]
        birth=one["birth"],  # type: ignore[arg-type]
        birth_year=one["year"] if one["birth"] else None,  # type: ignore[arg-type]
        name_day=one["name_day"],  # type: ignore[arg-type]
        towns=frozenset([address[0]]) if address else frozenset(),  # type: ignore[index]
        countries=frozenset([address[1]]) if address else frozenset(),  # type: ignore[index]
        tags=frozenset(one["tags"]),  # type: ignore[call-overload]
    )


people = st.fixed_dictionaries(
    {
        "gender": st.sampled_from(["", "female", "male", "other"]),
        "birth": st.none() | st.sampled_from(DAYS),
        "year": st.none() | st.sampled_from([1996, 2004, 2008]),
        "name_day": st.none() | st.sampled_from(DAYS),
        "tags": st.sets(st.sampled_from(TAGS)),
        "address": st.none() | st.tuples(st.sampled_from(TOWNS), st.sampled_from(COUNTRIES)),
        "registered_at": st.integers(0, 72).map(lambda hours: NIGHT - timedelta(hours=hours)),
    }
)
days = st.integers(0, 3)
some = st.lists(st.sampled_from(TOWNS), min_size=1).map(tuple)
years = st.sampled_from([17, 18, 22, 30])
criteria = st.one_of(
    st.builds(BirthdayIn, days=days),
    st.builds(NameDayIn, days=days),
    st.builds(RecentlyRegistered, days=st.integers(1, 4)),
    st.builds(
        Registered,
        from_on=st.dates(date(2026, 2, 25), date(2026, 2, 27)),
        before_on=st.none() | st.just(date(2026, 2, 28)),
    ),
    st.builds(Age, min_years=years, max_years=st.none() | st.just(40)),
    st.builds(Age, max_years=years),
    st.builds(GenderIs, genders=st.just(("female", "other"))),
    st.builds(Town, towns=some),
    st.builds(Country, countries=st.just(("CY",))),
    st.builds(Tagged, tags=st.sampled_from([("vip",), ("VIP", "staff")])),
)
rules = st.lists(st.builds(Rule, criteria, st.booleans()), min_size=1, max_size=3)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(drawn=st.lists(people, max_size=5), wanted=rules, match=st.sampled_from(["all", "any"]))
def test_the_database_finds_whom_the_criteria_hold(
    floor_cafe: Cafe, drawn: list[dict[str, object]], wanted: list[Rule], match: str
) -> None:
    everybody = write_people(floor_cafe, drawn)
    now = AsOf(NIGHT, ZONE)
    join = all if match == "all" else any
    expected = {
        pk
        for pk, person in everybody.items()
        if join(rule.criterion.holds(person, now) is not rule.excludes for rule in wanted)
    }
    found = selectors.matching(business=floor_cafe.business, match=match, rules=wanted, at=NIGHT)
    assert set(found.values_list("pk", flat=True)) == expected


@pytest.fixture
def floor_cafe(db: None) -> Cafe:
    return floor.make_cafe()


def test_criteria_about_purchases_agree_with_the_database(floor_cafe: Cafe) -> None:
    """Every criterion, for contacts with different histories, one of them without any."""
    cafe = floor_cafe
    at = floor.AFTERNOON
    histories = [
        [],
        [("ESP", 250, cafe.v1, 0)],
        [("ESP", 250, cafe.v1, 0), ("JUI", 900, cafe.v2, 3), ("CAKE", 420, cafe.v2, 2)],
        [("CAKE", 420, cafe.v2, 9), ("CAKE", 420, cafe.v1, 40)],
        [("JUI", 300, cafe.v1, 6), ("JUI", 300, cafe.v2, 7)],
    ]
    above = {
        "ESP": {cafe.coffee.pk, cafe.hot.pk, cafe.drinks.pk},
        "JUI": {cafe.drinks.pk},
        "CAKE": set(),
    }
    goods = {"ESP": cafe.espresso.pk, "JUI": cafe.juice.pk, "CAKE": cafe.cake.pk}
    persons = []
    for history in histories:
        contact = make_person(cafe.business)
        bought = []
        for sku, total, venue, ago in history:
            moment = at - timedelta(days=ago)
            buy(venue, contact, line(sku, total), at=moment)
            bought.append(
                Bought(
                    at=moment,
                    currency="EUR",
                    total_minor=total,
                    venue_id=venue.pk,
                    product_ids=frozenset({goods[sku]}),
                    category_ids=frozenset(above[sku]),
                )
            )
        persons.append(Person(id=contact.pk, registered_at=MORNING, purchases=tuple(bought)))
    asked: list[Criterion] = [
        PurchaseCount(days=7, min_count=1),
        PurchaseCount(days=7, max_count=1),
        PurchaseCount(days=8, min_count=2, max_count=2),
        PurchaseSum(days=30, least=(1500, "EUR")),
        PurchaseSum(days=30, most=(0, "EUR")),
        PurchaseSum(days=30, least=(1, "USD")),
        BoughtProduct(days=10, products=(cafe.cake.pk,)),
        BoughtCategory(days=7, categories=(cafe.hot.pk,)),
        BoughtCategory(days=7, categories=(cafe.drinks.pk,)),
        PreferredVenue(venues=(cafe.v1.pk,)),
        PreferredVenue(venues=(cafe.v2.pk,)),
    ]
    now = AsOf(at, ZONE)
    for criterion in asked:
        found = selectors.matching(
            business=cafe.business, match="all", rules=[Rule(criterion)], at=at
        )
        expected = {one.id for one in persons if criterion.holds(one, now)}
        assert set(found.values_list("pk", flat=True)) == expected, criterion


def test_segments_of_contacts_is_membership_seen_from_the_other_side(floor_cafe: Cafe) -> None:
    business = floor_cafe.business
    vip = make_segment(business, Tagged(tags=("vip",)))
    others = make_segment(business, Tagged(tags=("vip",)), excludes=True)
    grown_up = make_segment(business, Age(min_years=18), Tagged(tags=("vip",)), match="any")
    ann = make_person(business, tags=["vip"])
    bob = make_person(business, born=(1990, 1, 1))
    found = selectors.segments_of(
        business=business, contact_ids=[ann.pk, bob.pk], at=floor.AFTERNOON
    )
    assert found == {ann.pk: {vip.pk, grown_up.pk}, bob.pk: {others.pk, grown_up.pk}}
    for segment in (vip, others, grown_up):
        members = set(selectors.members(segment=segment, at=floor.AFTERNOON))
        assert members == {one for one in (ann, bob) if segment.pk in found[one.pk]}


def test_segments_of_many_contacts_take_as_many_queries_as_of_one(
    floor_cafe: Cafe, django_assert_num_queries: object
) -> None:
    business = floor_cafe.business
    for years in (18, 30, 65):
        make_segment(business, Age(min_years=years), BirthdayIn(days=1))
    ids = [make_person(business).pk for _ in range(4)]
    for wanted in (ids[:1], ids):
        with django_assert_num_queries(2):  # type: ignore[operator]
            selectors.segments_of(business=business, contact_ids=wanted, at=floor.AFTERNOON)


def test_a_terminated_contact_is_in_no_segment(floor_cafe: Cafe) -> None:
    business = floor_cafe.business
    segment = make_segment(business, Tagged(tags=("vip",)))
    ann = make_person(business, tags=["vip"])
    contacts.terminate(contact=ann, at=floor.AFTERNOON)
    assert not selectors.members(segment=segment, at=floor.AFTERNOON).exists()
    found = selectors.segments_of(business=business, contact_ids=[ann.pk], at=floor.AFTERNOON)
    assert found == {ann.pk: frozenset()}


def test_a_segment_speaks_in_plain_words(floor_cafe: Cafe) -> None:
    lines = selectors.describe(
        business=floor_cafe.business,
        match="all",
        rules=[
            Rule(Country(countries=("CY", "GR"))),
            Rule(BoughtCategory(days=30, categories=(floor_cafe.hot.pk,)), excludes=True),
            Rule(PurchaseSum(days=1, least=(10000, "EUR"))),
        ],
    )
    assert lines == [
        "Contacts of whom all of these are true:",
        "They have an address in Cyprus or Greece.",
        (
            "They do not count who have bought something of Drinks › Hot in the last 30 days,"
            " today included."
        ),
        "They have spent €100.00 or more in the last 1 day, today included.",
    ]


def test_a_name_is_taken_once_whatever_its_case(floor_cafe: Cafe) -> None:
    rules = [Rule(Tagged(tags=("vip",)))]
    data = SegmentData(name="Regulars", rules=rules)
    segments.create(business=floor_cafe.business, data=data, at=MORNING)
    with pytest.raises(segments.NameTaken):
        segments.create(
            business=floor_cafe.business, data=SegmentData(name="REGULARS", rules=rules), at=MORNING
        )
    segments.create(business=make_business(), data=data, at=MORNING)
    with pytest.raises(segments.NoCriteria):
        segments.create(business=floor_cafe.business, data=SegmentData(name="Nobody"), at=MORNING)


def test_the_segment_of_another_business_is_not_found(floor_cafe: Cafe) -> None:
    foreign = make_segment(make_business(), Tagged(tags=("vip",)))
    with pytest.raises(NotFound):
        selectors.segment(business=floor_cafe.business, pk=foreign.pk)


@pytest.mark.parametrize(
    ("kind", "values", "field"),
    [
        (Age, {}, "min_years"),
        (Age, {"min_years": 30, "max_years": 20}, "min_years"),
        (BirthdayIn, {"days": 367}, "days"),
        (BirthdayIn, {}, "days"),
        (GenderIs, {"genders": ["robot"]}, "genders"),
        (Registered, {"from_on": "2026-05-02", "before_on": "2026-05-02"}, "before_on"),
        (PurchaseCount, {"days": 0, "min_count": 1}, "days"),
        (PurchaseSum, {"days": 5, "least": [1, "EUR"], "most": [2, "USD"]}, "most"),
    ],
)
def test_values_that_cannot_be_meant_are_refused_at_their_field(
    kind: type[Criterion], values: dict[str, object], field: str
) -> None:
    with pytest.raises(Unusable) as refused:
        kind.from_values(values)
    assert refused.value.field_name == field


def test_criteria_survive_being_stored() -> None:
    for one in (
        Registered(from_on=date(2026, 5, 1)),
        Age(min_years=18, max_years=30),
        PurchaseSum(days=30, least=(1000, "EUR")),
        BoughtProduct(days=7, products=(3, 4)),
        Town(towns=("Nicosia",)),
    ):
        assert type(one).from_values(one.values()) == one


def test_the_business_of_a_preview_is_counted_alone(floor_cafe: Cafe) -> None:
    business: Organisation = floor_cafe.business
    make_person(make_business(), tags=["vip"])
    ann = make_person(business, tags=["vip"])
    make_person(business)
    seen = selectors.preview(
        business=business, match="all", rules=[Rule(Tagged(tags=("vip",)))], at=floor.AFTERNOON
    )
    assert (seen.count, seen.of, seen.people) == (1, 2, [ann])
