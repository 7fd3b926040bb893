"""Pages of money."""

from django.urls import URLPattern, path

from renewals.views import board, calendar, closing, renewal, renewals, retention

app_name = "renewals"

urlpatterns: list[URLPattern] = [
    path("renewals/", board.board, name="board"),
    path("renewals/table/", renewals.table, name="table"),
    path("renewals/table/export/", renewals.export, name="export"),
    path("renewals/calendar/", calendar.calendar, name="calendar"),
    path("renewals/<int:pk>/", renewal.renewal, name="renewal"),
    path("renewals/<int:pk>/history/", renewal.history, name="history"),
    path("renewals/<int:pk>/move/", board.move, name="move"),
    path("renewals/<int:pk>/move/back/", board.move_back, name="move-back"),
    path("renewals/<int:pk>/edit/", renewal.edit, name="edit"),
    path("renewals/<int:pk>/probability/", renewal.probability, name="probability"),
    path("renewals/<int:pk>/put-back/", renewal.put_back, name="put-back"),
    path("renewals/<int:pk>/close/", closing.close, name="close"),
    path("renewals/<int:pk>/close/undo/", closing.undo, name="undo-closing"),
    path("reports/retention/", retention.retention, name="retention"),
    path("reports/retention/export/", retention.export, name="retention-export"),
    path("reports/retention/accounts/", retention.accounts, name="retention-accounts"),
    path("reports/retention/accounts/export/", retention.accounts_export, name="retention-accounts-export"),
]
