"""Migrates an empty database in seconds instead of minutes.

Before each operation of a migration Django renders every model anew that is related to the one that changes, which here
are nearly all of three hundred: a hundred thousand classes until the last migration is through. Inside `quick_states` a
new model is rendered once, a new field joins the model that is there, and indexes, constraints and triggers, which are
made from what the migration says, render none. The statements that reach the database are the same:
`tests/common/test_quick_states.py` compares what comes of them.

Only for a database without tables: where data is at stake Django goes its own way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import wraps
from typing import Any

from django.db.migrations.state import ProjectState
from pgtrigger.migrations import AddTrigger, RemoveTrigger

Change = Callable[..., None]
# What changes the state of a model in nothing of which its rendered class need know.
APART = (
    (ProjectState, "_append_option"),
    (ProjectState, "_remove_option"),
    (AddTrigger, "state_forwards"),
    (RemoveTrigger, "state_forwards"),
)
_reload_model, _add_field = ProjectState.reload_model, ProjectState.add_field


@contextmanager
def quick_states() -> Iterator[None]:
    """Inside, migrations that this process applies change the rendered models in place where that is enough."""
    changes: dict[tuple[type, str], Change] = {
        (ProjectState, "reload_model"): _render_new,
        (ProjectState, "add_field"): _join_field,
    }
    changes |= {(owner, name): _apart(getattr(owner, name)) for owner, name in APART}
    with ExitStack() as replaced:
        for (owner, name), change in changes.items():
            replaced.callback(setattr, owner, name, getattr(owner, name))
            setattr(owner, name, change)
        yield


def _render_new(state: ProjectState, app_label: str, model_name: str, delay: bool = False) -> None:
    """A model that is new is rendered beside those it refers to; one that changed is rendered with all around it."""
    if "apps" in state.__dict__ and model_name not in state.apps.all_models[app_label]:
        state.apps.render_multiple([state.models[app_label, model_name]])
    else:
        _reload_model(state, app_label, model_name, delay)


def _join_field(state: ProjectState, app_label: str, model_name: str, name: str, *field: Any) -> None:
    with _written_only(state):
        _add_field(state, app_label, model_name, name, *field)
    if "apps" in state.__dict__:
        model: Any = state.apps.get_model(app_label, model_name)
        model.add_to_class(name, state.models[app_label, model_name].fields[name].clone())
        state.apps.clear_cache()


def _apart(change: Change) -> Change:
    """The change, but it leaves the rendered models alone."""

    @wraps(change)
    def changed(*arguments: Any) -> None:
        (state,) = (one for one in arguments if isinstance(one, ProjectState))
        with _written_only(state):
            change(*arguments)

    return changed


@contextmanager
def _written_only(state: ProjectState) -> Iterator[None]:
    """Inside, the state seems to have rendered nothing yet, so that changes to it render nothing."""
    rendered = state.__dict__.pop("apps", None)
    try:
        yield
    finally:
        if rendered is not None:
            state.__dict__["apps"] = rendered
