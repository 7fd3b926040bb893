"""One loader for each kind."""

from typing import Final

from cs_workspace.web.importing.loaders.base import Loader, Outcome, Run
from cs_workspace.web.importing.loaders.churn import ChurnLoader
from cs_workspace.web.importing.loaders.customers import AccountLoader, ContactLoader
from cs_workspace.web.importing.loaders.money import ArrChangeLoader, ContractLoader, InvoiceLoader
from cs_workspace.web.importing.loaders.observations import (
    EventLoader,
    FeatureUseLoader,
    MetricLoader,
    SurveyLoader,
    TicketLoader,
    TrainingLoader,
    UsageLoader,
    UserDayLoader,
)
from cs_workspace.web.importing.loaders.touches import TouchLoader

LOADERS: Final[dict[str, type[Loader]]] = {
    "accounts": AccountLoader,
    "contacts": ContactLoader,
    "contracts": ContractLoader,
    "arr_changes": ArrChangeLoader,
    "invoices": InvoiceLoader,
    "usage": UsageLoader,
    "feature_use": FeatureUseLoader,
    "user_days": UserDayLoader,
    "tickets": TicketLoader,
    "surveys": SurveyLoader,
    "touches": TouchLoader,
    "training": TrainingLoader,
    "events": EventLoader,
    "metrics": MetricLoader,
    "churn": ChurnLoader,
}

__all__ = ["LOADERS", "Loader", "Outcome", "Run"]
