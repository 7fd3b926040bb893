"""How feature requests move on."""

import itertools

import pytest

from accounts.domain.feature_requests import OPEN, Status, refusal_of
from accounts.models import FeatureRequest


def test_the_statuses_of_the_domain_are_those_of_the_model() -> None:
    assert [str(status) for status in Status] == FeatureRequest.Status.values


@pytest.mark.parametrize(("old", "new"), list(itertools.product(Status, Status)))
def test_any_status_may_follow_but_the_same_one_and_new(old: Status, new: Status) -> None:
    assert bool(refusal_of(old, new)) is (old is new or new is Status.NEW)


def test_what_is_decided_is_not_open() -> None:
    assert set(Status) - OPEN == {Status.SHIPPED, Status.DECLINED}
