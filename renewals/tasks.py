"""Entry points of money for Celery."""

from celery import shared_task

from cs_workspace.common import clock
from renewals.services import ledger


@shared_task(name="renewals.tasks.keep_ledger")
def keep_ledger() -> None:
    """Brings the ledger in step with the contracts and checks it against them; beat asks once a night."""
    ledger.write_ledger(today=clock.today())
    ledger.check_ledger(today=clock.today())
