"""What higher floors add to the pages of the ground: each fills these at start-up, in its `AppConfig.ready()`."""

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.safestring import SafeString

from accounts.domain.onboarding_proofs import Case, Proved
from accounts.domain.playbook_results import Begun, Measured
from accounts.domain.playbooks import FactKind
from accounts.domain.sequences import MADE_UP_FOR
from accounts.models import Account, Enrolment, Task, User
from accounts.models import Sequence as MailSequence


@dataclass(frozen=True)
class Panel:
    """A part of the account page: `context` gives what `template` shows, or None where there is nothing to show.

    `beside` names expressions that are read with the account, in its one query, and stand on it as attributes.
    """

    key: str
    slot: str
    order: int
    template: str
    context: Callable[[Account, User], dict[str, Any] | None]
    beside: Callable[[User], dict[str, Any]] = lambda _user: {}


@dataclass(frozen=True)
class TimelineSource:
    """Entries of one kind: `entries` gives, for an account, rows of at, kind, pk, title, detail, by and tone.

    The rows of all sources are joined by one UNION ALL, so each must be `.values_list` of exactly these, in this order,
    as `accounts.queries.timeline.entry_rows` makes them, with `key` as the kind. `group` is the filter chip that it
    stands under. `whole_days` says that only the workspace's day is known, `markdown` that the detail is written in it;
    `url_name` is the page of an entry, by its key, empty where there is none.
    """

    key: str
    group: str
    entries: Callable[[Account], QuerySet]
    whole_days: bool = False
    markdown: bool = False
    url_name: str = ""


@dataclass(frozen=True)
class BookColumn:
    """A drawn column of the book: `load` answers a whole page of accounts at once, by id.

    `draw` makes the drawing of what was loaded and the rank of the account's tier. Those who chose no columns see it
    where it is `standard`.
    """

    key: str
    label: str
    load: Callable[[Sequence[int]], dict[int, Any]]
    draw: Callable[[Any, int | None], SafeString]
    standard: bool = True


@dataclass(frozen=True)
class BookFilter:
    """A filter of the book, chosen from a list: `condition` says which accounts a choice means."""

    key: str
    label: str
    choices: Sequence[tuple[str, str]]
    condition: Callable[[str], Q]


@dataclass(frozen=True)
class PaletteItem:
    """A page or action that the palette offers, if `shown_to` says so."""

    label: str
    url_name: str
    keywords: str = ""
    keys: str = ""
    shown_to: Callable[[User], bool] = lambda _user: True


@dataclass(frozen=True)
class PlaybookTrigger:
    """Something that sets playbooks off: whoever notices it says so by `accounts.services.playbook_cues.note_cues`.

    `choices` are those of the one thing that is chosen (a tier, a kind of signal), with `any_choice` for all of them
    where that makes sense. `number_label` says what its number counts, from `least` on; empty where there is none.
    Without a number it is met by any, unless it `needs_number`.
    """

    key: str
    label: str
    choice_label: str = ""
    choices: Callable[[], Sequence[tuple[str, str]]] = tuple
    any_choice: str = ""
    number_label: str = ""
    least: int = 0
    needs_number: bool = False


@dataclass(frozen=True)
class PlaybookFact:
    """Something known of accounts that conditions of playbooks compare: `load` gives it for many at once, by id.

    Accounts of which it is not known are left out. A set is given as a collection of the keys of `choices`.
    """

    key: str
    label: str
    kind: FactKind
    load: Callable[[Sequence[int]], dict[int, Any]]
    choices: Callable[[], Sequence[tuple[str, str]]] = tuple


@dataclass(frozen=True)
class TaskCause:
    """What tasks of one kind come from: `url` gives the page of the cause, by the task and the key of the cause.

    `key` is how the origin keys of such tasks begin (`alert` of `alert:12:0`), or the label of the model that they are
    linked to (`accounts.touch`).
    """

    key: str
    label: str
    url: Callable[[Task, str], str]


@dataclass(frozen=True)
class OnboardingProof:
    """Something that data prove of an account being onboarded: `load` looks at many steps at once and gives, by their
    key, what is proved of them; the others are left out. `number_label` says what its number counts, if anything."""

    key: str
    label: str
    load: Callable[[Sequence[Case], dt.date], Mapping[int, Proved]]
    number_label: str = ""


@dataclass(frozen=True)
class Start:
    """Somebody whom a sequence is for: `cause_key` names what put them in, so that it does so once.

    `anchor_on` is the day that the steps count from, `variant` chooses among steps that are for one kind of cause, and
    `texts` are merge fields that only this cause knows. `by_itself` overrules the sequence where it is not None.
    """

    account_id: int
    contact_id: int
    cause_key: str
    anchor_on: dt.date
    variant: str = ""
    texts: Mapping[str, str] = field(default_factory=dict)
    by_itself: bool | None = None


@dataclass(frozen=True)
class SequenceSource:
    """What puts people into sequences: `due` gives who is to be in one by a day, those who are in it already as well.

    `over` tells, of running enrolments, those that are over, by their key: why, as a value of `Enrolment.Because`.
    `fields` are the merge fields that its starts bring, by name, with what each stands for. Sequences stop when the
    customer is lost, unless their source is `for_lost` ones. Who is put in late gets the e-mail that came last, if its
    day was no longer ago than `made_up_for`.
    """

    key: str
    label: str
    due: Callable[[MailSequence, dt.date], Iterable[Start]]
    over: Callable[[Collection[Enrolment]], Mapping[int, str]]
    fields: Mapping[str, str] = field(default_factory=dict)
    for_lost: bool = False
    made_up_for: dt.timedelta = MADE_UP_FOR


