"""The slides of a deck, made of facts that were written down by hand."""

from dataclasses import replace
from decimal import Decimal

import pytest

from qbr.domain import facts as f
from qbr.domain.deck import NOT_KNOWN, Chart, Line, Table, Tone, Words, Written
from qbr.domain.deck_slides import slides_of
from qbr.domain.reviews import PART_LABELS, Kind, Part
from tests.qbr.decks import beside, crowded, empty, full


def deck(facts=None, around=None):
    return slides_of(facts or full(), around or beside())


def named(slides, key):
    return next(one for one in slides if one.key == key)


def figures(slide):
    return {figure.label: figure.value for figure in slide.figures}


def texts(slides):
    """Everything that anybody reads on the slides."""
    found = []
    for one in slides:
        found += [one.title, one.lead, one.notes]
        found += [text for figure in one.figures for text in (figure.label, figure.value, figure.note)]
        for block in one.blocks:
            found.append(block.title)
            if isinstance(block, Words):
                found += [line.text for line in block.lines]
            elif isinstance(block, Table):
                found += [cell.text for row in block.rows for cell in row]
            else:
                found += block.labels
    return found


def test_a_deck_opens_with_the_customer_and_the_agenda_and_has_seven_parts_in_their_order():
    slides = deck()
    assert [one.key for one in slides[:2]] == ["title", "agenda"]
    assert slides[0].title == "Larkspur Robotics"
    assert list(dict.fromkeys(one.part for one in slides[2:])) == list(Part)
    assert [named(slides, part.value).title for part in Part] == [PART_LABELS[part] for part in Part]


def test_the_opening_says_what_it_is_when_and_with_whom():
    [opening, *_] = deck()
    assert opening.lead == "Business review"
    assert [line.text for line in opening.blocks[0].lines] == [
        "1 July – 28 September 2026",
        "6 October 2026, 14:00",
        "With Mara Ilves",
    ]


def test_the_agenda_has_minutes_and_both_sides():
    agenda = named(deck(), "agenda")
    assert [(row[0].text, row[1].text) for row in agenda.blocks[0].rows][:2] == [
        ("Business context", "10 min"),
        ("Value", "15 min"),
    ]
    assert [line.text for line in agenda.blocks[1].lines] == [
        *("From Larkspur Robotics", "Kim Larsen, VP Operations", "Yasmin Haddad, Plant manager"),
        *("From us", "Mara Ilves"),
    ]


@pytest.mark.parametrize(
    ("key", "label", "value"),
    [
        ("summary", "Health score", "78"),
        ("summary", "Health tier", "Healthy"),
        ("summary", "Value confirmed by you", "€96,000"),
        ("summary", "Your success manager", "Mara Ilves"),
        ("outcomes", "Achieved", "1"),
        ("outcomes", "At risk", "1"),
        ("impact", "Value recorded", "€136,000"),
        ("impact", "Confirmed, by what was paid", "2.1 ×"),
        ("usage", "Active users", "142"),
        ("usage", "Share of licences in use", "71 %"),
        ("usage", "Logins", "5,120"),
        ("usage", "Features adopted", "67 %"),
        ("support", "Tickets opened", "12"),
        ("support", "Mean time to close", "7.5 h"),
        ("support", "Courses completed", "16"),
    ],
)
def test_figures_are_those_of_the_facts(key, label, value):
    assert figures(named(deck(), key))[label] == value


def test_charts_hold_the_series_of_the_facts_with_gaps_where_nothing_is_known():
    slides = deck()
    users = named(slides, "usage").blocks[0]
    assert users.series[0].values == tuple(point.value for point in full().usage.weekly_users)
    assert None in users.series[0].values
    assert users.labels[0] == "1 Jul"
    assert named(slides, "summary").blocks[0].high == 100
    assert named(slides, "features").blocks[0].labels[:2] == ("Dashboards", "Reports")


def test_without_data_every_figure_says_so_and_none_is_zero():
    slides = deck(empty())
    for key in ("summary", "impact", "usage"):
        assert set(figures(named(slides, key)).values()) == {NOT_KNOWN}
    assert figures(named(slides, "support"))["Mean time to close"] == NOT_KNOWN
    assert not [block for one in slides for block in one.blocks if isinstance(block, Chart)]
    assert {"features", "peers", "promised", "tickets"}.isdisjoint(one.key for one in slides)


def test_what_is_said_of_competitors_and_risks_never_reaches_the_customer():
    assert not [text for text in texts(deck()) if "Contoso" in text]


