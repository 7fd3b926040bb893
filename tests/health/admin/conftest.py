"""Who tunes, and what they tune."""

import pytest
from django.test import Client

from health.models import ScorecardVersion
from health.services.presets import install_preset
from health.services.publishing import draft_from
from tests.cast import Cast, logged_in


@pytest.fixture
def admin_client(cast: Cast) -> Client:
    return logged_in(cast.admin)


@pytest.fixture
def judging() -> ScorecardVersion:
    """The published version of Ops, which judges everybody."""
    found = install_preset("ops", default=True).published
    assert found is not None
    return found


@pytest.fixture
def draft(judging: ScorecardVersion) -> ScorecardVersion:
    """A draft of Ops."""
    return draft_from(judging, by=None)
