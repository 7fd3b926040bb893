"""Pages of judgement: the at-risk queue, alerts and runs."""

from django.urls import URLPattern, path

from health.views import account, alert_quality, alerts, at_risk, help, history, runs

app_name = "health"

urlpatterns: list[URLPattern] = [
    path("at-risk/", at_risk.at_risk, name="at_risk"),
    path("at-risk/export/", at_risk.export, name="at-risk-export"),
    path("alerts/", alerts.alerts, name="alerts"),
    path("alerts/quality/", alert_quality.quality, name="alert-quality"),
    path("alerts/acknowledge/", alerts.acknowledge_ticked, name="acknowledge-alerts"),
    path("alerts/snooze/", alerts.snooze_ticked, name="snooze-alerts"),
    path("alerts/resolve/", alerts.resolve_ticked, name="resolve-alerts"),
    path("alerts/reopen/", alerts.reopen_ticked, name="reopen-alerts"),
    path("alerts/<int:pk>/", alerts.alert, name="alert"),
    path("alerts/<int:pk>/acknowledge/", alerts.acknowledge, name="acknowledge-alert"),
    path("alerts/<int:pk>/snooze/", alerts.snooze, name="snooze-alert"),
    path("alerts/<int:pk>/resolve/", alerts.resolve, name="resolve-alert"),
    path("alerts/<int:pk>/reopen/", alerts.reopen, name="reopen-alert"),
    path("accounts/<int:pk>/health/", account.panel, name="account-panel"),
    path("accounts/<int:pk>/engagement/", account.engagement, name="account-engagement"),
    path("accounts/<int:pk>/usage/", account.usage, name="account-usage"),
    path("accounts/<int:pk>/health/history/", history.history, name="account-history"),
    path("accounts/<int:pk>/health/state/", history.state, name="account-state"),
    path("health/metrics/", help.metrics, name="metrics"),
    path("health/coverage/", help.scored, name="coverage"),
    path("health/recompute/", runs.recompute_all, name="recompute-all"),
    path("health/recompute/book/", runs.recompute_book, name="recompute-book"),
    path("health/recompute/<int:pk>/", runs.recompute_account, name="recompute-account"),
    path("health/runs/<int:pk>/", runs.run, name="run"),
]
