"""Which files under the given paths feed which table of a mapping."""

from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path

from cs_workspace.web.importing.errors import FileRefused, near_miss
from cs_workspace.web.importing.mapping import Mapping, Table

SPREADSHEETS = (".csv", ".tsv", ".tab", ".txt", ".xlsx", ".xls", ".ods", ".json", ".parquet")


@dataclass
class Found:
    """Files of each table, in the order of the mapping; the tables without one; files that no table wants."""

    tables: list[tuple[Table, list[Path]]] = field(default_factory=list)
    absent: list[Table] = field(default_factory=list)
    left_out: dict[str, str] = field(default_factory=dict)


def find_files(paths: list[Path], mapping: Mapping) -> Found:
    """Looks in the given folders and files. A table takes its files from the first path that has any.

    Raises FileRefused for a path that does not exist, a file that no table wants, and where nothing is found at all.
    """
    offered = [_offered(path, mapping) for path in paths]
    found, taken = Found(), set()
    for table in mapping.tables:
        files = next((files for names in offered if (files := _files_of(table, names))), [])
        taken.update(files)
        if files:
            found.tables.append((table, files))
        else:
            found.absent.append(table)
    if not found.tables:
        raise FileRefused(
            ", ".join(map(str, paths)), f"holds no file that {mapping.name} knows. It knows {_known(mapping)}."
        )
    for path in (path for names in offered for path in names):
        if path not in taken and path.suffix.lower() in SPREADSHEETS:
            found.left_out[str(path)] = _reason(path, mapping)
    return found


def _offered(path: Path, mapping: Mapping) -> list[Path]:
    try:
        if path.is_dir():
            return sorted(entry for entry in path.iterdir() if entry.is_file())
        if path.is_file():
            if not any(_files_of(table, [path]) for table in mapping.tables):
                patterns = [pattern for table in mapping.tables for pattern in table.files]
                hint = near_miss(path.name, patterns) or f" It knows {_known(mapping)}."
                raise FileRefused(str(path), f"is no file that {mapping.name} knows.{hint}")
            return [path]
    except OSError as error:
        raise FileRefused(str(path), f"cannot be read: {error.strerror}.") from error
    raise FileRefused(str(path), "does not exist.")


def _files_of(table: Table, offered: list[Path]) -> list[Path]:
    """The files that the first fitting name of the table fits; the others are names that the same file may have."""
    for pattern in table.files:
        if files := [path for path in offered if fnmatchcase(path.name.casefold(), pattern.casefold())]:
            return files
    return []


def _reason(path: Path, mapping: Mapping) -> str:
    if any(
        fnmatchcase(path.name.casefold(), pattern.casefold()) for table in mapping.tables for pattern in table.files
    ):
        return "another file was taken in its place"
    for pattern, reason in mapping.left_out.items():
        if fnmatchcase(path.name.casefold(), pattern.casefold()):
            return reason
    return "is named by no table of the mapping"


def _known(mapping: Mapping) -> str:
    return ", ".join(dict.fromkeys(table.files[0] for table in mapping.tables))
