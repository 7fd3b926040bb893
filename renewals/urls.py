"""Pages of money."""

from django.urls import URLPattern, path

from renewals.views import approvals, board, calendar, checkpoints, closing, proposal, proposal_share, renewal, renewals, retention

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
    path("renewals/<int:pk>/checkpoints/", checkpoints.checkpoints, name="checkpoints"),
    path("renewals/checkpoints/<int:pk>/assess/", checkpoints.assess, name="checkpoint-assess"),
    path("renewals/checkpoints/<int:pk>/decide/", checkpoints.decide, name="checkpoint-decide"),
    path("renewals/<int:pk>/proposals/", proposal.proposals, name="proposals"),
    path("renewals/<int:pk>/proposals/new/", proposal.new, name="proposal-new"),
    path("renewals/proposals/<int:pk>/", proposal.proposal, name="proposal"),
    path("renewals/proposals/<int:pk>/edit/", proposal.edit, name="proposal-edit"),
    path("renewals/proposals/<int:pk>/pdf/", proposal.pdf, name="proposal-pdf"),
    path("renewals/proposals/<int:pk>/ask/", proposal.ask, name="proposal-ask"),
    path("renewals/proposals/<int:pk>/send/", proposal.send, name="proposal-send"),
    path("renewals/proposals/<int:pk>/answer/", proposal.record_answer, name="proposal-answer"),
    path("renewals/proposals/<int:pk>/withdraw/", proposal.withdraw, name="proposal-withdraw"),
    path("renewals/proposals/<int:pk>/revise/", proposal.revise, name="proposal-revise"),
    path("renewals/proposals/<int:pk>/share/", proposal_share.share, name="proposal-share"),
    path("renewals/proposals/links/<int:pk>/revoke/", proposal_share.revoke, name="proposal-share-revoke"),
    path("renewals/approvals/", approvals.approvals, name="approvals"),
    path("renewals/approvals/<int:pk>/", approvals.approval, name="approval"),
    path("shared/proposals/<str:token>/", proposal_share.shared, name="shared-proposal"),
    path("shared/proposals/<str:token>/pdf/", proposal_share.shared_pdf, name="shared-proposal-pdf"),
    path("reports/retention/", retention.retention, name="retention"),
    path("reports/retention/export/", retention.export, name="retention-export"),
    path("reports/retention/accounts/", retention.accounts, name="retention-accounts"),
    path("reports/retention/accounts/export/", retention.accounts_export, name="retention-accounts-export"),
]
