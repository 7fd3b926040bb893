"""Forms over runs of playbooks: which to start on an account, why a step is skipped, why a run ends."""

from typing import Any, ClassVar

from django import forms

from accounts.domain.playbooks import BY_HAND
from accounts.forms.fields import NewForm
from accounts.models import Playbook


class StartPlaybookForm(NewForm):
    """Which playbook to start; those that are made for it stand first."""

    playbook = forms.ModelChoiceField(Playbook.objects.none(), label="Playbook", empty_label="Choose one")

    layout: ClassVar[list[list[str]]] = [["playbook"]]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_playbooks(self.fields["playbook"])


def offer_playbooks(field: Any) -> None:
    """Lets a field choose among the playbooks that are switched on: those for the hand, then those that start by
    themselves. One query."""
    field.queryset = Playbook.objects.exclude(active_since=None).select_related("current")
    playbooks = list(field.queryset)
    by_hand = [(one.pk, one.name) for one in playbooks if one.current and one.current.trigger == BY_HAND]
    others = [(one.pk, one.name) for one in playbooks if one.current and one.current.trigger != BY_HAND]
    field.choices = [("", "Choose one"), ("To be started by hand", by_hand), ("Start by themselves, too", others)]


class SkipStepForm(NewForm):
    """Why the step that is under way is left out."""

    place = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    reason = forms.CharField(max_length=300, widget=forms.Textarea(attrs={"rows": 3}), label="Why")

    layout: ClassVar[list[list[str]]] = [["reason"]]


class CancelRunForm(NewForm):
    """Why a run ends, if there is something to say."""

    reason = forms.CharField(
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        label="Why",
        help_text="Its open tasks are cancelled with it. This cannot be taken back.",
    )

    layout: ClassVar[list[list[str]]] = [["reason"]]
