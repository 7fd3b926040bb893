"""Forms over expansion: what the lists show, what somebody saw or heard, and the opportunities that come of it."""

import datetime as dt
from decimal import Decimal
from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.conf import settings
from django.db.models import Exists, OuterRef
from django.http import QueryDict

from accounts.forms.fields import DayField, DialogForm, EditForm, KeyField, NewForm
from accounts.forms.plan import PersonField, plain
from accounts.models import Account, Contract, Product, Segment, User
from cs_workspace.common import clock
from cs_workspace.common.money import exact
from renewals.domain.expansion import KINDS, STRENGTH_LABELS, SignalKind
from renewals.domain.opportunities import KIND_LABELS, OPEN_STAGES, STAGE_LABELS, STAGE_PROBABILITY, Stage
from renewals.models import ExpansionSignal, Opportunity
from renewals.queries.expansion import SignalFilter
from renewals.queries.pipeline import OPEN, PipelineFilter
from renewals.services.opportunities import OpportunityFields
from renewals.services.winning import WinTerms

PERCENT = Decimal(100)
# How far ahead a new opportunity is expected to close, until somebody says otherwise.
AHEAD = dt.timedelta(days=90)
SEARCH = {"type": "search", "placeholder": "Account", "data-search": ""}
DECIMAL = {"inputmode": "decimal", "autocomplete": "off"}


class SignalFilterForm(forms.Form):
    """What the address of the signals may ask for; what it cannot mean is named and left out."""

    scope = forms.ChoiceField(choices=[("all", "All"), ("mine", "Mine")], required=False)
    strength = forms.ChoiceField(
        choices=[("", "All"), *((key.value, label) for key, label in STRENGTH_LABELS.items())], required=False
    )
    kind = forms.ChoiceField(choices=[("", "Any signal"), *ExpansionSignal.Kind.choices], required=False)
    q = forms.CharField(max_length=100, required=False, label="Search", widget=forms.TextInput(attrs=SEARCH))

    def wanted(self) -> SignalFilter:
        """The filter with what is valid; call after `is_valid()`."""
        clean = self.cleaned_data
        return SignalFilter(
            text=clean.get("q") or "",
            strength=clean.get("strength") or "",
            kind=clean.get("kind") or "",
            mine=clean.get("scope") == "mine",
        )


class PipelineFilterForm(forms.Form):
    """What the address of the pipeline may ask for; what it cannot mean is named and left out."""

    view = forms.ChoiceField(choices=[("board", "Board"), ("table", "Table")], required=False)
    scope = forms.ChoiceField(choices=[("all", "All"), ("mine", "Mine")], required=False)
    kind = forms.ChoiceField(
        choices=[("", "Any kind"), *((key.value, label) for key, label in KIND_LABELS.items())], required=False
    )
    stage = forms.ChoiceField(
        choices=[
            ("", "Open"),
            ("all", "Any stage"),
            *((stage.value, label) for stage, label in STAGE_LABELS.items()),
        ],
        required=False,
    )
    segment = KeyField(Segment.objects.all(), to_field_name="key", empty_label="Any segment", required=False)
    owner = forms.ModelChoiceField(User.objects.none(), empty_label="Any owner", required=False)
    q = forms.CharField(max_length=100, required=False, label="Search", widget=forms.TextInput(attrs=SEARCH))

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        owners = User.objects.filter(Exists(Opportunity.objects.filter(owner=OuterRef("pk")))).order_by("name", "pk")
        field: Any = self.fields["owner"]
        field.queryset = owners if user.sees_everything else owners.filter(pk__in=user.team_ids)

    @property
    def chosen_view(self) -> str:
        """Board or table; the board shows open stages only. Call after `is_valid()`."""
        return "table" if self.cleaned_data.get("view") == "table" else "board"

    def wanted(self) -> PipelineFilter:
        """The filter with what is valid; call after `is_valid()`."""
        clean: dict[str, Any] = self.cleaned_data
        stage = clean.get("stage") or OPEN
        return PipelineFilter(
            text=clean.get("q") or "",
            mine=clean.get("scope") == "mine",
            owner_id=clean["owner"].pk if clean.get("owner") else None,
            segment_id=clean["segment"].pk if clean.get("segment") else None,
            kind=clean.get("kind") or "",
            stage="" if stage == "all" else stage,
        )


class NewSignalForm(NewForm):
    """A signal that somebody saw or heard of."""

    kind = forms.ChoiceField(choices=[("", "Choose one"), *ExpansionSignal.Kind.choices], label="What was seen")
    strength = forms.ChoiceField(
        choices=[("", "As usual for it"), *ExpansionSignal.Strength.choices],
        required=False,
        help_text="Hot sets the play for it off at once.",
    )
    seen_on = DayField(label="Seen on")
    evidence = forms.CharField(
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Who said or did what, and where it can be looked up.",
    )

    layout: ClassVar[list[list[str]]] = [["kind"], ["strength", "seen_on"], ["evidence"]]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, initial={"seen_on": clock.today()}, **kwargs)

    def clean_seen_on(self) -> dt.date:
        """A day that has come."""
        day: dt.date = self.cleaned_data["seen_on"]
        if day > clock.today():
            raise forms.ValidationError("Give a day that has come.")
        return day


