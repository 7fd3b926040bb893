"""Metrics are read as of `TODAY`, whatever day it is."""

from collections.abc import Iterator

import pytest
import time_machine

from tests.health.making import noon


@pytest.fixture(autouse=True)
def clock_stands_at_noon() -> Iterator[None]:
    with time_machine.travel(noon(0), tick=False):
        yield
