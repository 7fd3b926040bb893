import math

import pytest
from django.core.exceptions import ValidationError

from accounts.models import OnboardingTemplate, Segment
from accounts.services.segments import install_segments
from health.domain import alerting
from health.domain import scorecards as domain
from health.domain.scorecards import ScorecardError, load_preset, preset_names
from health.models import AlertRule, Indicator, Scorecard, ScorecardVersion
from health.queries.alert_rules import active_rules
from health.queries.scorecards import domain_scorecards
from health.services.presets import install_defaults, install_preset, write_content

pytestmark = pytest.mark.django_db


def test_a_new_workspace_begins_with_ops_as_the_default():
    ops = Scorecard.objects.get()
    assert (ops.key, ops.is_default) == ("ops", True)
    assert [(version.number, version.state) for version in ops.versions.all()] == [(1, "published")]


def test_a_new_workspace_begins_with_the_six_rules_of_alerts():
    installed = list(active_rules().values())
    for rule, shipped in zip(
        sorted(installed, key=lambda rule: rule.key), sorted(alerting.DEFAULT_RULES, key=lambda r: r.key), strict=True
    ):
        assert {name: value for name, value in vars(rule).items() if value == value} == {
            name: value for name, value in vars(shipped).items() if value == value
        }
        assert math.isnan(rule.threshold) == math.isnan(shipped.threshold)


def test_a_new_workspace_begins_with_the_four_segments():
    assert list(Segment.objects.values_list("key", "lower_arr")) == [
        ("enterprise", 100_000),
        ("mid_market", 25_000),
        ("smb", 5_000),
        ("self_serve", 0),
    ]


def test_what_an_admin_took_away_stays_away():
    AlertRule.objects.filter(key="declining").delete()
    OnboardingTemplate.objects.filter(segment__key="smb").delete()  # which would hold the segment
    Segment.objects.filter(key="smb").delete()
    install_defaults()
    install_segments()
    assert not AlertRule.objects.filter(key="declining").exists()
    assert Scorecard.objects.count() == 1
    assert Segment.objects.count() == 3


@pytest.mark.parametrize("name", preset_names())
def test_every_preset_comes_out_of_the_database_as_it_went_in(name):
    version = install_preset(name).versions.get()
    stored, shipped = domain_scorecards([version.pk])[version.pk], load_preset(name)
    assert stored.to_dict()["tiers"] == shipped.to_dict()["tiers"]
    assert stored.metrics == shipped.metrics
    assert stored.shares == pytest.approx(shipped.shares, abs=1e-6)
    assert [indicator.scorer for indicator in stored.indicators] == [one.scorer for one in shipped.indicators]
    assert version.to_domain() == stored


def test_age_bands_come_out_of_the_database_as_they_went_in():
    data = load_preset("six_signal").to_dict() | {"key": "aged"}
    ages = [{"under_months": 6.0, "scorer": {"kind": "decay", "fresh": 14.0, "stale": 90.0}}]
    data["dimensions"][3]["indicators"][0]["ages"] = ages
    content = domain.Scorecard.from_dict(data)
    version = ScorecardVersion.objects.create(
        scorecard=Scorecard.objects.create(key="aged", name=content.name), number=1
    )
    write_content(version, content)
    stored = domain_scorecards([version.pk])[version.pk]
    assert stored == content == version.to_domain()
    assert Indicator.objects.get(dimension__version=version, metric="days_since_contact").ages == ages


@pytest.mark.parametrize(
    ("ages", "message"),
    [
        ({"under_months": 3}, "ages must be a list"),
        ([3], "An age band must be an object"),
        ([{"under_months": 3}], "An age band lacks scorer"),
        ([{"under_months": "soon", "scorer": {"kind": "flag"}}], "under_months must be a number"),
        ([{"under_months": 0, "scorer": {"kind": "linear", "low": 0, "high": 1}}], "must end after 0 months"),
        ([{"under_months": 3, "scorer": {"kind": "magic"}}], "No scorer is called “magic”"),
        ([{"under_months": 3, "scorer": {"kind": "flag"}}], "is no yes/no metric"),
        ([{"under_months": 3, "scorer": {"kind": "linear", "low": 0, "high": 1}}] * 2, "end at the same month"),
    ],
)
def test_age_bands_that_cannot_be_run_are_refused_by_their_field(ages, message):
    version = install_preset("six_signal").versions.get()
    row = Indicator.objects.get(dimension__version=version, metric="nps")
    row.ages = ages
    with pytest.raises(ValidationError) as refused:
        row.full_clean()
    assert message in refused.value.message_dict["ages"][0]


def test_installing_twice_makes_nothing_twice():
    assert install_preset("ops") == install_preset("ops")
    assert Scorecard.objects.get(key="ops").versions.count() == 1


def test_an_unknown_preset_is_named():
    with pytest.raises(ScorecardError, match="No preset is called “nothing”"):
        install_preset("nothing")
