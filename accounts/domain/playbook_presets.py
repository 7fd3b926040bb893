"""The playbooks that ship, as data files: one for each kind of thing that sets them off.

A step says there only what differs from the default of `accounts.domain.playbooks.Step`: a task of the owner, due at
the end of the same working day, that must be closed before the next step begins.
"""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from accounts.domain.playbooks import Plan

PRESETS: Final = Path(__file__).resolve().parent.parent / "presets" / "playbooks"


@dataclass(frozen=True)
class Preset:
    """A playbook that ships: the key by which it is known, what it is called and for, and what it does.

    One that does not come switched on answers what something else in the workspace answers already.
    """

    key: str
    name: str
    aim: str
    plan: Plan
    comes_on: bool = True


def preset_playbooks() -> list[Preset]:
    """All that ship, in the order of the files."""
    files = [tomllib.loads(path.read_text(encoding="utf-8")) for path in sorted(PRESETS.glob("*.toml"))]
    return [
        Preset(one["key"], one["name"], one["aim"], Plan.from_dict(one), one.get("comes_on", True))
        for data in files
        for one in data["playbooks"]
    ]