def test_a_part_that_is_left_out_has_no_slides():
    around = beside(written={Part.SUPPORT: Written(is_left_out=True)})
    assert Part.SUPPORT not in {one.part for one in deck(around=around)}


def test_what_people_wrote_stands_in_the_place_of_what_the_figures_say():
    own = Written((Line("A year of steady growth."),), "Smile.")
    slides = deck(around=beside(written={Part.SUMMARY: own}))
    summary = named(slides, "summary")
    assert [line.text for line in summary.blocks[1].lines] == ["A year of steady growth."]
    assert summary.notes == "Smile."
    assert named(slides, "usage").notes == "Figures of 1 July – 28 September 2026."


def test_goals_say_where_they_are_and_how_they_stand():
    [table] = named(deck(), "outcomes").blocks
    assert [cell.text for cell in table.rows[0]] == [
        *("Shorter quarterly closing", "40 h", "20 h", "19 h", "100 %", "31 Dec 2026", "Achieved"),
    ]
    assert table.rows[0][-1].tone is Tone.GOOD
    assert table.rows[2][-1].tone is Tone.BAD


def test_what_was_promised_says_who_kept_it():
    promised = named(deck(), "promised")
    assert promised.lead == "1 of 2 promises kept"
    assert [row[-1].text for row in promised.blocks[0].rows] == ["10 Jul 2026", "open"]


@pytest.mark.parametrize(
    ("value", "is_higher_better", "tone"),
    [("69", True, Tone.GOOD), ("38", True, Tone.BAD), ("50", True, Tone.PLAIN), ("38", False, Tone.GOOD)],
)
def test_a_peer_figure_is_good_in_the_best_quartile_and_bad_in_the_worst(value, is_higher_better, tone):
    peer = f.PeerFact("Use", "share", Decimal(value), Decimal(38), Decimal(55), Decimal(69), 34, is_higher_better)
    [row] = named(deck(full(peers=(peer,))), "peers").blocks[0].rows
    assert row[1].tone is tone


def test_without_a_goal_an_idea_or_advice_the_slides_say_so_or_are_not_there():
    slides = deck(full(advice=(), requests=()), beside(goals=(), ideas=()))
    assert named(slides, "goals").blocks[0].lines[0].text == "To be agreed in this review."
    assert "no recommendations" in named(slides, "roadmap").blocks[0].lines[0].text
    assert "ideas" not in {one.key for one in slides}


def test_an_annual_review_has_parts_of_its_own():
    slides = deck(around=beside(Kind.ANNUAL))
    assert {"year", "case", "years", "contract"} <= {one.key for one in slides}
    assert named(slides, "goals").title == "Strategic goals"
    assert figures(named(slides, "contract")) == {
        "Contract value a year": "€184,000",
        "Renewal": "1 Mar 2027",
        "Value confirmed, by what was paid": "2.1 ×",
    }
    assert named(slides, "year").blocks[0].series[0].values == (96_000.0, 40_000.0)
    assert {"year", "case", "years", "contract"}.isdisjoint(one.key for one in deck())


def test_a_case_study_tells_of_what_went_well_alone():
    said = [line.text for block in named(deck(around=beside(Kind.ANNUAL)), "case").blocks for line in block.lines]
    assert "Shorter quarterly closing: from 40 h to 19 h, achieved." in said
    assert not [text for text in said if "Adoption in all plants" in text]


def test_an_annual_review_of_nothing_is_whole():
    slides = deck(empty(), beside(Kind.ANNUAL, goals=(), ideas=()))
    assert figures(named(slides, "contract"))["Renewal"] == NOT_KNOWN
    assert [row[0].text for row in named(slides, "years").blocks[0].rows] == ["2026", "2027", "2028"]


def test_values_in_several_currencies_are_not_added_up():
    value = full().value
    mixed = replace(value, records=(value.records[0], replace(value.records[1], currency="USD")))
    assert "year" not in {one.key for one in deck(full(value=mixed), beside(Kind.ANNUAL))}


def test_forty_goals_go_on_over_several_slides_and_none_is_lost():
    slides = [one for one in deck(crowded()) if one.key == "outcomes"]
    assert [one.number for one in slides] == list(range(1, len(slides) + 1))
    assert slides[1].heading == f"Outcomes (2 of {len(slides)})"
    assert sum(len(one.blocks[0].rows) for one in slides) == 40
    assert [bool(one.figures) for one in slides] == [True] + [False] * (len(slides) - 1)
