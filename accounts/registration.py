"""What the ground adds to its own registries: pages of the palette, and the timeline with what it tells."""

from typing import Any

from django.db.models import Q
from django.urls import reverse

from accounts.domain.cadence import NOUNS, CadenceKind
from accounts.domain.success_plans import STATE_LABELS
from accounts.models import Account, Task, User
from accounts.queries.cadence import touch_due
from accounts.queries.mail_timeline import register_mail_timeline
from accounts.queries.onboarding_facts import register_facts
from accounts.queries.onboarding_proofs import register_proofs
from accounts.queries.onboarding_timeline import register_onboarding_timeline
from accounts.queries.plan_list import DUE, NO_PLAN, plan_condition
from accounts.queries.plan_timeline import register_plan_timeline
from accounts.queries.playbook_facts import lower_segment_choices, risk_choices, stage_choices
from accounts.queries.playbook_timeline import register_playbook_timeline
from accounts.queries.sequence_sources import register_sequence_sources
from accounts.queries.timeline_sources import register_timeline
from accounts.registries import (
    BookFilter,
    PaletteItem,
    Panel,
    PlaybookTrigger,
    TaskCause,
    add_book_filter,
    add_palette_item,
    add_panel,
    add_playbook_trigger,
    add_task_cause,
)
from cs_workspace.common import clock

PLAN_CHOICES = [
    (NO_PLAN, "No plan"),
    (DUE, "Review due"),
    *((state.value, f"Plan: {label.lower()}") for state, label in STATE_LABELS.items()),
]
TOUCH_DUE = [
    ("due", "Of any kind"),
    *(
        (kind.value, f"{NOUNS[kind][0].upper()}{NOUNS[kind][1:]}")
        for kind in CadenceKind
        if kind is not CadenceKind.ANY
    ),
]


def register() -> None:
    """Fills the registries; called once, when the app is ready."""
    register_timeline()
    register_plan_timeline()
    register_playbook_timeline()
    register_sequence_sources()
    register_mail_timeline()
    add_panel(Panel("cadence", "side", 4, "components/_later.html", _cadence_later))
    add_panel(Panel("mails", "side", 20, "components/_seen.html", _mails_later))
    add_panel(Panel("sequences", "drawers", 21, "components/_drawer.html", _sequences_later))
    add_panel(Panel("money", "drawers", 5, "components/_drawer.html", _money_later))
    add_palette_item(PaletteItem("Sequences", "accounts:sequences", keywords="e-mails nudge drip steps enrolments"))
    add_palette_item(
        PaletteItem("E-mail templates", "accounts:mail-templates", keywords="texts merge fields preview words")
    )
    add_palette_item(
        PaletteItem("Outbox", "accounts:outbox", keywords="e-mail mails drafts approve send sent letters", keys="g m")
    )
    add_task_cause(TaskCause("playbook", "Playbook", _playbook_of))
    add_panel(Panel("playbooks", "main", 13, "components/_later.html", _playbooks_later))
    add_panel(Panel("timeline", "main", 20, "components/_seen.html", _timeline_later))
    _register_playbooks()
    add_book_filter(BookFilter("touch_due", "Touch due", TOUCH_DUE, _touch_due))
    _register_onboarding()
    add_panel(Panel("feature-requests", "drawers", 40, "components/_drawer.html", _features_later))
    add_palette_item(PaletteItem("Feature requests", "accounts:feature-requests", keywords="wishes ideas product"))
    add_palette_item(
        PaletteItem("Team load", "accounts:tasks-team", keywords="tasks who overdue", shown_to=lambda user: user.leads)
    )
    add_task_cause(
        TaskCause("feature", "Feature request", lambda _task, key: reverse("accounts:feature-request", args=[key]))
    )
    add_palette_item(PaletteItem("Playbooks", "accounts:playbooks", keywords="plays automation triggers steps"))
    add_palette_item(PaletteItem("Book", "accounts:book", keywords="accounts customers portfolio", keys="g b"))
    add_palette_item(PaletteItem("Tasks", "accounts:tasks", keywords="to do due", keys="g k"))
    add_task_cause(TaskCause("onboarding-risk", "Onboarding", _onboarding_of))
    add_task_cause(TaskCause("accounts.touch", "Touch", lambda _task, key: reverse("accounts:touch-edit", args=[key])))
    add_panel(Panel("plan", "main", 18, "components/_seen.html", _plan_later))
    add_book_filter(BookFilter("plan", "Success plan", PLAN_CHOICES, plan_condition))
    add_palette_item(PaletteItem("Success plans", "accounts:plans", keywords="goals objectives outcomes ROI"))
    add_palette_item(PaletteItem("Notifications", "accounts:notifications", keywords="bell messages told"))


