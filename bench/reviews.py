"""Reviews at full size: their lists kept for a whole book, the page on which one is prepared, and the files of a deck.

Every account has a review that is due within a quarter. The page is asked for by a CSM, a manager and an executive, of
accounts of every segment; the first of a segment reads the readings of all its peers.
"""

import time
from collections.abc import Callable, Iterator
from itertools import cycle, islice
from statistics import median, quantiles

from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from bench import data
from bench.database import statement
from bench.figures import Figure
from bench.visits import people, timings, visit
from cs_workspace.common import clock
from qbr.domain.deck import DeckContent
from qbr.models import ChecklistItem, Review
from qbr.queries.deck import deck_of
from qbr.queries.deck_pdf import pdf_of
from qbr.queries.deck_pptx import pptx_of
from qbr.queries.reviews import AROUND
from qbr.services.checklist import keep_all_checklists

REPEATS = 60
REVIEWS_SEEN, FILES = 20, 12
BUDGET = 80.0
MOST_QUERIES = 12
HOURLY_BUDGET = 120.0
SEGMENTS = """
    UPDATE accounts_account a SET segment_id = (
        SELECT id FROM accounts_segment WHERE lower_arr <= COALESCE((
            SELECT sum(l.arr) FROM accounts_contractline l JOIN accounts_contract c ON c.id = l.contract_id
            WHERE c.account_id = a.id), 0)
        ORDER BY lower_arr DESC LIMIT 1)"""
REVIEWS = f"""
    INSERT INTO qbr_review (created_at, updated_at, version, account_id, kind, origin, reason, status, status_since,
        owner_id, due_on, since, until, minutes, time_zone, place, agenda, invitation, cancelled_reason)
    SELECT now(), now(), 1, a.id, 'qbr', 'pace', '', 'due', now(), a.owner_id, d.day, d.day - 90, d.day, 60, 'UTC', '',
        'conversation', 0, ''
    FROM accounts_account a
    CROSS JOIN LATERAL (SELECT %(today)s::date + 1 + ({data.chance("due")} * 88)::int AS day) d"""
# A month of snapshots says 1 of every metric; for peers to lie apart, the last one says something else of each.
READINGS = f"""
    UPDATE health_snapshot s SET readings = array_fill({data.chance("read")}::real, ARRAY[15])
    FROM accounts_account a WHERE a.id = s.account_id AND s.day = %(today)s::date - 1"""


def run(accounts: int) -> Iterator[Figure]:
    """The seconds of keeping all lists, and the milliseconds and queries of the page for each role."""
    today = clock.today()
    data.make_book(accounts, today)
    for sql in (SEGMENTS, REVIEWS, READINGS):
        statement(sql, today=today, seed=7)
    statement("VACUUM ANALYZE")
    for name in ("first day, all lists made", "an hour without news"):
        began = time.perf_counter()
        keep_all_checklists(today=today)
        took = time.perf_counter() - began
        yield Figure(name, took, "s", HOURLY_BUDGET, note=f"{ChecklistItem.objects.count():,} points")
        statement("VACUUM ANALYZE")
    for role, user in people().items():
        yield from _page(role, user)
    yield from _files()


def _page(role: str, user: User) -> Iterator[Figure]:
    """With a cold cache of peers first, and what a page costs at most after that."""
    client = Client()
    client.force_login(user)
    found = Review.objects.visible_to(user).order_by("account__segment", "-account__arr", "pk")
    keys = list(found.values_list("pk", flat=True)[:: max(1, found.count() // REVIEWS_SEEN)])
    addresses = [reverse("qbr:prepare", args=[pk]) for pk in keys]
    cache.clear()
    cold = [_timed(client, address) for address in addresses]
    times = [_timed(client, address) for address in islice(cycle(addresses), REPEATS)]
    yield Figure(f"preparation, {role}, p50", median(times), "ms")
    yield Figure(f"preparation, {role}, p95", quantiles(times, n=20)[-1], "ms", BUDGET)
    yield Figure(f"preparation, {role}, first of a segment", max(cold), "ms", note="reads the readings of its peers")
    cache.clear()
    with CaptureQueriesContext(connection) as asked:
        visit(client, addresses[0])
    yield Figure(f"preparation, {role}, queries", len(asked), "", MOST_QUERIES)


def _files() -> Iterator[Figure]:
    """A deck from the database to the file, with the facts compiled anew."""
    reviews = list(Review.objects.select_related(*AROUND).order_by("-account__arr")[:FILES])
    budgets: dict[str, tuple[Callable[[DeckContent], bytes], float]] = {"PPTX": (pptx_of, 2000), "PDF": (pdf_of, 1000)}
    for name, (make, budget) in budgets.items():
        times = _making(make, cycle(reviews))
        yield Figure(f"{name}, p50", median(times), "ms")
        yield Figure(f"{name}, slowest", max(times), "ms", budget)


def _making(make: Callable[[DeckContent], bytes], reviews: Iterator[Review]) -> list[float]:
    return timings(lambda: make(deck_of(next(reviews), today=clock.today())), FILES)


def _timed(client: Client, address: str) -> float:
    began = time.perf_counter()
    visit(client, address)
    return (time.perf_counter() - began) * 1000
