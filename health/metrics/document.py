"""The page about every metric, made of what the code says."""

import inspect
import sys
from collections.abc import Callable

from health.domain.definitions import Metric
from health.domain.metrics import METRICS
from health.metrics import READERS
from health.metrics.registry import OF_PRODUCTS

HEAD = """# Metrics

Made from the code by `manage.py metrics_doc`; a test fails where this page is behind it.

A metric is a named quantity of an account on a day. Scorecards, the API and `manage.py score` use these names, units
and categories. A window of n days as of a day is that day and the n − 1 before it. Shares and changes are fractions:
0.63, −0.30. Unknown is not zero: an account of which a source never said anything has no reading there, which is left
out of the score and lowers its confidence; one that used to be seen and stopped reads zero.

A reading may also be sent from outside under a metric's name. It holds for 30 days and stands where our own
observations give none. A name that is not listed here makes a custom metric, whose reading is its newest value of the
last 30 days.

Products of an account that has several are scored apart. Read of each product by itself, from observations that name it
and from those that name none, are {of_products}. All other metrics are of the account, and the same for its products.
"""
NOT_READ = "Known by name, so that scorecards can use them; nothing observes them yet, and they read as unknown."


def metrics_page() -> str:
    """The page as Markdown."""
    of_products = ", ".join(f"`{name}`" for name in METRICS if name in OF_PRODUCTS)
    parts = [HEAD.format(of_products=of_products)]
    readers: dict[Callable, list[Metric]] = {}
    for name in METRICS:
        if name in READERS:
            readers.setdefault(READERS[name], []).append(METRICS[name])
    module = ""
    for read in sorted(readers, key=lambda read: (read.__module__, inspect.getsourcelines(read)[1])):
        if read.__module__ != module:
            module = read.__module__
            parts.append(f"## {module.rpartition('.')[2].capitalize()}\n\n{_text(sys.modules[module])}\n")
        parts.append(f"{_text(read)}\n\n{_table(readers[read])}\n")
    missing = [metric for name, metric in METRICS.items() if name not in READERS]
    if missing:
        parts.append(f"## Not observed yet\n\n{NOT_READ}\n\n{_table(missing)}\n")
    return "\n".join(parts)


def _text(thing: object) -> str:
    return inspect.getdoc(thing) or ""


def _table(metrics: list[Metric]) -> str:
    rows = ["| metric | meaning | reading | window | good |", "| --- | --- | --- | --- | --- |"]
    rows += [
        f"| `{one.name}` | {one.definition} | {one.written} | {one.window} | {one.direction.words} |" for one in metrics
    ]
    return "\n".join(rows)
