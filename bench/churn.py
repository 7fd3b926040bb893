"""Reports › Churn of a full book: a record for most losses that the ledger tells, two in five with an interview.

Server time is what Django takes from the request to the last byte, in this process, with a warm database.
"""

from collections.abc import Iterator
from statistics import median, quantiles

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from bench.database import statement
from bench.figures import Figure
from bench.retention import REPEATS, make_ledger, make_people
from bench.visits import timings, visit
from cs_workspace.common import clock

BUDGET = 300.0
MOST_QUERIES = 12
# Accounts whose records are written by one statement: the history takes a savepoint a row, and the more of these a
# transaction has, the longer each takes.
PART = 2_500
# Nine in ten losses of the last three years are explained, by any reason.
RECORDS = """
    INSERT INTO renewals_churnrecord (account_id, day, arr_lost, lost_account, category, sub_reason, preventable,
        competitor, notes, lessons, stage_before, settled_on, created_at, updated_at, version)
    SELECT e.account_id, e.day, -sum(e.amount), bool_or(e.kind = 'churn'), r.category, r.sub_reason, r.preventable,
        CASE r.sub_reason WHEN 'competitor' THEN 'Rival ' || e.account_id %% 30 ELSE '' END, 'What happened.',
        CASE WHEN e.account_id %% 5 = 0 THEN 'What we learned.' ELSE '' END, '', e.day, now(), now(), 1
    FROM renewals_ledgerentry e
    CROSS JOIN LATERAL (
        SELECT * FROM (VALUES ('product', 'bugs', 'partly'), ('value', 'no_return', 'yes'),
            ('financial', 'price', 'sometimes'), ('competition', 'competitor', 'partly'),
            ('strategic', 'pivot', 'rarely')) AS reason (category, sub_reason, preventable)
        OFFSET e.account_id %% 5 LIMIT 1
    ) r
    WHERE e.kind IN ('churn', 'contraction') AND e.day > %(today)s::date - 1095 AND e.day <= %(today)s::date
        AND (hashtextextended(e.account_id::text || e.day::text, %(seed)s) & 1023) < 921
        AND e.account_id %% %(parts)s = %(part)s
    GROUP BY e.account_id, e.day, r.category, r.sub_reason, r.preventable
"""
PRODUCTS = """
    INSERT INTO renewals_lostproduct (record_id, product_id, arr_lost)
    SELECT id, (SELECT min(id) FROM accounts_product) + account_id %% 3, arr_lost FROM renewals_churnrecord
"""
INTERVIEWS = """
    INSERT INTO renewals_exitinterview (record_id, held_on, others, answers, created_at, updated_at, version)
    SELECT id, day, '', '[{"question": "Why?", "answer": "Because."}]', now(), now(), 1
    FROM renewals_churnrecord WHERE id %% 5 < 2 AND account_id %% %(parts)s = %(part)s
"""


def run(accounts: int) -> Iterator[Figure]:
    """The figures of the report, of the list and of the losses without a reason with so many accounts."""
    yield from make_ledger(accounts)
    parts = max(accounts // PART, 1)
    records = sum(statement(RECORDS, today=clock.today(), seed=7, parts=parts, part=part) for part in range(parts))
    statement(PRODUCTS)
    for part in range(parts):
        statement(INTERVIEWS, parts=parts, part=part)
    statement("VACUUM ANALYZE")
    yield Figure("records", records, "")
    for role, user in make_people().items():
        client = Client()
        client.force_login(user)
        for name, address in _addresses().items():
            times = timings(lambda client=client, address=address: visit(client, address), REPEATS)  # type: ignore[misc]
            yield Figure(f"{name}, {role}, p50", median(times), "ms")
            yield Figure(f"{name}, {role}, p95", quantiles(times, n=20)[-1], "ms", BUDGET)
        queries = max(_queries(client, address) for address in _addresses().values())
        yield Figure(f"queries, {role}", queries, "", MOST_QUERIES)


def _addresses() -> dict[str, str]:
    return {
        "the report": reverse("renewals:churn-report"),
        "three years by quarter": f"{reverse('renewals:churn-report')}?years=3&step=quarter",
        "records": reverse("renewals:churn-records"),
        "records of a reason, by ARR": f"{reverse('renewals:churn-records')}?category=financial&sort=-arr",
        "lessons": reverse("renewals:churn-lessons"),
        "losses without a reason": reverse("renewals:churn-untold"),
    }


def _queries(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as asked:
        visit(client, address)
    return len(asked)
