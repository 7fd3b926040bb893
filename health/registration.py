"""What judgement adds to the pages of the ground."""

from collections.abc import Sequence
from typing import Any

from django.urls import reverse

from accounts.domain.playbooks import FactKind
from accounts.models import Account, Task, User
from accounts.queries.playbook_facts import tier_choices
from accounts.registries import (
    BookColumn,
    BookFilter,
    PaletteItem,
    Panel,
    PlaybookFact,
    PlaybookTrigger,
    TaskCause,
    add_book_column,
    add_book_filter,
    add_next_actions,
    add_palette_item,
    add_panel,
    add_playbook_fact,
    add_playbook_trigger,
    add_task_cause,
    set_score_changes,
    set_tier_labels,
)
from cs_workspace.common import clock
from cs_workspace.common.templatetags.ui import spark
from health.domain.judgement import PULSE_LABELS
from health.domain.signals import KINDS
from health.domain.surveys import class_labels
from health.models import Alert, SurveyAnswer, Tier
from health.models.scorecard import ScorecardVersion
from health.queries import judgement
from health.queries.beside import beside_score, shown_beside
from health.queries.health import Point, sparklines
from health.queries.health_panel import health_panel
from health.queries.mail_sources import register_mail_sources
from health.queries.marks import register_marks
from health.queries.onboarding import register_onboarding
from health.queries.playbook_results import score_changes
from health.queries.signals import open_signals
from health.queries.timeline_sources import register_timeline
from health.templatetags.judgement import pulse_cell

PULSE_CHOICES = [
    (judgement.PULSE_DUE, "Not judged or stale"),
    *((str(int(one)), label) for one, label in PULSE_LABELS.items()),
]


def register() -> None:
    """Fills the registries; called once, when the app is ready."""
    register_timeline()
    register_marks()
    register_onboarding()
    register_mail_sources()
    _register_playbooks()
    add_panel(Panel("health", "main", 10, "health/_account_panel.html", _health_panel, beside_score))
    add_panel(Panel("churn", "drawers", 10, "components/_drawer.html", _churn_later))
    add_panel(Panel("signals", "main", 12, "components/_later.html", _signals_later))
    add_panel(Panel("intervention", "main", 13, "components/_later.html", _intervention_later))
    add_panel(Panel("engagement", "main", 15, "components/_later.html", _engagement_later))
    add_panel(Panel("usage", "main", 30, "components/_seen.html", _usage_later))
    add_panel(Panel("training", "drawers", 45, "components/_drawer.html", _training_later))
    add_panel(Panel("surveys", "drawers", 46, "components/_drawer.html", _surveys_later))
    add_panel(Panel("advocates", "drawers", 47, "components/_drawer.html", _advocates_later))
    add_panel(Panel("pulse-mark", "marks", 10, "health/_pulse_mark.html", _pulse_mark, judgement.beside_account))
    add_panel(Panel("judgement", "side", 3, "components/_later.html", _judgement_later))
    add_book_column(BookColumn("pulse", "Pulse", load=judgement.pulses_of, draw=pulse_cell, standard=False))
    add_book_filter(BookFilter("pulse", "CSM pulse", PULSE_CHOICES, judgement.pulse_condition))
    add_book_column(BookColumn("spark", "90 days", load=_sparklines, draw=spark))
    add_next_actions("alerts", _advised)
    add_task_cause(TaskCause("alert", "Alert", lambda _task, key: reverse("health:alert", args=[key])))
    add_task_cause(
        TaskCause("health.intervention", "Save plan", lambda _task, key: reverse("health:intervention", args=[key]))
    )
    add_task_cause(TaskCause("churn-risk", "Churn signals", lambda task, _key: _signals_of(task)))
    add_task_cause(TaskCause("survey", "Survey", lambda _task, key: reverse("health:survey-ask", args=[key])))
    set_tier_labels(_tier_labels)
    set_score_changes(score_changes)
    _register_palette()


def _register_palette() -> None:
    """The pages of judgement."""
    add_palette_item(PaletteItem("At risk", "health:at_risk", keywords="queue revenue churn critical", keys="g r"))
    add_palette_item(
        PaletteItem("Disagreements", "health:disagreements", keywords="signals apart pulse judgement", keys="g d")
    )
    add_palette_item(PaletteItem("Overridden tiers", "health:overrides", keywords="override judgement"))
    add_palette_item(
        PaletteItem("Save plans", "health:interventions", keywords="intervention save plan churn checkpoint promise")
    )
    add_palette_item(
        PaletteItem("Save plan results", "health:save-results", keywords="report came to recovery rate intervention")
    )
    add_palette_item(PaletteItem("Alerts", "health:alerts", keywords="inbox", keys="g a"))
    add_palette_item(
        PaletteItem("Surveys", "health:surveys", keywords="nps csat satisfaction promoters detractors verbatims")
    )
    add_palette_item(
        PaletteItem("Advocates", "health:advocates", keywords="references case studies testimonials reviews referrals")
    )
    add_palette_item(
        PaletteItem("Candidates for advocacy", "health:advocate-candidates", keywords="promoters advisory board")
    )
    _register_model_pages()


