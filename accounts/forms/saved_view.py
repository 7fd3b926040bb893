"""Forms over saved views."""

from typing import Any, ClassVar

from django import forms

from accounts.forms.fields import DialogForm
from accounts.models import SavedView


class SavedViewForm(DialogForm):
    """A view's name, who else sees it, and whether the page opens with it."""

    name = forms.CharField(max_length=60, label="Name")
    sharing = forms.ChoiceField(choices=SavedView.Sharing.choices, label="Seen by", initial=SavedView.Sharing.PRIVATE)
    is_default = forms.BooleanField(required=False, label="Open the book with it")

    layout: ClassVar[list[list[str]]] = [["name", "sharing"], ["is_default"]]


class EditSavedViewForm(SavedViewForm):
    """The same for a view that is there, which can take over the filters and columns of now."""

    restate = forms.BooleanField(required=False, label="Take over the filters, order and columns of now")

    layout: ClassVar[list[list[str]]] = [["name", "sharing"], ["is_default"], ["restate"]]

    def __init__(self, data: Any = None, *, view: SavedView, is_default: bool) -> None:
        initial = {"name": view.name, "sharing": view.sharing, "is_default": is_default}
        super().__init__(data, initial=initial)
