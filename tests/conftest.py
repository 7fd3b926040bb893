"""What every test may ask for."""

from collections.abc import Iterator

import pytest

from tests import servers
from tests.cast import Cast, make_cast


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> Iterator[None]:
    """Asked for by pytest-django before it makes the test database: the moment to have a server."""
    if servers.are_ours():
        servers.ensure()
    yield


@pytest.fixture
def cast(db: None) -> Cast:
    """The people around one account."""
    return make_cast()