# Fields of `accounts.domain.onboarding_risks.Seen` by the key of the case; what is not known is left out.
OnboardingFacts = Callable[[Sequence[Case], dt.date], Mapping[int, Mapping[str, Any]]]
NextActions = Callable[[Sequence[int]], dict[int, str]]
# By the key of the run what the days after its start brought; a run of which nothing is known may be left out.
ScoreChanges = Callable[[Sequence[Begun]], Mapping[int, Measured]]

PANELS: dict[str, Panel] = {}
TIMELINE: dict[str, TimelineSource] = {}
BOOK_COLUMNS: dict[str, BookColumn] = {}
BOOK_FILTERS: dict[str, BookFilter] = {}
NEXT_ACTIONS: dict[str, NextActions] = {}
PALETTE: dict[str, PaletteItem] = {}
TASK_CAUSES: dict[str, TaskCause] = {}
PLAYBOOK_TRIGGERS: dict[str, PlaybookTrigger] = {}
PLAYBOOK_FACTS: dict[str, PlaybookFact] = {}
ONBOARDING_PROOFS: dict[str, OnboardingProof] = {}
ONBOARDING_FACTS: dict[str, OnboardingFacts] = {}
TIER_LABELS: dict[str, Callable[[], dict[int, str]]] = {}
SCORE_CHANGES: dict[str, ScoreChanges] = {}
SEQUENCE_SOURCES: dict[str, SequenceSource] = {}


def add_panel(panel: Panel) -> None:
    """Puts a panel on the account page; raises `ValueError` for a key that is taken."""
    _add(PANELS, panel.key, panel)


def add_timeline_source(source: TimelineSource) -> None:
    """Lets a kind of entry into every timeline; raises `ValueError` for a key that is taken."""
    _add(TIMELINE, source.key, source)


def add_book_column(column: BookColumn) -> None:
    """Offers a column to the book; raises `ValueError` for a key that is taken."""
    _add(BOOK_COLUMNS, column.key, column)


def add_book_filter(wanted: BookFilter) -> None:
    """Offers a filter to the book; raises `ValueError` for a key that is taken."""
    _add(BOOK_FILTERS, wanted.key, wanted)


def add_next_actions(key: str, load: NextActions) -> None:
    """What to do next, by account, for those of the ids that have no open task; raises `ValueError` for a taken key."""
    _add(NEXT_ACTIONS, key, load)


def set_tier_labels(load: Callable[[], dict[int, str]]) -> None:
    """Lets the floor that judges name the tiers, by rank; raises `ValueError` where that was done already."""
    _add(TIER_LABELS, "labels", load)


def tier_labels() -> dict[int, str]:
    """What the tiers are called by the scorecard that judges most accounts; empty where nobody judges."""
    return {rank: label for load in TIER_LABELS.values() for rank, label in load().items()}


def set_score_changes(load: ScoreChanges) -> None:
    """Lets the floor that judges say what runs of playbooks brought; raises `ValueError` where one does already."""
    _add(SCORE_CHANGES, "changes", load)


def score_changes(begun: Sequence[Begun]) -> dict[int, Measured]:
    """What runs of playbooks brought, by the key of the run; empty where nobody judges."""
    return {run: measured for load in SCORE_CHANGES.values() for run, measured in load(begun).items()}


def add_playbook_trigger(trigger: PlaybookTrigger) -> None:
    """Lets playbooks be set off by something new; raises `ValueError` for a key that is taken."""
    _add(PLAYBOOK_TRIGGERS, trigger.key, trigger)


def add_playbook_fact(fact: PlaybookFact) -> None:
    """Lets conditions of playbooks compare something new; raises `ValueError` for a key that is taken."""
    _add(PLAYBOOK_FACTS, fact.key, fact)


def add_onboarding_proof(proof: OnboardingProof) -> None:
    """Lets data tick steps of onboardings; raises `ValueError` for a key that is taken."""
    _add(ONBOARDING_PROOFS, proof.key, proof)


def add_onboarding_facts(key: str, load: OnboardingFacts) -> None:
    """Lets risk signals of onboardings look at something new; raises `ValueError` for a key that is taken."""
    _add(ONBOARDING_FACTS, key, load)


def add_palette_item(item: PaletteItem) -> None:
    """Offers a page in the palette; raises `ValueError` for a page that is there already."""
    _add(PALETTE, item.url_name, item)


def add_task_cause(cause: TaskCause) -> None:
    """Lets tasks lead to what they come from; raises `ValueError` for a key that is taken."""
    _add(TASK_CAUSES, cause.key, cause)


def add_sequence_source(source: SequenceSource) -> None:
    """Lets sequences of e-mails be started by something new; raises `ValueError` for a key that is taken."""
    _add(SEQUENCE_SOURCES, source.key, source)


def panels_of(slot: str) -> Iterable[Panel]:
    """The panels of one place on the page, in their order."""
    return sorted((panel for panel in PANELS.values() if panel.slot == slot), key=lambda panel: panel.order)


def beside_account(user: User) -> dict[str, Any]:
    """What all panels want read with the account."""
    return {name: value for panel in PANELS.values() for name, value in panel.beside(user).items()}


def _add(registry: dict[str, Any], key: str, value: Any) -> None:
    if key in registry:
        raise ValueError(f"“{key}” is taken already.")
    registry[key] = value
