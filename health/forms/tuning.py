"""Weights of a draft, tried and saved."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import prefetch_related_objects

from health.domain.scorecards import WEIGHT_TOLERANCE, Scorecard
from health.models import Dimension, ScorecardVersion
from health.services.publishing import MOST_RESTATED_DAYS, RESTATED_DAYS, Weights


@dataclass(frozen=True)
class Group:
    """One dimension on the page: its own field, those of its indicators, and what they sum to."""

    dimension: Dimension
    field: forms.BoundField
    was: float | None
    fields: tuple[tuple[forms.BoundField, float | None], ...]
    total: Decimal | None


class WeightsForm(forms.Form):
    """One field for each weight; sums other than 100 are refused by the first field of those that do not sum."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Mapping[str, Any] | None, *, version: ScorecardVersion, seen: str) -> None:
        super().__init__(data, initial={"seen": seen})
        self.typed: dict[str, Any] = {}
        prefetch_related_objects([version], "dimensions__indicators")
        self.dimensions = list(version.dimensions.all())
        for dimension in self.dimensions:
            self.fields[_name(dimension)] = _weight(dimension.label, dimension.weight)
            for indicator in self._indicators(dimension):
                self.fields[_inner(indicator)] = _weight(indicator.label, indicator.weight)

    def clean(self) -> dict[str, Any]:
        """Refuses sums, each by the first field that is part of it."""
        cleaned = super().clean() or {}
        self.typed = dict(self.cleaned_data)
        self._must_sum([_name(one) for one in self.dimensions], "The dimensions")
        for dimension in self.dimensions:
            self._must_sum([_inner(one) for one in self._indicators(dimension)], f"The indicators of {dimension.label}")
        return cleaned

    @property
    def total(self) -> Decimal | None:
        """What the dimensions sum to as typed; None where one of them is no number."""
        return self._sum(_name(one) for one in self.dimensions)

    def groups(self, judging: Scorecard | None) -> list[Group]:
        """The fields by dimension, beside the weights of the version that judges now."""
        was = {one.key: one.weight for one in judging.dimensions} if judging else {}
        inner = {one.metric: one.weight for one in judging.indicators} if judging else {}
        return [
            Group(
                dimension=one,
                field=self[_name(one)],
                was=was.get(one.key),
                fields=tuple((self[_inner(row)], inner.get(row.metric)) for row in self._indicators(one)),
                total=self._sum(_inner(row) for row in self._indicators(one)),
            )
            for one in self.dimensions
        ]

    def weights(self) -> Weights:
        """As typed, by key; of a form that is valid."""
        return Weights(
            dimensions={one.pk: self.cleaned_data[_name(one)] for one in self.dimensions},
            indicators={
                row.pk: self.cleaned_data[_inner(row)] for one in self.dimensions for row in self._indicators(one)
            },
        )

    def applied_to(self, card: Scorecard) -> Scorecard:
        """The draft with the weights as typed; the rows are in the order of the card."""
        dimensions = tuple(
            replace(
                dimension,
                weight=float(self.cleaned_data[_name(row)]),
                indicators=tuple(
                    replace(indicator, weight=float(self.cleaned_data[_inner(inner)]))
                    for indicator, inner in zip(dimension.indicators, self._indicators(row), strict=True)
                ),
            )
            for dimension, row in zip(card.dimensions, self.dimensions, strict=True)
        )
        return replace(card, dimensions=dimensions)

    @staticmethod
    def _indicators(dimension: Dimension) -> list[Any]:
        return list(dimension.indicators.all())

    def _must_sum(self, names: list[str], what: str) -> None:
        total = self._sum(names)
        if names and total is not None and abs(total - 100) > Decimal(str(WEIGHT_TOLERANCE)):
            self.add_error(names[0], f"{what} must sum to 100; they sum to {total.normalize():f}.")

    def _sum(self, names: Iterable[str]) -> Decimal | None:
        shown = self.typed if self.is_bound else {name: field.initial for name, field in self.fields.items()}
        values = [shown.get(name) for name in names]
        known = [value for value in values if value is not None]
        return sum(known, Decimal(0)) if len(known) == len(values) else None


class PublishForm(forms.Form):
    """What is done beside publishing."""

    recompute = forms.BooleanField(required=False, initial=True, label="Recompute everybody now")
    restate = forms.BooleanField(required=False, label="Restate history")
    days = forms.IntegerField(
        required=False, initial=RESTATED_DAYS, min_value=1, max_value=MOST_RESTATED_DAYS, label="Days of history"
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    judging = forms.IntegerField(widget=forms.HiddenInput, required=False)


def _name(dimension: Dimension) -> str:
    return f"d{dimension.pk}"


def _inner(indicator: Any) -> str:
    return f"i{indicator.pk}"


def _weight(label: str, initial: Decimal) -> forms.DecimalField:
    widget = forms.NumberInput(attrs={"inputmode": "decimal", "step": "any", "autocomplete": "off"})
    initial = initial.normalize()
    # A whole ten is written 30 and not 3E+1.
    shown = initial.quantize(Decimal(1)) if initial == initial.to_integral() else initial
    return forms.DecimalField(
        label=label, initial=shown, min_value=0, max_value=100, max_digits=7, decimal_places=4, widget=widget
    )
