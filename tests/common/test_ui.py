"""Words and shapes that all pages share."""

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal

import pytest
import time_machine
from django.template import Context, Template
from django.test import RequestFactory

from cs_workspace.common.templatetags import ui

NOON = dt.datetime(2026, 11, 23, 12, 0, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def _at_noon() -> Iterator[None]:
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.mark.parametrize(
    ("distance", "words"), [(19, "19 d"), (1, "1 d"), (0, "today"), (-3, "3 d ago")]
)  # fmt: skip
def test_a_day_says_how_far_it_is(distance: int, words: str) -> None:
    assert ui.days_left(NOON.date() + dt.timedelta(days=distance)) == words


@pytest.mark.parametrize(
    ("ago", "words"),
    [
        ({"seconds": 5}, "just now"),
        ({"minutes": 5}, "5 min ago"),
        ({"hours": 7}, "7 h ago"),
        ({"days": 12}, "12 d ago"),
    ],
)
def test_a_moment_says_how_long_ago_it_was(ago: dict[str, int], words: str) -> None:
    assert f">{words}<" in ui.ago(NOON - dt.timedelta(**ago))


@pytest.mark.parametrize(
    ("due_in", "words", "css"),
    [
        (dt.timedelta(days=-2), "2 d late", "down"),
        (dt.timedelta(hours=-1), "late, 11:00", "down"),
        (dt.timedelta(hours=5), "today 17:00", "down"),
        (dt.timedelta(days=1), "tomorrow", "soft"),
        (dt.timedelta(days=5), "28 Nov", "soft"),
    ],
)
def test_what_is_due_says_when_and_turns_red_when_it_is_time(due_in: dt.timedelta, words: str, css: str) -> None:
    html = ui.due(NOON + due_in)
    assert f">{words}<" in html
    assert f'class="{css}"' in html


def test_a_day_of_another_year_names_the_year() -> None:
    assert (ui.short_day(dt.date(2026, 12, 12)), ui.short_day(dt.date(2027, 2, 4))) == ("12 Dec", "4 Feb 2027")


def test_what_is_unknown_is_shown_as_unknown() -> None:
    assert "—" in ui.money_short(None)
    assert ui.score(None) == ui.signed(None) == ui.percent(None) == ui.short_day(None) == "—"
    assert "never" in ui.ago(None)
    assert "No score" in ui.tier(None)


@pytest.mark.parametrize(
    ("score", "shown"),
    [("79.4", "79"), ("79.5", "79"), ("79.9", "79"), ("80.0", "80"), ("39.9", "39"), ("0.0", "0"), ("100.0", "100")],
)
def test_a_score_is_shown_in_the_points_that_it_has_reached(score: str, shown: str) -> None:
    ends = {"ends_at": "2026-12-01T00:00:00+00:00", "until": "2026-12-01", "by": "Ada", "tier": "Watch", "rank": 2}
    assert ui.score(Decimal(score)) == ui.score(float(score)) == shown
    assert f">{shown} Watch<" in ui.tier(2, "Watch", Decimal(score))
    assert f">{shown} Watch<" in ui.tier(2, "Watch", Decimal(score), ends)
    assert f">{shown}</text>" in ui.ring(Decimal(score), 2)


def test_a_score_that_was_kept_in_single_precision_loses_no_point() -> None:
    assert ui.score(72.99999) == "73"


def test_a_change_carries_its_sign() -> None:
    assert [ui.signed(Decimal(value)) for value in ("4.25", "-4.25", "0.04", "-0.04")] == ["+4.2", "−4.2", "0.0", "0.0"]


def test_what_a_person_typed_is_escaped_in_a_chip() -> None:
    assert "<script>" not in ui.tier(1, "<script>", Decimal(80))


def test_a_change_in_percent_has_its_sign():
    assert [ui.signed_percent(value) for value in (0.125, -0.3, 0.0, None)] == ["+12 %", "−30 %", "0 %", "—"]


def test_a_chip_leads_to_the_first_page_of_its_rows_and_keeps_the_other_filters(rf: RequestFactory) -> None:
    context = Context({"request": rf.get("/", {"q": "halden & co", "only": "all", "page": "3"})})
    drawn = Template('{% load ui %}{% chips "only" choices "due" %}')
    context["choices"] = [("all", "All", 1200), ("due", "Due", 4)]
    html = drawn.render(context)
    assert 'href="?q=halden+%26+co&amp;only=due" aria-current="true"' in html
    assert html.count("aria-current") == 1
    assert ">All <b>1,200</b>" in html
    assert "page" not in html
