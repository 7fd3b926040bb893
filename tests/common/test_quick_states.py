"""Tables made in the quick way beside those that Django makes in its own."""

import pytest
from django.core.management import call_command
from django.core.management.commands import migrate
from django.db import connection

from tests import template

# What migrations make, and what they note of it. Functions of extensions belong to the server.
MADE = """
    SELECT concat_ws(' ', c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity,
        a.attgenerated, pg_get_expr(d.adbin, d.adrelid))
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid LEFT JOIN pg_attrdef d ON (d.adrelid, d.adnum) =
        (a.attrelid, a.attnum)
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped
    UNION ALL SELECT pg_get_indexdef(i.indexrelid) FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
    WHERE c.relnamespace = 'public'::regnamespace
    UNION ALL SELECT concat_ws(' ', conrelid::regclass, conname, pg_get_constraintdef(oid)) FROM pg_constraint
    WHERE connamespace = 'public'::regnamespace AND contype <> 'n'
    UNION ALL SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
    UNION ALL SELECT pg_get_functiondef(p.oid) FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang
    WHERE p.pronamespace = 'public'::regnamespace AND l.lanname IN ('sql', 'plpgsql')
    UNION ALL SELECT concat_ws(' ', app, name) FROM django_migrations
"""


def made() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(MADE)
        return {text for (text,) in cursor.fetchall()}


@pytest.mark.timeout(480)
@pytest.mark.django_db(transaction=True)
def test_it_makes_what_django_makes() -> None:
    quick = made()  # the database of the suite, made by the command of the workspace
    assert len(quick) > 4_000
    with template.empty_database(f"{connection.settings_dict['NAME']}-plain"):
        call_command(migrate.Command(), interactive=False, verbosity=0)
        assert made() == quick
