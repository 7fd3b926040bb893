"""Pages of money."""

from django.urls import URLPattern, path

from renewals.views import retention

app_name = "renewals"

urlpatterns: list[URLPattern] = [
    path("reports/retention/", retention.retention, name="retention"),
    path("reports/retention/export/", retention.export, name="retention-export"),
    path("reports/retention/accounts/", retention.accounts, name="retention-accounts"),
    path("reports/retention/accounts/export/", retention.accounts_export, name="retention-accounts-export"),
]
