"""Entry points of money for Celery."""

from celery import shared_task

from cs_workspace.common import clock
from renewals.services import campaign_moves, churning, forecasting, ledger, looking_after, saving, spotting


@shared_task(name="renewals.tasks.settle_churn")
def settle_churn() -> None:
    """Marks accounts as churned whose last contract is over; beat asks once a night, before their ARR is reckoned."""
    churning.settle_churn(today=clock.today())


@shared_task(name="renewals.tasks.keep_ledger")
def keep_ledger() -> None:
    """Brings the ledger in step with the contracts and checks it against them; beat asks once a night."""
    ledger.write_ledger(today=clock.today())
    ledger.check_ledger(today=clock.today())


@shared_task(name="renewals.tasks.look_after_renewals")
def look_after_renewals() -> None:
    """Opens renewals, follows contracts, judges and makes what is due; beat asks every hour, and twice does no harm."""
    looking_after.look_after_renewals(today=clock.today())


@shared_task(name="renewals.tasks.spot_expansion")
def spot_expansion() -> None:
    """Raises, follows and ends signals of expansion; beat asks once a night, when scores and ledger are done."""
    spotting.spot_signals(today=clock.today())


@shared_task(name="renewals.tasks.keep_forecast")
def keep_forecast() -> None:
    """Keeps what is forecast at the beginning of a month; beat asks every night, and a month is kept once."""
    forecasting.keep_forecast(today=clock.today())


@shared_task(name="renewals.tasks.end_contracted_plans")
def end_contracted_plans() -> None:
    """Ends save plans of accounts that stay for less; beat asks every five minutes."""
    saving.end_contracted_plans()


@shared_task(name="renewals.tasks.follow_campaigns")
def follow_campaigns() -> None:
    """Takes out of win-back campaigns who left too long ago, and notes who came back; beat asks every hour."""
    campaign_moves.follow_campaigns(today=clock.today())
