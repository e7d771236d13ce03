"""A provider with very many offers, written by the database itself."""

from __future__ import annotations

from django.db import connection

from core import clock
from tests.factories.incentives import Desk, make_desk, make_offer, make_program

FREQUENT = "battery"  # stands in every fifth message
WORDS = {
    "first": "maria nikos eleni jonas priya samir clara pavel greta oskar hana luca noor emil",
    "last": "papadopoulou vlachos lindqvist okafor sharma rossi novak haddad weber berg silva",
    "host": "example.com example.org mail.example post.example home.example",
    "lead": "Thank you for booking a visit|Your roof has been making power for a month|"
    "You told a friend about us|Spring is near and panels want a wash|Before the cold comes",
    "tail": "here is something back for your time|as promised a little of it comes back|"
    "this is our way to say thank you|book the plan this month and pick a plant",
}
INSERT = """
INSERT INTO incentives_offer (
    business_id, program_id, reference, entity_type, entity_stage, incentive_type, offer_type,
    delivery_method, recipient_email, recipient_name, message, message_masked,
    show_on_program_page, expires_at, status, status_set_by, status_changed_at, terms_id,
    recipient_has_moved, open_count, version, created_at, updated_at
)
SELECT
    %(business)s,
    (%(programs)s::bigint[])[1 + n %% cardinality(%(programs)s::bigint[])],
    'B-' || n,
    'individual',
    (ARRAY['prospect_customer', 'existing_customer', 'partner', 'lead'])[1 + (n / 4) %% 4],
    (ARRAY['cashback', 'discount', 'gift_card', 'other'])[1 + n %% 4],
    'single',
    'email',
    first || '.' || last || n || '@' || host,
    initcap(first) || ' ' || initcap(last),
    lead || CASE WHEN n %% 5 = 0 THEN ' and a battery' ELSE '' END || ': ' || tail
        || ', signed ' || substr(md5(n::text), 1, 6),
    false,
    false,
    %(now)s::timestamptz + (hashint4(n + 5) & 16383) * interval '1 minute',
    (ARRAY['offered', 'counter', 'approved', 'rejected', 'offered', 'expired', 'needs_info',
           'cancelled', 'offered', 'no_response'])[1 + n %% 10],
    (ARRAY['provider', 'recipient'])[1 + n %% 2],
    %(now)s::timestamptz - n * interval '61 seconds',
    %(terms)s,
    false,
    0,
    1,
    %(now)s::timestamptz - n * interval '61 seconds',
    %(now)s::timestamptz - (n / 2) * interval '61 seconds'
FROM generate_series(%(start)s, %(stop)s) AS n
CROSS JOIN LATERAL (
    SELECT
        (string_to_array(%(first)s, ' '))[1 + (hashint4(n) & 2147483647) %% 14] AS first,
        (string_to_array(%(last)s, ' '))[1 + (hashint4(n + 1) & 2147483647) %% 11] AS last,
        (string_to_array(%(host)s, ' '))[1 + (hashint4(n + 2) & 2147483647) %% 5] AS host,
        (string_to_array(%(lead)s, '|'))[1 + (hashint4(n + 3) & 2147483647) %% 5] AS lead,
        (string_to_array(%(tail)s, '|'))[1 + (hashint4(n + 4) & 2147483647) %% 4] AS tail
) AS words
"""
SEARCH = "incentives_offer_search"


def provider_with_offers() -> Desk:
    """Make the provider with five programs and its first few offers, by the services."""
    desk = make_desk("Acme Solar")
    for name in ("Wallbox", "Heat pump", "Panel care", "Energy survey"):
        make_program(desk.business, name)
    make_offer(program=desk.program)
    return desk


def grow(desk: Desk, *, start: int, stop: int, searchable: bool = True) -> None:
    """Add the offers numbered `start` to `stop`, and let the server look at them.

    The index of the search is what takes time; who does not search does without it.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM incentives_offerterms LIMIT 1")
        terms = cursor.fetchone()[0]
        cursor.execute("SELECT array_agg(id) FROM incentives_program")
        programs = cursor.fetchone()[0]
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE indexname = %s", [SEARCH])
        (definition,) = cursor.fetchone() or ("",)
        # Rows whose commit is not yet on the disk cannot be marked as visible to all by VACUUM.
        cursor.execute("SET synchronous_commit = on")
        # Building an index once is several times faster than adding a million rows to it.
        cursor.execute(f"DROP INDEX IF EXISTS {SEARCH}")
        cursor.execute(
            INSERT,
            {
                "business": desk.business.pk,
                "programs": programs,
                "terms": terms,
                "now": clock.now(),
                "start": start,
                "stop": stop,
                **WORDS,
            },
        )
        if searchable:
            cursor.execute("SET maintenance_work_mem = '512MB'")
            cursor.execute(definition)
        cursor.execute("VACUUM ANALYZE incentives_offer")
        cursor.execute("CHECKPOINT")  # else the server writes it all out while pages are timed
