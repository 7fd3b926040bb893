"""Conditions that PostgreSQL answers faster than the ones that the ORM writes."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.db.models import BooleanField, F, Lookup, Value


class AnyOf(Lookup):
    """`left = ANY (array)`, for an array that a subquery makes.

    Written as `IN (SELECT …)`, one branch of an OR keeps PostgreSQL from using any index. The array is made once,
    before the scan, so that both branches can.
    """

    lookup_name = "any_of"
    output_field = BooleanField()
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        """The comparison, and what it is compared with."""
        left, left_params = self.process_lhs(compiler, connection)
        right, right_params = self.process_rhs(compiler, connection)
        return f"{left} = ANY ({right})", [*left_params, *right_params]


def among(field: str, ids: Iterable[int]) -> AnyOf:
    """`field` is one of many keys: one parameter, where `IN` has one for each and a thousand of them cost more than
    the query."""
    return AnyOf(F(field), Value(array(ids)))


def array(ids: Iterable[int]) -> str:
    """Keys as PostgreSQL writes an array: sent as one text, for the driver would look at every key by itself."""
    return f"{{{','.join(map(str, ids))}}}"


def numbers(values: Iterable[float | Decimal | None]) -> str:
    """Numbers as PostgreSQL writes an array; None is NULL. As one text, for the reason of `array`."""
    return f"{{{','.join(['NULL' if value is None else str(value) for value in values])}}}"


def texts(values: Iterable[str | None]) -> str:
    """Texts as PostgreSQL writes an array; None is NULL. As one text, for the reason of `array`."""
    return f"{{{','.join(['NULL' if value is None else _quoted(value) for value in values])}}}"


def _quoted(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
