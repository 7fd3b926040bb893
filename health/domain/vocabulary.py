"""The metrics that ship: names, units and categories are fixed, for scorecards, the API and `score` use them.

Only the words stand here; the statements that compute readings from observations lie in `health/metrics/`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from health.domain.definitions import Direction, Kind, Metric

HIGHER, LOWER, NONE = Direction.HIGHER, Direction.LOWER, Direction.NONE

# A table: a metric is read as a few lines, not as a dozen.
# fmt: off


def _usage() -> Iterator[Metric]:
    yield Metric(
        "login_days", "Login days", Kind.DAYS, "days", "usage", "30 d", HIGHER,
        definition="Distinct days with a login.", low=0,
        phrase="{v} of 30 days with a login", goal="logins on {v} of 30 days",
    )
    yield Metric(
        "logins_per_week_ratio", "Logins against expected", Kind.SHARE, "share", "usage", "28 d", HIGHER,
        definition="Logins per week ÷ the logins per week that the contract expects.", low=0,
        phrase="logins at {v} of expected", goal="logins at {v} of expected",
    )
    yield Metric(
        "active_user_ratio", "Active users", Kind.SHARE, "share", "usage", "30 d", HIGHER,
        definition="Distinct active users ÷ licensed seats.", low=0,
        phrase="{v} of seats active", goal="{v} of seats active",
    )
    yield Metric(
        "dau_mau", "Daily use", Kind.SHARE, "share", "usage", "30 d", HIGHER,
        definition="Mean daily active users ÷ monthly active users.", low=0, high=1,
        phrase="daily use {v} of monthly", goal="daily use {v} of monthly",
    )
    yield Metric(
        "feature_breadth", "Feature breadth", Kind.SHARE, "share", "usage", "30 d", HIGHER,
        definition="Features used ÷ features of the product.", low=0, high=1,
        phrase="{v} of features used", goal="{v} of features in use",
    )
    yield Metric(
        "core_actions_per_user", "Core actions per user", Kind.NUMBER, "actions", "usage", "30 d", HIGHER,
        definition="Core actions ÷ active users.", low=0,
        phrase="{v} core action{s} per user", goal="{v} core action{s} per user",
    )
    yield Metric(
        "core_actions_ratio", "Core actions against segment", Kind.NUMBER, "ratio", "usage", "30 d", HIGHER,
        definition="Core actions per active user ÷ the mean of the segment.", low=0,
        phrase="core actions {v}× the segment", goal="core actions at {v}× the segment",
    )
    yield Metric(
        "integration_count", "Integrations", Kind.COUNT, "integrations", "usage", "now", HIGHER,
        definition="Connected integrations.", low=0,
        phrase="{v} integration{s}", goal="{more} more integration{s}",
    )
    yield Metric(
        "usage_change", "Usage trend", Kind.CHANGE, "change", "usage", "30 d vs 30 d", HIGHER,
        definition="User-days of activity against the window before.", low=-1,
        phrase="usage {v}", goal="usage {v}",
    )
    yield Metric(
        "login_change", "Login trend", Kind.CHANGE, "change", "usage", "30 d vs 30 d", HIGHER,
        definition="Logins against the window before.", low=-1,
        phrase="logins {v}", goal="logins {v}",
    )
    yield Metric(
        "data_volume_change", "Data volume trend", Kind.CHANGE, "change", "usage", "30 d vs 30 d", HIGHER,
        definition="Data volume against the window before.", low=-1,
        phrase="data volume {v}", goal="data volume {v}",
    )
    yield Metric(
        "seat_utilisation", "Seat utilisation", Kind.SHARE, "share", "usage", "now", HIGHER,
        definition="Assigned seats ÷ licensed seats.", low=0,
        phrase="{v} of seats assigned", goal="{v} of seats assigned",
    )
    yield Metric(
        "last_activity_days", "Days since activity", Kind.DAYS, "days", "usage", "now", LOWER,
        definition="Days since any activity.", low=0,
        phrase="{v} day{s} without activity", goal="activity within {v} day{s}",
    )


def _support() -> Iterator[Metric]:
    yield Metric(
        "tickets_90d", "Tickets", Kind.COUNT, "tickets", "tickets", "90 d", LOWER,
        definition="Support tickets opened in 90 days.", low=0,
        phrase="{v} ticket{s} in 90 days", goal="{fewer} fewer ticket{s} in 90 days",
    )
    yield Metric(
        "tickets_30d", "Tickets in 30 days", Kind.COUNT, "tickets", "tickets", "30 d", LOWER,
        definition="Support tickets opened in 30 days.", low=0,
        phrase="{v} ticket{s} in 30 days", goal="{fewer} fewer ticket{s} in 30 days",
    )
    yield Metric(
        "ticket_volume_ratio", "Ticket volume", Kind.NUMBER, "ratio", "tickets", "30 d vs 12 mo", LOWER,
        definition="Tickets in 30 days ÷ the account's monthly baseline of 12 months.", low=0,
        phrase="tickets {v}× the usual", goal="tickets at {v}× the usual",
    )
    yield Metric(
        "critical_ticket_share", "Critical tickets", Kind.SHARE, "share", "tickets", "90 d", LOWER,
        definition="Critical ÷ all tickets.", low=0, high=1,
        phrase="{v} of tickets critical", goal="{v} of tickets critical",
    )
    yield Metric(
        "ticket_resolution_hours", "Time to resolve", Kind.HOURS, "hours", "tickets", "90 d", LOWER,
        definition="Mean hours from opening to closing, over closed tickets.", low=0,
        phrase="{v} hour{s} to resolve a ticket", goal="tickets resolved within {v} hour{s}",
    )
    yield Metric(
        "escalation_rate", "Escalations", Kind.SHARE, "share", "tickets", "90 d", LOWER,
        definition="Escalated ÷ closed tickets.", low=0, high=1,
        phrase="{v} of tickets escalated", goal="{v} of tickets escalated",
    )
    yield Metric(
        "support_csat", "Support rating", Kind.RATING, "1–5", "tickets", "90 d", HIGHER,
        definition="Mean of ticket ratings.", low=1, high=5,
        phrase="support rated {v} of 5", goal="support rated {v} of 5",
    )


def _voice() -> Iterator[Metric]:
    yield Metric(
        "nps", "NPS", Kind.RATING, "−100–100", "surveys", "180 d", HIGHER,
        definition="% promoters − % detractors over the contacts' latest answers.", low=-100, high=100,
        phrase="NPS {v}", goal="NPS {v}",
    )
    yield Metric(
        "nps_class", "NPS class", Kind.CATEGORY, "class", "surveys", "180 d", NONE,
        ("promoter", "passive", "detractor"),
        "Class of the mean answer: promoter from 8.5, passive from 6.5, detractor below.",
        phrase="NPS {v}", goal="NPS {v}",
    )
    yield Metric(
        "csat", "CSAT", Kind.RATING, "1–5", "surveys", "180 d", HIGHER,
        definition="Mean of satisfaction answers.", low=1, high=5,
        phrase="CSAT {v} of 5", goal="CSAT {v} of 5",
    )
    yield Metric(
        "sentiment", "Sentiment", Kind.CATEGORY, "class", "touches", "90 d", NONE,
        ("positive", "neutral", "negative"), "Tone of logged conversations.",
        phrase="{v} sentiment", goal="{v} sentiment in conversations",
    )
    yield Metric(
        "stakeholder_satisfaction", "Stakeholder satisfaction", Kind.RATING, "1–5", "surveys", "180 d", HIGHER,
        definition="Mean of review and survey answers.", low=1, high=5,
        phrase="stakeholders rate {v} of 5", goal="stakeholders rate {v} of 5",
    )


def _engagement() -> Iterator[Metric]:
    yield Metric(
        "training_completion", "Training", Kind.SHARE, "share", "training", "now", HIGHER,
        definition="Completed ÷ assigned training.", low=0, high=1,
        phrase="{v} of training done", goal="{v} of training done",
    )
    yield Metric(
        "event_attendance", "Events", Kind.FLAG, "yes/no", "events", "180 d", HIGHER,
        definition="Attended a webinar or event.",
        phrase="attended an event|no event attended", goal="attendance at one event",
    )
    yield Metric(
        "meeting_attendance", "Meetings", Kind.SHARE, "share", "touches", "90 d", HIGHER,
        definition="Attended ÷ scheduled meetings.", low=0, high=1,
        phrase="{v} of meetings attended", goal="{v} of meetings attended",
    )
    yield Metric(
        "email_response_rate", "E-mail answers", Kind.SHARE, "share", "touches", "90 d", HIGHER,
        definition="Outbound touches answered.", low=0, high=1,
        phrase="{v} of e-mails answered", goal="{v} of e-mails answered",
    )
    yield Metric(
        "days_since_contact", "Days since contact", Kind.DAYS, "days", "touches", "now", LOWER,
        definition="Days since the last two-way touch.", low=0,
        phrase="{v} day{s} since contact", goal="a two-way touch within {v} day{s}",
    )
    yield Metric(
        "review_participation", "Business review", Kind.FLAG, "yes/no", "reviews", "180 d", HIGHER,
        definition="Took part in the last due business review.",
        phrase="took part in the last review|missed the last review", goal="part taken in the next review",
    )
    yield Metric(
        "community_activity", "Community", Kind.COUNT, "posts", "events", "90 d", HIGHER,
        definition="Posts, answers and votes.", low=0,
        phrase="{v} community post{s}", goal="{more} more community post{s}",
    )


def _outcomes() -> Iterator[Metric]:
    yield Metric(
        "goals_achieved_share", "Goals achieved", Kind.SHARE, "share", "plan", "now", HIGHER,
        definition="Achieved ÷ all goals of the success plan.", low=0, high=1,
        phrase="{v} of goals achieved", goal="{v} of goals achieved",
    )
    yield Metric(
        "goals_standing", "Goals", Kind.CATEGORY, "class", "plan", "now", NONE,
        ("none", "some", "all"), "How many goals of the success plan are achieved.",
        phrase="{v} of the goals achieved", goal="{v} of the goals achieved",
    )
    yield Metric(
        "goals_defined", "Goals defined", Kind.COUNT, "goals", "plan", "now", HIGHER,
        definition="Goals in the success plan.", low=0,
        phrase="{v} goal{s} defined", goal="{more} more goal{s} defined",
    )
    yield Metric(
        "roi_documented", "ROI documented", Kind.FLAG, "yes/no", "plan", "now", HIGHER,
        definition="The success plan records a return on investment.",
        phrase="ROI documented|no ROI documented", goal="a documented ROI",
    )
    yield Metric(
        "outcome_evidence", "Outcome evidence", Kind.FLAG, "yes/no", "plan", "180 d", HIGHER,
        definition="A record of return on investment in the window.",
        phrase="outcomes evidenced|no evidence of outcomes", goal="evidence of an outcome",
    )


def _relationship() -> Iterator[Metric]:
    yield Metric(
        "champion_strength", "Champion", Kind.RATING, "0–10", "stakeholders", "now", HIGHER,
        definition="Strength of the strongest champion.", low=0, high=10,
        phrase="champion strength {v} of 10", goal="champion strength {v} of 10",
    )
    yield Metric(
        "exec_sponsor", "Executive sponsor", Kind.FLAG, "yes/no", "stakeholders", "now", HIGHER,
        definition="An active executive sponsor is known.",
        phrase="executive sponsor known|no executive sponsor", goal="an executive sponsor",
    )
    yield Metric(
        "buying_committee", "Buying committee", Kind.FLAG, "yes/no", "stakeholders", "now", HIGHER,
        definition="The buying committee is known.",
        phrase="buying committee known|buying committee unknown", goal="a known buying committee",
    )
    yield Metric(
        "contact_count", "Engaged contacts", Kind.COUNT, "contacts", "stakeholders", "now", HIGHER,
        definition="Engaged contacts.", low=0,
        phrase="{v} engaged contact{s}", goal="{more} more engaged contact{s}",
    )
    yield Metric(
        "relationship_depth", "Relationship depth", Kind.CATEGORY, "class", "stakeholders", "now", NONE,
        ("none", "champion", "multi_threaded"),
        "Multi-threaded: 3 or more engaged contacts in 2 or more functions.",
        phrase="relationship: {v}", goal="relationship: {v}",
    )
    yield Metric(
        "stakeholder_changes", "Stakeholder changes", Kind.COUNT, "changes", "stakeholders", "90 d", LOWER,
        definition="Contacts of a key role who left or changed.", low=0,
        phrase="{v} key contact{s} left or changed", goal="{fewer} fewer key change{s} in 90 days",
    )


def _judgement() -> Iterator[Metric]:
    yield Metric(
        "strategic_alignment", "Strategic alignment", Kind.CATEGORY, "class", "judgement", "now", NONE,
        ("aligned", "uncertain", "misaligned"), "The CSM's judgement.",
        phrase="strategically {v}", goal="strategically {v}",
    )
    yield Metric(
        "csm_pulse", "CSM pulse", Kind.COUNT, "0–4", "judgement", "45 d", HIGHER,
        definition="The CSM's own judgement, from 0 (leaving) to 4 (strong).", low=0, high=4,
        phrase="pulse {v} of 4", goal="a pulse of {v} of 4",
    )


def _money() -> Iterator[Metric]:
    yield Metric(
        "payment_status", "Payment", Kind.CATEGORY, "class", "invoices", "now", NONE,
        ("current", "late", "delinquent"), "Late from 15, delinquent from 60 days overdue.",
        phrase="payment {v}", goal="payment {v}",
    )
    yield Metric(
        "financial_standing", "Financial standing", Kind.CATEGORY, "class", "invoices", "now", NONE,
        ("delinquent", "late", "on_time", "expanding"), "Payment status, and expansion in 12 months when current.",
        phrase="financially {v}", goal="financially {v}",
    )
    yield Metric(
        "late_payments", "Late payments", Kind.COUNT, "invoices", "invoices", "12 mo", LOWER,
        definition="Invoices paid late.", low=0,
        phrase="{v} late payment{s} in 12 months", goal="{fewer} fewer late payment{s} in 12 months",
    )
    yield Metric(
        "contract_status", "Contract", Kind.CATEGORY, "class", "contract", "now", NONE,
        ("active", "approaching", "expired"), "Approaching: ends within 90 days.",
        phrase="contract {v}", goal="contract {v}",
    )
    yield Metric(
        "days_to_renewal", "Days to renewal", Kind.DAYS, "days", "contract", "now", HIGHER,
        definition="Days until the contract ends; negative once it has.",
        phrase="{v} day{s} to renewal", goal="{v} day{s} to renewal",
    )
    yield Metric(
        "expansion_12m", "Expansion", Kind.SHARE, "share of ARR", "ledger", "12 mo", HIGHER,
        definition="Expansion in 12 months ÷ ARR at their start.",
        phrase="expansion {v} of ARR", goal="expansion of {v} of ARR",
    )
    yield Metric(
        "contract_value_change", "Contract value", Kind.CHANGE, "change", "ledger", "12 mo", HIGHER,
        definition="ARR against a year before.", low=-1,
        phrase="ARR {v}", goal="ARR {v}",
    )
    yield Metric(
        "contraction_risk", "Contraction risk", Kind.FLAG, "yes/no", "renewal", "now", LOWER,
        definition="The renewal is expected to shrink.",
        phrase="contraction expected|no contraction expected", goal="no contraction expected",
    )
    yield Metric(
        "renewal_budget_confirmed", "Renewal budget", Kind.FLAG, "yes/no", "renewal", "now", HIGHER,
        definition="The customer has confirmed the budget of the renewal.",
        phrase="renewal budget confirmed|renewal budget unconfirmed", goal="a confirmed renewal budget",
    )


def _onboarding() -> Iterator[Metric]:
    yield Metric(
        "onboarding_progress", "Onboarding", Kind.SHARE, "share", "onboarding", "now", HIGHER,
        definition="Done ÷ all steps of the onboarding that runs; skipped ones are left out.", low=0, high=1,
        phrase="{v} of the onboarding done", goal="{v} of the onboarding done",
    )
    yield Metric(
        "first_value_days", "Time to first value", Kind.DAYS, "days", "onboarding", "12 mo", LOWER,
        definition="Days from the start of the latest onboarding to its first value; so far, while that is open.",
        low=0, phrase="first value after {v} day{s}", goal="first value within {v} day{s}",
    )


SHELVES: Final = (
    _usage, _support, _voice, _engagement, _outcomes, _relationship, _judgement, _money, _onboarding,
)
METRICS: Final[dict[str, Metric]] = {metric.name: metric for shelf in SHELVES for metric in shelf()}
