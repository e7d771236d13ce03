"""The function behind every search index: the overlapping triples of letters of a text.

It takes the place of the extension pg_trgm, which not every server carries, and adds two things:
words of two letters are found as beginnings of triples, and each entry names the scope (the
organisation) of its row, so that one tenant's search does not read another's rows. A blank ends the
text, so that its last two letters begin a triple too.
"""

from django.db import migrations

CREATE = """
CREATE FUNCTION core_grams(scope bigint, body text) RETURNS tsvector
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    letters text[] := string_to_array(lower(body) || ' ', NULL);
BEGIN
    RETURN array_to_tsvector((chr(1) || scope) || array(
        SELECT a || b || c
        FROM unnest(letters, letters[2:], letters[3:]) AS gram(a, b, c)
        WHERE c IS NOT NULL
    ));
END
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("core", "0001_initial")]

    operations = [migrations.RunSQL(CREATE, reverse_sql="DROP FUNCTION core_grams(bigint, text);")]
