"""Entry points of the ground for Celery."""

from celery import shared_task

from accounts.services import mailing


@shared_task(name="accounts.tasks.send_messages")
def send_messages() -> None:
    """Sends the e-mails that are due at once; beat asks every half minute."""
    mailing.send_messages()


@shared_task(name="accounts.tasks.send_digests")
def send_digests() -> None:
    """Sends the digests of those whose hour has come; beat asks every quarter of an hour."""
    mailing.send_digests()
