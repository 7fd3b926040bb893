"""What is read from observations; importing the package registers the readers of every source."""

from health.metrics import (
    alignment,
    contacts,
    contracts,
    conversations,
    events,
    features,
    invoices,
    onboarding,
    plans,
    support,
    surveys,
    training,
    usage,
    users,
)
from health.metrics.registry import READERS, compute

__all__ = [
    "READERS",
    "alignment",
    "compute",
    "contacts",
    "contracts",
    "conversations",
    "events",
    "features",
    "invoices",
    "onboarding",
    "plans",
    "support",
    "surveys",
    "training",
    "usage",
    "users",
]
