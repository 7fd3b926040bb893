"""Reports › Retention of a full book with nine entries of the ledger an account, beside one statement that adds up the
trailing year by hand.

Server time is what Django takes from the request to the last byte, in this process, with a warm database.
"""

import datetime as dt
import time
from collections.abc import Iterator
from statistics import median, quantiles

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from bench import data
from bench.database import statement
from bench.figures import Figure
from bench.visits import timings, visit
from cs_workspace.common import clock
from renewals.domain.periods import Period, trailing_year
from renewals.models import LedgerEntry
from renewals.queries.retention import ReportFilter, Rhythm, retention_report
from renewals.queries.retention_groups import Split

ENTRIES = 9
REPEATS = 30
BUDGET = 300.0
MOST_QUERIES = 12
SEGMENTS = """
    INSERT INTO accounts_segment (key, name, lower_arr)
    VALUES ('smb', 'SMB', 0), ('mid_market', 'Mid-market', 10000), ('enterprise', 'Enterprise', 50000)
    ON CONFLICT DO NOTHING
"""
SEGMENTED = """
    UPDATE accounts_account SET industry = 'Industry ' || id %% 20,
        segment_id = (SELECT id FROM accounts_segment ORDER BY id OFFSET accounts_account.id %% 3 LIMIT 1)
"""
# New on a day within seven years; then up or down every few months; the last entry of three in ten is their churn.
LEDGER = f"""
    INSERT INTO renewals_ledgerentry (account_id, day, product_id, kind, amount, source, original_currency, reason,
        created_at, number)
    WITH moved AS (
        SELECT a.id, n, %(today)s::date - 60 - ({data.chance("first")} * 2400)::int AS first,
            (SELECT min(id) FROM accounts_product) + a.id %% 3 AS product_id,
            CASE WHEN n = 1 THEN 5000 + round(({data.chance("arr")} * 90000)::numeric, 2)
                WHEN {data.chance("fall", "n")} < 0.3 THEN - round(({data.chance("by", "n")} * 600)::numeric + 1, 2)
                ELSE round(({data.chance("by", "n")} * 2000)::numeric + 1, 2) END AS amount
        FROM accounts_account a CROSS JOIN generate_series(1, %(entries)s) n
    ), closed AS (
        SELECT id AS a_id, n, first, product_id, amount,
            sum(amount) OVER (PARTITION BY id ORDER BY n ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before
        FROM moved
    )
    SELECT a.a_id, first + (n - 1) * ((%(today)s::date - first) / %(entries)s), product_id, kind,
        CASE kind WHEN 'churn' THEN -before ELSE amount END, 'contract', '', '', now(), 0
    FROM closed a CROSS JOIN LATERAL (SELECT CASE WHEN n = 1 THEN 'new'
        WHEN n = %(entries)s AND (hashtextextended(a.a_id::text, 11) & 1023) < 307 THEN 'churn'
        WHEN amount < 0 THEN 'contraction' ELSE 'expansion' END AS kind) AS of
    ORDER BY a.a_id, n
"""
BY_HAND = """
    SELECT sum(since) FILTER (WHERE since > 0), sum(LEAST(since, until)) FILTER (WHERE since > 0),
        sum(until) FILTER (WHERE since > 0)
    FROM (
        SELECT COALESCE(sum(amount) FILTER (WHERE day < %(since)s), 0) AS since, sum(amount) AS until
        FROM renewals_ledgerentry WHERE day < %(until)s GROUP BY account_id
    ) account
"""


def run(accounts: int) -> Iterator[Figure]:
    """The figures of the report and of the accounts behind it with so many accounts."""
    yield from make_ledger(accounts)
    people = make_people()
    by_hand = timings(lambda: _by_hand(_year()), REPEATS)
    yield Figure("the trailing year by one statement, p50", median(by_hand), "ms", note=_compare(people["executive"]))
    for role, user in people.items():
        client = Client()
        client.force_login(user)
        for name, address in _addresses(user).items():
            times = timings(lambda client=client, address=address: visit(client, address), REPEATS)  # type: ignore[misc]
            note = f"{median(times) / median(by_hand):.1f} × the statement"
            yield Figure(f"{name}, {role}, p50", median(times), "ms", note=note)
            yield Figure(f"{name}, {role}, p95", quantiles(times, n=20)[-1], "ms", BUDGET)
        queries = max(_queries(client, address) for address in _addresses(user).values())
        yield Figure(f"queries, {role}", queries, "", MOST_QUERIES)


def make_ledger(accounts: int) -> Iterator[Figure]:
    """A book with its ledger; how fast that is appended to, what reports read of it included."""
    today = clock.today()
    data.make_accounts(accounts, today)
    statement(SEGMENTS)
    statement(SEGMENTED)
    began = time.perf_counter()
    entries = statement(LEDGER, today=today, entries=ENTRIES, seed=7)
    took = time.perf_counter() - began
    statement("VACUUM ANALYZE")
    yield Figure("entries appended a second", entries / took, "", note=f"{entries:,} entries by one statement")


def make_people() -> dict[str, User]:
    """One who sees every account, and one who sees a book."""
    csm = User.objects.filter(role=User.Role.CSM).order_by("pk")[0]
    executive = User.objects.create_user("executive@bench.example", name="Executive", role=User.Role.EXECUTIVE)
    return {"executive": executive, "CSM": csm}


def _addresses(user: User) -> dict[str, str]:
    """The report as it opens and as it may be looked at, and what lies behind a figure."""
    page, behind = reverse("renewals:retention"), reverse("renewals:retention-accounts")
    return {
        "the report": page,
        "trailing years by CSM": f"{page}?rhythm={Rhythm.TRAILING.value}&split={Split.CSM.value}",
        "by product": f"{page}?split={Split.PRODUCT.value}",
        "accounts behind a figure": f"{behind}?show=churn",
        "accounts of a CSM": f"{behind}?split={Split.CSM.value}&group={user.pk}",
    }


def _year() -> Period:
    return trailing_year(clock.today() + dt.timedelta(days=1))


def _by_hand(year: Period) -> tuple[float, float]:
    """GRR and NRR of the year over all accounts."""
    with connection.cursor() as cursor:
        cursor.execute(BY_HAND, {"since": year.since, "until": year.until})
        start, kept, end = cursor.fetchone()
    return float(kept / start), float(end / start)


def _compare(user: User) -> str:
    """Both must have found the same rates."""
    year = retention_report(user, ReportFilter(), today=clock.today()).year
    ours = (float(year.grr or 0), float(year.nrr or 0))
    same = max(abs(one - other) for one, other in zip(ours, _by_hand(year.period), strict=True)) < 1e-9
    said = "the same rates as the report" if same else "OTHER RATES THAN THE REPORT"
    return f"{said}: GRR {ours[0]:.2%}, NRR {ours[1]:.2%}, {LedgerEntry.objects.count():,} entries"


def _queries(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as asked:
        visit(client, address)
    return len(asked)
