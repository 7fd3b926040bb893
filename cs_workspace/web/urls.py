"""Pages that show all apps at once."""

from django.urls import path

from cs_workspace.web.views import health_checks, own_data, shell, today

urlpatterns = [
    path("", today.today, name="today"),
    path("palette/", shell.palette, name="palette"),
    path("nav-counts/", shell.nav_counts, name="nav-counts"),
    path("theme/", shell.theme, name="theme"),
    path("settings/", shell.own_settings, name="settings"),
    path("settings/own-data/", own_data.own_data, name="start-own-data"),
    path("healthz", health_checks.healthz, name="healthz"),
    path("readyz", health_checks.readyz, name="readyz"),
]