def _register_playbooks() -> None:
    """What sets playbooks off on the ground; higher floors add what they notice."""
    add_playbook_trigger(PlaybookTrigger("hand", "Somebody starts it by hand"))
    add_playbook_trigger(
        PlaybookTrigger(
            "stage_change",
            "The lifecycle stage changes",
            choice_label="To which stage",
            choices=stage_choices,
            any_choice="Any",
        )
    )
    add_playbook_trigger(
        PlaybookTrigger(
            "segment_lowered",
            "The account falls to a lower segment",
            choice_label="To which segment",
            choices=lower_segment_choices,
            any_choice="Any",
        )
    )
    add_playbook_trigger(
        PlaybookTrigger(
            "renewal_ahead", "The renewal comes near", number_label="So many days before it", needs_number=True
        )
    )
    add_playbook_trigger(
        PlaybookTrigger(
            "customer_for",
            "Time has passed as a customer",
            number_label="So many days after the start",
            needs_number=True,
        )
    )


def _register_onboarding() -> None:
    """What data prove of onboardings and what endangers them, of what the ground knows; and where they are shown."""
    register_proofs()
    register_facts()
    register_onboarding_timeline()
    add_panel(Panel("onboarding", "main", 14, "components/_later.html", _onboarding_later))
    add_palette_item(
        PaletteItem("Onboarding", "accounts:onboarding", keywords="kick-off new customers checklist", keys="g o")
    )
    add_playbook_trigger(
        PlaybookTrigger(
            "onboarding_risk",
            "An onboarding is endangered",
            choice_label="By what",
            choices=risk_choices,
            any_choice="Anything",
        )
    )


def _sequences_later(account: Account, user: User) -> dict[str, Any]:
    url = reverse("accounts:account-sequences", args=[account.pk])
    return {"id": "account-sequences", "title": "Sequences of e-mails", "url": url}


def _mails_later(account: Account, user: User) -> dict[str, Any]:
    url = reverse("accounts:account-mails", args=[account.pk])
    return {"id": "account-mails", "title": "E-mail", "url": url}


def _plan_later(account: Account, user: User) -> dict[str, Any]:
    return {
        "id": "account-plan",
        "title": "Success plan",
        "url": reverse("accounts:account-plan", args=[account.pk]),
    }


def _onboarding_of(task: Task, _key: str) -> str:
    return reverse("accounts:account-onboarding", args=[task.account_id])


def _cadence_later(account: Account, user: User) -> dict[str, Any] | None:
    if account.status != Account.Status.ACTIVE:
        return None
    return {"id": "account-cadence", "title": "Cadence", "url": reverse("accounts:account-cadence", args=[account.pk])}


def _money_later(account: Account, user: User) -> dict[str, Any]:
    return {
        "id": "money",
        "title": "Contracts and invoices",
        "url": reverse("accounts:account-money", args=[account.pk]),
    }


def _features_later(account: Account, user: User) -> dict[str, Any]:
    url = reverse("accounts:account-features", args=[account.pk])
    return {"id": "account-features", "title": "Feature requests", "url": url}


def _playbook_of(task: Task, _key: str) -> str:
    account = reverse("accounts:account", args=[task.account_id]) if task.account_id else reverse("accounts:playbooks")
    return f"{account}#playbooks"


def _playbooks_later(account: Account, user: User) -> dict[str, Any]:
    return {"id": "playbooks", "title": "Playbooks", "url": reverse("accounts:account-playbooks", args=[account.pk])}


def _onboarding_later(account: Account, user: User) -> dict[str, Any]:
    url = reverse("accounts:account-onboarding", args=[account.pk])
    return {"id": "onboarding", "title": "Onboarding", "url": url}


def _timeline_later(account: Account, user: User) -> dict[str, Any]:
    return {"id": "timeline", "title": "Timeline", "url": reverse("accounts:timeline", args=[account.pk])}


def _touch_due(choice: str) -> Q:
    kinds = tuple(CadenceKind) if choice == "due" else (CadenceKind(choice),)
    return touch_due(today=clock.today(), kinds=kinds)
