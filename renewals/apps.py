from django.apps import AppConfig


class RenewalsConfig(AppConfig):
    """Money: renewals, proposals, the ARR ledger, expansion, churn and win-back."""

    name = "renewals"
