"""A measured figure beside its budget."""

import datetime as dt
import json
import platform
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True)
class Figure:
    """What was measured; `budget` is the most that it may be (or the least, where `at_least`), None without one."""

    name: str
    value: float
    unit: str
    budget: float | None = None
    at_least: bool = False
    note: str = ""

    @property
    def is_kept(self) -> bool | None:
        if self.budget is None:
            return None
        return self.value >= self.budget if self.at_least else self.value <= self.budget


def yardstick(when: str) -> Figure:
    """How fast the machine is just now, for figures of two runs to be compared: about 60 ms on a calm one of 2024."""
    began = time.perf_counter()
    sum(number * number for number in range(1_000_000))
    return Figure(
        f"a million squares, {when}", (time.perf_counter() - began) * 1000, "ms", note="how fast the machine is"
    )


def show(title: str, figures: Sequence[Figure]) -> None:
    table = Table(title=title, title_justify="left")
    table.add_column("figure")
    table.add_column("measured", justify="right")
    table.add_column("budget", justify="right")
    table.add_column("")
    table.add_column("note")
    for figure in figures:
        budget = "" if figure.budget is None else f"{'≥' if figure.at_least else '≤'} {figure.budget:g} {figure.unit}"
        kept = {None: "", True: "kept", False: "[bold]missed[/bold]"}[figure.is_kept]
        table.add_row(figure.name, f"{figure.value:,.2f} {figure.unit}", budget, kept, figure.note)
    Console().print(table)


def keep(folder: Path, name: str, accounts: int, figures: Sequence[Figure]) -> Path:
    """Writes the figures as JSON, one file a run, so that runs can be compared."""
    folder.mkdir(parents=True, exist_ok=True)
    at = dt.datetime.now(dt.UTC)
    path = folder / f"{name}-{accounts}-{at:%Y%m%dT%H%M%S}.json"
    document = {
        "bench": name,
        "accounts": accounts,
        "at": at.isoformat(timespec="seconds"),
        "python": platform.python_version(),
        "figures": [asdict(figure) for figure in figures],
    }
    path.write_text(json.dumps(document, ensure_ascii=False, indent=2), encoding="utf-8")
    return path