def _register_model_pages() -> None:
    """The pages about the model of health: what it is made of and how good it is."""
    add_palette_item(
        PaletteItem("Alert quality", "health:alert-quality", keywords="how good precision led to an action")
    )
    add_palette_item(
        PaletteItem(
            "Scorecards",
            "admin:health_scorecard_changelist",
            keywords="tuning weights bands health score model",
            shown_to=lambda user: user.is_admin,
        )
    )
    add_palette_item(PaletteItem("Metrics", "health:metrics", keywords="definitions help indicators health terms"))
    add_palette_item(
        PaletteItem(
            "Churn model",
            "health:churn-model",
            keywords="probability learned quality calibration train",
            shown_to=lambda user: user.is_admin,
        )
    )
    add_palette_item(
        PaletteItem(
            "Customers with a score",
            "health:coverage",
            keywords="coverage no score not enough data health",
            shown_to=lambda user: user.sees_everything,
        )
    )


def _register_playbooks() -> None:
    """What sets playbooks off here, and what their conditions can ask of judgement."""
    add_playbook_trigger(
        PlaybookTrigger("tier_entered", "A tier is entered", choice_label="Which tier", choices=tier_choices)
    )
    add_playbook_trigger(
        PlaybookTrigger(
            "score_drop",
            "The score drops suddenly, as the alert rule finds it",
            number_label="By at least so many points",
            least=1,
        )
    )
    add_playbook_trigger(
        PlaybookTrigger(
            "signal_raised",
            "A churn signal is raised",
            choice_label="Which signal",
            choices=_signal_choices,
            any_choice="Any",
        )
    )
    add_playbook_trigger(
        PlaybookTrigger(
            "survey_answered",
            "A survey is answered",
            choice_label="By whom",
            choices=_answer_choices,
            any_choice="Anybody",
        )
    )
    add_playbook_fact(PlaybookFact("signals", "Open churn signals", FactKind.SET, _live_signals, _signal_choices))
    add_playbook_fact(PlaybookFact("signal_count", "Number of open churn signals", FactKind.NUMBER, _signal_count))


def _signal_choices() -> list[tuple[str, str]]:
    return [(kind.key, kind.label) for kind in KINDS.values()]


def _answer_choices() -> list[tuple[str, str]]:
    """Classes of answers to each kind of survey, as `nps:detractor`."""
    return [
        (f"{kind}:{found}", f"{name}: {label.lower()}")
        for kind, name in SurveyAnswer.Kind.choices
        for found, label in class_labels(kind).items()
    ]


def _live_signals(account_ids: Sequence[int]) -> dict[int, Any]:
    """The kinds of live signals, for every account: none is known to be none. One query."""
    found = open_signals(account_ids)
    return {pk: set(found.get(pk, ())) for pk in account_ids}


def _signal_count(account_ids: Sequence[int]) -> dict[int, Any]:
    found = open_signals(account_ids)
    return {pk: sum(found[pk].values()) if pk in found else 0 for pk in account_ids}


def _signals_of(task: Task) -> str:
    return reverse("health:account-signals", args=[task.account_id])


def _health_panel(account: Account, user: User) -> dict[str, Any]:
    return {"panel": health_panel(account)} | shown_beside(account)


def _pulse_mark(account: Account, user: User) -> dict[str, Any]:
    return {"shown": judgement.shown_beside(account)}


def _judgement_later(account: Account, user: User) -> dict[str, Any]:
    return {"id": "judgement", "title": "CSM pulse", "url": reverse("health:account-judgement", args=[account.pk])}


def _churn_later(account: Account, user: User) -> dict[str, Any]:
    return {"id": "churn", "title": "Churn probability", "url": reverse("health:account-churn", args=[account.pk])}


def _signals_later(account: Account, user: User) -> dict[str, Any]:
    return {"id": "signals", "title": "Churn signals", "url": reverse("health:account-signals", args=[account.pk])}


def _intervention_later(account: Account, user: User) -> dict[str, Any]:
    url = reverse("health:account-intervention", args=[account.pk])
    return {"id": "intervention", "title": "Save plan", "url": url}


def _engagement_later(account: Account, user: User) -> dict[str, Any] | None:
    if account.health_rank is None:
        return None
    url = reverse("health:account-engagement", args=[account.pk])
    return {"id": "engagement", "title": "What this tier asks for", "url": url}


def _usage_later(account: Account, user: User) -> dict[str, Any]:
    return {"id": "usage", "title": "Usage", "url": reverse("health:account-usage", args=[account.pk])}


def _training_later(account: Account, user: User) -> dict[str, Any]:
    url = reverse("health:account-training", args=[account.pk])
    return {"id": "training", "title": "Training and events", "url": url}


def _surveys_later(account: Account, user: User) -> dict[str, Any]:
    return {"id": "surveys", "title": "Surveys", "url": reverse("health:account-surveys", args=[account.pk])}


def _advocates_later(account: Account, user: User) -> dict[str, Any]:
    return {"id": "advocates", "title": "Advocates", "url": reverse("health:account-advocates", args=[account.pk])}


def _sparklines(account_ids: Sequence[int]) -> dict[int, list[Point]]:
    return sparklines(account_ids, today=clock.today())


def _advised(account_ids: Sequence[int]) -> dict[int, str]:
    """The next action of each account's most severe alert that wants attention. One query."""
    alerts = (
        Alert.objects.loud(now=clock.now())
        .filter(account__in=account_ids)
        .order_by("account_id", "severity", "-opened_at", "-pk")
        .distinct("account_id")
    )
    return dict(alerts.values_list("account", "next_action"))


def _tier_labels() -> dict[int, str]:
    published = ScorecardVersion.State.PUBLISHED
    tiers = Tier.objects.filter(version__state=published, version__scorecard__is_default=True).order_by("rank")
    return dict(tiers.values_list("rank", "label"))
