"""The pages of every day at full size, for one with 500 accounts, with 4,000 and with all, beside the plainest page.

Server time is what Django takes from the request to the last byte, in this process, with a warm database. The book has
every observation that Ops looks at, a month of snapshots, and the alerts and notifications of two recomputes.
"""

import time
from collections.abc import Iterator
from itertools import cycle, islice
from statistics import median, quantiles

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Account, User
from bench import data
from bench.database import statement
from bench.figures import Figure
from bench.visits import people
from cs_workspace.common import clock
from health.models import Run
from health.services.runs import start_run, work_off

REPEATS = 40
ACCOUNTS_SEEN = 10
BUDGET = 80.0
MOST_QUERIES = 12
TASKS = (
    f"""INSERT INTO accounts_task (created_at, updated_at, version, title, body, account_id, due_at, priority, status,
            origin, outcome)
        SELECT now(), now(), 1, 'Agree on the next steps', '', a.id,
            %(today)s::timestamptz + ({data.chance("due", "n")} * 40 - 5) * interval '1 day', 3, 'open', 'hand', ''
        FROM accounts_account a CROSS JOIN generate_series(1, 3) n WHERE {data.chance("busy", "n")} < 0.3""",
    """INSERT INTO accounts_task_assignees (task_id, user_id)
        SELECT t.id, a.owner_id FROM accounts_task t JOIN accounts_account a ON a.id = t.account_id""",
)


def run(accounts: int) -> Iterator[Figure]:
    """The figures of each page for each role."""
    _make(accounts)
    viewers = people()
    plain = median(_times(Client(), [reverse("login")]))
    yield Figure("sign-in page, p50", plain, "ms", note="the plainest page there is, to judge the machine by")
    for role, user in viewers.items():
        count = Account.objects.visible_to(user).count()
        for page, addresses in _pages(user).items():
            yield from _measure(f"{page}, {role} with {count:,}", user, addresses, plain)


def _make(accounts: int) -> None:
    """A book in its second night: tiers have moved, alerts are open, tasks are due."""
    data.make_book(accounts, clock.today())
    for sql in TASKS:
        statement(sql, today=clock.today(), seed=7)
    for _ in range(2):
        asked = start_run(dispatch=False)
        while work_off(asked):
            pass
        asked.refresh_from_db()
        if asked.state != Run.State.DONE:
            raise RuntimeError(f"The recompute ended as {asked.state}.")
    statement("VACUUM ANALYZE")


def _pages(user: User) -> dict[str, list[str]]:
    """Addresses by page; of accounts the most troubled ones, which have the most to show."""
    seen = Account.objects.visible_to(user).order_by("-open_alerts", "pk").values_list("pk", flat=True)[:ACCOUNTS_SEEN]
    return {
        "Today": [reverse("today")],
        "At risk": [reverse("health:at_risk")],
        "Alerts": [reverse("health:alerts")],
        "Tasks": [reverse("accounts:tasks")],
        "Account": [reverse("accounts:account", args=[pk]) for pk in seen],
        "Account's health": [reverse("health:account-panel", args=[pk]) for pk in seen],
    }


def _measure(name: str, user: User, addresses: list[str], plain: float) -> Iterator[Figure]:
    client = Client()
    client.force_login(user)
    times = _times(client, addresses)
    half = median(times)
    yield Figure(f"{name}, p50", half, "ms", note=f"{half / plain:.1f} × the sign-in page")
    yield Figure(f"{name}, p95", quantiles(times, n=20)[-1], "ms", BUDGET)
    yield Figure(f"{name}, queries", max(_queries(client, one) for one in addresses), "", MOST_QUERIES)


def _times(client: Client, addresses: list[str]) -> list[float]:
    """Milliseconds of each answer, after all were asked for once."""
    for address in addresses:
        _get(client, address)
    return [_get(client, address) for address in islice(cycle(addresses), REPEATS)]


def _get(client: Client, address: str) -> float:
    began = time.perf_counter()
    response = client.get(address, secure=True)
    took = (time.perf_counter() - began) * 1000
    if response.status_code != 200:
        raise RuntimeError(f"{address} answers {response.status_code}.")
    return took


def _queries(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as asked:
        _get(client, address)
    return len(asked)
