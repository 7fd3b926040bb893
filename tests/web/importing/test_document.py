"""docs/importing.md says what the importer does: its example runs, and no kind or field is missing there."""

import re
from pathlib import Path

import pytest

from cs_workspace.web.importing.kinds import KINDS
from cs_workspace.web.importing.mapping import COLUMN_KEYS, parse_mapping, shipped_mappings
from cs_workspace.web.importing.reading import survey_file
from cs_workspace.web.importing.sources import find_files

PAGE = (Path(__file__).parents[3] / "docs" / "importing.md").read_text()
EXAMPLE = re.search(r"```toml\n(.*?)```", PAGE, re.DOTALL)[1]


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.name)
def test_every_kind_stands_there_with_its_fields(kind):
    row = next(line for line in PAGE.splitlines() if line.startswith(f"| `{kind.name}` |"))
    _, _, known_by, fields, _ = row.split("|")
    named = [f"**{field.name}**" if field.required else field.name for field in kind.fields]
    own = [f"{kind.prefix}NAME"] if kind.prefix else []
    assert fields.strip().split(", ") == named + own
    assert known_by.strip() == (", ".join(kind.natural) or "its key")


def test_every_key_of_a_field_and_every_shipped_mapping_stands_there():
    for name in (*COLUMN_KEYS, *shipped_mappings()):
        assert f"`{name}`" in PAGE, name


def test_the_example_reads_the_files_that_it_is_about(tmp_path):
    (tmp_path / "customers-2026.csv").write_text(
        "customer_no;company;type;since;phase;region;seats;fax\n7;Acme;customer;05.06.2025;Live;North;9;\n"
    )
    (tmp_path / "activity.csv").write_text("customer_no;date;logins;seconds\n7;05.06.2026;3;90\n")
    found = find_files([tmp_path], parse_mapping(EXAMPLE, name="example.toml"))
    assert found.absent == []
    surveyed = [survey_file(path, table, newest=True) for table, files in found.tables for path in files]
    assert [(file.rows, str(file.newest()[0])) for file in surveyed] == [(1, "2025-06-05"), (1, "2026-06-05")]
