"""The published data that the tests of money compare with."""

import csv
import os
from pathlib import Path

import pytest
from django.conf import settings

FOLDER = Path(os.environ.get("CS_SAMPLE_DATA", settings.BASE_DIR.parent / "shared" / "data"))


def rows_of(name: str) -> list[dict[str, str]]:
    """The rows of one published file; the test is skipped where the data is absent, and fails on that under CI."""
    path = FOLDER / name
    if not path.exists():
        missing = f"the published data is not in {FOLDER}; CS_SAMPLE_DATA says where it is"
        if os.environ.get("CI") == "true":
            pytest.fail(f"CI has to test with the published data, but {missing}")
        pytest.skip(missing)
    with path.open(newline="") as file:
        return list(csv.DictReader(file))
