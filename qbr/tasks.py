"""Entry points of reviews for Celery."""

from celery import shared_task

from cs_workspace.common import clock
from qbr.services import measuring


@shared_task(name="qbr.tasks.keep_scores_after")
def keep_scores_after() -> None:
    """Takes down the scores of 30 days after reviews; beat asks once a night, and a review is taken once."""
    measuring.keep_scores_after(today=clock.today())
