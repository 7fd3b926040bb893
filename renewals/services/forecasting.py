"""Keeps what is forecast, once a month, so that what happens can be held against it."""

import datetime as dt

from django.db import connection, transaction

from cs_workspace.common import clock
from renewals.domain.periods import add_months
from renewals.models import ForecastSnapshot
from renewals.queries.forecast import MONTHS_AHEAD
from renewals.queries.forecast_rows import NOW, rows_sql

KEEP = """
    {rows}
    INSERT INTO renewals_forecastline (forecast_id, renewal_id, contract_id, account_id, due_on, owner_id, segment_id,
        part, current_arr, expected_arr, probability)
    SELECT %(forecast)s, row.* FROM row ORDER BY row.contract_id, row.due_on
    ON CONFLICT (contract_id, forecast_id, due_on) DO NOTHING
"""


@transaction.atomic
def keep_forecast(*, today: dt.date) -> int:
    """Keeps the forecast of the twelve months from that of `today` on, where this month has none yet.

    Gives how many renewals it holds; 0 where the month has one. Beat asks every night, so that a workspace that did not
    run on the first keeps it on the day after; two at once are told apart by the month, which is unique.
    """
    first = today.replace(day=1)
    forecast, is_new = ForecastSnapshot.objects.get_or_create(month=first, defaults={"taken_at": clock.now()})
    if not is_new:
        return 0
    rows, params = rows_sql(NOW, None)
    period = {"since": first, "until": add_months(first, MONTHS_AHEAD)}
    with connection.cursor() as cursor:
        cursor.execute(KEEP.format(rows=rows), params | period | {"forecast": forecast.pk})
        return cursor.rowcount
