"""The churn-risk assessment: what is written down when an account shows three signals or more (risk.md §1)."""

import datetime as dt
import re
from collections.abc import Sequence
from typing import NamedTuple

from health.domain.signals import KINDS, Level, label_of, level_of, recommended

SEVERITIES = {1: "critical", 2: "high", 3: "normal"}
# What Markdown would take for a mark, in words that people or sources wrote.
MARKS = re.compile(r"([\\`*_{}\[\]<>#|~])")


class Sign(NamedTuple):
    """One live signal: kind, severity (1 critical … 3 normal), evidence, the day seen, lead time in days."""

    kind: str
    severity: int
    evidence: str
    seen_on: dt.date
    lead_days: int


def assessment(signs: Sequence[Sign]) -> str:
    """The note, in Markdown: level, the signals with their evidence, four recommended actions."""
    ordered = sorted(signs, key=lambda sign: (sign.severity, sign.seen_on, sign.kind))
    level = level_of([sign.severity for sign in ordered])
    lines = [
        f"## Churn-risk assessment: {level.name.lower()}",
        "",
        f"{len(ordered)} churn signals are open.{_soonest(ordered, level)}",
        "",
        "### Signals",
        "",
        *(f"- {_line(sign)}" for sign in ordered),
        "",
        "### Recommended",
        "",
        *(f"{place}. {action}" for place, action in enumerate(recommended(sign.kind for sign in ordered), start=1)),
    ]
    return "\n".join(lines)


def _line(sign: Sign) -> str:
    evidence = MARKS.sub(r"\\\1", " ".join(sign.evidence.split()))
    seen = f"{sign.seen_on.day} {sign.seen_on:%b %Y}"
    return (
        f"**{label_of(sign.kind)}** ({SEVERITIES[sign.severity]}): {evidence}. Seen {seen}, "
        f"lead time {sign.lead_days} days."
    )


def _soonest(signs: Sequence[Sign], level: Level) -> str:
    """How near a loss is by the signal with the shortest lead time."""
    if level is Level.NONE:
        return ""
    nearest = min(signs, key=lambda sign: sign.lead_days)
    known = label_of(nearest.kind) if nearest.kind in KINDS else nearest.kind
    return f" “{known}” is usually seen {nearest.lead_days} days before a loss."
