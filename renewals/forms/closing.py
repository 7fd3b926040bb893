"""The form that closes a renewal: what was signed, line by line, or why it was lost.

It is sent as a whole with the name of what is to be done, and comes back changed; nothing is kept in between. So lines
are added and taken out by buttons alone, without a script as with one. Whether the terms hold, the domain says.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, ClassVar
from uuid import uuid4

from django import forms
from django.forms.boundfield import BoundField
from django.http import QueryDict

from accounts.domain.contracts import MOST_NOTICE
from accounts.forms.fields import DayField, NewForm
from accounts.models import Contract
from renewals.domain.churn import PREVENTABLE_LABELS, TAXONOMY, Preventable, SubReason
from renewals.domain.closing import (
    MOST_LINES,
    MOST_MONTHS,
    MOST_SEATS,
    ClosingTerms,
    Line,
    Lost,
    Problem,
    Signed,
    line_arr,
)
from renewals.domain.periods import add_months
from renewals.models import Renewal

SIGNED, LOST = "signed", "lost"
HUNDRED = Decimal(100)
REASONS = [
    ("", "Choose the reason"),
    *((kind.label, [(reason.value, label) for reason, label in kind.reasons.items()]) for kind in TAXONOMY.values()),
]
MONEY: dict[str, Any] = {
    "max_digits": 14,
    "decimal_places": 2,
    "min_value": 0,
    "required": False,
    "error_messages": {"min_value": "Give an amount of 0 or more."},
}


class LineForm(forms.Form):
    """One product; without an ARR of its own it comes to seats × price, less the discount."""

    product = forms.TypedChoiceField(coerce=int, empty_value=None, required=False)
    seats = forms.IntegerField(
        min_value=0,
        max_value=MOST_SEATS,
        required=False,
        error_messages={"min_value": "Seats cannot be negative.", "max_value": "So many seats do not exist."},
    )
    unit_price = forms.DecimalField(label="Price a year", **MONEY)
    discount = forms.DecimalField(
        label="Discount in %",
        max_digits=6,
        decimal_places=2,
        min_value=0,
        max_value=100,
        required=False,
        error_messages={
            "min_value": "A discount is between 0 and 100 %%.",
            "max_value": "A discount is between 0 and 100 %%.",
        },
    )
    arr = forms.DecimalField(label="ARR", **MONEY)

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        products: Sequence[tuple[int, str]],
        uid: str,
        initial: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(data, initial=initial, prefix=f"line-{uid}")
        self.uid = uid
        field: Any = self.fields["product"]
        field.choices = [("", "Choose a product"), *products]

    @property
    def is_empty(self) -> bool:
        """Nothing was typed: such a line is none."""
        return not any(self.data.get(self.add_prefix(name), "").strip() for name in self.fields)

    def clean(self) -> dict[str, Any]:
        """A line names its product, and says what it is worth or how that is reckoned."""
        clean: dict[str, Any] = super().clean() or {}
        if self.is_empty:
            return clean
        if not clean.get("product") and "product" not in self.errors:
            self.add_error("product", "Choose the product.")
        if (
            clean.get("arr") is None
            and clean.get("unit_price") is None
            and not {"arr", "unit_price"} & set(self.errors)
        ):
            self.add_error("arr", "Give the ARR, or a price.")
        return clean

    @property
    def line(self) -> Line:
        """The line as the domain has it; call where it is valid and not empty."""
        clean = self.cleaned_data
        seats, price = clean["seats"], clean["unit_price"]
        discount = (clean["discount"] or Decimal(0)) / HUNDRED
        arr = clean["arr"] if clean["arr"] is not None else line_arr(seats, price, discount)
        return Line(clean["product"], arr, seats, price, discount)


class ClosingForm(NewForm):
    """How it ended, and all but the lines of what was signed."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    how = forms.ChoiceField(
        label="What happened",
        choices=[(SIGNED, "The customer signed again"), (LOST, "The customer is lost")],
        widget=forms.RadioSelect,
        initial=SIGNED,
    )
    signed_on = DayField(label="Signed on", required=False)
    number = forms.CharField(label="Contract number", max_length=60, required=False)
    start = DayField(label="Begins on", required=False)
    term_months = forms.IntegerField(label="Term in months", min_value=1, max_value=MOST_MONTHS, required=False)
    end = DayField(label="Ends on", required=False, help_text="The first day without it. Empty for the term.")
    currency = forms.ChoiceField(required=False)
    billing = forms.ChoiceField(label="Billed", choices=Contract.Billing.choices, required=False)
    notice_days = forms.IntegerField(label="Notice in days", min_value=0, max_value=MOST_NOTICE, required=False)
    auto_renew = forms.BooleanField(label="Renews by itself", required=False)
    less_reason = forms.ChoiceField(
        label="Why they take less",
        choices=REASONS,
        required=False,
        help_text="Where the ARR falls. What was given up gets a churn record.",
    )
    sub_reason = forms.ChoiceField(label="Reason", choices=REASONS, required=False)
    preventable = forms.ChoiceField(
        choices=[("", "As its category says"), *((one.value, label) for one, label in PREVENTABLE_LABELS.items())],
        required=False,
        help_text="Could we have done something about it?",
    )
    last_day = DayField(label="Last day under contract", required=False)
    notes = forms.CharField(
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="What happened, in your words. It goes into the churn record.",
    )
    competitor = forms.CharField(max_length=120, required=False)
    reason = forms.CharField(label="Why it ended so", max_length=300, required=False)

    WHEN_SIGNED: ClassVar[list[list[str]]] = [
        ["signed_on", "number"],
        ["start", "term_months", "end"],
        ["currency", "billing", "notice_days"],
        ["auto_renew"],
        ["less_reason"],
    ]
    WHEN_LOST: ClassVar[list[list[str]]] = [["sub_reason", "last_day"], ["preventable"], ["notes"]]
    layout: ClassVar[list[list[str]]] = [["competitor", "reason"]]

    def __init__(self, *args: Any, currencies: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["currency"]
        field.choices = [(code, code) for code in sorted(set(currencies))]

    @property
    def when_signed(self) -> list[list[BoundField]]:
        """The fields of what was signed, in rows."""
        return [[self[name] for name in row] for row in self.WHEN_SIGNED]

    @property
    def when_lost(self) -> list[list[BoundField]]:
        """The fields of a lost one, in rows."""
        return [[self[name] for name in row] for row in self.WHEN_LOST]

    @property
    def is_lost(self) -> bool:
        """What was chosen, also where the rest is not valid."""
        chosen = self.data.get("how") if self.is_bound else self.initial.get("how")
        return bool(chosen == LOST)

    def clean(self) -> dict[str, Any]:
        """What belongs to the way that was not taken counts for nothing, whatever stands in it."""
        clean: dict[str, Any] = super().clean() or {}
        for row in self.WHEN_SIGNED if self.is_lost else self.WHEN_LOST:
            for name in row:
                self.errors.pop(name, None)
        needed = (
            {"sub_reason": "Choose the reason.", "last_day": "Give the last day."}
            if self.is_lost
            else {
                "signed_on": "Give the day of the signature.",
                "start": "Give the first day.",
                "currency": "Choose it.",
            }
        )
        for name, words in needed.items():
            if not clean.get(name) and name not in self.errors:
                self.add_error(name, words)
        if not self.is_lost:
            self._clean_term(clean)
        return clean

    def _clean_term(self, clean: dict[str, Any]) -> None:
        """An end that is not typed follows from the term; one that is must not contradict it."""
        start, months, end = (clean.get(name) for name in ("start", "term_months", "end"))
        if {"start", "term_months", "end"} & set(self.errors) or not start:
            return
        if months is None and end is None:
            self.add_error("term_months", "Give the term, or the end.")
        elif months is not None:
            due = add_months(start, months)
            if end is not None and end != due:
                self.add_error("end", f"{months} months end on {due:%d %b %Y}. Leave one of the two empty.")
            clean["end"] = due


class ClosingDraft:
    """The whole form: its head and its lines."""

    def __init__(self, head: ClosingForm, lines: list[LineForm], *, read: ClosingDraft | None = None) -> None:
        self.head, self.lines, self._read = head, lines, read

    @classmethod
    def begun(
        cls, renewal: Renewal, terms: Signed, *, products: Sequence[tuple[int, str]], currencies: Iterable[str]
    ) -> ClosingDraft:
        """The form with the terms to begin with."""
        initial: dict[str, Any] = {
            name: getattr(terms, name)
            for name in (
                "signed_on",
                "number",
                "start",
                "currency",
                "billing",
                "notice_days",
                "auto_renew",
                "competitor",
            )
        }
        # Whole terms are told in months, so that the end follows when one of them is changed.
        term: dict[str, Any] = {"term_months": terms.term_months} if terms.term_months else {"end": terms.end}
        initial |= term | {"how": SIGNED, "version": renewal.version, "last_day": terms.start - dt.timedelta(days=1)}
        head = ClosingForm(initial=initial, currencies=[*currencies, terms.currency])
        lines = [LineForm(initial=_typed(line), products=products, uid=_uid()) for line in terms.lines]
        return cls(head, lines or [LineForm(products=products, uid=_uid())])

    @classmethod
    def sent(
        cls, data: QueryDict, *, products: Sequence[tuple[int, str]], currencies: Iterable[str], do: str = ""
    ) -> ClosingDraft:
        """What a form brought. A `do` of `add` or `remove:<uid>` changes its lines, and then nothing is judged yet."""
        uids = [uid for uid in data.getlist("line") if uid.isalnum()][: MOST_LINES + 1]
        if not do:
            head = ClosingForm(data, currencies=currencies)
            return cls(head, [LineForm(data, products=products, uid=uid) for uid in uids])
        verb, _, target = do.partition(":")
        uids = [uid for uid in uids if not (verb == "remove" and uid == target)]
        head = ClosingForm(initial=_as_typed(data), currencies=currencies)
        lines = [LineForm(initial=_as_typed(data, f"line-{uid}-"), products=products, uid=uid) for uid in uids]
        if verb == "add" and len(uids) < MOST_LINES:
            new = LineForm(products=products, uid=_uid())
            new.fields["product"].widget.attrs["autofocus"] = True
            lines.append(new)
        read = cls(
            ClosingForm(data, currencies=currencies), [LineForm(data, products=products, uid=uid) for uid in uids]
        )
        return cls(head, lines, read=read)

    def is_valid(self) -> bool:
        """Whether every part can be read; what is wrong stands by its field."""
        lines = [] if self.head.is_lost else self.lines
        return all([self.head.is_valid(), *(line.is_valid() for line in lines)])

    def as_read(self) -> ClosingDraft:
        """What was typed, read as far as it can be, whether or not the page says what is wrong with it."""
        read = self._read or self
        read.is_valid()
        return read

    @property
    def readable_lines(self) -> tuple[Line, ...]:
        """The lines that can be read, whatever the others say."""
        return tuple(form.line for form in self.lines if form.is_valid() and not form.is_empty)

    @property
    def terms(self) -> ClosingTerms:
        """What the renewal is to be closed with; call where it is valid."""
        clean = self.head.cleaned_data
        said = {"competitor": clean["competitor"], "reason": clean["reason"]}
        if self.head.is_lost:
            judged = Preventable(clean["preventable"]) if clean["preventable"] else None
            reason = SubReason(clean["sub_reason"])
            return Lost(reason, clean["last_day"], notes=clean["notes"], preventable=judged, **said)
        return Signed(
            signed_on=clean["signed_on"],
            start=clean["start"],
            end=clean["end"],
            lines=self.readable_lines,
            currency=clean["currency"],
            auto_renew=clean["auto_renew"],
            notice_days=clean["notice_days"] or 0,
            billing=clean["billing"] or Contract.Billing.YEARLY.value,
            number=clean["number"],
            less_reason=SubReason(clean["less_reason"]) if clean["less_reason"] else None,
            **said,
        )

    def show(self, problems: Iterable[Problem]) -> None:
        """Puts what the domain found by the fields; what concerns all lines stands above them."""
        told = [form for form in self.lines if not form.is_empty]
        for problem in problems:
            if problem.line is not None:
                told[problem.line].add_error(problem.field, problem.words)
            else:
                self.head.add_error(problem.field if problem.field in self.head.fields else None, problem.words)

    def over(self, version: int) -> None:
        """Makes the next try one over the renewal as it stands now."""
        data: Any = self.head.data
        data = data.copy()
        data["version"] = str(version)
        self.head.data = data


def _uid() -> str:
    return uuid4().hex[:8]


def _typed(line: Line) -> dict[str, Any]:
    """A line as it is typed: what follows from a price is left to follow."""
    return {
        "product": line.product_id,
        "seats": line.seats,
        "unit_price": line.unit_price,
        "discount": format((line.discount * HUNDRED).normalize(), "f") if line.discount else None,
        "arr": line.arr if line.unit_price is None else None,
    }


def _as_typed(data: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    return {name.removeprefix(prefix): data[name] for name in data if name.startswith(prefix)}
