"""Metrics of health that money observes; importing the package registers their readers."""

from renewals.metrics import outlook

__all__ = ["outlook"]
