"""The book at full size: every filter and every order, for one with 500 accounts, with 4,000 and with all; the export.

Server time is what Django takes from the request to the last byte, in this process, with a warm database.
"""

import datetime as dt
import gzip
import time
import tracemalloc
from collections.abc import Iterator
from itertools import product
from statistics import median, quantiles

from django.db import connection
from django.test import Client

from accounts.models import Account, User
from accounts.queries.book_columns import sortable_keys
from bench import data
from bench.database import statement
from bench.figures import Figure
from bench.visits import people
from cs_workspace.common import clock

SNAPSHOT_DAYS = 90
REPEATS = 3
FILTERS = (
    *("", "q=ount 12", "tier=3&tier=4", "tier=none", "segment=enterprise", "stage=renewing", "trend=declining"),
    *("status=churned", "status=all", "owner=me", "owner=none", "renewal=90", "untouched=30", "tag=pilot"),
    *("arr_min=20000&arr_max=60000", "strategic=1", "alerts=1", "trial=1"),
)
# Crossed with every filter; the others are walked over the whole book.
ORDERS = ("health", "-health", "-arr", "name", "renewal", "-touch")
# What the recompute would have kept current on the rows.
MOOD = data.MOOD
KEPT_CURRENT = (
    f"""UPDATE accounts_account a SET
        arr = round((2000 + {data.chance("arr")} ^ 4 * 200000)::numeric, 2),
        segment_id = (SELECT s.id FROM accounts_segment s
            WHERE s.lower_arr <= 2000 + {data.chance("arr")} ^ 4 * 200000 ORDER BY s.lower_arr DESC LIMIT 1),
        stage = (ARRAY['onboarding', 'adopting', 'established', 'renewing'])[1 + (a.id %% 4)],
        status = CASE WHEN {data.chance("gone")} < 0.08 THEN 'churned' ELSE 'active' END,
        churned_on = CASE WHEN {data.chance("gone")} < 0.08 THEN %(today)s::date - 30 END,
        renewal_date = CASE WHEN {data.chance("end")} < 0.97
            THEN %(today)s::date + ({data.chance("end")} * 350)::int END,
        last_touch = CASE WHEN {data.chance("touched")} < 0.95
            THEN %(today)s::timestamptz - {data.chance("touched")} * interval '120 days' END,
        open_alerts = CASE WHEN {data.chance("alert")} < 0.1 THEN 1 + a.id %% 3 ELSE 0 END,
        tags = CASE WHEN {data.chance("tag")} < 0.05 THEN '{{pilot}}'::varchar[] ELSE '{{}}' END,
        strategic = {data.chance("strategic")} < 0.03,
        health_trend = (ARRAY['declining', 'stable', 'improving'])[1 + (a.id %% 3)],
        health_confidence = 0.9,
        health_reason = 'Login frequency is far below what the contract expects',
        health_score = CASE WHEN NOT a.is_trial THEN round((25 + {MOOD} * 70)::numeric, 1) END""",
    """UPDATE accounts_account SET
        health_rank = CASE WHEN health_score >= 80 THEN 1 WHEN health_score >= 60 THEN 2 WHEN health_score >= 40 THEN 3
            WHEN health_score IS NOT NULL THEN 4 END,
        health_tier = CASE WHEN health_score >= 80 THEN 'Healthy' WHEN health_score >= 60 THEN 'Watch'
            WHEN health_score >= 40 THEN 'At-Risk' WHEN health_score IS NOT NULL THEN 'Critical' ELSE '' END,
        expected_churn = CASE WHEN health_score >= 80 THEN 0.025 WHEN health_score >= 60 THEN 0.125
            WHEN health_score >= 40 THEN 0.4 WHEN health_score IS NOT NULL THEN 0.8 END""",
    f"""INSERT INTO accounts_task (created_at, updated_at, version, title, body, account_id, due_at, priority, status,
            origin, outcome)
        SELECT now(), now(), 1, 'Agree on the next steps', '', a.id,
            %(today)s::timestamptz + ({data.chance("due", "n")} * 40 - 5) * interval '1 day', 3, 'open', 'hand', ''
        FROM accounts_account a CROSS JOIN generate_series(1, 3) n WHERE {data.chance("busy", "n")} < 0.3""",
    """INSERT INTO accounts_teammember (account_id, user_id, role)
        SELECT id, (SELECT min(id) FROM accounts_user) + (id * 7) %% 100, 'support' FROM accounts_account
        WHERE id %% 10 = 0 ON CONFLICT DO NOTHING""",
)


