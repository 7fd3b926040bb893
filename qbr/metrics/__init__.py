"""Metrics of health that reviews observe; importing the package registers their readers."""

from qbr.metrics import participation

__all__ = ["participation"]
