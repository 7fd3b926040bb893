"""The renewal forecast at full size: its page for a CSM, a manager and an executive, the lists behind its figures and
the keeping of a month, beside a statement by hand that adds up by month what the accounts' rows say.

Server time is what Django takes from the request to the last byte, in this process, with a warm database. Every account
has a contract with an end within a year; the renewals that are due are opened by their timelines, half a year of closed
ones lies behind, and seven months of forecasts are kept.
"""

import datetime as dt
import time
from collections.abc import Iterator
from statistics import median, quantiles

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.http import urlencode

from accounts.models import Account
from bench import data
from bench.database import statement
from bench.figures import Figure
from bench.visits import people, timings, visit
from cs_workspace.common import clock
from cs_workspace.common.upserting import defaults_of
from renewals.domain.periods import add_months
from renewals.models import Renewal
from renewals.services.awaiting import keep_awaited
from renewals.services.forecasting import keep_forecast
from renewals.services.ledger import write_ledger
from renewals.services.opening import open_due_renewals

REPEATS = 20
PAGE_BUDGET, LIST_BUDGET = 300.0, 80.0
KEEP_BUDGET = 30.0
MOST_QUERIES = 12
SPREAD = (
    f"""UPDATE accounts_account a SET expected_churn = round((0.5 * (1 - {data.MOOD}))::numeric, 3),
        segment_id = (SELECT s.id FROM accounts_segment s
            WHERE s.lower_arr <= 2000 + {data.chance("arr")} ^ 4 * 200000 ORDER BY s.lower_arr DESC LIMIT 1)""",
    """UPDATE accounts_account a SET (arr, renewal_date) = (
        SELECT l.arr, c."end" FROM accounts_contract c JOIN accounts_contractline l ON l.contract_id = c.id
        WHERE c.account_id = a.id)""",
)
SAID = """
    UPDATE renewals_renewal a SET computed_probability = 0.85,
        expected_arr = CASE WHEN id %% 7 = 0 THEN round(current_arr * 0.8, 2)
            WHEN id %% 5 = 0 THEN round(current_arr * 1.2, 2) END,
        category = (ARRAY['commit', 'best_case', 'at_risk', 'omitted', ''])[1 + (id %% 5)]"""
CLOSED = (
    "account_id", "contract_id", "due_on", "owner_id", "segment_id", "stage", "stage_since", "current_arr", "category",
    "outcome", "closed_arr", "closed_at",
)  # fmt: skip
DEFAULTS = defaults_of(Renewal, CLOSED)
# A contract a year before for each account in two, which ended in the past half year, and how that went.
BEFORE = (
    """INSERT INTO accounts_contract (created_at, updated_at, source, external_id, account_id, number, start, "end",
           auto_renew, notice_days, billing, currency, status)
       SELECT now(), now(), 'bench', 'before-' || a.id, a.id, '', %(today)s::date - 545 - (a.id %% 180)::int,
           %(today)s::date - 1 - (a.id %% 180)::int, true, 30, 'yearly', 'EUR', 'ended'
       FROM accounts_account a WHERE a.id %% 2 = 0""",
    f"""INSERT INTO renewals_renewal ({", ".join((*CLOSED, *DEFAULTS))})
       SELECT c.account_id, c.id, c."end", a.owner_id, a.segment_id, 'closed', now(), a.arr, 'commit',
           CASE WHEN c.id %% 8 = 0 THEN 'lost' ELSE 'flat' END, CASE WHEN c.id %% 8 = 0 THEN 0 ELSE a.arr END, now(),
           {", ".join(DEFAULTS.values())}
       FROM accounts_contract c JOIN accounts_account a ON a.id = c.account_id WHERE c.external_id LIKE 'before-%%'""",
)
KEPT = """
    INSERT INTO renewals_forecastline (forecast_id, account_id, contract_id, renewal_id, due_on, owner_id, segment_id,
        part, current_arr, expected_arr, probability)
    SELECT s.id, r.account_id, r.contract_id, r.id, r.due_on, r.owner_id, r.segment_id, 'commit', r.current_arr,
        r.current_arr, 0.85
    FROM renewals_renewal r JOIN renewals_forecastsnapshot s ON s.month < %(first)s::date AND r.due_on >= s.month"""
BY_HAND = """
    SELECT date_trunc('month', renewal_date), count(*), sum(arr), sum(arr * (1 - expected_churn))
    FROM accounts_account WHERE archived_at IS NULL AND renewal_date >= %s GROUP BY 1"""


def run(accounts: int) -> Iterator[Figure]:
    """The figures of each page for each role."""
    today = clock.today()
    yield from _make(accounts, today)
    by_hand = timings(lambda: _by_hand(today.replace(day=1)), REPEATS)
    yield Figure("by month, by one statement", median(by_hand), "ms", note="of the accounts' rows, without renewals")
    for role, user in people().items():
        client = Client()
        client.force_login(user)
        name = f"{role} with {Account.objects.visible_to(user).count():,}"
        yield from _page(client, f"the year, {name}", reverse("renewals:forecast"), PAGE_BUDGET, median(by_hand))
        yield from _page(client, f"a month's list, {name}", _list(today), LIST_BUDGET, median(by_hand))


def _make(accounts: int, today: dt.date) -> Iterator[Figure]:
    """The book, its renewals and what was forecast of them; yields how long keeping a month took."""
    first = today.replace(day=1)
    data.make_book(accounts, today, observed=False)
    for sql in SPREAD:
        statement(sql, seed=7)
    for sql in BEFORE:
        statement(sql, today=today)
    opened = open_due_renewals(today=today)
    statement(SAID)
    for back in range(1, 7):
        statement(
            "INSERT INTO renewals_forecastsnapshot (month, taken_at) VALUES (%(month)s, now())",
            month=add_months(first, -back),
        )
    statement(KEPT, first=first)
    write_ledger(today=today)
    keep_awaited(today=today)
    statement("VACUUM ANALYZE")
    began = time.perf_counter()
    kept = keep_forecast(today=today)
    took = time.perf_counter() - began
    yield Figure("keeping a month", took, "s", KEEP_BUDGET, note=f"{kept:,} lines, {opened:,} renewals opened")
    statement("VACUUM ANALYZE")


def _list(today: dt.date) -> str:
    first = add_months(today.replace(day=1), 1)
    return f"{reverse('renewals:forecast-renewals')}?{urlencode({'since': first, 'until': add_months(first, 1)})}"


def _page(client: Client, name: str, address: str, budget: float, by_hand: float) -> Iterator[Figure]:
    times = timings(lambda: visit(client, address), REPEATS)
    half = median(times)
    yield Figure(f"{name}, p50", half, "ms", note=f"{half / by_hand:.1f} × the statement by hand")
    yield Figure(f"{name}, p95", quantiles(times, n=20)[-1], "ms", budget)
    with CaptureQueriesContext(connection) as asked:
        visit(client, address)
    yield Figure(f"{name}, queries", len(asked), "", MOST_QUERIES)


def _by_hand(first: dt.date) -> None:
    with connection.cursor() as cursor:
        cursor.execute(BY_HAND, [first])
        cursor.fetchall()
