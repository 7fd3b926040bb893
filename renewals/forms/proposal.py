"""Forms over proposals: the options with their lines, what is asked and answered about them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.http import QueryDict

from accounts.forms.fields import DialogForm, NewForm
from accounts.forms.plan import ShareForm as PlanShareForm
from accounts.models import Contract, Product
from cs_workspace.common.refusals import StaleError
from renewals.domain.proposals import MOST_SEATS, MOST_TERM, YEAR_MONTHS, Line, Option, Return
from renewals.forms.proposal_draft import Draft, LinePart, OptionPart
from renewals.models import ProposalOption

PERCENT = Decimal(100)
DEAREST = Decimal(999_999_999)
DECIMAL = {"inputmode": "decimal", "autocomplete": "off"}


class PercentField(forms.DecimalField):
    """A discount in percent, as people type it; gives the share. Empty is none."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            min_value=0,
            max_value=PERCENT,
            max_digits=5,
            decimal_places=2,
            required=False,
            widget=forms.TextInput(attrs=DECIMAL),
            error_messages={"max_value": "A discount is 100 %% at most.", "min_value": "A discount is 0 %% at least."},
            **kwargs,
        )

    def clean(self, value: Any) -> Decimal:
        percent: Decimal | None = super().clean(value)
        return (percent or Decimal(0)) / PERCENT


class NewProposalForm(NewForm):
    """The button that makes a proposal, once however often it is pressed."""

    def once(self) -> UUID | None:
        """The key of the form; None where it was lost."""
        return self.cleaned_data.get("key") if self.is_valid() else None


