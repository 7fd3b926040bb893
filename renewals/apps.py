from django.apps import AppConfig


class RenewalsConfig(AppConfig):
    """Money: renewals, proposals, the ARR ledger, expansion, churn and win-back."""

    name = "renewals"

    def ready(self) -> None:
        """Fills the registries of the ground."""
        from renewals.registration import register

        register()
