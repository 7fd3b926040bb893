import datetime as dt

from accounts.domain.stakeholders import Person, map_of


def person(name, *roles, engaged=True, function="Operations", seniority="manager", left_on=None):
    return Person(name, "", function, seniority, roles, engaged, left_on)


def test_a_part_whose_last_holder_left_is_vacant_since_that_day():
    gone = [
        person("Jana", "champion", left_on=dt.date(2026, 3, 1)),
        person("Jon", "champion", left_on=dt.date(2026, 11, 9)),
    ]
    champion = map_of(gone).parts[0]
    assert (champion.label, champion.is_gap, champion.vacant_since) == ("Champion", True, dt.date(2026, 11, 9))


def test_a_part_that_somebody_holds_is_no_gap_though_another_left():
    people = [person("Jana", "champion", left_on=dt.date(2026, 3, 1)), person("Kim", "champion")]
    champion = map_of(people).parts[0]
    assert ([one.name for one in champion.people], champion.is_gap, champion.vacant_since) == (["Kim"], False, None)


def test_every_gap_is_called_out():
    people = [person("Kim", "champion"), person("Ada", "technical_lead", engaged=False)]
    assert map_of(people).gaps == (
        "No executive sponsor",
        "No decision maker",
        "Nobody of executive rank",
        "Single-threaded: 1 engaged of 3, in 1 of 2 functions",
    )


def test_a_full_map_has_no_gap():
    people = [
        person("Kim", "champion", function="Finance"),
        person("Ola", "sponsor", "decision_maker", seniority="executive"),
        person("Ada", "technical_lead", function="IT"),
    ]
    assert map_of(people).gaps == ()


def test_an_account_without_contacts_has_four_vacant_parts_and_nothing_else_to_say():
    assert map_of([]).gaps == ("No champion", "No executive sponsor", "No decision maker", "No technical lead")
