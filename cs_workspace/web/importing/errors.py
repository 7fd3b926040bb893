"""Why an import is refused as a whole. Wrong rows are no errors but problems: see `problems`."""

from collections.abc import Iterable
from difflib import get_close_matches


class ImportRefused(Exception):  # noqa: N818  not a fault of the program
    """Nothing was written; the text says why, in words for the person who imports."""


class FileRefused(ImportRefused):
    """A file that cannot be read as a whole; `line` is where, counted from 1, if it is one place."""

    def __init__(self, file: str, reason: str, line: int | None = None) -> None:
        place = f"{file}, line {line}" if line else file
        super().__init__(f"{place}: {reason}")
        self.file = file
        self.line = line
        self.reason = reason


class MappingRefused(ImportRefused):
    """A mapping that says something impossible; `faults` holds each fault as one line."""

    def __init__(self, mapping: str, faults: Iterable[str]) -> None:
        self.mapping = mapping
        self.faults = list(faults)
        super().__init__("\n".join(f"{mapping}: {fault}" for fault in self.faults))


def near_miss(wrong: str, known: Iterable[str]) -> str:
    """` Did you mean “x”?` where a known name is close, else what is known, else nothing."""
    names = sorted(set(known))
    folded = {name.casefold(): name for name in names}
    close = get_close_matches(wrong.casefold(), folded, n=1, cutoff=0.6)
    if close:
        return f" Did you mean “{folded[close[0]]}”?"
    if names and len(names) <= 40:
        return f" Known: {', '.join(names)}."
    return ""
