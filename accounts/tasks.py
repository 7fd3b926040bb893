"""Entry points of the ground for Celery."""

from celery import shared_task

from accounts.services import (
    mailing,
    onboarding_proving,
    onboarding_risks,
    onboarding_starting,
    playbook_advancing,
    playbook_results,
    playbook_starting,
    sending_mail,
    sequence_advancing,
    sequence_filling,
    sequence_stopping,
)
from cs_workspace.common import clock


@shared_task(name="accounts.tasks.send_messages")
def send_messages() -> None:
    """Sends the e-mails that are due at once; beat asks every half minute."""
    mailing.send_messages()


@shared_task(name="accounts.tasks.send_mails")
def send_mails() -> None:
    """Sends what is due of the outbox to customers; beat asks every half minute."""
    sending_mail.send_mails()


@shared_task(name="accounts.tasks.send_digests")
def send_digests() -> None:
    """Sends the digests of those whose hour has come; beat asks every quarter of an hour."""
    mailing.send_digests()


@shared_task(name="accounts.tasks.advance_playbooks")
def advance_playbooks() -> None:
    """Starts the playbooks that something has set off, and does what is due in all runs; beat asks every minute."""
    playbook_starting.start_cued()
    playbook_advancing.advance_runs()


@shared_task(name="accounts.tasks.start_playbook_timelines")
def start_playbook_timelines() -> None:
    """Starts the playbooks whose day has come on an account; beat asks every hour, and a day counts once."""
    playbook_starting.start_timelines()


@shared_task(name="accounts.tasks.take_playbook_results")
def take_playbook_results() -> None:
    """Takes down what runs brought whose days are over; beat asks every hour, and each is taken once."""
    playbook_results.take_results(today=clock.today())


@shared_task(name="accounts.tasks.look_after_onboardings")
def look_after_onboardings() -> None:
    """Starts onboardings, ticks what data prove and raises what endangers them; beat asks every five minutes."""
    today = clock.today()
    onboarding_starting.cancel_lost(at=clock.now())
    onboarding_starting.start_due_onboardings(today=today)
    onboarding_proving.prove_steps(today=today)
    onboarding_risks.watch_risks(today=today)


@shared_task(name="accounts.tasks.look_after_sequences")
def look_after_sequences() -> None:
    """Stops what is over and writes what is due in sequences of e-mails; beat asks every three minutes."""
    sequence_stopping.stop_over()
    sequence_advancing.advance_enrolments()
    sequence_advancing.finish_enrolments()


@shared_task(name="accounts.tasks.fill_sequences")
def fill_sequences() -> None:
    """Puts into sequences whom something puts there; beat asks every few hours, and a cause counts once."""
    sequence_filling.fill_sequences(today=clock.today())
