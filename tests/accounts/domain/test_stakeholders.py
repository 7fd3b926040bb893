import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.domain.stakeholders import SENIORITIES, Person, grid_of, map_of

TODAY = dt.date(2026, 11, 25)


def person(name, *roles, engaged=True, function="Operations", seniority="manager", **more):
    return Person(name, "", function, seniority, roles, engaged, **more)


def place(one):
    return one.function, one.seniority


def ago(days):
    return TODAY - dt.timedelta(days=days)


def test_a_part_whose_last_holder_left_is_vacant_since_that_day():
    gone = [
        person("Jana", "champion", left_on=dt.date(2026, 3, 1)),
        person("Jon", "champion", left_on=dt.date(2026, 11, 9)),
    ]
    champion = map_of(gone, today=TODAY).parts[0]
    assert (champion.label, champion.is_gap, champion.vacant_since) == ("Champion", True, dt.date(2026, 11, 9))


def test_a_part_that_somebody_holds_is_no_gap_though_another_left():
    people = [person("Jana", "champion", left_on=dt.date(2026, 3, 1)), person("Kim", "champion")]
    champion = map_of(people, today=TODAY).parts[0]
    assert ([one.name for one in champion.people], champion.is_gap, champion.vacant_since) == (["Kim"], False, None)


def test_every_gap_is_called_out():
    people = [person("Kim", "champion", heard_on=ago(74)), person("Ada", "technical_lead", engaged=False)]
    assert map_of(people, today=TODAY).gaps == (
        "No executive sponsor",
        "No decision maker",
        "Nobody of executive rank",
        "Single-threaded: 1 engaged of 3, in 1 of 2 functions",
        "Unresponsive: Kim, champion, not heard of for 74 days",
    )


def test_a_full_map_has_no_gap():
    people = [
        person("Kim", "champion", function="Finance"),
        person("Ola", "sponsor", "decision_maker", seniority="executive"),
        person("Ada", "technical_lead", function="IT"),
    ]
    assert map_of(people, today=TODAY).gaps == ()


def test_an_account_without_contacts_has_four_vacant_parts_and_nothing_else_to_say():
    gaps = ("No champion", "No executive sponsor", "No decision maker", "No technical lead")
    assert map_of([], today=TODAY).gaps == gaps


@pytest.mark.parametrize(
    ("fields", "is_unresponsive"),
    [
        ({"heard_on": ago(60)}, False),
        ({"heard_on": ago(61)}, True),
        ({"heard_on": None, "known_since": ago(61)}, True),
        ({"heard_on": None, "known_since": ago(10)}, False),
        ({"heard_on": None, "known_since": None}, False),
        ({"heard_on": ago(61), "left_on": ago(1)}, False),
    ],
)
def test_who_plays_a_part_and_was_not_heard_of_for_sixty_days_is_unresponsive(fields, is_unresponsive):
    assert person("Kim", "sponsor", **fields).is_unresponsive(TODAY) is is_unresponsive


def test_who_plays_no_part_need_not_answer():
    assert not person("Kim", "user", heard_on=ago(300)).is_unresponsive(TODAY)


def test_people_stand_where_their_function_and_rank_meet():
    people = [
        person("Ola", function="finance", seniority="executive"),
        person("Kim", function=" Finance "),
        person("Ada", function="IT", seniority=""),
        person("Bo", function=""),
    ]
    grid = grid_of(people, place)
    assert grid.functions == ("finance", "IT", "")
    named = {
        (rank.key, cell.function): [one.name for one in cell.people]
        for rank in grid.ranks
        for cell in rank.cells
        if cell.people
    }
    assert named == {
        ("executive", "finance"): ["Ola"],
        ("manager", "finance"): ["Kim"],
        ("manager", ""): ["Bo"],
        ("", "IT"): ["Ada"],
    }


@given(
    st.lists(
        st.tuples(st.text(max_size=4), st.sampled_from([*SENIORITIES, "unheard of"])).map(
            lambda one: person("X", function=one[0], seniority=one[1])
        ),
        max_size=12,
    )
)
def test_everybody_has_one_place_and_every_rank_as_many_cells_as_there_are_functions(people):
    grid = grid_of(people, place)
    assert sum(rank.count for rank in grid.ranks) == len(people)
    assert [rank.key for rank in grid.ranks] == list(SENIORITIES)
    assert {len(rank.cells) for rank in grid.ranks} == {len(grid.functions)}
