"""Who uses a metric or a scorecard: what is used is neither deleted nor renamed."""

from collections.abc import Callable, Collection, Mapping, Sequence

from health.models import Indicator, ScorecardVersion

# Names of metrics → for each that is used, its users in words.
FindUsers = Callable[[Collection[str]], Mapping[str, Sequence[str]]]

USERS_OF_METRICS: list[FindUsers] = []


def add_users_of_metrics(find: FindUsers) -> None:
    """Other modules tell here what of theirs names metrics; called once, when the app is ready."""
    if find not in USERS_OF_METRICS:
        USERS_OF_METRICS.append(find)


def users_of_metrics(names: Collection[str]) -> dict[str, list[str]]:
    """By name, who uses it; names that nobody uses are left out. One query, and those of other modules."""
    found: dict[str, list[str]] = {}
    for find in (_indicators, *USERS_OF_METRICS):
        for name, users in find(names).items():
            found.setdefault(name, []).extend(users)
    return found


def users_of_scorecards(keys: Collection[int]) -> dict[int, list[str]]:
    """By key, its versions and what they judge; scorecards without a version are left out. One query."""
    states = ScorecardVersion.State
    words = {
        states.DRAFT: "a draft",
        states.PUBLISHED: "published, it judges accounts",
        states.RETIRED: "retired, past scores were made with it",
    }
    found: dict[int, list[str]] = {}
    rows = ScorecardVersion.objects.filter(scorecard__in=list(keys)).order_by("-number")
    for scorecard, number, state in rows.values_list("scorecard_id", "number", "state"):
        found.setdefault(scorecard, []).append(f"version {number}: {words[states(state)]}")
    return found


def _indicators(names: Collection[str]) -> dict[str, list[str]]:
    rows = (
        Indicator.objects.filter(metric__in=list(names))
        .order_by("dimension__version__scorecard__name", "-dimension__version__number", "pk")
        .values_list(
            "metric",
            "dimension__version__scorecard__name",
            "dimension__version__number",
            "dimension__label",
            "label",
        )
    )
    found: dict[str, list[str]] = {}
    for metric, scorecard, number, dimension, label in rows:
        found.setdefault(metric, []).append(f"{scorecard} v{number}: “{label}” in {dimension}")
    return found
