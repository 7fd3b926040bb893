"""Benchmarks of the promises of speed: `manage.py bench [NAME …] [--accounts N]`.

Each module gives a function that fills in figures; `BENCHES` names them. They run on a database of their own with data
made by SQL from a seed, and never in the test suite: timings decide no test.
"""

from collections.abc import Callable, Iterator
from importlib import import_module

from bench.figures import Figure

Bench = Callable[[int], Iterator[Figure]]

# Name → module; each module has `run(accounts)`.
BENCHES = {
    "book": "bench.book",
    "churn": "bench.churn",
    "forecast": "bench.forecast",
    "importing": "bench.importing",
    "latency": "bench.latency",
    "pages": "bench.pages",
    "recompute": "bench.recompute",
    "renewal_lists": "bench.renewal_lists",
    "renewals": "bench.renewals",
    "retention": "bench.retention",
    "reviews": "bench.reviews",
    "tuning": "bench.tuning",
}


def load(name: str) -> Bench:
    """The benchmark of that name."""
    return import_module(BENCHES[name]).run
