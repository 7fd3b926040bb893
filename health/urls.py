"""Pages of judgement: the at-risk queue, alerts and runs."""

from django.urls import URLPattern, path

from health.views import runs

app_name = "health"

urlpatterns: list[URLPattern] = [
    path("health/recompute/", runs.recompute_all, name="recompute-all"),
    path("health/recompute/book/", runs.recompute_book, name="recompute-book"),
    path("health/recompute/<int:pk>/", runs.recompute_account, name="recompute-account"),
    path("health/runs/<int:pk>/", runs.run, name="run"),
]