class VersionForm(DialogForm):
    """A form that acts on a record as it was read: `version` is the one that was seen, empty where none was."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def read_again(self, current: Any) -> None:
        """Makes the next answer one to the record as it stands now."""
        data: Any = self.data
        changed = data.copy()
        changed["version"] = str(current.version)
        self.data = changed


class ReasonForm(VersionForm):
    """Why a signal means nothing, or an opportunity was lost."""

    reason = forms.CharField(max_length=300, widget=forms.Textarea(attrs={"rows": 3, "autofocus": ""}), label="Why")

    layout: ClassVar[list[list[str]]] = [["reason"]]

    def __init__(self, data: QueryDict | None, *, record: ExpansionSignal | Opportunity) -> None:
        super().__init__(data, initial={"version": record.version})


class BudgetForm(NewForm):
    """What the customer said of the budget for more."""

    answer = forms.ChoiceField(
        choices=[("yes", "Confirmed"), ("no", "There is none")], widget=forms.RadioSelect, label="The budget is"
    )
    note = forms.CharField(max_length=300, required=False, help_text="Who said so, and for how much.")

    layout: ClassVar[list[list[str]]] = [["answer"], ["note"]]

    def said(self) -> dict[str, Any]:
        """What was said, as the service takes it; call after `is_valid()`."""
        clean = self.cleaned_data
        return {"is_confirmed": clean["answer"] == "yes", "note": clean["note"], "key": clean["key"]}


def _fields(account: Account, owner: int | None) -> dict[str, forms.Field]:
    """What may be said of an opportunity."""
    return {
        "name": forms.CharField(max_length=120, label="What", help_text="As it is spoken of: “20 seats for Finance”."),
        "kind": forms.ChoiceField(choices=Opportunity.Kind.choices),
        "value": forms.DecimalField(
            max_digits=14,
            decimal_places=2,
            min_value=0,
            label=f"Value in {settings.WORKSPACE_CURRENCY} a year",
            widget=forms.TextInput(attrs=DECIMAL),
        ),
        "expected_close": DayField(label="Expected close"),
        "percent": forms.DecimalField(
            max_digits=5,
            decimal_places=2,
            min_value=0,
            max_value=100,
            required=False,
            label="Probability in percent",
            help_text="Empty for that of the stage.",
            widget=forms.TextInput(attrs=DECIMAL),
        ),
        "owner": PersonField(account, chosen=owner, label="Owner"),
        "product": forms.ModelChoiceField(Product.objects.all(), required=False, empty_label="Not known yet"),
        "seats": forms.IntegerField(min_value=1, max_value=10_000_000, required=False, label="Seats more"),
        "department": forms.CharField(max_length=120, required=False, help_text="Of a new one, its name."),
        "next_step": forms.CharField(max_length=200, required=False, label="Next step"),
    }


LAYOUT = [
    ["name"],
    ["kind", "value"],
    ["expected_close", "percent"],
    ["product", "seats"],
    ["department", "owner"],
    ["next_step"],
]


def _said(clean: dict[str, Any]) -> OpportunityFields:
    percent = clean["percent"]
    return {
        "name": clean["name"],
        "kind": clean["kind"],
        "value": clean["value"],
        "chosen_probability": None if percent is None else percent / PERCENT,
        "expected_close": clean["expected_close"],
        "owner": clean["owner"],
        "product": clean["product"],
        "seats": clean["seats"],
        "department": clean["department"],
        "next_step": clean["next_step"],
    }


class NewOpportunityForm(NewForm):
    """An opportunity that begins, from a signal or by hand."""

    layout: ClassVar[list[list[str]]] = LAYOUT

    def __init__(self, *args: Any, account: Account, signal: ExpansionSignal | None = None, **kwargs: Any) -> None:
        kind = KINDS[SignalKind(signal.kind)].sells if signal else None
        initial = {
            "name": f"{KIND_LABELS[kind]} for {account.name}"[:120] if kind else "",
            "kind": kind.value if kind else None,
            "expected_close": clock.today() + AHEAD,
            "owner": account.owner_id,
        }
        super().__init__(*args, initial=initial, **kwargs)
        self.fields |= _fields(account, account.owner_id)

    def opportunity_fields(self) -> OpportunityFields:
        """What was typed, as the service takes it; call after `is_valid()`."""
        return _said(self.cleaned_data)

    @property
    def sent_key(self) -> UUID | None:
        """The key of the form; call after `is_valid()`."""
        key: UUID | None = self.cleaned_data["key"]
        return key


class OpportunityForm(EditForm):
    """What is said of an opportunity."""

    layout: ClassVar[list[list[str]]] = LAYOUT

    def __init__(self, *args: Any, record: Opportunity, **kwargs: Any) -> None:
        names = ("name", "kind", "expected_close", "seats", "department", "next_step")
        initial = {name: getattr(record, name) for name in names} | {
            "value": plain(record.value),
            "percent": None if record.chosen_probability is None else plain(record.chosen_probability * PERCENT),
            "owner": record.owner_id,
            "product": record.product_id,
        }
        super().__init__(*args, record=record, initial=initial, **kwargs)
        self.fields |= _fields(record.account, record.owner_id)

    def in_words(self, record: Opportunity) -> dict[str, str]:
        chosen = record.chosen_probability
        return {
            "What": record.name,
            "Kind": record.get_kind_display(),
            "Value": exact(record.value, settings.WORKSPACE_CURRENCY),
            "Probability": "that of the stage" if chosen is None else f"{plain(chosen * PERCENT)} %",
            "Expected close": f"{record.expected_close:%d %b %Y}",
            "Owner": str(record.owner or ""),
            "Product": str(record.product or ""),
            "Seats": str(record.seats or ""),
            "Department": record.department,
            "Next step": record.next_step,
            "Stage": record.get_stage_display(),
        }

    def opportunity_fields(self) -> OpportunityFields:
        """What was typed, as the service takes it; call after `is_valid()`."""
        return _said(self.cleaned_data)


class MoveForm(VersionForm):
    """Where an opportunity is moved, and why."""

    stage = forms.TypedChoiceField(
        coerce=Stage,
        choices=[(stage.value, STAGE_LABELS[stage]) for stage in OPEN_STAGES],
        widget=forms.RadioSelect,
    )
    note = forms.CharField(max_length=300, required=False, label="Why", help_text="Kept in its history; may be empty.")

    layout: ClassVar[list[list[str]]] = [["stage"], ["note"]]

    def __init__(self, data: QueryDict | None, *, opportunity: Opportunity) -> None:
        super().__init__(data, initial={"version": opportunity.version, "stage": opportunity.stage})
        offered: Any = self.fields["stage"]
        offered.choices = [
            (stage.value, f"{STAGE_LABELS[stage]} · {STAGE_PROBABILITY[stage] * 100:.0f} %") for stage in OPEN_STAGES
        ]

    @property
    def move(self) -> dict[str, Any]:
        """What was chosen, as the service takes it; call after `is_valid()`."""
        clean = self.cleaned_data
        return {"to": clean["stage"], "note": clean["note"], "version": clean["version"]}


class WinForm(NewForm, VersionForm):
    """What was sold."""

    contract = forms.ModelChoiceField(Contract.objects.none(), empty_label=None, label="Contract")
    product = forms.ModelChoiceField(
        Product.objects.all(),
        empty_label="Choose one",
        help_text="Its line in the contract grows; where there is none, it gets one.",
    )
    arr = forms.DecimalField(
        max_digits=14,
        decimal_places=2,
        min_value=Decimal("0.01"),
        label="ARR added",
        help_text="A year, in the contract's currency.",
        widget=forms.TextInput(attrs=DECIMAL),
    )
    seats = forms.IntegerField(min_value=1, max_value=10_000_000, required=False, label="Seats added")
    won_on = DayField(label="In force from")

    layout: ClassVar[list[list[str]]] = [["contract"], ["product", "seats"], ["arr", "won_on"]]

    def __init__(self, *args: Any, opportunity: Opportunity, rates: dict[str, Decimal], **kwargs: Any) -> None:
        contracts = Contract.objects.in_force(clock.today()).filter(account=opportunity.account_id)
        found = list(contracts.order_by("-start", "pk").prefetch_related("lines"))
        contract = next((one for one in found if self._has(one, opportunity)), found[0] if found else None)
        product = opportunity.product_id or self._only_product(contract)
        rate = rates.get(contract.currency, Decimal(1)) if contract else Decimal(1)
        initial = {
            "contract": contract.pk if contract else None,
            "product": product,
            "arr": plain((opportunity.value / rate).quantize(Decimal("0.01"))),
            "seats": opportunity.seats,
            "won_on": clock.today(),
            "version": opportunity.version,
        }
        super().__init__(*args, initial=initial, **kwargs)
        self.has_contract = bool(found)
        field: Any = self.fields["contract"]
        field.queryset = contracts
        field.label_from_instance = lambda one: (
            f"{one}, {one.currency}" + (f", to {one.end:%d %b %Y}" if one.end else "")
        )

    @staticmethod
    def _has(contract: Contract, opportunity: Opportunity) -> bool:
        return any(line.product_id == opportunity.product_id for line in contract.lines.all())

    @staticmethod
    def _only_product(contract: Contract | None) -> int | None:
        lines = list(contract.lines.all()) if contract else []
        return lines[0].product_id if len(lines) == 1 else None

    def terms(self) -> WinTerms:
        """What was typed, as the service takes it; call after `is_valid()`."""
        clean = self.cleaned_data
        return WinTerms(clean["contract"], clean["product"], clean["arr"], clean["won_on"], clean["seats"])
