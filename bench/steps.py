"""How long the steps of a night take, as its workers tell: what the whole ratio is made of."""

import time
from collections import Counter
from functools import wraps
from importlib import import_module
from typing import Any

# What a step is called, and the name under which its caller knows the function that does it.
STEPS = (
    ("figures of segments", "health.services.runs.ensure_figures"),
    ("last talks", "health.services.recompute.refresh_talks"),
    ("readings", "health.services.recompute.compute"),
    ("history", "health.services.snapshots.history"),
    ("alerts", "health.services.recompute.changes_of"),
    ("alerts", "health.services.recompute.raise_alerts"),
    ("snapshots", "health.services.snapshots.write_snapshots"),
    ("accounts' rows", "health.services.snapshots.update_accounts"),
    ("signals", "health.services.recompute.detect_signals"),
    ("disagreements", "health.services.recompute.refresh_disagreements"),
)


def watch() -> Counter[str]:
    """Seconds by step, counted from now on in this process."""
    seconds: Counter[str] = Counter()
    for step, path in STEPS:
        module, _, name = path.rpartition(".")
        owner = import_module(module)
        setattr(owner, name, _timed(getattr(owner, name), step, seconds))
    return seconds


def _timed(function: Any, step: str, seconds: Counter[str]) -> Any:
    @wraps(function)
    def timed(*args: Any, **options: Any) -> Any:
        began = time.perf_counter()
        try:
            return function(*args, **options)
        finally:
            seconds[step] += time.perf_counter() - began

    return timed
