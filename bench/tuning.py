"""The tuning of a draft over the whole book: its preview, page and fragment, and its backtest, beside a statement by
hand that counts who moves between tiers.

Server time is what Django takes from the request to the last byte, in this process, with a warm database. The book has
today's snapshots with their readings, the same on eight past days, and accounts that have left since.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from statistics import median, quantiles

from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from bench import baseline, data
from bench.database import statement
from bench.figures import Figure
from cs_workspace.common import clock
from health.domain.backtest import AHEAD_DAYS
from health.forms.tuning import WeightsForm
from health.models import Indicator, ScorecardVersion
from health.queries.tuning import MOST_COHORTS, Preview, preview_of
from health.queries.tuning_book import cache_key
from health.queries.tuning_versions import contest_of
from health.services.publishing import draft_from
from health.services.runs import start_run, work_off

# Of the dimensions of Ops, in the order of its dimensions.
TRIED: baseline.Weights = (20, 40, 25, 15)
REPEATS = 20
BUDGET = 1.0
MOST_QUERIES = 12
# Accounts that left within the last two years, and what they were like on the days on which the backtest looks.
LEFT = f"""
    UPDATE accounts_account a SET status = 'churned',
        churned_on = %(today)s::date - ({data.chance("when")} * %(days)s)::int
    WHERE {data.chance("left")} < 0.02 + 0.2 * (1 - {data.MOOD})"""
PAST = """
    INSERT INTO health_snapshot (account_id, day, version_id, score, rank, confidence, dimensions, readings, points)
    SELECT account_id, day - n * %(ahead)s, version_id, score, rank, confidence, dimensions, readings, points
    FROM health_snapshot CROSS JOIN generate_series(1, %(cohorts)s) n WHERE day = %(today)s"""


def run(accounts: int) -> Iterator[Figure]:
    """The figures of a draft of Ops with so many accounts."""
    draft = _make(accounts)
    client = _admin()
    page = reverse("admin:health_scorecardversion_tuning", args=[draft.pk])
    tried = _weights(draft)
    preview = _preview(draft, tried)
    by_hand = _times(_by_hand)
    typing = _times(lambda: _get(client, page, tried, fragment="preview"))
    whole = _times(lambda: _get(client, page, tried))
    note = f"{preview.accounts:,} accounts, {len(preview.comparison.movers):,} of them move"
    yield Figure("preview while weights are typed, p50", median(typing), "s", note=note)
    yield Figure("preview while weights are typed, p95", quantiles(typing, n=20)[-1], "s", BUDGET)
    yield Figure("the whole page, p95", quantiles(whole, n=20)[-1], "s", BUDGET)
    yield Figure("who moves, by one statement", median(by_hand), "s", note=_compare(preview))
    yield Figure("preview ÷ statement", median(typing) / median(by_hand), "×")
    yield Figure("the whole page, queries", _queries(lambda: _get(client, page, tried)), "", MOST_QUERIES)
    tested = _times(lambda: _get(client, f"{page}backtest/", tried, fragment="backtest"), repeats=3)
    yield Figure("backtest of both versions", min(tested), "s", note=f"{MOST_COHORTS} days, best of {len(tested)}")
    yield from _metric_that_is_new(client, page, draft)


def _make(accounts: int) -> ScorecardVersion:
    """A book as its recompute left it, its past, and a draft."""
    today = clock.today()
    data.make_book(accounts, today)
    run = start_run(dispatch=False)
    while work_off(run):
        pass
    statement(PAST, today=today, ahead=AHEAD_DAYS, cohorts=MOST_COHORTS)
    statement(LEFT, today=today, days=AHEAD_DAYS * MOST_COHORTS, seed=7)
    statement("VACUUM ANALYZE")
    return draft_from(ScorecardVersion.objects.get(state=ScorecardVersion.State.PUBLISHED), by=None)


def _admin() -> Client:
    user = User.objects.create_user("admin@bench.example", name="Admin", role=User.Role.ADMIN, is_superuser=True)
    client = Client()
    client.force_login(user)
    return client


def _weights(draft: ScorecardVersion) -> dict[str, str]:
    """As the page sends them while they are typed."""
    dimensions = draft.dimensions.order_by("position")
    found = {f"d{one.pk}": str(weight) for one, weight in zip(dimensions, TRIED, strict=True)}
    return found | {f"i{row.pk}": str(row.weight) for row in Indicator.objects.filter(dimension__version=draft)}


def _preview(draft: ScorecardVersion, tried: dict[str, str]) -> Preview:
    """What the page shows."""
    contest = contest_of(draft)
    now, saved = contest.cards()
    form = WeightsForm(tried, version=draft, seen="")
    if not form.is_valid():
        raise RuntimeError(str(form.errors))
    return preview_of(contest, now, form.applied_to(saved), today=clock.today())


def _metric_that_is_new(client: Client, page: str, draft: ScorecardVersion) -> Iterator[Figure]:
    """A draft that judges by what no snapshot holds: read out of observations once, then kept."""
    Indicator.objects.filter(dimension__version=draft, metric="login_days").update(
        metric="last_activity_days", scorer_kind="decay", scorer_params={"fresh": 7, "stale": 60}
    )
    cache.delete(cache_key("last_activity_days", clock.today()))
    first, again = (_timed(lambda: _get(client, page, {}, fragment="preview")) for _ in range(2))
    yield Figure("preview with a metric that is new, first", first, "s", BUDGET)
    yield Figure("preview with a metric that is new, again", again, "s", BUDGET)


def _by_hand() -> list[tuple[int, int, int, int]]:
    with connection.cursor() as cursor:
        cursor.execute(baseline.moves(TRIED), {"day": clock.today()})
        return [(before or 0, after or 0, count, cents or 0) for before, after, count, cents in cursor.fetchall()]


def _compare(preview: Preview) -> str:
    """Both must have found the same moves; those who are not scored at all stand in the preview alone."""
    ours = Counter({
        (before, after): int(count)
        for before, row in enumerate(preview.comparison.accounts)
        for after, count in enumerate(row)
        if before or after
    })  # fmt: skip
    theirs = Counter({(before, after): count for before, after, count, _ in _by_hand() if before or after})
    different = sum(((ours - theirs) + (theirs - ours)).values())
    return f"{different} of {sum(theirs.values()):,} accounts move otherwise"


def _get(client: Client, address: str, query: dict[str, str], *, fragment: str = "") -> None:
    headers = {"HX-Request": "true", "HX-Target": fragment} if fragment else {}
    response = client.get(address, query, secure=True, headers=headers)
    if response.status_code != 200:
        raise RuntimeError(f"{address} answers {response.status_code}.")


def _times(work: Callable[[], object], *, repeats: int = REPEATS) -> list[float]:
    """Seconds of each, after one that warms up."""
    work()
    return [_timed(work) for _ in range(repeats)]


def _timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _queries(work: Callable[[], object]) -> int:
    with CaptureQueriesContext(connection) as asked:
        work()
    return len(asked)