class HeadForm(forms.Form):
    """What stands over the options, and the version of the proposal that was read."""

    note = forms.CharField(
        max_length=1000,
        required=False,
        label="Words to the customer",
        help_text="Stand above the options, in the file and at the link.",
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    version = forms.IntegerField(widget=forms.HiddenInput)


class OptionForm(DialogForm):
    """One of the ways that are offered, without its lines."""

    title = forms.CharField(max_length=80)
    note = forms.CharField(max_length=200, required=False, label="In a sentence")
    term_months = forms.IntegerField(
        min_value=1,
        max_value=MOST_TERM,
        label="Term in months",
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={"min_value": "A term is one month at least."},
    )
    billing = forms.ChoiceField(choices=Contract.Billing.choices)
    discount = PercentField(label="Discount in %", help_text="On all lines, after theirs.")
    in_return = forms.ChoiceField(
        choices=[("", "Nothing"), *ProposalOption.Return.choices], required=False, label="In return for it"
    )

    layout: ClassVar[list[list[str]]] = [["title", "note"], ["term_months", "billing", "discount", "in_return"]]

    def clean(self) -> dict[str, Any]:
        """What is named in return must be given."""
        clean: dict[str, Any] = super().clean() or {}
        if clean.get("in_return") == Return.TERM and (clean.get("term_months") or 0) <= YEAR_MONTHS:
            self.add_error("in_return", "The term is no longer than a year. Make it longer, or name another return.")
        return clean


class LineForm(DialogForm):
    """One product in an option."""

    product = forms.TypedChoiceField(
        coerce=int,
        error_messages={"invalid_choice": "There is no such product.", "required": "Choose a product."},
    )
    seats = forms.IntegerField(
        min_value=1,
        max_value=MOST_SEATS,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={"min_value": "One seat at least; empty where it is not sold by seat."},
    )
    price = forms.DecimalField(
        min_value=0,
        max_value=DEAREST,
        max_digits=20,
        decimal_places=8,
        label="Price a year",
        widget=forms.TextInput(attrs=DECIMAL),
    )
    discount = PercentField(label="Discount in %")

    layout: ClassVar[list[list[str]]] = [["product", "seats", "price", "discount"]]

    def __init__(self, *args: Any, products: Sequence[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["product"]
        field.choices = [("", "Choose"), *products]


class ProposalEditor:
    """The forms of a draft; `bound` ones say what is wrong with what was typed."""

    def __init__(self, draft: Draft, products: Sequence[tuple[int, str]], *, bound: bool) -> None:
        self.draft, self.products, self.bound = draft, products, bound
        self.head = self._form(HeadForm, "head", draft.head)
        self.options = [(part, self._option(part), self._lines(part)) for part in draft.options]
        self.problem = ""

    def terms(self) -> list[Option] | None:
        """The options as the domain has them; None where a form says what is wrong, or `problem` does."""
        if not self.options:
            self.problem = "A proposal holds one option at least."
        elif any(not lines for _, _, lines in self.options):
            self.problem = "Each option holds one line at least."
        if not self._is_valid() or self.problem:
            return None
        return [
            replace(
                Option(**form.cleaned_data, lines=tuple(Line(**line.cleaned_data) for _, line in lines)),
                is_recommended=part.uid == self.draft.recommended,
            )
            for part, form, lines in self.options
        ]

    @property
    def is_broken(self) -> bool:
        """Something is wrong with a part that nobody sees or types, so no field can say it."""
        return bool(self.head["version"].errors)

    def turn_to(self, stale: StaleError) -> None:
        """Says that somebody wrote meanwhile, and makes the next save one over the proposal as it stands now."""
        current: Any = stale.current
        self.problem = f"{stale} Nothing of yours is saved yet. Save again to put it in place of theirs."
        self.head = self._form(HeadForm, "head", self.draft.head | {"version": current.version})

    def _is_valid(self) -> bool:
        """Asks every form, so that each says what is wrong."""
        all_forms = [self.head, *(form for _, form, _ in self.options)]
        all_forms += [line for _, _, lines in self.options for _, line in lines]
        wrong = [form for form in all_forms if not form.is_valid()]
        return not wrong

    def _option(self, part: OptionPart) -> Any:
        return self._form(OptionForm, f"o{part.uid}", part.values)

    def _lines(self, part: OptionPart) -> list[tuple[LinePart, Any]]:
        return [
            (line, self._form(LineForm, f"l{line.uid}", line.values, products=self.products)) for line in part.lines
        ]

    def _form(self, kind: type[forms.Form], prefix: str, values: dict[str, Any], **more: Any) -> forms.Form:
        """The form over what was typed: tried, or as it is to begin with."""
        if not self.bound:
            return kind(prefix=prefix, initial=values, **more)
        return kind({f"{prefix}-{name}": value for name, value in values.items()}, prefix=prefix, **more)


def products_to_offer() -> list[tuple[int, str]]:
    """What can be offered. One query."""
    return list(Product.objects.values_list("pk", "name"))


class AskForm(DialogForm):
    """Why a discount is asked for."""

    note = forms.CharField(
        max_length=300,
        required=False,
        label="Why the customer should get it",
        help_text="Whoever decides reads it; it stays with the decision.",
        widget=forms.Textarea(attrs={"rows": 3, "autofocus": ""}),
    )

    layout: ClassVar[list[list[str]]] = [["note"]]


class DecisionForm(DialogForm):
    """Approve or refuse, and why."""

    APPROVE, REFUSE = "approve", "refuse"

    verdict = forms.ChoiceField(
        choices=[(APPROVE, "Approve"), (REFUSE, "Refuse")], widget=forms.RadioSelect, label="Decision"
    )
    reason = forms.CharField(
        max_length=300,
        label="Why",
        help_text="The author reads it; it stays with the decision.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    layout: ClassVar[list[list[str]]] = [["verdict"], ["reason"]]


class WithdrawForm(DialogForm):
    """Why a proposal is taken back."""

    reason = forms.CharField(max_length=300, required=False, label="Why", help_text="Kept with the proposal.")

    layout: ClassVar[list[list[str]]] = [["reason"]]


class AnswerForm(DialogForm):
    """The customer's answer: which option, or none, by whom."""

    DECLINE = "decline"

    answer = forms.ChoiceField(widget=forms.RadioSelect, label="What do you choose?")
    name = forms.CharField(max_length=120, label="Your name", widget=forms.TextInput(attrs={"autocomplete": "name"}))
    note = forms.CharField(
        max_length=300, required=False, label="Anything to add", widget=forms.Textarea(attrs={"rows": 2})
    )

    layout: ClassVar[list[list[str]]] = [["answer"], ["name"], ["note"]]

    def __init__(self, data: QueryDict | None, *, options: Sequence[ProposalOption], by_us: bool = False) -> None:
        self.options = {str(option.pk): option for option in options}
        super().__init__(data)
        field: Any = self.fields["answer"]
        accept = "Accepts" if by_us else "We accept"
        field.choices = [(key, f"{accept} “{option.title}”") for key, option in self.options.items()]
        field.choices += [(self.DECLINE, "Declines" if by_us else "We take none of these")]
        if by_us:
            self.fields["answer"].label = "The customer"
            self.fields["name"].label = "Who answered"
            self.fields["name"].widget.attrs["autocomplete"] = "off"

    @property
    def chosen(self) -> ProposalOption | None:
        """The option that is accepted, None where none is; call after `is_valid()`."""
        return self.options.get(self.cleaned_data["answer"])


class ShareForm(PlanShareForm):
    """How long a link opens the proposal."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["days"].label = "The link opens the proposal for"
