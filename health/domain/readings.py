"""Readings of many accounts as a document (JSON): from and to what programs exchange."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any, NoReturn

import numpy as np
import numpy.typing as npt

from health.domain.metrics import ReadingError, encode, metric_named
from health.domain.scorers import FloatArray
from health.domain.scoring import Scores, stored

CONFIDENCE_DECIMALS = 4


class DocumentError(ValueError):
    """A document that cannot be read; the message is one line and says where."""


@dataclass(frozen=True)
class Readings:
    """Accounts by id with their segments ("" for none), and a column of readings for every metric that occurs."""

    ids: list[str | int]
    segments: npt.NDArray[np.str_]
    columns: dict[str, FloatArray]


def parse_json(text: str) -> Any:
    """JSON, strictly: no NaN, no infinities, no key twice in an object. Raises `DocumentError`."""
    try:
        return json.loads(text, parse_constant=_refuse_constant, object_pairs_hook=_object)
    except RecursionError:
        raise DocumentError("is nested too deeply") from None
    except json.JSONDecodeError as error:
        raise DocumentError(f"is not JSON: {error.msg}, line {error.lineno} column {error.colno}") from None
    except DocumentError:
        raise
    except ValueError as error:  # a whole number of more digits than Python reads
        raise DocumentError(f"is not JSON that can be read: {str(error).split(';')[0]}") from None


def read_accounts(document: object) -> Readings:
    """The accounts of `{"accounts": [{"id": …, "segment": …, "metrics": {name: reading}}]}`.

    `segment` may be left out or null; a reading of null is missing. Raises `DocumentError` for any other shape, an id
    that comes twice, a metric that does not exist and a reading that its metric cannot have.
    """
    rows = _keys("the document", document, needed={"accounts"})["accounts"]
    if not isinstance(rows, list):
        raise DocumentError("“accounts” must be a list")
    ids: dict[str | int, int] = {}
    segments: list[str] = []
    columns: dict[str, FloatArray] = {}
    for row, raw in enumerate(rows):
        account = _keys(f"account {row + 1}", raw, needed={"id", "metrics"}, optional={"segment"})
        ids[_new_id(account["id"], row, ids)] = row
        segments.append(_segment(account))
        metrics = account["metrics"]
        if not isinstance(metrics, dict):
            raise DocumentError(f"account {account['id']}: “metrics” must be an object of names and readings")
        for name, reading in metrics.items():
            try:
                value = _value(name, reading)
            except ReadingError as error:
                raise DocumentError(f"account {account['id']}: {error}") from None
            columns.setdefault(name, np.full(len(rows), np.nan))[row] = value
    return Readings(list(ids), np.array(segments, dtype=np.str_), columns)


def score_document(readings: Readings, scores: Scores) -> dict[str, Any]:
    """The scores as the `score` command gives them: one decimal, null where there is none."""
    card = scores.scorecard
    totals, dimensions, indicators = (
        [_or_null(row) for row in stored(part).tolist()]
        for part in (scores.total[:, None], scores.dimensions, scores.indicators)
    )
    confidence = np.round(scores.confidence, CONFIDENCE_DECIMALS).tolist()
    labels = [dimension.label for dimension in card.dimensions]
    rows = []
    for row, name in enumerate(readings.ids):
        tier = scores.tier_at(row)
        rows.append(
            {
                "id": name,
                "score": totals[row][0],
                "tier": None if tier is None else tier.label,
                "confidence": confidence[row],
                "dimensions": dict(zip(labels, dimensions[row], strict=True)),
                "indicators": dict(zip(card.metrics, indicators[row], strict=True)),
            }
        )
    return {"scores": rows}


def _value(name: str, reading: object) -> float:
    """The reading as a float; null is missing, but still of a metric that exists."""
    metric = metric_named(name)
    return math.nan if reading is None else encode(metric, reading)


def _or_null(row: list[float]) -> list[float | None]:
    return [None if math.isnan(value) else value for value in row]


def _segment(account: Mapping[str, Any]) -> str:
    segment = account.get("segment")
    if segment is not None and not isinstance(segment, str):
        raise DocumentError(f"account {account['id']}: “segment” must be text")
    return segment or ""


def _new_id(raw: object, row: int, ids: Mapping[str | int, int]) -> str | int:
    if isinstance(raw, bool) or not isinstance(raw, str | int) or raw == "":
        raise DocumentError(f"account {row + 1}: “id” must be text or a whole number")
    if raw in ids:
        raise DocumentError(f"account {row + 1}: the id {raw} is already that of account {ids[raw] + 1}")
    return raw


def _keys(what: str, raw: object, *, needed: set[str], optional: AbstractSet[str] = frozenset()) -> dict[str, Any]:
    if not isinstance(raw, dict):
        raise DocumentError(f"{what} must be an object")
    missing, unknown = needed - set(raw), set(raw) - needed - optional
    if missing:
        raise DocumentError(f"{what} lacks “{min(missing)}”")
    if unknown:
        raise DocumentError(f"{what} has the unknown key “{min(unknown)[:40]}”")
    return raw


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise DocumentError(f"has the key “{twice[:40]}” twice in one object")
    return result


def _refuse_constant(name: str) -> NoReturn:
    raise DocumentError(f"holds {name}, which is no reading")
