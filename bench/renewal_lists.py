"""Board, table and calendar of renewals at full size, for a CSM, a manager and an executive.

Every account has a contract whose end lies within a quarter, every other one with a month's notice, so that all of
them have an open renewal; those are spread over the stages.
"""

import datetime as dt
import time
from collections.abc import Iterator
from statistics import median, quantiles

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from bench import data
from bench.database import statement
from bench.figures import Figure
from bench.visits import people
from cs_workspace.common import clock
from renewals.domain.stages import OPEN_STAGES
from renewals.models import Renewal
from renewals.services.opening import open_due_renewals

REPEATS = 15
BUDGET = 500.0
MOST_QUERIES = 12
NEAR = f"""
    UPDATE accounts_contract c SET "end" = %(today)s::date + 1 + ({data.chance("near")} * 85)::int,
        start = %(today)s::date - 300, status = 'active', notice_days = 30 * (c.id %% 2)
    FROM accounts_account a WHERE a.id = c.account_id"""
SAID = """
    UPDATE renewals_renewal SET computed_probability = (40 + id %% 60) / 100.0,
        category = (ARRAY['', 'commit', 'best_case', 'at_risk'])[1 + id %% 4],
        stage = (%(stages)s::text[])[1 + id %% 6]"""


def run(accounts: int) -> Iterator[Figure]:
    """The figures of each view for each role."""
    opened = _make(accounts, clock.today())
    for role, user in people().items():
        client = Client()
        client.force_login(user)
        count = Renewal.objects.visible_to(user).count()
        for view in ("board", "table", "calendar"):
            yield from _page(client, f"{view}, {role} with {count:,}", reverse(f"renewals:{view}"))
        yield from _page(client, f"table by ARR, page 9, {role}", f"{reverse('renewals:table')}?sort=-arr&page=9")
    yield Figure("renewals opened", opened, "")


def _make(accounts: int, today: dt.date) -> int:
    """A book of which every account renews soon; gives how many renewals were opened."""
    data.make_book(accounts, today, observed=False)
    statement(NEAR, today=today, seed=7)
    opened = open_due_renewals(today=today)
    statement(SAID, stages=[stage.value for stage in OPEN_STAGES])
    statement("VACUUM ANALYZE")
    return opened


def _page(client: Client, name: str, address: str) -> Iterator[Figure]:
    times = []
    for _ in range(REPEATS):
        began = time.perf_counter()
        response = client.get(address, secure=True)
        times.append((time.perf_counter() - began) * 1000)
        if response.status_code != 200:
            raise RuntimeError(f"{address} answers {response.status_code}.")
    yield Figure(f"{name}, p50", median(times), "ms")
    yield Figure(f"{name}, p95", quantiles(times, n=20)[-1], "ms", BUDGET)
    with CaptureQueriesContext(connection) as asked:
        client.get(address, secure=True)
    yield Figure(f"{name}, queries", len(asked), "", MOST_QUERIES)