def run(accounts: int) -> Iterator[Figure]:
    """The figures of the book with so many accounts."""
    today = clock.today()
    _make(accounts, today)
    plain = _plainest()
    viewers = people()
    for role, user in viewers.items():
        yield from _pages(role, user, plain)
    executive = viewers["executive"]
    yield from _size(executive)
    yield from _export(executive, viewers["manager"])


def _make(accounts: int, today: dt.date) -> None:
    """What the book reads, and nothing else of the observations."""
    params = {"first": 1, "accounts": accounts, "today": today, "seed": 7, "features": data.FEATURES}
    for sql in (*data.OFFER, data.STATEMENTS[0], *KEPT_CURRENT):
        statement(sql, **params)
    statement("CREATE VIEW new_account AS SELECT * FROM accounts_account")
    statement(data.SNAPSHOTS, **params, snapshot_days=SNAPSHOT_DAYS)
    statement("DROP VIEW new_account")
    statement("VACUUM ANALYZE")


def _plainest() -> float:
    """Milliseconds of the plainest query, by which the speed of the machine can be judged."""
    with connection.cursor() as cursor:
        return median([_timed(lambda: cursor.execute("SELECT 1")) for _ in range(200)])


def _timed(work: object) -> float:
    started = time.perf_counter()
    work()  # type: ignore[operator]
    return (time.perf_counter() - started) * 1000


def _addresses() -> list[str]:
    orders = [f"{sign}{key}" for key in sortable_keys() for sign in ("", "-")]
    asked = dict.fromkeys([*product(("",), orders), *product(FILTERS, ORDERS)])
    return ["/accounts/?" + "&".join(part for part in (filters, f"sort={order}") if part) for filters, order in asked]


def _pages(role: str, user: User, plain: float) -> Iterator[Figure]:
    client = _client(user)
    times: dict[str, list[float]] = {}
    for address in _addresses():
        _got(client, address)
        times[address] = [_timed(lambda to=address: _got(client, to)) for _ in range(REPEATS)]
    every = [one for several in times.values() for one in several]
    slowest = max(times, key=lambda address: median(times[address]))
    count = Account.objects.visible_to(user).count()
    who = f"page, {role} with {count:,}"
    half = median(every)
    yield Figure(f"{who}, p50", half, "ms", 25, note=f"{half / plain:,.0f} × SELECT 1; {len(times)} states")
    yield Figure(f"{who}, p95", quantiles(every, n=20)[-1], "ms", 60)
    yield Figure(f"{who}, slowest state", median(times[slowest]), "ms", 60, note=slowest.partition("?")[2])


def _size(user: User) -> Iterator[Figure]:
    body = _client(user).get("/accounts/", secure=True).content
    yield Figure(
        "page, compressed", len(gzip.compress(body, 6)) / 1000, "kB", 60, note=f"{len(body) / 1000:,.0f} kB plain"
    )


def _export(everything: User, part: User) -> Iterator[Figure]:
    address = "/accounts/export/?format=csv&columns=all&status=all"
    seconds = _timed(lambda: _read(everything, address)) / 1000
    with connection.cursor() as cursor:
        bare = _timed(lambda: (cursor.execute("SELECT * FROM accounts_account"), cursor.fetchall())) / 1000
    yield Figure("CSV of all columns", seconds, "s", 3, note=f"{seconds / bare:,.1f} × SELECT * of the accounts")
    few, many = _peak(part, address), _peak(everything, address)
    yield Figure("CSV, memory at its peak", many, "MiB", few + 4, note=f"{few:,.1f} MiB for the manager's part")


def _peak(user: User, address: str) -> float:
    tracemalloc.start()
    _read(user, address)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak / 2**20


def _read(user: User, address: str) -> int:
    return sum(len(chunk) for chunk in _client(user).get(address, secure=True).streaming_content)


def _client(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def _got(client: Client, address: str) -> bytes:
    response = client.get(address, secure=True)
    if response.status_code != 200:
        raise RuntimeError(f"{address} answers {response.status_code}")
    return response.content
