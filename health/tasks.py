"""Entry points of health for Celery."""

from celery import shared_task

from cs_workspace.common import clock
from health.services import alert_handling, escalating, intervention_ends, learning, overriding, runs, surveying


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


@shared_task(name="health.tasks.wake_snoozed")
def wake_snoozed() -> None:
    """Ends the snoozes whose time has come; beat asks every five minutes."""
    alert_handling.wake_snoozed()


@shared_task(name="health.tasks.end_overrides")
def end_overrides() -> None:
    """Ends overrides of tiers whose time has come; beat asks every minute."""
    overriding.end_overrides_run_out()


@shared_task(name="health.tasks.close_pointless_alerts")
def close_pointless_alerts() -> None:
    """Resolves alerts of lost accounts and of rules that were switched off; beat asks every hour."""
    alert_handling.close_pointless()


@shared_task(name="health.tasks.look_after_save_plans")
def look_after_save_plans() -> None:
    """Ends save plans of lost accounts and escalates what is overdue; beat asks every five minutes."""
    intervention_ends.end_plans_of_lost()
    escalating.escalate_overdue()


@shared_task(name="health.tasks.train_churn_model")
def train_churn_model() -> None:
    """Trains the churn model of the month, once, and what was asked for; beat asks every ten minutes."""
    learning.train_churn_model()


@shared_task(name="health.tasks.ask_after_events")
def ask_after_events() -> None:
    """Asks about tickets, onboardings and losses of late; beat asks every quarter of an hour, and a cause is asked
    about once."""
    surveying.ask_after_events(now=clock.now())


@shared_task(name="health.tasks.ask_by_schedule")
def ask_by_schedule() -> None:
    """Asks those whose turn in the quarter has come; beat asks once a day, and twice does no harm."""
    surveying.ask_by_schedule(now=clock.now())
