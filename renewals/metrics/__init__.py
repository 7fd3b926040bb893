"""Metrics of health that money observes; importing the package registers their readers."""

from renewals.metrics import renewals

__all__ = ["renewals"]
