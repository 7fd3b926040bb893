"""What the addresses of the forecast may ask for."""

import datetime as dt
from typing import Any

from django import forms
from django.db.models import Exists, OuterRef

from accounts.forms.fields import DayField
from accounts.models import Account, Segment, User
from renewals.domain.periods import Period, PeriodError, add_months
from renewals.queries.forecast import MONTHS_AHEAD, ForecastFilter, Split
from renewals.queries.forecast_list import FIGURES, SORTS, ListFilter
from renewals.queries.forecast_rows import NOBODY, Scope

SPLITS = {Split.SEGMENT: "Segment", Split.CSM: "CSM", Split.TEAM: "Team"}
KEY = rf"^({NOBODY}|[0-9]{{1,12}})$"
Choices = list[tuple[str, str]]


class ForecastForm(forms.Form):
    """Whose renewals, and by what they are told apart; what it cannot mean is named and left out."""

    team = forms.ChoiceField(required=False)
    csm = forms.ChoiceField(required=False, label="CSM")
    segment = forms.ChoiceField(required=False)
    split = forms.ChoiceField(
        choices=[(split.value, f"By {label if label.isupper() else label.lower()}") for split, label in SPLITS.items()],
        required=False,
        label="Told apart by",
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        owners = _owners(user)
        managers = {owner.manager.pk: owner.manager for owner in owners if owner.manager}
        fields["csm"].choices = [("", "Any CSM"), *((str(one.pk), one.name) for one in owners), (NOBODY, "No CSM")]
        teams = sorted(managers.values(), key=lambda one: (one.name, one.pk))
        fields["team"].choices = [("", "Any team"), *((str(one.pk), f"Team of {one.name}") for one in teams)]
        segments = [(str(pk), name) for pk, name in Segment.objects.values_list("pk", "name")]
        fields["segment"].choices = [("", "Any segment"), *segments, (NOBODY, "No segment")]

    def wanted(self) -> ForecastFilter:
        """The filter with what is valid; call after `is_valid()`."""
        clean = self.cleaned_data
        scope = Scope(clean.get("team") or "", clean.get("csm") or "", clean.get("segment") or "")
        return ForecastFilter(scope, Split(clean.get("split") or Split.SEGMENT))


class RenewalsForm(forms.Form):
    """Which renewals lie behind a figure: by default all of the coming twelve months."""

    since = DayField(required=False, label="From")
    until = DayField(required=False, label="To")
    figure = forms.ChoiceField(choices=[(key, label) for key, (label, *_) in FIGURES.items()], required=False)
    team = forms.RegexField(KEY, required=False)
    csm = forms.RegexField(KEY, required=False, label="CSM")
    segment = forms.RegexField(KEY, required=False)
    kept = forms.BooleanField(required=False)
    overdue = forms.BooleanField(required=False)
    sort = forms.ChoiceField(
        choices=[(key, key) for name in SORTS for key in (name, f"-{name}")], required=False, label="Order"
    )

    def wanted(self, *, today: dt.date) -> ListFilter:
        """The filter with what is valid; call after `is_valid()`."""
        clean = self.cleaned_data
        sort = clean.get("sort") or "due"
        return ListFilter(
            period=self._period(today),
            figure=clean.get("figure") or "due",
            scope=Scope(clean.get("team") or "", clean.get("csm") or "", clean.get("segment") or ""),
            kept=bool(clean.get("kept")),
            overdue=bool(clean.get("overdue")),
            sort=sort.removeprefix("-"),
            descending=sort.startswith("-"),
        )

    def _period(self, today: dt.date) -> Period:
        """The period asked for; the year ahead where the days make none."""
        first = today.replace(day=1)
        year = Period(first, add_months(first, MONTHS_AHEAD))
        since, until = self.cleaned_data.get("since"), self.cleaned_data.get("until")
        try:
            return Period(since or year.since, until or year.until)
        except PeriodError:
            self.add_error("since", "The first day must lie before the second.")
            return year


def _owners(user: User) -> list[User]:
    """Whose renewals `user` may ask for: owners of accounts, those below them in the reporting line. One query."""
    owns = Exists(Account.objects.active().filter(owner=OuterRef("pk")))
    owners = User.objects.filter(owns).select_related("manager").order_by("name", "pk")
    return list(owners if user.sees_everything else owners.filter(pk__in=user.team_ids))
