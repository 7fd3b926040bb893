"""The e-mail templates and sequences that ship, as data files."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

PRESETS: Final = Path(__file__).resolve().parent.parent / "presets" / "mail"


@dataclass(frozen=True)
class TemplatePreset:
    """A template that ships, known by its key."""

    key: str
    name: str
    subject: str
    body: str


@dataclass(frozen=True)
class StepPreset:
    """A step of a sequence: an e-mail of the template of that key, or a task with a title."""

    key: str
    offset: int
    template: str = ""
    title: str = ""
    variant: str = ""
    only_with: str = ""


@dataclass(frozen=True)
class SequencePreset:
    """A sequence that ships. One that does not come switched on would write to many at once, which admins decide."""

    key: str
    name: str
    purpose: str
    source: str
    stops_on: tuple[str, ...]
    steps: tuple[StepPreset, ...]
    to_role: str = "champion"
    comes_on: bool = True


@dataclass(frozen=True)
class MailPresets:
    """All that ships, in the order of the files."""

    templates: tuple[TemplatePreset, ...]
    sequences: tuple[SequencePreset, ...]


def mail_presets() -> MailPresets:
    """What the files hold. Raises `KeyError` where a step names a template that does not ship."""
    files = [tomllib.loads(path.read_text(encoding="utf-8")) for path in sorted(PRESETS.glob("*.toml"))]
    templates = {
        one["key"]: TemplatePreset(**{**one, "body": one["body"].strip()})
        for data in files
        for one in data["templates"]
    }
    sequences = tuple(_sequence(one) for data in files for one in data["sequences"])
    for step in (step for sequence in sequences for step in sequence.steps if step.template):
        templates[step.template]
    return MailPresets(tuple(templates.values()), sequences)


def _sequence(data: Mapping[str, Any]) -> SequencePreset:
    steps = tuple(StepPreset(**step) for step in data["steps"])
    return SequencePreset(**{**data, "stops_on": tuple(data["stops_on"]), "steps": steps})
