"""What is done for all renewals, every hour: opened, kept in step with the contracts, judged, and their steps made."""

import datetime as dt
from collections.abc import Sequence

from renewals.services.assessing import reach_checkpoints
from renewals.services.awaiting import keep_awaited, mark_foreign
from renewals.services.escalating import tell_of_steps
from renewals.services.following import follow_contracts
from renewals.services.opening import open_due_renewals
from renewals.services.probabilities import refresh_probabilities
from renewals.services.timelines import make_due_tasks


def look_after_renewals(*, today: dt.date, account_ids: Sequence[int] | None = None) -> None:
    """Brings all renewals to where they belong on a day; all accounts where none are named.

    Each part commits in batches and finds by itself what is left to be done, so that it can be interrupted anywhere and
    repeated: the end is the same.
    """
    follow_contracts(today=today, account_ids=account_ids)
    open_due_renewals(today=today, account_ids=account_ids)
    refresh_probabilities(today=today, account_ids=account_ids)
    reach_checkpoints(today=today, account_ids=account_ids)
    make_due_tasks(today=today, account_ids=account_ids)
    tell_of_steps(today=today)
    mark_foreign()
    keep_awaited(today=today)
