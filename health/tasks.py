"""Entry points of health for Celery."""

from celery import shared_task

from cs_workspace.common import clock
from health.services import runs


@shared_task(name="health.tasks.recompute_nightly")
def recompute_nightly() -> None:
    """Starts the run of the night; beat asks once a night, and twice does no harm."""
    runs.start_nightly(day=clock.today())


@shared_task(name="health.tasks.recompute_chunk")
def recompute_chunk(*, chunk_id: int) -> None:
    """Computes one chunk of a run, unless somebody else does or did."""
    runs.run_chunk(chunk_id)


@shared_task(name="health.tasks.resume_runs")
def resume_runs() -> None:
    """Sends lost chunks again; beat asks every minute."""
    runs.resume_runs()


@shared_task(name="health.tasks.refresh_dirty")
def refresh_dirty() -> None:
    """Recomputes accounts with observations newer than their score; beat asks every two seconds."""
    runs.refresh_dirty()
