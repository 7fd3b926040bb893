"""A customer of the demo who was kept in a higher segment by hand until last week, and is led over to less touch."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Final

from accounts.models import Account, Segment, Task
from accounts.services.arr import refresh_arr
from accounts.services.playbook_advancing import advance_runs
from accounts.services.playbook_starting import start_cued
from accounts.services.tasks import complete_task
from cs_workspace.common import clock
from cs_workspace.web.demo import LOGINS

AtMoment = Callable[[dt.datetime], AbstractContextManager[None]]

MORNING: Final = dt.time(9, 10)
# Days ago on which the segment was pinned, was let go, and the first step of the transition was there and done.
PINNED, LET_GO, BEGUN, TOLD = 45, 8, 3, 2
FROM, TO = "mid_market", "smb"
SAID = "Sent; they asked for a call next week"


def step_down(as_of: dt.date, *, at_moment: AtMoment) -> None:
    """The dearest small account of the CSM whose login the demo names falls by its ARR, and the CSM has begun to tell.

    The playbooks must be switched on.
    """
    account = (
        Account.objects.active()
        .filter(owner__email=LOGINS[0].email, segment__key=TO, is_trial=False)
        .select_related("owner")
        .order_by("-arr", "external_id")
        .first()
    )
    if account is None or account.owner is None:
        return

    def ago(days: int) -> dt.datetime:
        return dt.datetime.combine(as_of - dt.timedelta(days=days), MORNING, clock.workspace_zone())

    with at_moment(ago(PINNED)):
        account.segment, account.segment_pinned = Segment.objects.get(key=FROM), True
        account.save(update_fields=["segment", "segment_pinned"])
    with at_moment(ago(LET_GO)):
        account.segment_pinned = False
        account.save(update_fields=["segment_pinned"])
        refresh_arr(today=clock.today(), account_ids=[account.pk])
        start_cued()
    with at_moment(ago(BEGUN)):
        advance_runs()
    with at_moment(ago(TOLD)):
        for task in Task.objects.unfinished().filter(account=account, playbook_steps__run__playbook__key=f"touch-{TO}"):
            complete_task(by=account.owner, task=task, outcome=SAID)
