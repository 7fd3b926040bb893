"""The playbooks that ship, as a data file."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from accounts.domain.playbooks import Plan

PRESETS: Final = Path(__file__).resolve().parent.parent / "presets" / "playbooks.toml"


@dataclass(frozen=True)
class Preset:
    """A playbook that ships: the key by which it is known, what it is called and for, and what it does."""

    key: str
    name: str
    aim: str
    plan: Plan


def preset_playbooks() -> list[Preset]:
    """All that ship, in the order of the file."""
    data = tomllib.loads(PRESETS.read_text(encoding="utf-8"))
    return [Preset(one["key"], one["name"], one["aim"], Plan.from_dict(one)) for one in data["playbooks"]]
